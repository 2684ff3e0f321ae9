"""Closing the attendance of a half-day, reopening it with a reason, and the copies that closing keeps."""

import json

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from attendance.constants import THERE, MarkState, SheetState
from attendance.models import Sheet, SheetCopy
from attendance.reports.board import board_of
from attendance.rules.permissions import may_mark
from attendance.services.sheets import close_sheet, reopen_sheet
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.ids import row_id
from courses.rules.permissions import may_organise

CLOSING = "admin:attendance_attendancesheet_closing"


class ClosingPages:
    """For the admin of a half-day's attendance."""

    def closing_urls(self):
        wrap, name = self.admin_site.admin_view, "attendance_attendancesheet_"
        return [
            path("<path:object_id>/closing", wrap(self.closing), name=f"{name}closing"),
            path("<path:object_id>/reopening", wrap(require_POST(self.reopening)), name=f"{name}reopening"),
            path("<path:object_id>/copies/<int:version>", wrap(require_safe(self.sheet_copy)), name=f"{name}copy"),
        ]

    def closing(self, request, object_id):
        session = self.half_day_or_404(request, object_id)
        if request.method != "POST":
            return self._closing_page(request, session)
        version = row_id(request.POST.get("version", ""))
        try:
            if version is None:
                raise Refusal(_("This page is out of date. Please open it again."))
            unsettled = request.POST.get("unsettled") == "on"
            copy = close_sheet(session, actor=request.actor, expected_version=version, unsettled=unsettled)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return self._closing_page(request, session, status=409)
        messages.success(
            request,
            _("Attendance is closed: %(total)d people, %(absent)d of them absent. A copy was kept.")
            % {"total": sum(copy.counts.values()), "absent": copy.counts.get(MarkState.ABSENT, 0)},
        )
        return redirect(CLOSING, session.pk)

    def reopening(self, request, object_id):
        session = self.half_day_or_404(request, object_id)
        try:
            reopen_sheet(session, actor=request.actor, why=request.POST.get("why", ""))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return self._closing_page(request, session, status=409)
        messages.success(request, _("Attendance is open again. What came in while it was closed waits for a decision."))
        return redirect(CLOSING, session.pk)

    def sheet_copy(self, request, object_id, version):
        """What the sheet said when it was closed; `?format=json` gives the very bytes that the check code is about."""
        session = self.half_day_or_404(request, object_id)
        if not may_organise(request.actor, session.course):
            raise Http404
        copies = SheetCopy.objects.filter(sheet__session=session).select_related("closed_by")
        copy = get_object_or_404(copies, version=min(version, 2**15 - 1))
        if request.GET.get("format") == "json":
            name = f"diem-danh-{session.course.code}-{session.pk}-{copy.version}.json"
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            return HttpResponse(copy.content.encode(), content_type="application/json", headers=headers)
        said = json.loads(copy.content)
        title = _("Copy %(version)d: %(half_day)s") % {"version": copy.version, "half_day": session}
        return self.half_day_page(
            request,
            session,
            "admin/attendance/sheet_copy.html",
            title,
            {"copy": copy, "people": said["people"], "counts": _counts_of(copy)},
        )

    def _closing_page(self, request, session, *, status=200):
        sheet = Sheet.objects.filter(session=session).select_related("closed_by", "reopened_by").first()
        copies = list(sheet.copies.select_related("closed_by").order_by("-version")) if sheet else []
        context = {
            "sheet": sheet,
            "closed": bool(sheet) and sheet.state == SheetState.CLOSED,
            "copies": copies,
            "version": copies[0].version if copies else 0,
            "board": board_of(session),
            "begun": now() >= session.starts_at,
            "may_mark": may_mark(request.actor, session.course),
            "may_organise": may_organise(request.actor, session.course),
            "why": request.POST.get("why", ""),
        }
        title = _("Close attendance: %(half_day)s") % {"half_day": session}
        return self.half_day_page(request, session, "admin/attendance/closing.html", title, context, status=status)


def _counts_of(copy: SheetCopy) -> dict[str, int]:
    """The numbers of a copy under the names of the board; those who are late and so on are among those there."""
    of_state = {state.value: copy.counts.get(state, 0) for state in MarkState}
    return of_state | {"expected": sum(of_state.values()), "there": sum(of_state[state] for state in THERE)}

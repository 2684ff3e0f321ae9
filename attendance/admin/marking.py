"""Taking attendance by hand: the list of half-days and the page of one."""

from uuid import uuid4

from django.contrib import admin, messages
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from attendance.admin.board import BoardPages
from attendance.admin.closing import ClosingPages
from attendance.admin.hall import HallPages
from attendance.admin.paper import PaperPages
from attendance.admin.settling import SettlingPages
from attendance.admin.sheet_people import SheetPeoplePages
from attendance.admin.walk_ins import WalkInPages, walk_ins_of
from attendance.constants import MarkState, SheetState
from attendance.forms.marks import CHOICES, read_changes, read_submission
from attendance.forms.sheet_people import WalkInForm
from attendance.models import AttendanceSheet, Sheet
from attendance.reports.roll import counts_by_session, roll_of
from attendance.rules.permissions import may_mark
from attendance.services.ledger import Outcome, mark_by_hand
from attendance.templatetags.attendance_words import CLASSES
from courses.admin.scoped import ScopedAdmin, ScopedFilter
from courses.constants.choices import CourseState
from courses.constants.errors import Refusal


@admin.register(AttendanceSheet)
class AttendanceSheetAdmin(
    BoardPages, ClosingPages, HallPages, PaperPages, SettlingPages, SheetPeoplePages, WalkInPages, ScopedAdmin
):
    list_display = ["half_day", "code", "seen", "unmarked"]
    list_display_links = ["half_day"]
    list_filter = [("course", ScopedFilter)]
    list_select_related = ["course"]
    ordering = ["-starts_at", "-pk"]

    def get_urls(self):
        return [
            # Before "…/paper": theirs has one of its own below a person.
            *self.sheet_people_urls(),
            *self.board_urls(),
            *self.closing_urls(),
            *self.hall_urls(),
            *self.paper_urls(),
            *self.settling_urls(),
            *self.walk_in_urls(),
            *super().get_urls(),
        ]

    def get_queryset(self, request):
        sessions = super().get_queryset(request).hosted_for(request.actor)
        return sessions.held().exclude(course__state=CourseState.DRAFT)

    def fill(self, rows):
        counts = counts_by_session(rows)
        for session in rows:
            session.counts = counts[session.pk]

    @admin.display(description=gettext_lazy("half-day"), ordering="starts_at")
    def half_day(self, session):
        return str(session)

    @admin.display(description=gettext_lazy("class"), ordering="course__code")
    def code(self, session):
        return session.course.code

    @admin.display(description=gettext_lazy("present of those expected"))
    def seen(self, session):
        return f"{session.counts.seen}/{session.counts.expected}"

    @admin.display(description=gettext_lazy("not marked yet"))
    def unmarked(self, session):
        return session.counts.unmarked

    def may_add(self, actor):
        return False

    def may_change(self, actor, obj):
        return may_mark(actor, obj.course)

    def half_day_or_404(self, request, object_id):
        """The half-day of a page, with its class; the pages of the mixins begin with it."""
        session = self.get_object(request, object_id)
        if session is None or not self.has_view_permission(request, session):
            raise Http404
        return session

    def change_view(self, request, object_id, form_url="", extra_context=None):
        session = self.half_day_or_404(request, object_id)
        if request.method != "POST":
            return self._page(request, session)
        return self._save(request, session)

    def _save(self, request, session):
        roll = roll_of(session)
        expected = [line.registration.pk for office in roll.offices for line in office.lines]
        try:
            changes = read_changes(request.POST, expected)
            outcome = mark_by_hand(session, changes, actor=request.actor, submission=read_submission(request.POST))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return self._page(request, session, typed=request.POST, status=409)
        _tell(request, outcome)
        if outcome.asked:
            return self._page(request, session, asked={c.registration_id: c.wanted for c in changes}, outcome=outcome)
        return redirect(request.path)

    def _page(self, request, session, *, typed=None, asked=None, outcome=None, status=200):
        roll = roll_of(session)
        offices = [
            (office, [_row(line, typed or {}, asked or {}, outcome) for line in office.lines])
            for office in roll.offices
        ]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Attendance: %(half_day)s") % {"half_day": session},
            "session": session,
            "roll": roll,
            "offices": offices,
            "choices": [(state, state.label, CLASSES[state]) for state in CHOICES],
            "submission": uuid4(),
            "undo_submission": uuid4(),
            "undo_page": "change",
            "may_mark": may_mark(request.actor, session.course),
            "closed": Sheet.objects.filter(session=session, state=SheetState.CLOSED).exists(),
            "walk_ins": walk_ins_of(session),
            "form": WalkInForm(),
        }
        return TemplateResponse(request, "admin/attendance/marks.html", context, status=status)


def _row(line, typed, asked, outcome: Outcome | None) -> dict:
    """One person on the page: what stands, what is chosen, and whether somebody else changed it meanwhile."""
    pk = line.registration.pk
    is_asked = bool(outcome) and pk in outcome.asked
    return {
        "line": line,
        "chosen": typed.get(f"mark-{pk}", asked[pk] if is_asked else line.state),
        "asked": is_asked,
        "stands": MarkState(line.state).label if line.state else _("Not marked yet"),
    }


def _tell(request, outcome: Outcome) -> None:
    if outcome.saved:
        count = len(outcome.saved)
        text = ngettext("%(count)d mark was saved.", "%(count)d marks were saved.", count)
        messages.success(request, text % {"count": count})
    if outcome.proposed:
        count = len(outcome.proposed)
        text = ngettext(
            "The sheet is closed: %(count)d entry was kept and waits for a decision.",
            "The sheet is closed: %(count)d entries were kept and wait for a decision.",
            count,
        )
        messages.warning(request, text % {"count": count})
    if not (outcome.saved or outcome.proposed or outcome.asked):
        messages.info(request, _("Nothing was changed."))
    if outcome.asked:
        count = len(outcome.asked)
        text = ngettext(
            "%(count)d person was marked otherwise by somebody else meanwhile: please look and save again.",
            "%(count)d people were marked otherwise by somebody else meanwhile: please look and save again.",
            count,
        )
        messages.warning(request, text % {"count": count})

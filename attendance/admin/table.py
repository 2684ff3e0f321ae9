"""The whole class as a table of people and half-days: marked by keys, taken out as a file."""

from django.http import Http404, HttpResponse, JsonResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from attendance.admin.settling import undone_words
from attendance.constants import MarkState
from attendance.forms.marks import CHOICES, read_submission
from attendance.forms.table import read_cells
from attendance.models import Event
from attendance.rendering.attendance_workbook import attendance_workbook
from attendance.reports.attendance_file import file_of
from attendance.reports.table import table_of
from attendance.reports.week import marking_page
from attendance.rules.permissions import may_mark
from attendance.services.ledger import SEEN_BEFORE_START, Outcome, states_of
from attendance.services.table import mark_cells, undo_last_act_in_class
from attendance.templatetags.attendance_words import CLASSES
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.media_types import XLSX
from courses.services.records import log_action


class TablePages:
    """For the admin of a class's results; whoever sees those sees the table, organisers mark in it."""

    def table_urls(self):
        def page(address: str, view, name: str):
            wrapped = self.admin_site.admin_view(view)
            return path(f"<path:object_id>/table{address}", wrapped, name=f"attendance_courseresult_{name}")

        return [
            page("", require_safe(self.table), "table"),
            page("/marks", require_POST(self.table_marks), "table_marks"),
            page("/undo", require_POST(self.table_undo), "table_undo"),
            page("/export", require_POST(self.table_export), "table_export"),
        ]

    def table(self, request, object_id):
        course = self._course(request, object_id)
        table = table_of(course)
        return self._page(
            request,
            course,
            "admin/attendance/table.html",
            _("Attendance of the whole class: %(code)s") % {"code": course.code},
            table=table,
            columns=[_column(column) for column in table.columns],
            lines=[(line.registration, [_cell(cell) for cell in line.cells]) for line in table.lines],
            choices=[(state, state.label, CLASSES[state]) for state in CHOICES],
            words=_words(),
            not_expected=_("not expected at this half-day"),
            any_closed=any(column.closed for column in table.columns),
            may_mark=may_mark(request.actor, course),
        )

    def table_marks(self, request, object_id):
        """A batch of cells; the answer says of each what became of it. 409 when nothing of it could be taken."""
        course = self._course(request, object_id)
        try:
            changes, submission = read_cells(request.POST.getlist("cell")), read_submission(request.POST)
        except Refusal as refusal:
            return JsonResponse({"refused": str(refusal)}, status=409)
        sessions = course.sessions.in_bulk(changes)
        if len(sessions) != len(changes):
            raise Http404
        wanted = {sessions[pk]: cells for pk, cells in changes.items()}
        outcomes = mark_cells(wanted, actor=request.actor, submission=submission)
        cells = [cell for session, outcome in outcomes.items() for cell in _told(session, outcome, changes[session.pk])]
        none = all(isinstance(outcome, Refusal) for outcome in outcomes.values())
        return JsonResponse({"cells": cells}, status=409 if none else 200)

    def table_undo(self, request, object_id):
        """Takes back what this user last wrote in the class; says what it was and what stands then. 409 when it may
        not be."""
        course = self._course(request, object_id)
        try:
            act = read_submission(request.POST)
            session = undo_last_act_in_class(course, actor=request.actor, act=act)
        except Refusal as refusal:
            return JsonResponse({"said": str(refusal), "cells": []}, status=409)
        if session is None:
            return JsonResponse({"said": _("There is nothing of yours to take back in this class."), "cells": []})
        undone = Event.objects.filter(session=session, act=act, registration__isnull=False).order_by("registration")
        people = list(undone.values_list("registration_id", flat=True).distinct())
        states = states_of(session, people)
        cells = [{"session": session.pk, "registration": pk, "state": states.get(pk, "")} for pk in people]
        return JsonResponse({"said": f"{undone_words(session, act, request.actor)} ({session})", "cells": cells})

    def table_export(self, request, object_id):
        """As offices file it; who took it is logged."""
        course = self._course(request, object_id)
        file = file_of(course)
        changes = {"people": [None, len(file.people)], "half_days": [None, len(file.columns)]}
        log_action(request.actor, "export marks", course, course=course, changes=changes)
        headers = {
            "Content-Disposition": f'attachment; filename="diem-danh-{course.code}.xlsx"',
            "Cache-Control": "no-store",
        }
        return HttpResponse(attendance_workbook(file), content_type=XLSX, headers=headers)


def _column(column) -> dict:
    session = column.session
    return {
        "session": session,
        "title": column.title,
        "closed": column.closed,
        "cancelled": column.cancelled,
        # Before the doors open nobody can be present or absent; an accepted absence can be entered.
        "early": now() < session.starts_at - SEEN_BEFORE_START,
    }


def _cell(cell) -> tuple[str, str, str, str] | None:
    """(address of the half-day's page, mark, style, word), or None for somebody not expected: plain values, since a
    class has thousands of them. No address: made up by somebody who came into the class later."""
    if not cell.expected and not cell.state:
        return None
    says = cell.says
    style = CLASSES[MarkState(says)] if says else "unknown"
    return marking_page(cell.column.session) if cell.expected else "", cell.state, style, _word(says)


def _word(state: str) -> str:
    return str(MarkState(state).label) if state else _("Not marked yet")


def _told(session, outcome: Outcome | Refusal, changes) -> list[dict]:
    if isinstance(outcome, Refusal):
        said = [(change.registration_id, "refused", change.shown) for change in changes]
    else:
        kinds = ("saved", "unchanged", "proposed", "asked")
        said = [(pk, kind, state) for kind in kinds for pk, state in getattr(outcome, kind).items()]
    why = str(outcome) if isinstance(outcome, Refusal) else ""
    return [
        {"session": session.pk, "registration": pk, "became": kind, "state": state, "why": why}
        for pk, kind, state in said
    ]


def _words() -> dict:
    """What the script says, in the language of the page."""
    return {
        "states": {"": [_("Not marked yet"), "unknown"], **{s.value: [str(s.label), CLASSES[s]] for s in MarkState}},
        "cell": {
            "pending": _("not saved yet"),
            "saved": pgettext("cell", "saved"),
            "undone": pgettext("cell", "taken back"),
            "asked": _("changed by somebody else"),
            "proposed": _("kept as an entry after closing, awaiting a decision"),
            "refused": pgettext("cell", "not saved"),
        },
        "count": {
            "pending": _("Not saved yet: "),
            "saved": _("Saved: "),
            "asked": _("To be looked at: "),
            "proposed": _("After closing, awaiting a decision: "),
            "refused": _("Not taken: "),
        },
        "offline": _("No connection: this page keeps the cells and tries again by itself. Please do not close it."),
        "signed_out": _("Nothing could be saved: please sign in again in another tab, then come back to this one."),
        "early": _("This half-day has not begun: only an excused absence can be entered."),
        "asked": _("Somebody else has just written: "),
        "chosen": _("Chosen here: "),
        "keep": _("Leave what stands"),
        "write": _("Write what was chosen"),
    }

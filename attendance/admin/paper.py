"""The paper of a half-day: the sheet to sign, what was signed typed in, its scan filed."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from attendance.constants import MarkState, SheetState
from attendance.forms.marks import CHOICES, read_changes, read_submission
from attendance.forms.paper import SCANS, ExceptionsForm, read_scan
from attendance.models import Mark, Sheet, SheetPaper
from attendance.rendering.sign_in_sheet import draw_sign_in_sheets
from attendance.rendering.sign_in_word import word_sign_in_sheets
from attendance.reports.roll import Line, Roll, roll_of
from attendance.reports.sign_in import SheetOfPlace, at_place, papers_of, sheets_of
from attendance.responses import download_any
from attendance.rules.paper import read_exceptions
from attendance.rules.permissions import may_mark
from attendance.services.ledger import Outcome
from attendance.services.paper import FIRST, SECOND, mark_from_paper, said_on_paper
from attendance.services.sheets import file_signed_sheet
from attendance.templatetags.attendance_words import CLASSES
from courses.constants.choices import SessionState
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.media_types import DOCX, PDF
from courses.models import Session
from courses.rules.permissions import may_organise
from courses.services.records import log_action, read_file


class PaperPages:
    """For the admin of attendance sheets. Names lie open on these papers: they are for the organisers alone."""

    def paper_urls(self):
        wrap, name = self.admin_site.admin_view, "attendance_attendancesheet_"
        both = require_http_methods(["GET", "HEAD", "POST"])
        return [
            path("<path:object_id>/paper", wrap(both(self.paper)), name=f"{name}paper"),
            path("<path:object_id>/paper/list", wrap(both(self.paper_list)), name=f"{name}paper_list"),
            path("<path:object_id>/paper/scans", wrap(require_POST(self.file_scan)), name=f"{name}file_scan"),
            path("<path:object_id>/paper/scans/<int:scan>", wrap(require_safe(self.scan)), name=f"{name}scan"),
            path("<path:object_id>/sign-in.pdf", wrap(require_POST(self.sign_in_pdf)), name=f"{name}sign_in_pdf"),
            path("<path:object_id>/sign-in.docx", wrap(require_POST(self.sign_in_word)), name=f"{name}sign_in_word"),
        ]

    def _organised(self, request, object_id) -> Session:
        session = self.half_day_or_404(request, object_id)
        if not may_organise(request.actor, session.course):
            raise Http404
        return session

    # ---- out

    def sign_in_pdf(self, request, object_id):
        papers, name = self._papers(request, object_id)
        return download_any(draw_sign_in_sheets(papers, timestamp=now()), PDF, name)

    def sign_in_word(self, request, object_id):
        papers, name = self._papers(request, object_id)
        return download_any(word_sign_in_sheets(papers), DOCX, name)

    def _papers(self, request, object_id):
        """`all`: every half-day of the class; `place`: only that sheet; `calls=2`: two columns for signatures.
        Names leave the site, so it is logged, and asked for by a post."""
        session = self._organised(request, object_id)
        course, asked = session.course, request.POST
        if "all" in asked:
            sessions = Session.objects.filter(course=course).exclude(state=SessionState.CANCELLED).in_order()
            sheets = sheets_of(list(sessions))
        else:
            sheets = sheets_of([session])
        if asked.get("place"):
            sheets = at_place(sheets, _of_place(sheets, asked["place"]).place)
        log_action(request.actor, "print sheet", session, course=course, changes={"sheets": [None, len(sheets)]})
        half_day = "tat-ca" if "all" in asked else f"{session.date:%Y-%m-%d}-{session.half}"
        return papers_of(course, sheets, two_calls=asked.get("calls") == "2"), f"ky-ten-{course.code}-{half_day}"

    # ---- back again

    def paper(self, request, object_id):
        """Nothing is saved by the first post, which shows the names behind the numbers; the second (`save`) saves."""
        session = self._organised(request, object_id)
        sheets = sheets_of([session])
        sheet = _of_place(sheets, (request.POST or request.GET).get("place"))
        form = ExceptionsForm(request.POST or None)
        preview = None
        if request.method == "POST" and form.is_valid():
            call = form.cleaned_data["call"]
            try:
                said = read_exceptions(form.cleaned_data["text"], sheet.people, call=call)
                if "save" not in request.POST:
                    preview = _preview(session, sheet, said)
                else:
                    return self._save_paper(request, session, sheet, said, call)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
        return self._paper_page(request, session, sheets, sheet, form, preview)

    def _save_paper(self, request, session, sheet, said, call):
        if request.POST.get("list") != sheet.fingerprint:
            raise Refusal(
                _("The list of the class has changed meanwhile. Please look at the names behind the numbers again.")
            )
        says = {r.pk: said.get(number, MarkState.PRESENT) for number, r in sheet.people.items()}
        submission = read_submission(request.POST)
        outcome = mark_from_paper(session, says, actor=request.actor, submission=submission, call=call)
        _tell(request, outcome)
        return redirect(request.path + (f"?place={sheet.place.pk}" if sheet.place else ""))

    def _paper_page(self, request, session, sheets, sheet, form, preview):
        papers = SheetPaper.objects.filter(sheet__session=session).select_related("kept_by").defer("file__content")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Sign-in sheet and entry from paper: %(half_day)s") % {"half_day": session},
            "session": session,
            "sheets": sheets,
            "sheet": sheet,
            "form": form,
            "preview": preview,
            "papers": papers,
            "undo_submission": uuid4(),
            "closed": _is_closed(session),
            "scans": SCANS["accept"],
            "submission": uuid4(),
            "may_mark": may_mark(request.actor, session.course),
        }
        status = 409 if form.is_bound and form.errors else 200
        return TemplateResponse(request, "admin/attendance/paper.html", context, status=status)

    def paper_list(self, request, object_id):
        """A column down the list, the second with `?call=2`: what a row shows is what the paper said so far."""
        session = self._organised(request, object_id)
        call = SECOND if request.GET.get("call") == str(SECOND) else FIRST
        roll = _roll_on_paper(session, call)
        if request.method == "POST":
            try:
                changes = read_changes(request.POST, [line.registration.pk for o in roll.offices for line in o.lines])
                says = {change.registration_id: change.wanted for change in changes}
                submission = read_submission(request.POST)
                outcome = mark_from_paper(session, says, actor=request.actor, submission=submission, call=call)
                _tell(request, outcome)
            except Refusal as refusal:
                messages.error(request, refusal.sentence)
                return self._list_page(request, session, roll, call, typed=request.POST)
            return redirect(request.get_full_path())
        return self._list_page(request, session, roll, call, typed={})

    def _list_page(self, request, session, roll, call, *, typed):
        rows = [
            (
                office,
                [
                    {"line": line, "chosen": typed.get(f"mark-{line.registration.pk}", line.state), "asked": False}
                    for line in office.lines
                ],
            )
            for office in roll.offices
        ]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Down the signed sheet: %(half_day)s") % {"half_day": session},
            "session": session,
            "roll": roll,
            "offices": rows,
            "undo_submission": uuid4(),
            "undo_page": "paper_list?call=2" if call == SECOND else "paper_list",
            "second": call == SECOND,
            "closed": _is_closed(session),
            "choices": _choices(call),
            "submission": uuid4(),
            "may_mark": may_mark(request.actor, session.course),
        }
        status = 409 if typed else 200
        return TemplateResponse(request, "admin/attendance/paper_list.html", context, status=status)

    # ---- the scan

    def file_scan(self, request, object_id):
        session = self._organised(request, object_id)
        try:
            content, name = read_scan(request.FILES)
            file_signed_sheet(session, content, name=name, actor=request.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("The signed sheet was filed with this half-day."))
        return redirect(reverse("admin:attendance_attendancesheet_paper", args=[session.pk]) + "#scans")

    def scan(self, request, object_id, scan):
        session = self._organised(request, object_id)
        papers = SheetPaper.objects.filter(sheet__session=session).select_related("file")
        file = get_object_or_404(papers, pk=scan).file
        return download_any(read_file(file), file.media_type, f"phieu-da-ky-{scan}")


def _choices(call: int) -> list[tuple[MarkState, str, str]]:
    """What one tap can say of a column: state, label, style. At the second call people are found or not."""
    labels: dict[MarkState, str] = {state: str(state.label) for state in CHOICES}
    if call == SECOND:
        labels = {
            MarkState.PRESENT: pgettext("second signature", "Signed"),
            MarkState.ABSENT: pgettext("second signature", "Did not sign"),
        }
    return [(state, label, CLASSES[state]) for state, label in labels.items()]


def _is_closed(session: Session) -> bool:
    return Sheet.objects.filter(session=session, state=SheetState.CLOSED).exists()


def _of_place(sheets: list[SheetOfPlace], pk: str | None) -> SheetOfPlace:
    """The sheet of a place, the first when none is named. 404 when the half-day has no such place."""
    if not pk:
        return sheets[0]
    found = next((sheet for sheet in sheets if sheet.place and str(sheet.place.pk) == pk), None)
    if found is None:
        raise Http404
    return found


def _preview(session: Session, sheet: SheetOfPlace, said: dict[int, MarkState]) -> dict:
    """The people behind the numbers with what the paper says and what stands now; how many are present."""
    ids = [sheet.people[number].pk for number in said]
    marks = Mark.objects.filter(session=session, registration__in=ids).order_by()
    stands = dict(marks.values_list("registration_id", "state"))
    rows = [
        {"number": n, "registration": (r := sheet.people[n]), "state": said[n], "stands": stands.get(r.pk, "")}
        for n in sorted(said)
    ]
    return {"rows": rows, "present": len(sheet.people) - len(said), "all": len(sheet.people)}


def _roll_on_paper(session: Session, call: int) -> Roll:
    """The roll with the states that the paper says, and the numbers that are printed on it."""
    roll = roll_of(session)
    numbers = {r.pk: number for sheet in sheets_of([session]) for number, r in sheet.people.items()}
    people = [line.registration.pk for office in roll.offices for line in office.lines]
    says = said_on_paper(session, people, call=call)
    counts: dict[str, int] = {}
    for office in roll.offices:
        for index, line in enumerate(office.lines):
            state = says.get(line.registration.pk, "")
            line.registration.number = numbers[line.registration.pk]  # shown alone, never saved
            office.lines[index] = Line(line.registration, state)
            counts[state] = counts.get(state, 0) + 1
    return Roll(session, roll.offices, counts)


def _tell(request, outcome: Outcome) -> None:
    count = len(outcome.saved)
    if count:
        text = ngettext(
            "%(count)d entry from the paper was saved.", "%(count)d entries from the paper were saved.", count
        )
        messages.success(request, text % {"count": count})
    if outcome.proposed:
        messages.warning(
            request,
            _(
                "Attendance of this half-day is closed: %(count)d entries from the paper wait for a decision after "
                "reopening."
            )
            % {"count": len(outcome.proposed)},
        )
    disputed = sum(state == MarkState.DISPUTED for state in outcome.saved.values())
    if disputed:
        text = ngettext(
            "The paper and another way do not agree on %(count)d person: please decide.",
            "The paper and another way do not agree on %(count)d people: please decide.",
            disputed,
        )
        messages.warning(request, text % {"count": disputed})
    if not outcome.saved and not outcome.proposed:
        messages.info(request, _("Nothing was changed."))

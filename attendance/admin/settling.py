"""What waits for a decision in a half-day: what two ways say differently, and what came after closing. And taking back
one's own last act."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from attendance.admin.board import names_of
from attendance.constants import Claim, MarkState, SheetState
from attendance.forms.marks import CHOICES, read_submission
from attendance.models import Event, Sheet
from attendance.reports.board import board_of
from attendance.reports.here import odd_entries
from attendance.reports.history import histories
from attendance.rules.permissions import may_mark
from attendance.services.ledger import decide, undo_entries, undo_last_act
from attendance.templatetags.attendance_words import CLASSES
from courses.constants.errors import Refusal
from courses.constants.ids import row_id
from courses.models import Registration

NAMES_SAID = 5
#: From where one's last act is taken back, and where one is led again.
PAGES_WITH_UNDO = ("change", "paper", "paper_list", "paper_list?call=2")


class SettlingPages:
    """For the admin of a half-day's attendance."""

    def settling_urls(self):
        wrap, name = self.admin_site.admin_view, "attendance_attendancesheet_"
        return [
            path("<path:object_id>/waiting", wrap(self.waiting), name=f"{name}waiting"),
            path("<path:object_id>/undo", wrap(require_POST(self.undo)), name=f"{name}undo"),
        ]

    def waiting(self, request, object_id):
        session = self.half_day_or_404(request, object_id)
        if request.method != "POST":
            return self._waiting_page(request, session)
        try:
            said = self._settle(request, session)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return self._waiting_page(request, session, status=409)
        messages.success(request, said)
        return redirect("admin:attendance_attendancesheet_waiting", session.pk)

    def _settle(self, request, session) -> str:
        """`take_back` names an entry that does not count; else `state` is decided for `registration`, and `names` is
        the late entry that it is about. Returns what was done, in words."""
        act = read_submission(request.POST)
        if "take_back" in request.POST:
            entry = _entry(session, request.POST["take_back"])
            undo_entries(session, [entry.pk], actor=request.actor, act=act)
            return _("The entry was taken back: it does not count.")
        people = Registration.objects.filter(course=session.course_id).select_related("trainee")
        person = get_object_or_404(people, pk=row_id(request.POST.get("registration", "")) or 0)
        names = _entry(session, request.POST["names"], registration=person) if request.POST.get("names") else None
        state = request.POST.get("state", "")
        if state not in CHOICES:
            raise Refusal(_("Please choose one of the states that the page offers."))
        stands = decide(session, person, state, actor=request.actor, act=act, names=names)
        return _("Decided for %(name)s: %(state)s") % {
            "name": person.trainee.full_name,
            "state": MarkState(stands).label,
        }

    def undo(self, request, object_id):
        """Takes back all that this user last wrote here with one tap or page."""
        session = self.half_day_or_404(request, object_id)
        try:
            act = read_submission(request.POST)
            undo_last_act(session, actor=request.actor, act=act)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.info(request, undone_words(session, act, request.actor))
        page = request.POST.get("page")
        name, mark, query = (page if page in PAGES_WITH_UNDO else "change").partition("?")
        return redirect(reverse(f"admin:attendance_attendancesheet_{name}", args=[session.pk]) + mark + query)

    def _waiting_page(self, request, session, *, status=200):
        board = board_of(session)
        disputed = {person.registration.pk: person for person in board.disputed}
        said = histories(session, disputed)
        closed = Sheet.objects.filter(session=session, state=SheetState.CLOSED).exists()
        context = {
            "board": board,
            "disputes": [
                (person, [entry for entry in said[pk] if entry.says_something and not entry.waits])
                for pk, person in disputed.items()
            ],
            "odd": odd_entries(session),
            "choices": [(state, state.label, CLASSES[state]) for state in CHOICES],
            "submission": uuid4(),
            "closed": closed,
            "may_decide": may_mark(request.actor, session.course) and not closed,
        }
        title = _("Waiting for a decision: %(half_day)s") % {"half_day": session}
        return self.half_day_page(request, session, "admin/attendance/waiting.html", title, context, status=status)


def _entry(session, pk: str, **fields) -> Event:
    """An entry of this half-day; 404 for any other."""
    entry = Event.objects.filter(session=session, pk=row_id(pk) or 0, **fields).first()
    if entry is None:
        raise Http404
    return entry


def undone_words(session, act, actor) -> str:
    """What the act took back, in one sentence; asked again it says the same."""
    undone = Event.objects.filter(session=session, act=act, claim=Claim.UNDO, by=actor.user_id)
    about = undone.order_by("pk").values_list("registration_id", "undoes__words__text")
    names = names_of({pk for pk, _words in about if pk}) + [words or "–" for pk, words in about if not pk]
    if not names:
        return _("There is nothing of yours to take back in this half-day.")
    said = ", ".join(names[:NAMES_SAID]) + (" …" if len(names) > NAMES_SAID else "")
    text = ngettext(
        "Your last entry was taken back, about %(count)d person: %(names)s",
        "Your last entries were taken back, about %(count)d people: %(names)s",
        len(names),
    )
    return text % {"count": len(names), "names": said}

"""What is recorded about a half-day follows when it is moved or cancelled, whatever the way in.

* Another hour of the same half-day: everything stays, and who was late is reckoned anew.
* Another day, or the other half of the day: nobody can have been seen at it yet. What was said of the old time is taken
  back, with its reason in the history; an accepted leave was for the old time and waits for an answer again.
* Cancelled: the record stays as it is and counts for nothing; taken up again at the same time, it counts again.
* A sheet that is closed is reopened first: what it said is kept, and somebody says why it changes.
"""

from uuid import uuid4

from django.utils.translation import gettext as _

from attendance.constants import Claim, LeaveState, SheetState, Way
from attendance.models import Event, LeaveRequest, Mark, Sheet
from attendance.reports.waiting import stands_for
from attendance.services.ledger import Said, add_up_again, entries_in_force, write
from courses.constants.actors import Actor
from courses.constants.choices import SessionState
from courses.constants.clock import VIETNAM
from courses.constants.errors import Refusal
from courses.models import Session
from courses.services.records import log_action
from courses.services.schedule import Moments


def follow_half_day(*, session: Session, before: Moments, actor: Actor, **_signal) -> None:
    """Receives `half_day_changed`, inside its transaction. Refusal when the sheet is closed."""
    # Made when it is not there, so that nobody opens one meanwhile. Only the sheet is waited for: whoever marks holds
    # it, and refers to the half-day when the marks are written.
    sheet, made = Sheet.objects.get_or_create(session=session)
    sheet = Sheet.objects.select_for_update().get(pk=sheet.pk)
    if sheet.state == SheetState.CLOSED:
        raise Refusal(
            _("Attendance of %(half_day)s is closed. Please reopen it with the reason, then change the half-day.")
            % {"half_day": session}
        )
    if made:
        sheet.delete()  # it would keep the half-day from being taken out of the plan
    if session.state == SessionState.CANCELLED:
        return
    if (before.date, before.half) != (session.date, session.half):
        if not made:
            _take_back(sheet, session, before, actor)
        _ask_leave_again(session, actor)
    elif not made:
        known = Mark.objects.filter(session=session).order_by().values_list("registration_id", flat=True)
        add_up_again(session, sorted(known))


def _take_back(sheet: Sheet, session: Session, before: Moments, actor: Actor) -> None:
    people = Event.objects.filter(session=session, registration__isnull=False).order_by()
    ids = set(people.values_list("registration_id", flat=True))
    entries = [event for found in entries_in_force(session, ids).values() for event in found]
    entries += entries_in_force(session, None).get(None, [])
    note = _("The half-day was moved from %(old)s to %(new)s.") % {
        "old": f"{before.starts_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}",
        "new": f"{session.starts_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}",
    }
    said = [Said(stands_for(event), Claim.UNDO, event.pk, undoes=event.pk, note=note) for event in entries]
    write(sheet, session, said, actor=actor, way=Way.HAND, act=uuid4())


def _ask_leave_again(session: Session, actor: Actor) -> None:
    accepted = LeaveRequest.objects.filter(sessions=session, state=LeaveState.ACCEPTED).order_by("pk")
    for request in accepted.select_related("registration"):
        request.state, request.answered_at, request.answered_by = LeaveState.ASKED, None, None
        request.save(update_fields=["state", "answered_at", "answered_by"])
        changes = {"state": [LeaveState.ACCEPTED, LeaveState.ASKED], "half_day": [None, session.pk]}
        log_action(actor, "answer leave", request, course=session.course, changes=changes)

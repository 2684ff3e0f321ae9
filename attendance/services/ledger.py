"""Writing the ledger: claims come in as events, marks follow from them. Nothing is ever changed or deleted."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from attendance.constants import SAYABLE_STATES, SEEN_STATES, Claim, MarkState, SheetState, Way
from attendance.models import Event, Mark, Sheet
from attendance.reports.roll import expected_at
from attendance.rules.ledger import Claimed, add_up
from attendance.rules.permissions import may_mark
from courses.constants.actors import Actor
from courses.constants.choices import SessionState
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import Registration, Session

#: Nobody can have been seen, or missed, earlier than this before the half-day begins: doors open an hour before.
SEEN_BEFORE_START = timedelta(hours=3)


@dataclass(frozen=True)
class Change:
    """One cell that somebody set: what the page showed, and what it is to be ("" for nothing known)."""

    registration_id: int
    shown: str
    wanted: str


@dataclass
class Outcome:
    """What became of each change, by registration id: saved, already so, or changed by somebody else meanwhile.

    `asked` holds the state that stands now; a person looks at it and posts again with that state as `shown`.
    """

    saved: dict[int, str] = field(default_factory=dict)
    unchanged: dict[int, str] = field(default_factory=dict)
    asked: dict[int, str] = field(default_factory=dict)


@transaction.atomic
def mark_by_hand(
    session: Session, changes: Iterable[Change], *, actor: Actor, submission: UUID, way: Way = Way.HAND
) -> Outcome:
    """Takes a page of marks: writes one claim (or a decision, where a mark stands) a changed cell.

    `submission` names the page that was sent, so that sending it twice adds nothing. A cell that is no longer what the
    page showed is not written but asked. Refusal, with nothing written, when the actor may not mark the class, the
    half-day is cancelled, somebody is not expected there, or nobody can have been seen yet.
    """
    changes = list(changes)
    sheet = lock_sheet(session)
    session = Session.objects.select_related("course").get(pk=session.pk)
    _check(sheet, session, changes, actor=actor)
    outcome = Outcome()
    current = dict(
        Mark.objects.filter(session=session, registration__in=[c.registration_id for c in changes])
        .order_by()
        .values_list("registration_id", "state")
    )
    events = []
    for change in changes:
        stands = current.get(change.registration_id, "")
        if stands == change.wanted:
            outcome.unchanged[change.registration_id] = stands
        elif stands != change.shown:
            outcome.asked[change.registration_id] = stands
        else:
            outcome.saved[change.registration_id] = change.wanted
            events += _events(session, change, actor=actor, submission=submission, way=way)
    _append(events)
    standing = add_up_again(session, list(outcome.saved))
    for pk in [pk for pk, wanted in outcome.saved.items() if standing[pk] != wanted]:
        # A page sent again whose mark was taken back in between: its event is there already and adds nothing.
        del outcome.saved[pk]
        outcome.asked[pk] = standing[pk]
    return outcome


def lock_sheet(session: Session) -> Sheet:
    """The sheet of a half-day, opened by the first who writes on it and locked until the transaction ends."""
    Sheet.objects.get_or_create(session=session, defaults={"state": SheetState.OPEN, "opened_at": now()})
    sheet = Sheet.objects.select_for_update().get(session=session)
    if sheet.state == SheetState.NOT_OPENED:  # made by `lock_sheets`
        sheet.state, sheet.opened_at = SheetState.OPEN, now()
        sheet.save(update_fields=["state", "opened_at"])
    return sheet


def lock_sheets(course_ids: Iterable[int]) -> None:
    """Locks the sheets of all half-days of these classes, in the order of their half-days, and opens none of them.

    Until the transaction ends nobody writes attendance there. A sheet that is not there yet is made, else somebody
    might open it meanwhile.
    """
    sessions = Session.objects.filter(course__in=list(course_ids)).order_by("pk")
    Sheet.objects.bulk_create([Sheet(session=session) for session in sessions], ignore_conflicts=True)
    list(Sheet.objects.select_for_update().filter(session__in=sessions.values("pk")).order_by("session"))


def add_up_again(session: Session, registration_ids: list[int]) -> dict[int, str]:
    """Makes the marks of these people in this half-day what their events add up to; returns their states ("" for
    nothing known). Events of a registration that went into one of these count as its own. Three queries at most."""
    claims: dict[int, list[Claimed]] = {pk: [] for pk in registration_ids}
    events = Event.objects.filter(session=session).about(registration_ids).select_related("registration")
    for event in events.order_by("pk"):
        into = event.registration.merged_into_id
        claims[into if into in claims else event.registration_id].append(_claimed(event))
    marks, gone, states = [], [], {}
    for pk, events in claims.items():
        standing = add_up(events, starts_at=session.starts_at, grace_minutes=session.grace_minutes)
        states[pk] = standing.state if standing else ""
        if standing is None:
            gone.append(pk)
        else:
            marks.append(
                Mark(session=session, registration_id=pk, state=standing.state, since=standing.since, updated_at=now())
            )
    if gone:
        Mark.objects.filter(session=session, registration__in=gone).delete()
    Mark.objects.bulk_create(
        marks,
        update_conflicts=True,
        unique_fields=["session", "registration"],
        update_fields=["state", "since", "updated_at"],
    )
    return states


def _check(sheet: Sheet, session: Session, changes: list[Change], *, actor: Actor) -> None:
    if not may_mark(actor, session.course):
        raise Refusal(_("Attendance of this class cannot be taken: it is not under way, or it is another office's."))
    if session.state == SessionState.CANCELLED:
        raise Refusal(_("This half-day was cancelled: there is nobody to mark."))
    if sheet.state == SheetState.CLOSED:
        raise Refusal(_("Attendance of this half-day is closed and cannot be changed any more."))
    wanted = {change.wanted for change in changes}
    if not wanted <= {*SAYABLE_STATES, ""}:
        raise Refusal(_("Please choose one of the states that the page offers."))
    if wanted - {MarkState.EXCUSED, ""} and now() < session.starts_at - SEEN_BEFORE_START:
        raise Refusal(
            _("This half-day has not begun: nobody can be present or absent yet. Excused absences can be entered.")
        )
    registrations = (
        Registration.objects.filter(course_id=session.course_id, pk__in=[c.registration_id for c in changes])
        .active()
        .prefetch_related("blocks")
        .order_by("pk")
    )
    blocks = {block.pk for block in session.blocks.all()}
    expected = {registration.pk for registration in expected_at(registrations, blocks)}
    if not {change.registration_id for change in changes} <= expected:
        raise Refusal(_("Somebody on this page is not registered for this half-day. Please open the page again."))


def _events(session: Session, change: Change, *, actor: Actor, submission: UUID, way: Way) -> list[Event]:
    """The events that bring a cell from what it shows to what is wanted."""
    shared = {
        "session": session,
        "registration_id": change.registration_id,
        "way": way,
        "by_id": actor.user_id,
        "happened_at": now(),
        "arrived_at": now(),
    }

    def name(part: object) -> UUID:
        return uuid5(submission, f"{change.registration_id}:{part}")

    if not change.wanted:
        return [
            Event(claim=Claim.UNDO, undoes_id=pk, client_id=name(pk), **shared)
            for pk in _in_force(session, change.registration_id)
        ]
    if change.shown:
        return [Event(claim=Claim.DECISION, says=change.wanted, client_id=name("decision"), **shared)]
    claim, says = _said(change.wanted)
    return [Event(claim=claim, says=says, client_id=name(change.wanted), **shared)]


def _in_force(session: Session, registration_id: int) -> list[int]:
    """The events of a cell that no undo annuls; an undo can itself be undone, so the newest are read first."""
    found: list[int] = []
    annulled: set[int | None] = set()
    for event in Event.objects.filter(session=session).about([registration_id]).order_by("-pk"):
        if event.pk in annulled:
            continue
        if event.claim == Claim.UNDO:
            annulled.add(event.undoes_id)
        else:
            found.append(event.pk)
    return found


def _said(state: str) -> tuple[Claim, str]:
    if state in SEEN_STATES:
        return Claim.SEEN, state
    return (Claim.EXCUSED, "") if state == MarkState.EXCUSED else (Claim.NOT_SEEN, "")


def _append(events: list[Event]) -> None:
    """Adds events whose client's id is not there yet."""
    ids = [event.client_id for event in events]
    there = set(Event.objects.filter(client_id__in=ids).order_by().values_list("client_id", flat=True))
    Event.objects.bulk_create([event for event in events if event.client_id not in there])


def _claimed(event: Event) -> Claimed:
    return Claimed(
        id=event.pk,
        claim=event.claim,
        way=event.way,
        happened_at=event.happened_at,
        arrived_at=event.arrived_at,
        state=event.says,
        undoes=event.undoes_id,
        names=event.names_id,
        proposal=event.proposal,
    )

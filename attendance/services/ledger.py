"""Writing the ledger: claims come in as events, marks follow from them. Nothing is ever changed or deleted."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from attendance.constants import SAYABLE_STATES, SEEN_STATES, Claim, LeaveState, MarkState, SheetState, Way
from attendance.models import Event, LeaveRequest, Mark, Sheet
from attendance.reports.roll import expected_of
from attendance.reports.waiting import stands_for
from attendance.rules.ledger import Claimed, add_up
from attendance.rules.permissions import may_mark
from courses.constants.actors import Actor
from courses.constants.choices import SessionState
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import File, Registration, Session

#: Nobody can have been seen, or missed, earlier than this before the half-day begins: doors open an hour before.
SEEN_BEFORE_START = timedelta(hours=3)
#: The columns of an entry that make a `Claimed`, in its order.
CLAIMED = ("pk", "claim", "way", "happened_at", "arrived_at", "says", "undoes_id", "names_id", "proposal")


@dataclass(frozen=True)
class Change:
    """One cell that somebody set: what the page showed, and what it is to be ("" for nothing known)."""

    registration_id: int
    shown: str
    wanted: str


@dataclass
class Outcome:
    """What became of each change, by registration id: saved, already so, kept as a proposal since the sheet is closed,
    or changed by somebody else meanwhile.

    `asked` holds the state that stands now; a person looks at it and posts again with that state as `shown`.
    """

    saved: dict[int, str] = field(default_factory=dict)
    unchanged: dict[int, str] = field(default_factory=dict)
    proposed: dict[int, str] = field(default_factory=dict)
    asked: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """One entry for the ledger about one person, as whoever writes it says it; fields as of `Event`.

    `key` names it within its act, so that the act sent again adds nothing. `act`: an act of its own, if it is one.
    """

    registration_id: int | None
    claim: Claim
    key: object
    says: str = ""
    undoes: int | None = None
    names: int | None = None
    note: str = ""
    call: int = 1
    paper: File | None = None
    happened_at: datetime | None = None
    act: UUID | None = None


@transaction.atomic
def mark_by_hand(
    session: Session,
    changes: Iterable[Change],
    *,
    actor: Actor,
    submission: UUID,
    way: Way = Way.HAND,
    one_by_one: bool = False,
) -> Outcome:
    """Takes a page of marks: writes one claim (or a decision, where a mark stands) a changed cell.

    `submission` names the page that was sent, so that sending it twice adds nothing. A cell that is no longer what the
    page showed is not written but asked. `one_by_one`: each cell was a tap of its own, and is taken back as one. On a
    closed sheet everything becomes a proposal. Refusal, with nothing written, when the actor may not mark the class,
    the half-day is cancelled, somebody is not expected there, or nobody can have been seen yet.
    """
    changes = list(changes)
    sheet = lock_sheet(session)
    session = Session.objects.select_related("course").get(pk=session.pk)
    check_states(session, {change.wanted for change in changes})
    check_may_write(session, {change.registration_id for change in changes}, actor=actor)
    outcome = Outcome()
    current = states_of(session, [change.registration_id for change in changes])
    cleared = [c.registration_id for c in changes if not c.wanted and c.shown and current.get(c.registration_id)]
    in_force = entries_in_force(session, cleared) if cleared else {}
    _check_no_leave(session, [event for events in in_force.values() for event in events])
    said: list[Said] = []
    for change in changes:
        stands = current.get(change.registration_id, "")
        if stands == change.wanted:
            outcome.unchanged[change.registration_id] = stands
        elif stands != change.shown:
            outcome.asked[change.registration_id] = stands
        else:
            outcome.saved[change.registration_id] = change.wanted
            act = uuid5(submission, f"cell {change.registration_id}") if one_by_one else None
            said += [replace(one, act=act) for one in _said_by_hand(change, in_force.get(change.registration_id, []))]
    standing = write(sheet, session, said, actor=actor, way=way, act=submission)
    if sheet.state == SheetState.CLOSED:
        outcome.proposed, outcome.saved = outcome.saved, {}
    for pk in [pk for pk, wanted in outcome.saved.items() if standing.get(pk, "") != wanted]:
        # A page sent again whose mark was taken back in between: its event is there already and adds nothing.
        del outcome.saved[pk]
        outcome.asked[pk] = standing.get(pk, "")
    return outcome


@transaction.atomic
def decide(
    session: Session,
    registration: Registration,
    state: str,
    *,
    actor: Actor,
    act: UUID,
    names: Event | None = None,
    note: str = "",
) -> str:
    """An organiser decides what holds for somebody, against every claim; returns the state that stands then.

    `names`: the proposal, or the entry about somebody not on the list, that is decided by it. Refusal as in
    `mark_by_hand`, and on a closed sheet: it is reopened first.
    """
    sheet = lock_sheet(session)
    session = Session.objects.select_related("course").get(pk=session.pk)
    check_states(session, {state})
    check_may_write(session, {registration.pk}, actor=actor)
    check_open(sheet)
    key = f"{registration.pk}:decision:{names.pk if names else ''}"
    said = Said(registration.pk, Claim.DECISION, key, says=state, names=names.pk if names else None, note=note)
    return write(sheet, session, [said], actor=actor, way=Way.HAND, act=act)[registration.pk]


@transaction.atomic
def undo_entries(
    session: Session,
    entries: Iterable[int],
    *,
    actor: Actor,
    act: UUID,
    note: str = "",
    also: Iterable[Event] = (),
) -> list[int]:
    """Takes entries of the half-day back that are in force, by their ids; returns the ids of those that were.

    `also`: undos in force that are annulled with them, so that what they took back counts again.

    Refusal when the actor may not mark the class, on a closed sheet, and for the entry of an accepted leave.
    """
    sheet = lock_sheet(session)
    session = Session.objects.select_related("course").get(pk=session.pk)
    check_may_write(session, set(), actor=actor)
    check_open(sheet)
    wanted = set(entries)
    about = Event.objects.filter(session=session, pk__in=wanted, registration__isnull=False).order_by()
    # What was entered about a registration that went into another one counts for that one.
    pairs = about.values_list("registration_id", "registration__merged_into_id")
    people = {into or registration for registration, into in pairs}
    in_force = [event for events in entries_in_force(session, people).values() for event in events]
    loose = [event for event in entries_in_force(session, None).get(None, []) if event.pk in wanted]
    taken = [event for event in [*in_force, *loose] if event.pk in wanted]
    _check_no_leave(session, taken)
    said = [Said(stands_for(event), Claim.UNDO, event.pk, undoes=event.pk, note=note) for event in [*taken, *also]]
    write(sheet, session, said, actor=actor, way=Way.HAND, act=act)
    return [event.pk for event in taken]


@transaction.atomic
def undo_last_act(session: Session, *, actor: Actor, act: UUID) -> list[int]:
    """Takes back all that the actor last wrote in this half-day with one tap or page and that is still in force.

    An act that only cleared marks is one too: they count again, except about people of whom somebody wrote since.
    Returns the ids of the registrations concerned; empty when there is nothing. Pressed again it takes back the act
    before. Only one's own acts. Refusal as in `undo_entries`.
    """
    list(Sheet.objects.select_for_update().filter(session=session))
    if actor.user_id is None or Event.objects.filter(session=session, act=act).exists():
        return []
    last = last_act([session.pk], actor.user_id)
    if last is None:
        return []
    # A correction took earlier entries back in the same act: they count again.
    also = list(Event.objects.filter(pk__in=last.undos).order_by("pk"))
    undo_entries(session, last.entries, actor=actor, act=act, also=also)
    return sorted(last.about)


@dataclass
class Act:
    """What one user wrote in a half-day with one tap or page and what of it is in force: ids of entries, of undos, and
    of the registrations that they are about."""

    session_id: int
    act: UUID
    entries: list[int] = field(default_factory=list)
    undos: list[int] = field(default_factory=list)
    about: set[int] = field(default_factory=set)


def last_act(session_ids: Collection[int], user_id: int) -> Act | None:
    """The last act of a user in these half-days that is still in force, at least in part. (1 query.)

    Taking an act back is none itself, else pressing the key twice would bring it back.
    """
    columns = ("pk", "session_id", "registration_id", "claim", "undoes_id", "act", "by_id", "client_id")
    events = Event.objects.filter(session__in=session_ids).order_by("-pk").values_list(*columns, named=True)
    annulled: set[int] = set()
    written_since: set[tuple[int, int | None]] = set()
    last: Act | None = None
    for event in events:
        if event.pk in annulled:
            continue
        is_undo, person = event.claim == Claim.UNDO, (event.session_id, event.registration_id)
        if is_undo:
            annulled.add(event.undoes_id)
        if (
            event.by_id == user_id
            and event.act
            and (last is None or (event.session_id, event.act) == (last.session_id, last.act))
        ):
            starts = not is_undo or (_clears(event) and person not in written_since)
            if last is None and starts:
                last = Act(event.session_id, event.act)
            if last and (starts or event.registration_id in last.about):
                (last.undos if is_undo else last.entries).append(event.pk)
                last.about |= {event.registration_id} - {None}
                continue
        if not is_undo:
            written_since.add(person)
    return last


def clearing(event: Event) -> str:
    """The key of what takes an entry back because somebody cleared the mark, which can be taken back itself."""
    return f"cleared {event.pk}"


def _clears(undo) -> bool:
    return undo.client_id == _client_id(undo.act, undo.registration_id, f"cleared {undo.undoes_id}")


def _client_id(act: UUID, registration_id: int | None, key: object) -> UUID:
    return uuid5(act, f"{registration_id}:{key}")


def write(sheet: Sheet, session: Session, said: list[Said], *, actor: Actor, way: Way, act: UUID) -> dict[int, str]:
    """Adds entries and makes the marks what they add up to then; returns the states of those concerned.

    The sheet is locked by `lock_sheet` and the caller has checked that the actor may. On a closed sheet entries are
    proposals, which change no mark.
    """
    closed = sheet.state == SheetState.CLOSED
    at = _arrival(session, said)
    _append(
        [
            Event(
                session=session,
                registration_id=one.registration_id,
                claim=one.claim,
                says=one.says,
                way=way,
                undoes_id=one.undoes,
                names_id=one.names,
                by_id=actor.user_id,
                note=one.note,
                act=one.act or act,
                call=one.call,
                paper=one.paper,
                proposal=closed,
                client_id=_client_id(one.act or act, one.registration_id, one.key),
                happened_at=one.happened_at or now(),
                arrived_at=at,
            )
            for one in said
        ]
    )
    concerned = sorted({one.registration_id for one in said if one.registration_id})
    return states_of(session, concerned) if closed else add_up_again(session, concerned)


def lock_sheet(session: Session) -> Sheet:
    """The sheet of a half-day, opened by the first who writes on it and locked until the transaction ends."""
    Sheet.objects.get_or_create(session=session, defaults={"state": SheetState.OPEN, "opened_at": now()})
    sheet = Sheet.objects.select_for_update().get(session=session)
    if sheet.state == SheetState.NOT_OPENED:  # made by `lock_sheets`
        sheet.state, sheet.opened_at = SheetState.OPEN, now()
        sheet.save(update_fields=["state", "opened_at"])
    return sheet


def gone_into(registration_ids: Iterable[int]) -> dict[int, int]:
    """Which of these registrations went into which other one. (1 query.)

    Asked again by whoever found out whom an entry is about before the sheet was locked: two may have been merged
    meanwhile, and what is marked for the one that is gone is lost to the person.
    """
    gone = Registration.objects.filter(pk__among=registration_ids, merged_into__isnull=False).order_by()
    return dict(gone.values_list("pk", "merged_into_id"))


def lock_sheets(course_ids: Iterable[int]) -> None:
    """Locks the sheets of all half-days of these classes, in the order of their rows, and opens none of them.

    Until the transaction ends nobody writes attendance there. A sheet that is not there yet is made, else somebody
    might open it meanwhile.
    """
    sessions = Session.objects.filter(course__in=list(course_ids)).order_by("pk")
    Sheet.objects.bulk_create([Sheet(session=session) for session in sessions], ignore_conflicts=True)
    list(Sheet.objects.select_for_update().filter(session__in=sessions.values("pk")).order_by("session_id"))


def add_up_again(session: Session, registration_ids: list[int]) -> dict[int, str]:
    """Makes the marks of these people in this half-day what their events add up to; returns their states ("" for
    nothing known). Events of a registration that went into one of these count as its own. Three queries at most."""
    claims: dict[int, list[Claimed]] = {pk: [] for pk in registration_ids}
    events = Event.objects.filter(session=session).about(registration_ids).order_by("pk")
    for registration, into, *said in events.values_list("registration_id", "registration__merged_into_id", *CLAIMED):
        claims[into if into in claims else registration].append(Claimed(*said))
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


def states_of(session: Session, registration_ids: Iterable[int]) -> dict[int, str]:
    """The states that stand, by registration id; nothing known is no entry."""
    marks = Mark.objects.filter(session=session, registration__in=list(registration_ids)).order_by()
    return dict(marks.values_list("registration_id", "state"))


def check_may_write(session: Session, registration_ids: set[int], *, actor: Actor) -> None:
    """Refusal unless the actor may mark the class, the half-day is held, and everybody is expected there."""
    if not may_mark(actor, session.course):
        raise Refusal(_("Attendance of this class cannot be taken: it is not under way, or it is another office's."))
    if session.state == SessionState.CANCELLED:
        raise Refusal(_("This half-day was cancelled: there is nobody to mark."))
    if registration_ids and not registration_ids <= expected_of(session, registration_ids):
        raise Refusal(_("Somebody on this page is not registered for this half-day. Please open the page again."))


def check_states(session: Session, wanted: set[str]) -> None:
    """Refusal when a state cannot be said by a person, or cannot be known yet."""
    if not wanted <= {*SAYABLE_STATES, ""}:
        raise Refusal(_("Please choose one of the states that the page offers."))
    if wanted - {MarkState.EXCUSED, ""} and now() < session.starts_at - SEEN_BEFORE_START:
        raise Refusal(
            _("This half-day has not begun: nobody can be present or absent yet. Excused absences can be entered.")
        )


def check_open(sheet: Sheet) -> None:
    """Refusal when the sheet is closed."""
    if sheet.state == SheetState.CLOSED:
        raise Refusal(_("Attendance of this half-day is closed. Please reopen it first, with the reason."))


def entries_in_force(session: Session, registration_ids: Iterable[int] | None) -> dict[int | None, list[Event]]:
    """The entries that no undo annuls, by registration id, the newest first; None: those about people not on the list.

    An undo can itself be undone, so the newest are read first. Undos are not among them.
    """
    events = Event.objects.filter(session=session)
    events = events.filter(registration__isnull=True) if registration_ids is None else events.about(registration_ids)
    found: dict[int | None, list[Event]] = {}
    annulled: set[int | None] = set()
    for event in events.select_related("registration").order_by("-pk"):
        if event.pk in annulled:
            continue
        if event.claim == Claim.UNDO:
            annulled.add(event.undoes_id)
        else:
            into = event.registration.merged_into_id if event.registration else None
            key = into if registration_ids is not None and into in set(registration_ids) else event.registration_id
            found.setdefault(key, []).append(event)
    return found


def _check_no_leave(session: Session, entries: list[Event]) -> None:
    """Refusal when an accepted request for leave would lose its entry here and stay accepted: its answer is what is
    changed, for all of its half-days at once. (1 query, none without such an entry.)"""
    excused = {stands_for(event) for event in entries if (event.way, event.claim) == (Way.LEAVE, Claim.EXCUSED)}
    if not excused:
        return
    accepted = LeaveRequest.objects.filter(registration__in=excused, sessions=session, state=LeaveState.ACCEPTED)
    request = accepted.select_related("registration__trainee").order_by("pk").first()
    if request:
        raise Refusal(
            _(
                "The absence of %(name)s was accepted on request. To take it back, open the results of the class, "
                "“Absences answered”, and answer the request anew; to say what really was, mark the person instead."
            )
            % {"name": request.registration.trainee}
        )


def _said_by_hand(change: Change, in_force: list[Event]) -> list[Said]:
    """What brings a cell from what it shows to what is wanted."""
    pk = change.registration_id
    if not change.wanted:
        return [Said(pk, Claim.UNDO, clearing(event), undoes=event.pk) for event in in_force]
    if change.shown:
        return [Said(pk, Claim.DECISION, "decision", says=change.wanted)]
    claim, says = claim_of(change.wanted)
    return [Said(pk, claim, change.wanted, says=says)]


def claim_of(state: str) -> tuple[Claim, str]:
    """The claim by which somebody says this state for the first time, and what it names."""
    if state in SEEN_STATES:
        return Claim.SEEN, state
    return (Claim.EXCUSED, "") if state == MarkState.EXCUSED else (Claim.NOT_SEEN, "")


def _arrival(session: Session, said: list[Said]) -> datetime:
    """Now; but a decision never arrives before the one that it replaces, should the server's clock have been put back:
    the latest wins, and it would be without effect."""
    decided = [one.registration_id for one in said if one.claim == Claim.DECISION]
    if not decided:
        return now()
    earlier = Event.objects.filter(session=session, claim=Claim.DECISION).about(decided)
    return max(now(), earlier.aggregate(last=Max("arrived_at"))["last"] or now())


def _append(events: list[Event]) -> None:
    """Adds events whose client's id is not there yet."""
    ids = [event.client_id for event in events]
    there = set(Event.objects.filter(client_id__in=ids).order_by().values_list("client_id", flat=True))
    Event.objects.bulk_create([event for event in events if event.client_id not in there])

"""What phones at a door have read, one or five hundred at once: entered, kept as a proposal, or refused with a reason.

Nothing is dropped: each scan becomes an entry of the ledger or a row of what was refused, under the id that the phone
gave it, so that a batch sent again adds nothing and is answered alike.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from attendance.constants import Claim, ScanAnswer, ScanRefusal, SheetState, Way
from attendance.models import Door, DoorPhone, Event, EventWords, RefusedScan
from attendance.reports.door_list import Whereabouts
from attendance.reports.passes import PassRead, hash_of_code, read_passes
from attendance.reports.roll import expected_of
from attendance.reports.waiting import stands_for
from attendance.rules.doors import why_not
from attendance.rules.ledger import late_after
from attendance.rules.scans import half_day_at, moment_of
from attendance.services.ledger import add_up_again, gone_into, lock_sheet
from courses.constants.choices import CourseState
from courses.constants.clock import now
from courses.constants.masking import in_the_clear
from courses.models import Registration, Session
from courses.services.many_rows import insert_objects

#: A door takes so many rows, and so many more for each on the list of the class.
MOST, MOST_WHEN_CLOSED = (2000, 20), (1000, 2)
#: A helper notices a slip of the finger at once; what stands longer is the organiser's to change.
TAKEN_BACK_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Scan:
    """One thing that a phone took in: a code read or typed, somebody picked by name, or words about somebody not on
    the list. `id` is the phone's own, `at` by the phone's clock, and `off` by how much that was ahead, if it knew."""

    id: UUID
    at: datetime
    code: str = ""
    registration_id: int | None = None
    words: str = ""
    off: timedelta | None = None
    #: The scan by which the wrong name was tapped; `words` are for the organiser where it cannot be taken back here.
    takes_back: UUID | None = None


@dataclass(frozen=True)
class Answer:
    """What became of a scan. `since` and `door` are those of the first time where somebody was in already; `reason` of
    what was refused; `registration` whom it was about, where known; `where`: of a pass of another class, its name and
    hall."""

    id: UUID
    answer: ScanAnswer
    registration_id: int | None = None
    session_id: int | None = None
    reason: str = ""
    since: datetime | None = None
    door: str = ""
    where: str = ""


@dataclass(frozen=True)
class _Placed:
    """A scan with the moment by the server's clock, its half-day, and whom it is about or why it is refused."""

    scan: Scan
    moment: datetime
    session: Session | None
    registration: Registration | None
    reason: str


class DoorIsFull(Exception):
    """A door took more than its class can bring: its link got into wrong hands. Nothing was taken."""


@transaction.atomic
def take_scans(door: Door, scans: Iterable[Scan], *, device: UUID, sent: datetime, holds_back: int = 0) -> list[Answer]:
    """Takes what a phone of the door sends; one answer a scan, in the same order.

    `sent` is the moment of sending by the phone's clock, from which its error is known; `holds_back` how many it keeps
    beside these. What was read in time and sent later counts; what was read after the door's time, and whatever comes
    when the door was revoked, the class is concluded or the sheet closed, is a proposal. Nothing is refused as a whole.

    DoorIsFull, with nothing taken, when the door took more than its class can bring.
    """
    door = Door.objects.select_related("course").get(pk=door.pk)  # as it is now: it may have been revoked meanwhile
    scans, received = list({scan.id: scan for scan in scans}.values()), now()
    known = _answered(door, scans)
    fresh = [scan for scan in scans if scan.id not in known]
    _check_not_full(door, len(fresh), received)
    answers = dict(known)
    for part in _in_turn(fresh):
        answers |= _take(door, part, device=device, sent=sent, received=received)
    # After the sheets, as `one_scan` does: two requests of one phone must not each hold what the other waits for.
    _hear(door, device, received=received, sent=sent, holds_back=holds_back)
    return _with_where(door, [answers[scan.id] for scan in scans], received)


def _in_turn(scans: list[Scan]) -> list[list[Scan]]:
    """A phone that tried to send without a network has a slip and what takes it back: the slip is entered first."""
    ids = {scan.id for scan in scans}
    slips = [scan for scan in scans if scan.takes_back in ids]
    return [[scan for scan in scans if scan.takes_back not in ids], slips] if slips else [scans]


def _take(door: Door, scans: list[Scan], *, device: UUID, sent: datetime, received: datetime) -> dict[UUID, Answer]:
    answers = _take_back(door, scans, device=device, sent=sent, received=received)
    placed = _place(door, [scan for scan in scans if scan.id not in answers], sent=sent, received=received)
    _refuse(door, [one for one in placed if one.reason], answers, device=device, received=received)
    by_session: dict[Session, list[_Placed]] = {}
    for one in placed:
        if one.session and not one.reason:
            by_session.setdefault(one.session, []).append(one)
    for session in sorted(by_session, key=lambda session: session.pk):
        _enter(door, session, by_session[session], answers, device=device, received=received)
    return answers


def _check_not_full(door: Door, number: int, received: datetime) -> None:
    """DoorIsFull when a door would take more rows than a class of this size brings it, phones included. Of a door that
    was revoked or is over only what came since counts, and less is enough. (1 query; 2 for a door that took much.)"""
    closed = min(filter(None, [door.revoked_at, door.until]))
    is_closed = closed < received
    always, each = MOST_WHEN_CLOSED if is_closed else MOST
    taken = _taken(door, since=closed if is_closed else None) + number
    if taken <= always:
        return
    if taken > always + each * Registration.objects.filter(course=door.course_id).on_roll().count():
        raise DoorIsFull


def _taken(door: Door, *, since: datetime | None) -> int:
    """How many rows the door has brought. (1 query, in words of SQL: one scan at a time on SQLite waits for it.)"""
    counted: list[str] = []
    values: list = []
    for model, arrived in ((Event, "arrived_at"), (RefusedScan, "arrived_at"), (DoorPhone, "heard_at")):
        later = f" AND {arrived} > %s" if since else ""
        counted.append(f"(SELECT count(*) FROM {model._meta.db_table} WHERE door_id = %s{later})")  # noqa: S608
        values += [door.pk, connection.ops.adapt_datetimefield_value(since)] if since else [door.pk]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {' + '.join(counted)}", values)
        return cursor.fetchone()[0]


def _with_where(door: Door, answers: list[Answer], received: datetime) -> list[Answer]:
    """Those about passes of another class of the host with its name and hall. (6 queries where there are any.)"""
    others = {answer.registration_id for answer in answers if answer.reason == ScanRefusal.OTHER_CLASS}
    if not others:
        return answers
    course_of = dict(Registration.objects.filter(pk__among=others).order_by().values_list("pk", "course_id"))
    begins = dict(door.sessions.held().in_order().values_list("pk", "starts_at"))
    otherwise = next(iter(begins.values()), received)  # the phone, too, names the first when no half-day is near
    where = Whereabouts(set(course_of.values()), host_id=door.course.host_office_id)
    return [
        replace(one, where=where.at(course_of[one.registration_id], begins.get(one.session_id, otherwise)))
        if one.registration_id and one.reason == ScanRefusal.OTHER_CLASS
        else one
        for one in answers
    ]


def seconds_off(sent: datetime, received: datetime) -> int:
    """By how much the phone's clock is ahead of the server's."""
    return max(min(int((sent - received).total_seconds()), 2**31 - 1), -(2**31))


def _hear(door: Door, device: UUID, *, received: datetime, sent: datetime, holds_back: int) -> None:
    DoorPhone.objects.update_or_create(
        door=door,
        device=device,
        defaults={"heard_at": received, "holds_back": holds_back, "clock_off": seconds_off(sent, received)},
    )


def _answered(door: Door, scans: list[Scan]) -> dict[UUID, Answer]:
    """The answers to scans that were taken before. Of an id that was used elsewhere, which no phone that draws its own
    comes to, nothing is told and nothing written. (2 queries.)"""
    ids = [scan.id for scan in scans]
    columns = ("client_id", "registration_id", "session_id")
    found = {}
    taken = Event.objects.filter(client_id__in=ids).order_by().values_list(*columns, "claim", "proposal", "door_id")
    for pk, registration, session, claim, waits, where in taken:
        answer = ScanAnswer.WAITS if waits else ScanAnswer.ALREADY_IN if registration else ScanAnswer.NOTED
        answer = ScanAnswer.TAKEN_BACK if claim == Claim.UNDO else answer
        found[pk] = Answer(pk, answer, registration, session) if where == door.pk else Answer(pk, ScanAnswer.REFUSED)
    refused = RefusedScan.objects.filter(client_id__in=ids).order_by().values_list(*columns, "reason", "door_id")
    for pk, registration, session, reason, where in refused:
        about = (registration, session, reason) if where == door.pk else ()
        found[pk] = Answer(pk, ScanAnswer.REFUSED, *about)
    return found


def _take_back(
    door: Door, scans: list[Scan], *, device: UUID, sent: datetime, received: datetime
) -> dict[UUID, Answer]:
    """Takes back what this phone let in a moment before by a name that was tapped by mistake; the answers to those.

    What was read from a pass is no slip of a finger. Where the door or the sheet is closed meanwhile, or nothing was
    entered, there is no answer here: the words of the scan are for the organiser.
    """
    wanted = {scan.takes_back: scan for scan in scans if scan.takes_back}
    if not wanted or door.revoked_at or not _is_under_way(door):
        return {}
    entries = Event.objects.filter(
        client_id__in=wanted, door=door, device=str(device), claim=Claim.SEEN, subject_hash="", proposal=False
    ).exclude(registration=None)
    answers = {}
    for entry in entries.select_related("session", "registration").order_by("session_id", "pk"):
        scan = wanted[entry.client_id]
        moment = moment_of(scan.at, sent=sent, received=received, off=scan.off)
        if moment - entry.happened_at > TAKEN_BACK_WITHIN or lock_sheet(entry.session).state == SheetState.CLOSED:
            continue
        if not Event.objects.filter(undoes=entry).exists():
            undo = _event(door, entry.session, _Placed(scan, moment, entry.session, entry.registration, ""),
                          device=device, received=received, proposal=False)  # fmt: skip
            undo.claim, undo.undoes = Claim.UNDO, entry
            insert_objects([undo])
            add_up_again(entry.session, [stands_for(entry)])
        answers[scan.id] = Answer(scan.id, ScanAnswer.TAKEN_BACK, entry.registration_id, entry.session_id)
    return answers


def _place(door: Door, scans: list[Scan], *, sent: datetime, received: datetime) -> list[_Placed]:
    sessions = list(door.sessions.held())
    read = read_passes({scan.code for scan in scans if scan.code}, course_id=door.course_id)
    picked = [scan.registration_id for scan in scans if scan.registration_id]
    people = Registration.objects.filter(course=door.course_id, pk__among=picked).select_related("merged_into")
    # As with passes: a phone without a network picks from a list that is older than the merging of two entries.
    named = {r.pk: r.merged_into or r for r in people} if picked else {}
    placed = []
    for scan in scans:
        moment = moment_of(scan.at, sent=sent, received=received, off=scan.off)
        session = half_day_at(moment, sessions)
        found = named.get(scan.registration_id) if scan.registration_id else None
        reason = "" if scan.words or found else _reason(read.get(scan.code), door)
        if not found and scan.code in read:
            found = read[scan.code].registration
        placed.append(_Placed(scan, moment, session, found, reason or ("" if session else ScanRefusal.NO_HALF_DAY)))
    return _only_expected(placed)


def _reason(read: PassRead | None, door: Door) -> str:
    """Why a code cannot be entered by itself; "" when it can."""
    if read is None:
        return ScanRefusal.NOT_A_PASS
    if read.registration.course_id != door.course_id:
        return ScanRefusal.OTHER_CLASS
    return ScanRefusal.OLD_PASS if read.renewed else ""


def _only_expected(placed: list[_Placed]) -> list[_Placed]:
    """With the reason of who is not expected at their half-day. (4 queries a half-day, 1 where there are any.)"""
    asked: dict[Session, set[int]] = {}
    for one in placed:
        if one.session and one.registration and not one.reason:
            asked.setdefault(one.session, set()).add(one.registration.pk)
    expected = {(s.pk, pk) for s, people in asked.items() for pk in expected_of(s, people)}
    others = {pk for s, people in asked.items() for pk in people if (s.pk, pk) not in expected}
    # As they are now: who withdrew since the code was looked up is told so.
    reasons = {pk: why_not(r) for pk, r in Registration.objects.in_bulk(others).items()} if others else {}
    return [
        replace(one, reason=reasons[one.registration.pk])
        if one.session and one.registration and not one.reason and (one.session.pk, one.registration.pk) not in expected
        else one
        for one in placed
    ]


def _refuse(door: Door, ones: list[_Placed], answers: dict, *, device: UUID, received: datetime) -> None:
    RefusedScan.objects.bulk_create(
        RefusedScan(
            door=door,
            session=one.session,
            registration=one.registration,
            reason=one.reason,
            subject_hash=_hash_of_refused(one),
            words=in_the_clear(one.scan.words)[:300],
            client_id=one.scan.id,
            device=str(device),
            happened_at=one.moment,
            arrived_at=received,
        )
        for one in ones
    )
    for one in ones:
        answers[one.scan.id] = Answer(
            one.scan.id,
            ScanAnswer.REFUSED,
            one.registration.pk if one.registration else None,
            one.session.pk if one.session else None,
            one.reason,
        )


def _hash_of_refused(one: _Placed) -> str:
    """Tells that the same was read again. What is no pass may be a citizen number, of which a plain hash is soon
    opened by trying all: it is hashed under a key."""
    if not one.scan.code or one.reason != ScanRefusal.NOT_A_PASS:
        return hash_of_code(one.scan.code) if one.scan.code else ""
    return hmac.new(settings.KEYS.pass_, f"read:{one.scan.code}".encode(errors="replace"), hashlib.sha256).hexdigest()


def _enter(
    door: Door, session: Session, ones: list[_Placed], answers: dict, *, device: UUID, received: datetime
) -> None:
    """Writes the entries of one half-day, as the ledger takes them, and makes the marks follow."""
    sheet = lock_sheet(session)
    waits = sheet.state == SheetState.CLOSED or door.revoked_at is not None or not _is_under_way(door)
    ones = _merged_meanwhile(ones)
    people = {one.registration.pk for one in ones if one.registration}
    first = _seen_before(session, people)
    proposals = [waits or one.moment > door.until for one in ones]
    events = [
        _event(door, session, one, device=device, received=received, proposal=proposal)
        for one, proposal in zip(ones, proposals, strict=True)
    ]
    insert_objects(events)
    words = [(event, one.scan.words) for event, one in zip(events, ones, strict=True) if one.scan.words]
    EventWords.objects.bulk_create(EventWords(event=event, text=in_the_clear(text)[:300]) for event, text in words)
    if not waits:
        add_up_again(session, sorted(people))
    for one, proposal in sorted(zip(ones, proposals, strict=True), key=lambda pair: pair[0].moment):
        answers[one.scan.id] = _answer(door, session, one, first, waits=proposal)


def _merged_meanwhile(ones: list[_Placed]) -> list[_Placed]:
    """With the registration that counts for each, now that the sheet is locked. (1 query; 2 where two were merged.)"""
    gone = gone_into({one.registration.pk for one in ones if one.registration})
    kept = Registration.objects.in_bulk(set(gone.values())) if gone else {}
    return [
        replace(one, registration=kept[gone[one.registration.pk]])
        if one.registration and one.registration.pk in gone
        else one
        for one in ones
    ]


def _is_under_way(door: Door) -> bool:
    return door.course.state in (CourseState.PUBLISHED, CourseState.RUNNING)


def _seen_before(session: Session, registration_ids: set[int]) -> dict[int, tuple[datetime, str]]:
    """When each was seen first, and the name of the door ("" for another way). (1 query.)"""
    events = Event.objects.filter(session=session, claim=Claim.SEEN, proposal=False, undone_by__isnull=True)
    seen = events.about(registration_ids).order_by("-happened_at")
    rows = seen.values_list("registration_id", "registration__merged_into_id", "happened_at", "door__name")
    return {into or own: (at, door or "") for own, into, at, door in rows}


def _event(door: Door, session: Session, one: _Placed, *, device: UUID, received: datetime, proposal: bool) -> Event:
    return Event(
        session=session,
        registration=one.registration,
        claim=Claim.SEEN,
        way=Way.DOOR,
        door=door,
        device=str(device),
        device_at=one.scan.at,
        subject_hash=hash_of_code(one.scan.code) if one.scan.code else "",
        client_id=one.scan.id,
        happened_at=one.moment,
        arrived_at=received,
        proposal=proposal,
    )


def _answer(door: Door, session: Session, one: _Placed, first: dict, *, waits: bool) -> Answer:
    registration = one.registration
    if waits:
        return Answer(one.scan.id, ScanAnswer.WAITS, registration.pk if registration else None, session.pk)
    if registration is None:
        return Answer(one.scan.id, ScanAnswer.NOTED, None, session.pk)
    if registration.pk in first:
        since, where = first[registration.pk]
        return Answer(one.scan.id, ScanAnswer.ALREADY_IN, registration.pk, session.pk, since=since, door=where)
    first[registration.pk] = (one.moment, door.name)
    late = one.moment > late_after(session.starts_at, session.grace_minutes)
    answer = ScanAnswer.LATE if late else ScanAnswer.ON_TIME
    return Answer(one.scan.id, answer, registration.pk, session.pk, since=one.moment, door=door.name)

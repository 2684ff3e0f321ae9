"""The roll of a half-day: who is expected, by office, and what is known of each."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, prefetch_related_objects

from attendance.constants import THERE
from attendance.models import Mark
from attendance.rules.expected import is_expected
from courses.constants.choices import RegistrationKind
from courses.models import Office, Registration, Session


@dataclass(frozen=True)
class Line:
    """One expected person. `state` is "" when nothing is known."""

    registration: Registration
    state: str


@dataclass
class OfficeRoll:
    office: Office
    lines: list[Line] = field(default_factory=list)


@dataclass
class Roll:
    """All expected people of a half-day in protocol order, by the office of then, with the counts of states."""

    session: Session
    offices: list[OfficeRoll]
    counts: dict[str, int]

    @property
    def expected(self) -> int:
        return sum(self.counts.values())

    @property
    def unmarked(self) -> int:
        return self.counts.get("", 0)

    @property
    def seen(self) -> int:
        return sum(self.counts.get(state, 0) for state in THERE)


def expected_at(registrations: Iterable[Registration], session: Session, *, stand_ins: Collection[int]) -> list:
    """Those of the registrations who are expected at the half-day (blocks of both prefetched).

    Registrations come from `on_roll`. `stand_ins`: the ids of registrations that stand in at this half-day.
    """
    blocks = {block.pk for block in session.blocks.all()}
    return [
        r
        for r in registrations
        if is_expected(
            session.starts_at,
            blocks,
            owed={block.pk for block in r.blocks.all()},
            first=r.begins_with.starts_at if r.begins_with else None,
            until=r.replaced_by.begins_with.starts_at if r.replaced_by and r.replaced_by.begins_with else None,
            stands_in=(r.pk in stand_ins) if r.kind == RegistrationKind.STAND_IN else None,
        )
    ]


def stand_ins_by_session(sessions: Iterable[Session]) -> dict[int, set[int]]:
    """The ids of the registrations that stand in at each of these half-days. (1 query.)"""
    rows = Registration.sessions.through.objects.filter(session__in=[session.pk for session in sessions])
    found: dict[int, set[int]] = {}
    for session, registration in rows.values_list("session_id", "registration_id"):
        found.setdefault(session, set()).add(registration)
    return found


def expected_people(session: Session) -> list[Registration]:
    """Everybody expected at a half-day in the order of the paper list, with person and office. (3 queries.)"""
    here = Registration.sessions.through.objects.filter(session=session, registration=OuterRef("pk"))
    people = people_on_roll([session.course_id]).annotate(stands_in_here=Exists(here))
    registrations = list(people.select_related("trainee", "office", "stand_in_for__trainee"))
    return expected_at(registrations, session, stand_ins={r.pk for r in registrations if r.stands_in_here})


def expected_of(session: Session, registration_ids: Collection[int], *, before_joining: bool = False) -> set[int]:
    """Those of these registrations who are expected at a half-day, without making objects of them: marking asks it at
    each save. `before_joining`: also who came into the class only later, and owes the half-day all the same.
    (4 queries.)"""
    blocks = set(session.blocks.order_by().values_list("pk", flat=True))
    owed: dict[int, set[int]] = {}
    if blocks:
        through = Registration.blocks.through.objects.filter(registration__in=registration_ids)
        for registration, block in through.values_list("registration_id", "block_id"):
            owed.setdefault(registration, set()).add(block)
    stand_ins = stand_ins_by_session([session]).get(session.pk, set())
    rows = Registration.objects.filter(course=session.course_id, pk__in=registration_ids).on_roll().order_by()
    return {
        pk
        for pk, kind, first, until in rows.values_list(
            "pk", "kind", "begins_with__starts_at", "replaced_by__begins_with__starts_at"
        )
        if is_expected(
            session.starts_at,
            blocks,
            owed=owed.get(pk, set()),
            first=None if before_joining else first,
            until=until,
            stands_in=(pk in stand_ins) if kind == RegistrationKind.STAND_IN else None,
        )
    }


def numbers_on(registrations: Iterable[Registration]) -> dict[int, int]:
    """The number of each registration on the sheets of its class, by id, for all of `people_on_roll`: the serial number
    of the final list; who has none (no list yet, stand-ins, those who came later) is numbered on behind the others."""
    rows = [(registration.pk, registration.number) for registration in registrations]
    numbers = {pk: number for pk, number in rows if number is not None}
    after = max(numbers.values(), default=0)
    without = [pk for pk, number in rows if number is None]
    return numbers | {pk: number for number, pk in enumerate(without, after + 1)}


def roll_of(session: Session) -> Roll:
    """The roll of one half-day, in four queries whatever the number of people."""
    states = dict(Mark.objects.filter(session=session).order_by().values_list("registration_id", "state"))
    offices: dict[int, OfficeRoll] = {}
    counts: dict[str, int] = {}
    for registration in expected_people(session):
        state = states.get(registration.pk, "")
        counts[state] = counts.get(state, 0) + 1
        office = offices.setdefault(registration.office_id, OfficeRoll(registration.office))
        office.lines.append(Line(registration, state))
    return Roll(session, list(offices.values()), counts)


def people_on_roll(course_ids: Iterable[int]):
    """Whom `expected_at` judges, in the order of the paper list."""
    return (
        Registration.objects.filter(course__in=list(course_ids))
        .on_roll()
        .select_related("begins_with", "replaced_by__begins_with")
        .prefetch_related("blocks")
        .by_office()
    )


@dataclass(frozen=True)
class Counts:
    """Of one half-day: people expected, seen (disputed counts as seen), and not marked yet."""

    expected: int
    seen: int
    unmarked: int


def counts_by_session(sessions: Iterable[Session]) -> dict[int, Counts]:
    """The counts of many half-days by their id, in six queries whatever their number."""
    sessions = list(sessions)
    prefetch_related_objects(sessions, "blocks")
    by_course: dict[int, list[Registration]] = {}
    for registration in people_on_roll({session.course_id for session in sessions}):
        by_course.setdefault(registration.course_id, []).append(registration)
    stand_ins = stand_ins_by_session(sessions)
    states: dict[int, dict[int, str]] = {}
    marks = Mark.objects.filter(session__in=[session.pk for session in sessions]).order_by()
    for session_id, registration_id, state in marks.values_list("session_id", "registration_id", "state"):
        states.setdefault(session_id, {})[registration_id] = state
    found = {}
    for session in sessions:
        people = by_course.get(session.course_id, [])
        expected = expected_at(people, session, stand_ins=stand_ins.get(session.pk, ()))
        known = [states.get(session.pk, {}).get(registration.pk, "") for registration in expected]
        seen = sum(state in THERE for state in known)
        found[session.pk] = Counts(expected=len(known), seen=seen, unmarked=known.count(""))
    return found

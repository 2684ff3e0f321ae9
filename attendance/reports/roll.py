"""The roll of a half-day: who is expected, by office, and what is known of each."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import prefetch_related_objects

from attendance.constants import THERE
from attendance.models import Mark
from attendance.rules.eligibility import serves
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


def expected_at(registrations: Iterable[Registration], session_blocks: set[int]) -> list[Registration]:
    """Those of the registrations (with `blocks` prefetched) who owe the half-day."""
    return [r for r in registrations if serves(session_blocks, {block.pk for block in r.blocks.all()})]


def roll_of(session: Session) -> Roll:
    """The roll of one half-day, in five queries whatever the number of people."""
    registrations = (
        Registration.objects.filter(course_id=session.course_id)
        .active()
        .select_related("trainee", "office")
        .prefetch_related("blocks")
        .by_office()
    )
    blocks = {block.pk for block in session.blocks.all()}
    states = dict(Mark.objects.filter(session=session).order_by().values_list("registration_id", "state"))
    offices: dict[int, OfficeRoll] = {}
    counts: dict[str, int] = {}
    for registration in expected_at(registrations, blocks):
        state = states.get(registration.pk, "")
        counts[state] = counts.get(state, 0) + 1
        office = offices.setdefault(registration.office_id, OfficeRoll(registration.office))
        office.lines.append(Line(registration, state))
    return Roll(session, list(offices.values()), counts)


@dataclass(frozen=True)
class Counts:
    """Of one half-day: people expected, seen (disputed counts as seen), and not marked yet."""

    expected: int
    seen: int
    unmarked: int


def counts_by_session(sessions: Iterable[Session]) -> dict[int, Counts]:
    """The counts of many half-days by their id, in five queries whatever their number."""
    sessions = list(sessions)
    prefetch_related_objects(sessions, "blocks")
    registrations = (
        Registration.objects.filter(course__in={session.course_id for session in sessions})
        .active()
        .prefetch_related("blocks")
        .order_by("pk")
    )
    by_course: dict[int, list[Registration]] = {}
    for registration in registrations:
        by_course.setdefault(registration.course_id, []).append(registration)
    states: dict[int, dict[int, str]] = {}
    marks = Mark.objects.filter(session__in=[session.pk for session in sessions]).order_by()
    for session_id, registration_id, state in marks.values_list("session_id", "registration_id", "state"):
        states.setdefault(session_id, {})[registration_id] = state
    found = {}
    for session in sessions:
        blocks = {block.pk for block in session.blocks.all()}
        expected = expected_at(by_course.get(session.course_id, []), blocks)
        known = [states.get(session.pk, {}).get(registration.pk, "") for registration in expected]
        seen = sum(state in THERE for state in known)
        found[session.pk] = Counts(expected=len(known), seen=seen, unmarked=known.count(""))
    return found

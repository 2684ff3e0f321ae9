"""The roll of a half-day: who is expected, by office, and what is known of each."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from attendance.constants import SEEN_STATES, MarkState
from attendance.models import Mark
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
        """Disputed counts as seen until somebody decides."""
        return sum(self.counts.get(state, 0) for state in (*SEEN_STATES, MarkState.DISPUTED))


def expected_at(registrations: Iterable[Registration], session_blocks: set[int]) -> list[Registration]:
    """Those of the registrations (with `blocks` prefetched) who owe a block that the half-day serves.

    A half-day without blocks serves all; a registration without blocks owes all.
    """
    expected = []
    for registration in registrations:
        owed = {block.pk for block in registration.blocks.all()}
        if not session_blocks or not owed or owed & session_blocks:
            expected.append(registration)
    return expected


def roll_of(session: Session) -> Roll:
    """The roll of one half-day, in five queries whatever the number of people."""
    registrations = (
        Registration.objects.filter(course_id=session.course_id)
        .active()
        .select_related("trainee", "office")
        .prefetch_related("blocks")
        .order_by("office__order", "office_id", "number", "trainee__sort_key", "pk")
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

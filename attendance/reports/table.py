"""The whole class as a table: people in the order of the paper list by half-days, and what is known of each."""

from collections.abc import Iterable
from dataclasses import dataclass

from attendance.constants import THERE, MarkState, SheetState
from attendance.models import Mark, Sheet
from attendance.reports.roll import expected_at, people_on_roll, stand_ins_by_session
from attendance.rules.filing import titles_of
from courses.constants.choices import SessionState
from courses.models import Course, Registration, Session


@dataclass(frozen=True)
class Column:
    """A half-day. `title` tells those of one day apart (S, C)."""

    session: Session
    title: str
    closed: bool

    @property
    def cancelled(self) -> bool:
        return self.session.state == SessionState.CANCELLED


@dataclass(frozen=True)
class Cell:
    """`state` is the mark, "" when nothing is known; `says` what holds: who has no mark on a closed sheet is absent.

    Who came into the class later is not expected before that, but can have made the half-day up: then it has a state.
    """

    column: Column
    expected: bool
    state: str = ""

    @property
    def derived(self) -> bool:
        return self.expected and not self.state and self.column.closed

    @property
    def says(self) -> str:
        return MarkState.ABSENT if self.derived else self.state


@dataclass(frozen=True)
class Line:
    registration: Registration
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]

    @property
    def held(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if not column.cancelled)


def counts_of(cells: Iterable[Cell]) -> dict[str, int]:
    """Of the cells in which somebody is expected, or a mark stands: `there` (disputed counts), `excused`, `absent`,
    `unmarked`."""
    counts = {"there": 0, "excused": 0, "absent": 0, "unmarked": 0}
    for cell in cells:
        if cell.expected or cell.state:
            counts[_counted_as(cell.says)] += 1
    return counts


def table_of(course: Course) -> Table:
    """All half-days of the class, cancelled ones too, and all who are or were expected at one that is held.

    (7 queries, whatever the number of people and half-days.)
    """
    sessions = list(course.sessions.in_order().prefetch_related("blocks"))
    held = [session for session in sessions if session.state != SessionState.CANCELLED]
    sheets = Sheet.objects.filter(session__in=[s.pk for s in sessions], state=SheetState.CLOSED).order_by()
    closed = set(sheets.values_list("session_id", flat=True))
    titles = dict(zip([s.pk for s in held], titles_of((s.date, s.half) for s in held), strict=True))
    columns = tuple(Column(s, titles.get(s.pk) or titles_of([(s.date, s.half)])[0], s.pk in closed) for s in sessions)
    people = list(people_on_roll([course.pk]).select_related("trainee", "office"))
    stand_ins = stand_ins_by_session(held)
    expected = {
        session.pk: {person.pk for person in expected_at(people, session, stand_ins=stand_ins.get(session.pk, ()))}
        for session in held
    }
    states: dict[tuple[int, int], str] = {}
    marks = Mark.objects.filter(session__in=[session.pk for session in held]).order_by()
    for session_id, registration_id, state in marks.values_list("session_id", "registration_id", "state"):
        states[session_id, registration_id] = state
    lines = (
        Line(
            person,
            tuple(
                _cell(
                    person,
                    column,
                    person.pk in expected.get(column.session.pk, ()),
                    states.get((column.session.pk, person.pk), ""),
                )
                for column in columns
            ),
        )
        for person in people
    )
    return Table(columns, tuple(line for line in lines if any(cell.expected for cell in line.cells) or not held))


def _cell(person: Registration, column: Column, expected: bool, state: str) -> Cell:
    came_later = bool(person.begins_with and column.session.starts_at < person.begins_with.starts_at)
    return Cell(column, expected, state if expected or came_later else "")


def _counted_as(state: str) -> str:
    if state in THERE:
        return "there"
    return {MarkState.EXCUSED: "excused", MarkState.ABSENT: "absent"}.get(MarkState(state)) if state else "unmarked"

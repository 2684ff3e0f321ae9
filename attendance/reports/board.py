"""The board of a half-day: how many are expected, there, late, missing, and who stands behind each number."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from attendance.constants import THERE, MarkState, SheetState
from attendance.models import Sheet
from attendance.reports.roll import Line, roll_of
from attendance.reports.waiting import Waiting, waiting_at
from courses.constants.clock import now
from courses.models import Office, Registration, Session


@dataclass(frozen=True)
class Named:
    """A person behind a number. `apart` tells people of one name apart: the year of birth, else the position; mostly
    ""."""

    registration: Registration
    state: str
    apart: str

    @property
    def name(self) -> str:
        return self.registration.trainee.full_name


@dataclass(frozen=True)
class OfficeOnBoard:
    office: Office
    expected: int
    there: int
    missing: list[Named]

    @property
    def unmarked(self) -> list[Named]:
        return [person for person in self.missing if not person.state]


@dataclass(frozen=True)
class Board:
    """Everybody expected at a half-day. `late` and so on are parts of `there`; `missing` are neither seen nor excused,
    and `unmarked` those of them of whom nothing is known. `waiting` are entries that wait for approval (late,
    or of a closed door) and people not on the list."""

    session: Session
    people: list[Named]
    offices: list[OfficeOnBoard]
    waiting: list[Waiting]

    def _of(self, *states: str) -> list[Named]:
        return [person for person in self.people if person.state in states]

    @property
    def there(self) -> list[Named]:
        return self._of(*THERE)

    @property
    def late(self) -> list[Named]:
        return self._of(MarkState.LATE)

    @property
    def left_early(self) -> list[Named]:
        return self._of(MarkState.LEFT_EARLY)

    @property
    def excused(self) -> list[Named]:
        return self._of(MarkState.EXCUSED)

    @property
    def missing(self) -> list[Named]:
        return self._of(*MISSING)

    @property
    def unmarked(self) -> list[Named]:
        return self._of("")

    @property
    def disputed(self) -> list[Named]:
        return self._of(MarkState.DISPUTED)

    @property
    def proposals(self) -> list[Waiting]:
        return [one for one in self.waiting if one.registration]

    @property
    def not_on_list(self) -> list[Waiting]:
        return [one for one in self.waiting if one.registration is None]

    @property
    def missing_by_office(self) -> list[OfficeOnBoard]:
        return [office for office in self.offices if office.missing]


MISSING = ("", MarkState.ABSENT)


def board_of(session: Session) -> Board:
    """The board of one half-day. (6 queries, whatever the number of people.)"""
    roll = roll_of(session)
    lines = [line for office in roll.offices for line in office.lines]
    apart = told_apart(line.registration for line in lines)

    def named(lines: Iterable[Line]) -> list[Named]:
        return [Named(line.registration, line.state, apart.get(line.registration.pk, "")) for line in lines]

    offices = [
        OfficeOnBoard(
            office=office.office,
            expected=len(office.lines),
            there=sum(line.state in THERE for line in office.lines),
            missing=named(line for line in office.lines if line.state in MISSING),
        )
        for office in roll.offices
    ]
    return Board(session, named(lines), offices, waiting_at(session))


def told_apart(registrations: Iterable[Registration]) -> dict[int, str]:
    """By id, for those only whose name another one has too: the year of birth where that tells them apart, else the
    position."""
    by_name: dict[str, list[Registration]] = {}
    for registration in registrations:
        by_name.setdefault(registration.trainee.search_key, []).append(registration)
    found = {}
    for alike in by_name.values():
        years = {r.pk: str(r.trainee.birth_first.year) if r.trainee.birth_first else "" for r in alike}
        often = Counter(years.values())
        for registration in alike if len(alike) > 1 else ():
            year = years[registration.pk]
            found[registration.pk] = year if year and often[year] == 1 else registration.position or year
    return found


@dataclass(frozen=True)
class HalfDay:
    session: Session
    sheet: SheetState

    @property
    def due(self) -> bool:
        """Whether it has begun and its sheet is not closed."""
        return self.sheet != SheetState.CLOSED and self.session.starts_at <= now()


def half_days_of(course_id: int) -> list[HalfDay]:
    """The half-days of a class that are held, in order, with the states of their sheets. (1 query.)"""
    state = Sheet.objects.filter(session=OuterRef("pk")).order_by().values("state")[:1]
    sessions = Session.objects.filter(course=course_id).held().order_by("starts_at", "pk")
    return [
        HalfDay(session, SheetState(session.sheet_state or SheetState.NOT_OPENED))
        for session in sessions.annotate(sheet_state=Subquery(state))
    ]

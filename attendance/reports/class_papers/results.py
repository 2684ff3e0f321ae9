"""The figures of the report on a class (báo cáo kết quả).

*Người* (people) are counted once each, however often they came; *lượt người* (presence) are people by half-days. What
is counted by half-days is what the boards of the half-days say together; only half-days that have begun count.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from attendance.constants import THERE, CertificateState, MarkState
from attendance.models import Certificate
from attendance.reports.class_papers.every_paper import known_changes
from attendance.reports.table import Line, table_of
from courses.constants.choices import (
    ACTIVE_STATES,
    AnswerState,
    Gender,
    RegistrationKind,
    RegistrationState,
    StaffCategory,
)
from courses.models import Course, Office, Registration, Session
from courses.reports.changes import Changed
from courses.reports.offices_of_class import OfficeRow, board


@dataclass(frozen=True)
class Presence:
    """People by half-days (lượt người): expected, there (disputed counts), absent with leave, absent without leave, and
    those of whom nothing is known because the sheet is not closed. The last four add up to the first."""

    expected: int = 0
    there: int = 0
    excused: int = 0
    absent: int = 0
    unmarked: int = 0

    @property
    def share(self) -> float | None:
        """Of the expected who were there; None where nobody was expected."""
        return self.there / self.expected if self.expected else None


@dataclass(frozen=True)
class People:
    """People, each once: expected at a half-day at least, and those who were there at one at least. Who came to none is
    `with_leave` when every absence was excused, else `without_leave`, or `unknown` while a sheet is open."""

    expected: int = 0
    attended: int = 0
    with_leave: int = 0
    without_leave: int = 0
    unknown: int = 0

    @property
    def share(self) -> float | None:
        return self.attended / self.expected if self.expected else None


@dataclass(frozen=True)
class OfficeResult:
    """`seats` is None where the office was given no number; `named` are those who hold a seat."""

    name: str
    seats: int | None
    named: int
    people: People
    presence: Presence


@dataclass(frozen=True)
class Papers:
    """Certificates of the class: awaiting signature, issued (handed over or not), of these handed over, revoked."""

    prepared: int = 0
    issued: int = 0
    handed_over: int = 0
    revoked: int = 0


@dataclass(frozen=True)
class Results:
    """Everything that the report counts. `seats`: places given to offices, None where no office has a number; `invited`
    and `sending_nobody`: offices; `stand_ins`, `replaced` and `withdrawn`: registrations. `genders` and `categories`:
    people by what they are, "" for what is not known; none without people. `held`: half-days that have begun;
    `changes`: those that were moved, put elsewhere or cancelled, against their first plan."""

    course: Course
    seats: int | None
    invited: int
    sending_nobody: int
    named: int
    stand_ins: int
    replaced: int
    withdrawn: int
    people: People
    attended_all: int
    presence: Presence
    offices: tuple[OfficeResult, ...]
    genders: dict[str, People]
    categories: dict[str, People]
    held: tuple[Session, ...]
    still_to_come: int
    changes: tuple[Changed, ...]
    papers: Papers


@dataclass
class _Person:
    """All that one person was expected at in the class, by whichever registrations."""

    main: Registration
    states: list[str]

    @property
    def attended(self) -> bool:
        return any(state in THERE for state in self.states)


def results_of(course: Course, *, at: dt.datetime) -> Results:
    """The figures of a class as they stand at `at`. (15 queries, whatever the number of people and half-days.)"""
    table = table_of(course)
    held = tuple(column.session for column in table.held if column.session.starts_at <= at)
    begun = {session.pk for session in held}
    changes = known_changes(column.session for column in table.columns)
    named = board(course)
    presence: dict[int, Counter] = {}
    people: dict[int, _Person] = {}
    for line in table.lines:
        states = _states(line, begun)
        if states:
            presence.setdefault(line.registration.office_id, Counter()).update(map(_counted_as, states))
            _add(people, line.registration, states)
    everybody = list(people.values())
    by_office = _grouped(everybody, lambda person: person.main.office_id)
    offices = _offices(named.invited, by_office, presence, [line.registration for line in table.lines])
    counts = Registration.objects.filter(course=course, merged_into=None).aggregate(
        stand_ins=_number(kind=RegistrationKind.STAND_IN, state__in=ACTIVE_STATES),
        replaced=_number(kind=RegistrationKind.CLASS, state=RegistrationState.REPLACED),
        withdrawn=_number(kind=RegistrationKind.CLASS, state=RegistrationState.WITHDRAWN),
    )
    given = [office.seats for office in offices if office.seats is not None]
    return Results(
        course=course,
        seats=sum(given) if given else None,
        invited=len(named.invited),
        sending_nobody=sum(row.answer.state == AnswerState.SENDS_NOBODY for row in named.invited),
        named=named.registered,
        **counts,
        people=_counted(everybody),
        attended_all=sum(all(state in THERE for state in person.states) for person in everybody),
        presence=_summed(presence.values()),
        offices=tuple(offices),
        genders=_in_order(everybody, lambda person: person.main.trainee.gender, Gender.values),
        categories=_in_order(everybody, lambda person: person.main.trainee.staff_category, StaffCategory.values),
        held=held,
        still_to_come=len(table.held) - len(held),
        changes=tuple(changes[column.session.pk] for column in table.columns if column.session.pk in changes),
        papers=_papers(course),
    )


def _number(**conditions) -> Count:
    return Count("pk", filter=Q(**conditions))


def _states(line: Line, begun: set[int]) -> list[str]:
    """What holds at each half-day at which the person was expected."""
    return [cell.says for cell in line.cells if cell.expected and cell.column.session.pk in begun]


def _add(people: dict[int, _Person], registration: Registration, states: list[str]) -> None:
    """Who is registered and also stands in for another is one person, of the office of the own registration."""
    known = people.setdefault(registration.trainee_id, _Person(registration, []))
    known.states += states
    if registration.kind == RegistrationKind.CLASS:
        known.main = registration


def _counted_as(state: str) -> str:
    if state in THERE:
        return "there"
    return {str(MarkState.EXCUSED): "excused", str(MarkState.ABSENT): "absent"}.get(state, "unmarked")


def _summed(counters: Iterable[Counter]) -> Presence:
    counts: Counter = sum(counters, Counter())
    return Presence(expected=counts.total(), **counts)


def _counted(people: list[_Person]) -> People:
    away = [person.states for person in people if not person.attended]
    with_leave = sum(all(state == MarkState.EXCUSED for state in states) for states in away)
    unknown = sum("" in states for states in away)
    attended = len(people) - len(away)
    return People(len(people), attended, with_leave, len(away) - with_leave - unknown, unknown)


def _grouped(people: list[_Person], key) -> dict:
    found: dict = {}
    for person in people:
        found.setdefault(key(person), []).append(person)
    return {group: _counted(members) for group, members in found.items()}


def _in_order(people: list[_Person], key, order: list[str]) -> dict[str, People]:
    found = _grouped(people, key)
    return {group: found[group] for group in [*order, ""] if group in found}


def _offices(
    invited: list[OfficeRow], people: dict[int, People], presence: dict[int, Counter], roll: list[Registration]
) -> list[OfficeResult]:
    """Offices that were invited, and those of whom somebody was expected all the same, in protocol order."""
    rows = {row.office.pk: row for row in invited}
    offices: dict[int, Office] = {row.office.pk: row.office for row in invited}
    names: dict[int, str] = {}
    for registration in roll:
        offices.setdefault(registration.office_id, registration.office)
        names.setdefault(registration.office_id, registration.office_name)
    concerned = sorted(offices.values(), key=lambda office: (office.order, office.code))
    return [
        OfficeResult(
            names.get(office.pk) or office.name,
            rows[office.pk].asked if office.pk in rows else None,
            rows[office.pk].registered if office.pk in rows else 0,
            people.get(office.pk, People()),
            _summed([presence.get(office.pk, Counter())]),
        )
        for office in concerned
    ]


def _papers(course: Course) -> Papers:
    states = Certificate.objects.filter(registration__course=course).order_by().values_list("state")
    counts = dict(states.annotate(number=Count("pk")))
    handed_over = counts.get(CertificateState.HANDED_OVER, 0)
    return Papers(
        prepared=counts.get(CertificateState.PREPARED, 0),
        issued=counts.get(CertificateState.ISSUED, 0) + handed_over,
        handed_over=handed_over,
        revoked=counts.get(CertificateState.REVOKED, 0),
    )

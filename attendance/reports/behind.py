"""The people behind a number of the pages of numbers: by what is counted, the class, the office, the half-day."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from attendance.reports.numbers import PAPERS, TURNS, WORDS
from attendance.reports.numbers_class import stage_of
from attendance.reports.numbers_year import came, with_paper
from attendance.reports.papers import candidates
from attendance.reports.turns import SAYS, counted_as, turns_of
from attendance.reports.yearly import years_of
from attendance.rules.yearly import Year
from courses.constants.actors import Actor
from courses.constants.choices import RegistrationState
from courses.models import Course, Registration, Session, Trainee
from courses.reports.settings import yearly_targets
from courses.reports.trained import HELD, RAISES, in_charge, raised


@dataclass(frozen=True)
class Asked:
    """`index`: the code of one. What is None does not narrow."""

    what: str
    course: int | None = None
    office: int | None = None
    session: int | None = None
    index: str = ""


#: People on a list, by a condition on the registration with `came` and `paper`.
ON_LIST = {
    "named": Q(),
    "confirmed": Q(state=RegistrationState.CONFIRMED),
    "nominated": Q(state=RegistrationState.NOMINATED),
    "turns": Q(course__state__in=HELD),
    "came": Q(came=True),
    "no_paper": Q(paper__isnull=True),
    **{what: Q(paper=state) for state, what in PAPERS.items()},
}
BY_OFFICE = ("office__order", "office__code", "trainee__sort_key", "pk")
#: What only the page of a class tells apart, since it judges each person.
JUDGED = ("earned", "possible", "never")


def behind(asked: Asked, classes: QuerySet[Course], actor: Actor, year: int) -> Sequence[Any] | QuerySet[Any] | None:
    """Registrations or trainees, in the order of lists; of turns, registrations with `half_day`, `known`, `closed`
    and `begun`. None for what nothing counts. `classes`: those of the page, of which the actor has them all."""
    courses = classes.filter(pk=asked.course) if asked.course else classes
    if asked.what in ON_LIST:
        return _named(with_paper(came(_on_lists(courses))), ON_LIST[asked.what], asked)
    if asked.what in TURNS:
        turns = turns_of(courses).filter(SAYS.get(asked.what, Q()))
        found = turns.filter(half_day=asked.session) if asked.session else turns
        return _named(found, Q(), asked).order_by("half_day_starts", "half_day", *BY_OFFICE)
    if asked.what in JUDGED:
        return _judged(courses, asked)
    of_people: dict[str, Callable] = {"people": _people, "trained": _charged, "untrained": _charged}
    of_people |= dict.fromkeys(("year", "reached", "below"), _by_periods)
    return of_people[asked.what](asked, courses, actor, year) if asked.what in of_people else None


@dataclass(frozen=True)
class Line:
    """What the list says of a person: of a registration its class and the office of then, of a trainee the office of
    today and what was attended in the year, of a turn the half-day and what it counts as."""

    trainee: Trainee
    position: str
    office: str
    course: Course | None = None
    in_year: Year | None = None
    half_day: Session | None = None
    says: str = ""


def lines_of(found: Iterable[Any]) -> list[Line]:
    """Of what `behind` found, a page of it. (1 query where it is turns.)"""
    rows = list(found)
    half_days = Session.objects.in_bulk({row.half_day for row in rows if hasattr(row, "half_day")})
    return [_line(row, half_days) for row in rows]


def _line(row: Any, half_days: dict[int, Session]) -> Line:
    if isinstance(row, Trainee):
        return Line(row, row.position, row.office.name, in_year=getattr(row, "in_year", None))
    of_registration = (row.trainee, row.position, row.office_name, row.course)
    if not half_days:
        return Line(*of_registration)
    says = str(WORDS[counted_as(row.known, row.closed, row.begun)])
    return Line(*of_registration, half_day=half_days[row.half_day], says=says)


def _on_lists(courses: QuerySet[Course]) -> QuerySet[Registration]:
    return Registration.objects.filter(course__in=courses.order_by().values("pk")).active()


def _named(rows: QuerySet[Registration], condition: Q, asked: Asked) -> QuerySet[Registration]:
    if asked.office:
        rows = rows.filter(office=asked.office)
    return rows.filter(condition).select_related("trainee", "course").order_by(*BY_OFFICE)


def _judged(courses: QuerySet[Course], asked: Asked) -> list[Registration]:
    return [
        person.registration
        for course in courses
        for person in candidates(course)
        if stage_of(person) == asked.what and asked.office in (None, person.registration.office_id)
    ]


def _people(asked: Asked, courses: QuerySet[Course], actor: Actor, year: int) -> QuerySet[Trainee]:
    there = _on_lists(courses).filter(course__state__in=HELD)
    if asked.office:
        there = there.filter(office=asked.office)
    people = Trainee.objects.filter(pk__in=there.order_by().values("trainee"))
    return people.select_related("office").in_protocol_order()


def _charged(asked: Asked, courses: QuerySet[Course], actor: Actor, year: int) -> QuerySet[Trainee]:
    classes_of: dict[int, set[int]] = {}
    for who, course in _on_lists(courses).order_by().values_list("trainee_id", "course_id"):
        classes_of.setdefault(who, set()).add(course)
    found = [
        one.person
        for one in in_charge(actor, raised(courses.order_by().values_list(*RAISES)), classes_of)
        if one.index == asked.index and one.trained == (asked.what == "trained") and asked.office in (None, one.office)
    ]
    return Trainee.objects.filter(pk__among=found).select_related("office").in_protocol_order()


def _by_periods(asked: Asked, courses: QuerySet[Course], actor: Actor, year: int) -> list[Trainee]:
    """With `in_year`: what they attended and what is aimed at."""
    people = Trainee.objects.filter(pk__in=_on_lists(courses).order_by().values("trainee"))
    if asked.office:
        people = people.filter(office=asked.office)
    found = list(people.select_related("office").in_protocol_order())
    periods = years_of({one.pk: one.staff_category for one in found}, year, yearly_targets())
    for one in found:
        one.in_year = periods[one.pk]
    wanted = {"year": (True, False), "reached": (False,), "below": (True,)}[asked.what]
    return [one for one in found if bool(one.in_year.missing) in wanted]

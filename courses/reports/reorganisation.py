"""What a reorganisation of offices will touch, and who of an office is to be moved where."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q

from courses.constants.actors import Actor
from courses.constants.choices import CourseState
from courses.constants.clock import today
from courses.models import Course, Office, OfficeSuccession, Registration, Role, Seats, Trainee


@dataclass(frozen=True)
class ClassToCome:
    """A class that begins on the day or later, with the people and seats (None: no limit) of one office."""

    course: Course
    registered: int
    seats: int | None


@dataclass
class Touched:
    """An office with what hangs on it: people kept there, roles on the day, offices below that live on, classes to
    come. `ends`: it does not exist any more from the day on."""

    office: Office
    ends: bool
    people: int = 0
    roles: list[Role] = field(default_factory=list)
    below: list[Office] = field(default_factory=list)
    classes: list[ClassToCome] = field(default_factory=list)


@dataclass(frozen=True)
class PeopleOf:
    """Everyone of an office by name; `heirs` are the offices that took over from it, now or on a day to come, `beside`
    the other offices from which they took over."""

    office: Office
    people: list[Trainee]
    heirs: list[Office]
    beside: list[Office] = field(default_factory=list)

    @property
    def suggested(self) -> Office | None:
        """The one office that took over; after a split somebody says it for each person."""
        return self.heirs[0] if len(self.heirs) == 1 else None

    @property
    def waits_until(self) -> dt.date | None:
        """The day on which the office ends and those that take over begin, while it lies ahead; None otherwise."""
        ends = self.office.valid_to
        return ends if ends and ends > today() and self.heirs else None


def touched_by(old: Sequence[Office], lives_on: Sequence[Office], day: dt.date) -> list[Touched]:
    """What hangs on the offices of a reorganisation, in their order. (6 queries.)"""
    found = {office.pk: Touched(office, office not in lives_on) for office in old}
    people = Trainee.objects.filter(office__in=found, merged_into__isnull=True).order_by()
    for office, number in people.values_list("office_id").annotate(number=Count("pk")):
        found[office].people = number
    roles = Role.objects.not_ended_on(day).filter(office__in=found).select_related("user")
    for role in roles.order_by("user__full_name", "pk"):
        found[role.office_id].roles.append(role)
    for below in Office.objects.valid_on(day).filter(parent__in=found).in_protocol_order():
        if below.pk not in found:
            found[below.parent_id].below.append(below)
    _add_classes(found, day)
    return list(found.values())


def _add_classes(found: dict[int, Touched], day: dt.date) -> None:
    seats = {
        (course, office): number
        for course, office, number in Seats.objects.filter(
            office__in=found, block__isnull=True, course__starts_on__gte=day
        )
        .order_by()
        .values_list("course_id", "office_id", "number")
    }
    people = Registration.objects.active().filter(office__in=found, course__starts_on__gte=day).order_by()
    registered = {
        (course, office): number
        for course, office, number in people.values_list("course_id", "office_id").annotate(number=Count("pk"))
    }
    to_come = Q(pk__in={course for course, _office in (*seats, *registered)})
    states = (CourseState.DRAFT, CourseState.PUBLISHED)
    for course in Course.objects.filter(to_come, state__in=states).order_by("starts_on", "code"):
        for office, touched in found.items():
            key = (course.pk, office)
            if key in seats or key in registered:
                touched.classes.append(ClassToCome(course, registered.get(key, 0), seats.get(key)))


def people_of(office: Office, actor: Actor) -> PeopleOf:
    """Who of the office the actor sees, with the offices that took over. (3 queries; 2 where none did.)"""
    people = Trainee.objects.visible_to(actor).filter(office=office, merged_into__isnull=True)
    passed = OfficeSuccession.objects.filter(old=office).select_related("new").order_by("-date", "new__order", "pk")
    heirs = [succession.new for succession in passed]
    beside: list[Office] = []
    if heirs:
        others = OfficeSuccession.objects.filter(new__in=heirs).exclude(old=office).order_by().values("old")
        beside = list(Office.objects.filter(pk__in=others).in_protocol_order())
    return PeopleOf(office, list(people.by_name()), heirs, beside)

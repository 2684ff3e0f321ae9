"""How many people were trained, by the office they had then or by the one that took over."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from courses.constants.actors import Actor
from courses.constants.choices import CourseState
from courses.constants.clock import today
from courses.models import Course, Office, Registration, Trainee
from courses.rules.succession import line_on

#: Classes that have begun; nobody has been trained by one that is still to come.
HELD = (CourseState.RUNNING, CourseState.CONCLUDED, CourseState.ARCHIVED)
By = Literal["then", "now"]


@dataclass(frozen=True)
class Row:
    """An office with its people (*người*) and how often they sat in a class (*lượt người*)."""

    name: str
    people: int
    turns: int
    ended: bool


@dataclass(frozen=True)
class Trained:
    """`people` counts everybody once, also those who came from two offices; so it may be less than the rows' sum."""

    rows: list[Row]
    people: int
    turns: int


def held_classes(actor: Actor):
    """Classes of the actor that have begun, the latest first."""
    return Course.objects.hosted_for(actor).filter(state__in=HELD).order_by("-starts_on", "code")


def counted(actor: Actor, year: int | None = None) -> QuerySet[Registration]:
    """Those who count as trained: on the lists of the actor's classes that have begun (of the year)."""
    registrations = Registration.objects.hosted_for(actor).active().filter(course__state__in=HELD)
    return registrations.filter(course__starts_on__year=year) if year else registrations


#: Columns of classes from which `raised` reads what each is meant to raise, and whom its blocks are for.
RAISES = ("pk", "state", "indices__code", "indices__order", "blocks__audience")


@dataclass
class Raised:
    """An index that classes are meant to raise: the fields of responsibility for which their blocks are, and the
    classes that have begun."""

    fields: set[int] = field(default_factory=set)
    begun: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class InCharge:
    """Somebody in charge of a field for which a block of a class is that is meant to raise the index; `trained`: on the
    list of such a class that has begun, whatever block the person owes. `office`: that of today."""

    index: str
    person: int
    office: int
    trained: bool


def raised(rows: Iterable[tuple]) -> dict[str, Raised]:
    """By the code of the index, in the order of indices. `rows`: of `RAISES`, those without an index among them."""
    found: dict[tuple[int, str], Raised] = {}
    for course, state, code, order, responsibility in rows:
        if code is not None:
            one = found.setdefault((order, code), Raised())
            if state in HELD:
                one.begun.add(course)
            if responsibility is not None:
                one.fields.add(responsibility)
    return {code: found[order, code] for order, code in sorted(found)}


def in_charge(actor: Actor, indices: Mapping[str, Raised], classes_of: Mapping[int, Collection[int]]) -> list[InCharge]:
    """People whom the actor sees, each once for an index. `classes_of`: by the id of a person the classes on whose
    lists they are. (1 query.)"""
    people = Trainee.objects.visible_to(actor).filter(responsibilities__isnull=False).order_by("pk")
    fields: dict[tuple[int, int], set[int]] = {}
    for person, office, one in people.values_list("pk", "office_id", "responsibilities"):
        fields.setdefault((person, office), set()).add(one)
    return [
        InCharge(code, person, office, not index.begun.isdisjoint(classes_of.get(person, ())))
        for code, index in indices.items()
        for (person, office), own in fields.items()
        if own & index.fields
    ]


def trained(actor: Actor, *, year: int | None = None, course: Course | None = None, by: By = "then") -> Trained:
    """People on the lists of the actor's classes that have begun, by office in protocol order. (3 queries.)

    `then`: the office of the registration, by the name on the list. `now`: the office that has taken over from it
    today; after a split the part in which the person is, and the old office for who is in none of its parts.
    """
    registrations = counted(actor, year)
    if course:
        registrations = registrations.filter(course=course)
    offices = {office.pk: office for office in Office.objects.order_by("pk")}
    line = line_on(today())
    turns: dict[int, list[int]] = {}
    names: dict[int, set[str]] = {}
    person = Coalesce("trainee__merged_into", "trainee")
    present = Coalesce("trainee__merged_into__office", "trainee__office")
    for office, name, who, here in registrations.order_by("pk").values_list(
        "office_id", "office_name", person, present
    ):
        if by == "now":
            heir = line.heir(office, _above(offices[here]))
            name = offices[heir].name
            office = heir
        turns.setdefault(office, []).append(who)
        names.setdefault(office, set()).add(name)
    day = today()
    rows = [
        Row(
            # The name on the lists, unless they have more than one.
            next(iter(names[office.pk])) if len(names[office.pk]) == 1 else office.name,
            len(set(turns[office.pk])),
            len(turns[office.pk]),
            not office.exists_on(day),
        )
        for office in sorted((offices[pk] for pk in turns), key=lambda office: (office.order, office.code))
    ]
    everybody = [who for people in turns.values() for who in people]
    return Trained(rows, len(set(everybody)), len(everybody))


def _above(office: Office) -> list[int]:
    """The office and those above it."""
    return [office.pk, *(int(pk) for pk in office.path.split("/") if pk)]

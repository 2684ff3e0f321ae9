"""The lines of a list about the people of a class, as it was chosen (`attendance.rules.lists`)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import override

from attendance.constants import THERE
from attendance.rendering.list_paper import HEADS, OWN_WIDTH, Head, Line, ListPaper, Value
from attendance.reports.paper_sheets import class_in_words, heading_on
from attendance.reports.papers import Candidate, candidates
from attendance.reports.verdicts import marks_of
from attendance.rules.lists import MASKED, Col, Grouping, ListChoice, Only, Order, Who
from courses.constants.choices import GENDERS, Gender
from courses.constants.clock import today
from courses.constants.errors import Refusal
from courses.constants.partial_dates import official_date
from courses.models import Block, Course, Registration

_ALL_BLOCKS = "Tất cả"


@dataclass(frozen=True)
class Made:
    """A list, how many people stand on it, and what is to be known before it is used, in sentences for the screen."""

    paper: ListPaper
    people: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Person:
    """One line before it is written: `there` are half-days attended, `periods` theirs."""

    candidate: Candidate
    there: int
    periods: int

    @property
    def registration(self) -> Registration:
        return self.candidate.registration


class OnList(Protocol):
    """Whatever is put in order and into groups."""

    @property
    def registration(self) -> Registration: ...


One = TypeVar("One", bound=OnList)


def people_list(course: Course, choice: ListChoice, only: Only, *, masked: bool = False) -> Made:
    """Everybody who holds a seat, less whom the choice leaves out. `masked`: telephones and addresses in part, for the
    page. (14 queries, 13 without fields of responsibility.)"""
    people = _people(course, choice, only)
    blocks = list(course.blocks.order_by("order", "pk"))
    lines: list[Line] = []
    number = 0
    ordered = in_order(people, choice.order)
    for heading, some in grouped(ordered, choice.group, blocks):
        lines += [Line((heading,), "group")] if heading else []
        for person in some:
            number += 1
            cells = (_cells(column.key, number, person, len(blocks), masked) for column in choice.columns)
            lines.append(Line(tuple(value for some_cells in cells for value in some_cells)))
    heads = [
        head
        for column in choice.columns
        for head in (HEADS[column.key] if column.key else (Head(column.title, OWN_WIDTH),))
    ]
    below = f"Danh sách có {len(people):02d} người./."
    to_sign = any(not column.key for column in choice.columns)
    return Made(list_paper(course, choice, heads, lines, [below], to_sign=to_sign), len(people))


def list_paper(
    course: Course,
    choice: ListChoice,
    heads: Iterable[Head],
    lines: Iterable[Line],
    below: Iterable[str],
    *,
    to_sign: bool,
) -> ListPaper:
    """The list under the heading of the class's host. (1 or 2 queries.)"""
    day = today()
    heading = heading_on(course.host_office, day, course.ends_on)
    return ListPaper(
        superior=heading.superior if heading else "",
        body=heading.body if heading else course.host_office.name,
        place_and_date=f"{heading.place if heading else '……'}, {official_date(day)}",
        title=choice.title,
        subtitle=choice.subtitle or class_in_words(course),
        heads=tuple(heads),
        lines=tuple(lines),
        below=tuple(below),
        signers=choice.signers,
        landscape=choice.landscape,
        to_sign=to_sign,
        day=day,
    )


def refuse_empty(made: Made) -> None:
    if not made.people:
        raise Refusal(_("Nobody would stand on this list. Please choose other people."))


def chosen(registration: Registration, only: Only) -> bool:
    """Whether somebody is of the office and the block that were chosen; who has no block named attends all."""
    owed = {block.pk for block in registration.blocks.all()}
    of_office = only.office in (None, registration.office_id)
    return of_office and (only.block is None or not owed or only.block in owed)


def in_order(people: Sequence[One], order: str) -> list[One]:
    """`people` come by office in protocol order."""
    keys: dict[str, Callable[[Any], tuple]] = {
        Order.GIVEN: lambda one: (one.registration.trainee.sort_key, one.registration.pk),
        # Who has no serial number stands behind those who have.
        Order.SERIAL: lambda one: (one.registration.number is None, one.registration.number or 0),
    }
    return sorted(people, key=keys[order]) if order in keys else list(people)


def grouped(people: Sequence[One], group: str, blocks: Sequence[Block]) -> list[tuple[str, list[One]]]:
    """(heading, people) of each group in its order; one without a heading when there are no groups."""
    if group == Grouping.NONE:
        return [("", list(people))] if people else []
    found: dict[tuple, tuple[str, list[One]]] = {}
    for person in people:
        registration = person.registration
        if group == Grouping.OFFICE:
            office = registration.office
            key, heading = (office.order, office.code), registration.office_name
        else:
            key, heading = _owed(registration, blocks)
        found.setdefault(key, (heading, []))[1].append(person)
    return [(f"{_roman(place)}. {found[key][0]}", found[key][1]) for place, key in enumerate(sorted(found), 1)]


def blocks_in_words(registration: Registration, in_all: int) -> str:
    """The letters of the blocks that somebody attends; who has none named attends all."""
    owed = sorted(registration.blocks.all(), key=lambda block: (block.order, block.pk))
    return _ALL_BLOCKS if len(owed) in (0, in_all) else ", ".join(block.code for block in owed)


def _owed(registration: Registration, blocks: Sequence[Block]) -> tuple[tuple, str]:
    owed = sorted(registration.blocks.all(), key=lambda block: (block.order, block.pk))
    if len(owed) in (0, len(blocks)):
        return (0,), "Tất cả các khối nội dung"
    key = (1, *((block.order, block.pk) for block in owed))
    if len(owed) == 1:
        return key, f"Khối {owed[0].code}: {owed[0].title}"
    return key, f"Khối {', '.join(block.code for block in owed)}"


def _people(course: Course, choice: ListChoice, only: Only) -> list[_Person]:
    of_all = [one for one in candidates(course) if chosen(one.registration, only) and _wanted(one, choice.who)]
    registrations = [one.registration for one in of_all]
    if any(column.key == Col.FIELDS for column in choice.columns):
        prefetch_related_objects(registrations, "trainee__responsibilities")
    marks = marks_of(registrations)
    periods = dict(course.sessions.held().order_by().values_list("pk", "periods"))
    found = []
    for one in of_all:
        states = marks.get(one.registration.pk, {})
        there = [pk for pk, state in states.items() if state in THERE and pk in periods]
        found.append(_Person(one, len(there), sum(periods[pk] for pk in there)))
    return found


def _wanted(one: Candidate, who: str) -> bool:
    return who == Who.ALL or (who == Who.CERTIFIED) == bool(one.certificate)


def _cells(key: str, number: int, person: _Person, blocks: int, masked: bool) -> tuple[Value, ...]:
    """The cells of one column: two for the years of birth, one for all others."""
    registration, trainee = person.registration, person.registration.trainee
    match key:
        case Col.NUMBER:
            return (number,)
        case Col.BIRTH_YEAR:
            year = str(trainee.birth_first.year) if trainee.birth_first else ""
            is_woman = trainee.gender == Gender.FEMALE
            return ("" if is_woman else year, year if is_woman else "")
        case Col.PRESENT:
            return (person.there,)
        case Col.PERIODS:
            return (person.periods,)
        case Col.BLOCKS:
            return (blocks_in_words(registration, blocks),)
        case Col.RESULT:
            return (_result(person.candidate),)
        case Col.CERTIFICATE:
            paper = person.candidate.certificate
            return (paper.facts["number"] if paper else "",)
        case _:
            text = _fact(key, registration)
            return (f"…{text[-3:]}" if masked and text and key in MASKED else text,)


def _fact(key: str, registration: Registration) -> str:
    trainee = registration.trainee
    facts: dict[str, Callable[[], str]] = {
        "": lambda: "",
        Col.NAME: lambda: trainee.full_name,
        Col.FAMILY_MIDDLE: lambda: " ".join(filter(None, (trainee.family_name, trainee.middle_name))),
        Col.GIVEN: lambda: trainee.given_name,
        Col.BIRTH: lambda: trainee.birth.vietnamese() if trainee.birth else "",
        Col.GENDER: lambda: GENDERS.get(trainee.gender, ""),
        Col.POSITION: lambda: registration.position,
        Col.OFFICE: lambda: registration.office_name,
        Col.STAFF: lambda: _in_vietnamese(trainee.get_staff_category_display),
        Col.FIELDS: lambda: "; ".join(field.name for field in trainee.responsibilities.all()),
        Col.PHONE: lambda: trainee.phone,
        Col.EMAIL: lambda: trainee.email,
    }
    return facts[key]()


def _result(one: Candidate) -> str:
    if one.verdict.earned:
        return "Đủ điều kiện" + (f" ({one.verdict.grade})" if one.verdict.grade else "")
    return "Chưa đủ điều kiện"


def _in_vietnamese(words: Callable[[], Any]) -> str:
    with override("vi"):
        return str(words())


def _roman(number: int) -> str:
    said = ""
    for value, sign in ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV")):
        said += sign * (number // value)
        number %= value
    return said + "I" * number

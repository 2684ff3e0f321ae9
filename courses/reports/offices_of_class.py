"""A class by office, as its organiser follows it: seats, answer, people named and confirmed, what is missing."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count

from courses.constants.choices import AnswerState, RegistrationState
from courses.constants.clock import today
from courses.models import Block, Course, Office, OfficeAnswer, Registration, Seats
from courses.rules.seats import people_asked_for

#: Answers after which nothing more is expected of an office.
ANSWERED = (AnswerState.SENT, AnswerState.FINAL, AnswerState.SENDS_NOBODY)


@dataclass(frozen=True)
class BlockSeats:
    """Seats of an office in one block, and how many of its people owe the block."""

    block: Block
    number: int
    registered: int

    @property
    def missing(self) -> int:
        return max(0, self.number - self.registered)


@dataclass(frozen=True)
class OfficeRow:
    """An office in a class. `seats`: for the whole class, None where no number is given; `asked`: how many people its
    seats ask for, by block too, None where there are none; `answer` is not stored where the office has none yet.
    `registered` are the people named: nominated and confirmed."""

    office: Office
    seats: int | None
    asked: int | None
    nominated: int
    confirmed: int
    answer: OfficeAnswer
    blocks: list[BlockSeats] = field(default_factory=list)

    @property
    def registered(self) -> int:
        return self.nominated + self.confirmed

    @property
    def over(self) -> bool:
        return self.seats is not None and self.registered > self.seats

    @property
    def missing(self) -> int:
        """People still to be named: for the class, or where it has no number for the block that lacks most."""
        if self.answer.state == AnswerState.SENDS_NOBODY:
            return 0
        if self.seats is not None:
            return max(0, self.seats - self.registered)
        return max((block.missing for block in self.blocks), default=0)

    @property
    def is_expected(self) -> bool:
        """It has seats, or a letter without a number."""
        if self.seats is None and not self.blocks:
            return self.answer.pk is not None
        return bool(self.seats) or any(block.number for block in self.blocks)

    @property
    def late(self) -> bool:
        """Its list is still to come: nothing is sent, and nobody or too few are named, or the office still makes it."""
        if not self.is_expected or self.answer.state in ANSWERED:
            return False
        return self.missing > 0 or not self.registered or self.answer.state == AnswerState.IN_PROGRESS

    @property
    def only_unsent(self) -> bool:
        """Everybody is named, and the letter is still to come."""
        return self.late and bool(self.registered) and not self.missing

    @property
    def is_invited(self) -> bool:
        """Somebody is expected or named; an office with 0 seats that names nobody only says that it does not come."""
        return self.is_expected or bool(self.registered)

    @property
    def short(self) -> bool:
        """It has sent its list, with fewer people than seats."""
        return self.answer.state == AnswerState.SENT and self.missing > 0

    @property
    def silent(self) -> bool:
        """Late, and nobody is named."""
        return self.late and not self.registered


@dataclass(frozen=True)
class Board:
    """The offices of a class in protocol order, with their totals. `rows` are all, `invited` those that count."""

    course: Course
    rows: list[OfficeRow]

    @property
    def invited(self) -> list[OfficeRow]:
        return [row for row in self.rows if row.is_invited]

    @property
    def asked(self) -> int:
        return sum(row.asked or 0 for row in self.rows)

    @property
    def registered(self) -> int:
        return sum(row.registered for row in self.rows)

    @property
    def nominated(self) -> int:
        return sum(row.nominated for row in self.rows)

    @property
    def confirmed(self) -> int:
        return sum(row.confirmed for row in self.rows)

    @property
    def missing(self) -> int:
        return sum(row.missing for row in self.rows)

    @property
    def answered(self) -> int:
        return sum(row.answer.state in ANSWERED for row in self.invited)

    @property
    def late(self) -> list[OfficeRow]:
        return [row for row in self.rows if row.late]

    @property
    def short(self) -> list[OfficeRow]:
        return [row for row in self.rows if row.short]

    @property
    def with_nominated(self) -> list[OfficeRow]:
        return [row for row in self.rows if row.nominated]

    def row_of(self, office_id: int) -> OfficeRow | None:
        return next((row for row in self.rows if row.office.pk == office_id), None)


@dataclass(frozen=True)
class StillOpen:
    """What is to be known before a list is made final: lists that did not come, empty seats, the deadline if it lies
    ahead. Nothing of it makes a final list impossible."""

    unsent: int
    empty: int
    deadline: dt.date | None

    def __bool__(self) -> bool:
        return bool(self.unsent or self.empty or self.deadline)


def still_open(course: Course) -> StillOpen:
    """(5 queries.)"""
    shown, deadline = board(course), course.registration_deadline
    return StillOpen(len(shown.late), shown.missing, deadline if deadline and deadline >= today() else None)


def board(course: Course) -> Board:
    """Every office with seats, people or an answer in the class. (5 queries.)"""
    seats, by_block, asked = _seats(course)
    people = Registration.objects.filter(course=course).active().order_by()
    named: dict[int, Counter] = {}
    for office, state, number in people.values_list("office_id", "state").annotate(number=Count("pk")):
        named.setdefault(office, Counter())[state] = number
    answers = {
        answer.office_id: answer
        for answer in OfficeAnswer.objects.filter(course=course).select_related("told_by").order_by()
    }
    owing = people.numbers_owing(block.pk for given in by_block.values() for block, _number in given)
    concerned = {*seats, *by_block, *named, *answers}
    rows = []
    for office in Office.objects.filter(pk__in=concerned).in_protocol_order():
        counts = named.get(office.pk, Counter())
        rows.append(
            OfficeRow(
                office,
                seats.get(office.pk),
                asked.get((course.pk, office.pk)),
                counts[RegistrationState.NOMINATED],
                counts[RegistrationState.CONFIRMED],
                answers.get(office.pk) or OfficeAnswer(course=course, office=office),
                [
                    BlockSeats(block, number, owing[office.pk, block.pk])
                    for block, number in by_block.get(office.pk, [])
                ],
            )
        )
    return Board(course, rows)


def _seats(
    course: Course,
) -> tuple[dict[int, int], dict[int, list[tuple[Block, int]]], dict[tuple[int, int], int]]:
    """Seats by office for the class, by office for its blocks, and how many people they ask for."""
    of_class: dict[int, int] = {}
    of_blocks: dict[int, list[tuple[Block, int]]] = {}
    rows = Seats.objects.filter(course=course).select_related("block").order_by("block__order", "block__code", "pk")
    for row in rows:
        if row.block is None:
            of_class[row.office_id] = row.number
        else:
            of_blocks.setdefault(row.office_id, []).append((row.block, row.number))
    asked = people_asked_for((row.course_id, row.office_id, row.block_id, row.number) for row in rows)
    return of_class, of_blocks, asked

"""What an organiser is shown before seats are given: those that stand, by a rule, or as in another class."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import Block, Course, Office, Registration, Seats
from courses.rules.succession import line_on


@dataclass(frozen=True)
class SeatRow:
    """An office on the seats page: seats that stand (None: no limit), people registered, and what a rule or another
    class would give it (`proposed` is `seats` where nothing is proposed)."""

    office: Office
    seats: int | None
    registered: int
    proposed: int | None

    @property
    def is_new(self) -> bool:
        return self.proposed != self.seats

    @property
    def falls_short(self) -> bool:
        """The proposal would be refused: more people are registered."""
        return self.is_new and self.proposed is not None and self.registered > self.proposed


def seats_table(
    course: Course, block: Block | None = None, proposed: Mapping[int, int | None] | None = None
) -> list[SeatRow]:
    """Every office that exists on the first day, or has seats or people in the class, in protocol order. (3 queries.)

    With a block: its own seats, and those who owe the block.
    """
    proposed = proposed or {}
    seats = dict(Seats.objects.filter(course=course, block=block).order_by().values_list("office_id", "number"))
    people = Registration.objects.filter(course=course).active()
    registered = Counter((people.owing(block) if block else people).order_by().values_list("office_id", flat=True))
    concerned = seats.keys() | registered.keys() | proposed.keys()
    offices = Office.objects.valid_on(course.starts_on) | Office.objects.filter(pk__in=concerned)
    return [
        SeatRow(
            office,
            seats.get(office.pk),
            registered[office.pk],
            proposed.get(office.pk, seats.get(office.pk)),
        )
        for office in offices.distinct().in_protocol_order()
    ]


def numbers_by_rule(course: Course, by_kind: Mapping[str, int], below: Office | None = None) -> dict[int, int]:
    """Office id → number of its kind, for the offices valid on the first day; `below`: only this office and those
    under it. Kinds without a number give nothing. (1 query.)"""
    offices = Office.objects.valid_on(course.starts_on).filter(kind__in=list(by_kind))
    if below:
        offices = offices.below(below)
    return {office.pk: by_kind[office.kind] for office in offices.in_protocol_order()}


def numbers_copied(
    course: Course, source: Course, block: Block | None = None
) -> tuple[dict[int, int | None], list[str]]:
    """The seats of `source` for the offices of the first day of `course`, and a sentence for each office that has
    ended meanwhile. Offices that have seats in `course` and had none there get None, and a sentence names them: the
    numbers of two classes would be mixed. (4 queries.)

    For a block: those of the block with the same letter; where it has none, the first sentence says so.
    """
    rows = Seats.objects.filter(course=source)
    rows = rows.filter(block__code=block.code) if block else rows.filter(block__isnull=True)
    numbers = dict(rows.order_by("office__order", "office__code").values_list("office_id", "number"))
    if not numbers:
        return {}, [_("That class has no such seats to copy.")]
    given, sentences = numbers_on(course.starts_on, numbers)
    others = Office.objects.filter(seats__course=course, seats__block=block).exclude(pk__in=given).in_protocol_order()
    emptied = {office.pk: office.name for office in others}
    if emptied:
        text = _("These offices had no seats in that class, so their fields are emptied: %(offices)s.")
        sentences.append(text % {"offices": ", ".join(emptied.values())})
    return {**given, **dict.fromkeys(emptied)}, sentences


def numbers_on(day: dt.date, numbers: Mapping[int, int]) -> tuple[dict[int, int], list[str]]:
    """Seats by office id as the offices of `day` would have them; what was moved or lost, in sentences. (2 queries.)

    An office that has ended by then leaves its seats to its successors, and to theirs: of several each gets an equal
    part, the first ones by protocol what is left over. The sum changes only by what is said to be lost.
    """
    offices = {office.pk: office for office in Office.objects.in_protocol_order()}
    line = line_on(day)
    given: Counter = Counter()
    sentences = []
    for pk, number in numbers.items():
        if offices[pk].exists_on(day):
            given[pk] += number
            continue
        found = sorted(line.nearest(pk, lambda here: offices[here].exists_on(day)), key=list(offices).index)
        for place, heir in enumerate(found):
            given[heir] += number // len(found) + (place < number % len(found))
        sentences.append(_said(offices[pk], number, [offices[heir] for heir in found]))
    return dict(given), sentences


def _said(office: Office, number: int, found: list[Office]) -> str:
    values = {"office": office, "number": number, "heirs": ", ".join(str(heir) for heir in found)}
    if not found:
        text = ngettext(
            "%(office)s does not exist on that day and has no successor: its %(number)d seat is not copied.",
            "%(office)s does not exist on that day and has no successor: its %(number)d seats are not copied.",
            number,
        )
    elif len(found) == 1:
        text = ngettext(
            "%(office)s has ended: its %(number)d seat stands with %(heirs)s.",
            "%(office)s has ended: its %(number)d seats stand with %(heirs)s.",
            number,
        )
    else:
        text = ngettext(
            "%(office)s was divided: its %(number)d seat is shared among %(heirs)s. Please look at them.",
            "%(office)s was divided: its %(number)d seats are shared among %(heirs)s. Please look at them.",
            number,
        )
    return text % values

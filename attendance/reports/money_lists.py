"""Lists by which money is paid: people by their attendance, speakers by their periods. No accounting beyond that."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import ngettext

from attendance.constants import THERE, MarkState
from attendance.rendering.list_paper import Head, Line
from attendance.reports.lists import Made, chosen, grouped, in_order, list_paper
from attendance.reports.table import Cell, table_of
from attendance.rules.lists import Grouping, ListChoice, Only, Said, Unit, amount_of, shared_periods, total_of
from courses.constants.money_words import money_in_words, with_dots
from courses.models import Course, Registration, Speaker
from courses.rendering.days import HALF_NAMES

_UNITS = {Unit.HALF_DAY: "Số buổi có mặt", Unit.DAY: "Số ngày có mặt"}
_RATES = {Unit.HALF_DAY: "Mức chi một buổi (đồng)", Unit.DAY: "Mức chi một ngày (đồng)"}
_SIGN = Head("Ký nhận", 27)


@dataclass(frozen=True)
class _Paid:
    registration: Registration
    units: int


def money_list(course: Course, choice: ListChoice, only: Only) -> Made:
    """Whoever was there, stand-ins too, with half-days or days × the rate. Disputed counts as there until it is
    decided, as everywhere, and is said. (9 queries.)"""
    lines_of_table = [line for line in table_of(course).lines if chosen(line.registration, only)]
    people = [_Paid(line.registration, units_of(line.cells, choice)) for line in lines_of_table]
    people = in_order([person for person in people if person.units], choice.order)
    blocks = list(course.blocks.order_by("order", "pk"))
    by_office = choice.group == Grouping.OFFICE
    lines: list[Line] = []
    number = 0
    for heading, some in grouped(people, choice.group, blocks):
        lines += [Line((heading,), "group")] if heading else []
        for person in some:
            number += 1
            lines.append(_line(number, person, choice.rate, by_office))
    total = total_of(amount_of(person.units, choice.rate) for person in people)
    if people:
        lines.append(Line(("Tổng cộng", sum(person.units for person in people), "", total, ""), "total"))
    heads = [
        Head("STT", 14, "centre"),
        Head("Họ và tên", 42),
        Head("Chức vụ" if by_office else "Chức vụ, đơn vị", 46),
        Head(_UNITS[Unit(choice.unit)], 16, "centre"),
        Head(_RATES[Unit(choice.unit)], 24, "right", money=True),
        Head("Thành tiền (đồng)", 26, "right", money=True),
        _SIGN,
    ]
    below = [f"Danh sách có {len(people):02d} người.", *_sum(total)]
    disputed = sum(cell.state == MarkState.DISPUTED for line in lines_of_table for cell in line.cells)
    return Made(list_paper(course, choice, heads, lines, below, to_sign=True), len(people), _disputed(disputed))


def units_of(cells: Iterable[Cell], choice: ListChoice) -> int:
    """Half-days in which somebody was there, or days on which no half-day was missed; excused where that was chosen."""
    counted = THERE | ({MarkState.EXCUSED} if choice.excused else set())
    held = [cell for cell in cells if (cell.expected or cell.state) and not cell.column.cancelled]
    if choice.unit == Unit.HALF_DAY:
        return sum(cell.state in counted for cell in held)
    days: dict = {}
    for cell in held:
        days.setdefault(cell.column.session.date, []).append(cell.state in counted)
    return sum(all(states) for states in days.values())


@dataclass(frozen=True)
class Speaking:
    """A speaker of a class: the half-days, and the periods as shared between the speakers of each."""

    speaker: Speaker
    half_days: tuple[str, ...]
    periods: Decimal


def speakers_of(course: Course) -> tuple[list[Speaking], int]:
    """The speakers in the order in which they first speak, and how many half-days name none. (2 queries.)"""
    found: dict[int, tuple[Speaker, list[str], Decimal]] = {}
    without = 0
    for session in course.sessions.held().in_order().prefetch_related("agenda__speaker"):
        items = sorted(session.agenda.all(), key=lambda item: (item.order, item.pk))
        speakers = {item.speaker_id: item.speaker for item in items if item.speaker_id}
        without += not speakers
        for pk, periods in shared_periods(session.periods, list(speakers)).items():
            speaker, half_days, before = found.get(pk, (speakers[pk], [], Decimal(0)))
            half_days.append(f"{HALF_NAMES[session.half]} {session.date:%d/%m/%Y}")
            found[pk] = speaker, half_days, before + periods
    return [Speaking(speaker, tuple(days), periods) for speaker, days, periods in found.values()], without


def speakers_list(course: Course, choice: ListChoice, only: Only) -> Made:
    """The speakers' periods × the rate, each as typed for the speaker where something was. (4 queries.)"""
    speakers, without = speakers_of(course)
    lines: list[Line] = []
    amounts: list[int] = []
    whole = Decimal(0)
    for one in speakers:
        typed = only.speakers.get(one.speaker.pk, Said())
        periods = one.periods if typed.periods is None else typed.periods
        rate = choice.rate if typed.rate is None else typed.rate
        if not periods:
            continue
        amounts.append(amount_of(periods, rate))
        whole += periods
        who = (len(amounts), one.speaker.full_name, one.speaker.title, "\n".join(one.half_days))
        lines.append(Line((*who, periods, rate, amounts[-1], "")))
    total = total_of(amounts)
    if amounts:
        lines.append(Line(("Tổng cộng", whole, "", total, ""), "total"))
    heads = [
        Head("STT", 14, "centre"),
        Head("Họ và tên", 40),
        Head("Chức vụ, đơn vị", 50),
        Head("Buổi báo cáo", 30),
        Head("Số tiết", 15, "centre"),
        Head("Mức chi một tiết (đồng)", 26, "right", money=True),
        Head("Thành tiền (đồng)", 28, "right", money=True),
        _SIGN,
    ]
    paper = list_paper(course, choice, heads, lines, _sum(total), to_sign=True)
    return Made(paper, len(amounts), _without_speaker(without))


def _line(number: int, person: _Paid, rate: int, by_office: bool) -> Line:
    registration = person.registration
    where = registration.position
    if not by_office:
        where = ", ".join(filter(None, (registration.position, registration.office_name)))
    name = registration.trainee.full_name
    return Line((number, name, where, person.units, rate, amount_of(person.units, rate), ""))


def _sum(total: int) -> list[str]:
    return [f"Tổng số tiền: {with_dots(total)} đồng.", f"Bằng chữ: {money_in_words(total)}"]


def _disputed(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    said = ngettext(
        "%(count)d mark is disputed and counts as present here. Please decide it before money is paid.",
        "%(count)d marks are disputed and count as present here. Please decide them before money is paid.",
        count,
    )
    return (said % {"count": count},)


def _without_speaker(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    said = ngettext(
        "%(count)d half-day names no speaker: its periods stand with nobody.",
        "%(count)d half-days name no speaker: their periods stand with nobody.",
        count,
    )
    return (said % {"count": count},)

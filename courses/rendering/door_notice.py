"""The notice for a hall's door when a half-day is held elsewhere, at another time or not at all: A4, lying, in letters
that are read from five metres."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from courses.constants.printing import STAND_IN, with_stand_ins
from courses.rendering.days import HALVES, WEEKDAYS
from courses.rendering.paper import draw, in_texts

_TEMPLATE = Path(__file__).parent / "papers" / "door_notice.typ"


class What(StrEnum):
    """Another hall, another hour, another day, not for now, after all."""

    HALL = "hall"
    HOUR = "hour"
    DAY = "day"
    OFF = "off"
    HELD = "held"


@dataclass(frozen=True)
class DoorNotice:
    """What the paper says. Moments are aware, in the time of Việt Nam; `half` a value of HalfDay as it is now."""

    what: What
    office: str
    course_title: str
    half: str
    begins: dt.datetime
    ends: dt.datetime
    old_begins: dt.datetime
    places: tuple[str, ...]
    on: dt.date
    address: str = ""
    why: str = ""


def draw_door_notice(notice: DoorNotice, *, timestamp: dt.datetime) -> bytes:
    """The notice as PDF/A-2a, one page. Refusal when a text is too long for its place even in the smallest letters that
    are read from two metres. What cannot be printed has a visible sign in its place: nobody has time at half past six.
    """
    data = {
        "document_title": f"Thông báo: {_HEADLINES[notice.what].capitalize()}",
        "author": notice.office.upper(),
        "office": notice.office.upper(),
        "title": notice.course_title,
        "headline": _headline(notice),
        "rows": _rows(notice),
        "foot": [f"Lý do: {notice.why}" if notice.why else "", f"Thông báo ngày {notice.on:%d/%m/%Y}"],
    }
    return draw(_TEMPLATE, in_texts(with_stand_ins, data), timestamp=timestamp, instead=STAND_IN)


_HEADLINES = {
    What.HALL: "BUỔI HỌC ĐÃ CHUYỂN SANG",
    What.HOUR: "BUỔI HỌC ĐỔI GIỜ",
    What.DAY: "BUỔI HỌC DỜI SANG",
    What.OFF: "BUỔI HỌC TẠM HOÃN",
    What.HELD: "BUỔI HỌC VẪN DIỄN RA",
}


def _headline(notice: DoorNotice) -> str:
    if notice.what == What.HOUR and notice.begins > notice.old_begins:
        return "BUỔI HỌC LÙI GIỜ"
    return _HEADLINES[notice.what]


def _rows(notice: DoorNotice) -> list[dict]:
    """What stands below the headline, from top to bottom: {text, height in mm, most and least size in pt, and whether
    an arrow stands before it or it is struck out}. The heights come to 120 mm."""
    hours = f"{notice.begins:%H:%M} – {notice.ends:%H:%M}"
    when = f"{HALVES[notice.half]}, {_day(notice.begins)}"
    where = "; ".join(notice.places)
    if notice.what == What.HALL:
        found = [_row(where, 53, 110, 16, arrow=True), _row(notice.address, 9, 20, 9)]
        return [*found, _row(hours, 40, 110, 100), _row(when, 18, 40, 24)]
    if notice.what == What.OFF:
        struck = f"{when}, {notice.begins:%H:%M}"
        return [
            _row("HOÃN", 62, 170, 150),
            _row(struck, 24, 44, 26, struck=True),
            _row("Ngày học mới sẽ được thông báo sau.", 34, 44, 30),
        ]
    if notice.what == What.DAY:
        day = f"{WEEKDAYS[notice.begins.weekday()].upper()} {notice.begins:%d/%m}"
        return [_row(day, 44, 110, 60, arrow=True), _row(hours, 42, 110, 100), _row(where, 34, 60, 16)]
    found = []
    if notice.what == What.HOUR:
        found = [_row(f"{notice.old_begins:%H:%M}", 18, 44, 30, struck=True)]
    return [
        *found,
        _row(hours, 50, 120, 100, arrow=notice.what == What.HOUR),
        _row(when, 18, 40, 24),
        _row(where, 34, 70, 16),
    ]


def _row(text: str, height: int, most: int, least: int, *, arrow: bool = False, struck: bool = False) -> dict:
    return {"text": text, "height": height, "most": most, "least": least, "arrow": arrow, "struck": struck}


def _day(moment: dt.datetime) -> str:
    return f"{WEEKDAYS[moment.weekday()]} {moment:%d/%m/%Y}"

"""The sheet that people sign at a half-day (danh sách học viên ký tên, điểm danh), as PDF.

Laid out after Nghị định 30/2020/NĐ-CP by analogy; its sentences are composed here for the Word file too. It has no
birth dates and no citizen numbers: it lies open on a table.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from courses.rendering.class_names import class_named
from courses.rendering.days import half_on
from courses.rendering.heading import head_of
from courses.rendering.paper import draw
from courses.rendering.qr import qr_picture

_TEMPLATE = Path(__file__).parent / "papers" / "sign_in_sheet.typ"
#: Stands for a letter that the paper's font lacks: the person writes it in by hand.
MISSING_LETTER = "_"
#: Lines at the end for people who are not on the list.
BLANK_ROWS = 5
HEADS = ("STT", "Họ và tên", "Chức vụ", "Đơn vị")
SIGNATURE = "Ký tên"
#: Written in by hand behind the number of people.
COUNTED = ("Có mặt: ……", "Vắng có phép: ……", "Vắng không phép: ……")
SIGNERS = ("Người điểm danh", "Xác nhận của Ban Tổ chức")


@dataclass(frozen=True)
class SheetPerson:
    """One line of the sheet."""

    number: int
    name: str
    position: str
    office: str


@dataclass(frozen=True)
class SignInSheet:
    """One half-day at one place. `half` is "morning" or "afternoon"; `place` is "" where it is not known; `address`
    is the page on which the sheet is typed in, which its QR holds."""

    superior: str
    body: str
    course_code: str
    course_title: str
    course_kind: str  # of `class_names.KINDS`
    half: str
    date: dt.date
    place: str
    people: tuple[SheetPerson, ...]
    address: str
    two_calls: bool = False


def draw_sign_in_sheets(sheets: Sequence[SignInSheet], *, timestamp: dt.datetime) -> bytes:
    """The sheets one after the other as one PDF/A-2a, each with pages numbered from 1.

    A letter that the font lacks becomes MISSING_LETTER: a class cannot wait at the door for it.
    """
    data = {"document_title": "Danh sách học viên ký tên, điểm danh", "author": sheets[0].body.upper()}
    drawn = [said_on(sheet) | {"qr": qr_picture(sheet.address)} for sheet in sheets]
    return draw(_TEMPLATE, data | {"sheets": drawn}, timestamp=timestamp, instead=MISSING_LETTER)


def said_on(sheet: SignInSheet) -> dict:
    """All that stands on a sheet, by its place: texts, heads of the columns, the lines with blanks at the end."""
    half = half_on(sheet.half, sheet.date)
    signatures = ["Ký tên (đầu buổi)", "Ký tên (sau giải lao)"] if sheet.two_calls else [SIGNATURE]
    lines = [[str(person.number), person.name, person.position, person.office] for person in sheet.people]
    return {
        **head_of(sheet.superior, sheet.body),
        "title": "DANH SÁCH HỌC VIÊN KÝ TÊN/ĐIỂM DANH",
        "course": class_named(sheet.course_title, sheet.course_kind),
        "half_day": half,
        "place": f"Địa điểm: {sheet.place}" if sheet.place else "",
        "heads": [*HEADS, *signatures],
        "lines": lines + [[""] * len(HEADS)] * BLANK_ROWS,
        "totals": [f"Tổng số: {len(sheet.people):02d}", *COUNTED],
        "signers": SIGNERS,
        "foot": " · ".join(filter(None, [sheet.course_code, half, sheet.place])),
    }

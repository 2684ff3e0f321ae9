"""The attendance of a class as offices file it: an .xlsx to be printed on A4, people down, half-days across.

It is in Vietnamese whatever the screen speaks, and every cell is a value: nothing of it is computed by a spreadsheet.
"""

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from courses.rendering.cells import put
from courses.rendering.heading import MOTTO, NATION

SHEET = "Điểm danh"
#: Columns before and after those of the half-days, with their widths.
WHO = (("STT", 6), ("Họ và tên", 28), ("Chức vụ", 22), ("Đơn vị", 28))
TOTALS = (("Có mặt", 8), ("P", 6), ("K", 6))
BELOW = ("Có mặt", "Vắng có phép", "Vắng không phép", "Chưa điểm danh")
LEGEND = (
    "Ghi chú: x: có mặt; xT: có mặt, đến trễ; xS: có mặt, về sớm; P: vắng có phép; K: vắng không phép; "
    "?: chưa thống nhất, chờ kết luận; –: không phải dự buổi này; để trống: chưa điểm danh. S: sáng; C: chiều. "
    "Số có mặt gồm cả người đến trễ, về sớm và chưa thống nhất."
)
HEADER_ROW = 8
_THIN = Side(style="thin", color="FF000000")
_FRAME = Border(_THIN, _THIN, _THIN, _THIN)
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(vertical="center", wrap_text=True)

#: Of a person or a half-day: present, excused, absent, not marked yet.
Counts = tuple[int, int, int, int]


@dataclass(frozen=True)
class FiledColumn:
    date: dt.date
    title: str
    counts: Counts


@dataclass(frozen=True)
class FiledPerson:
    number: int | None
    name: str
    position: str
    office: str
    signs: tuple[str, ...]
    counts: Counts


@dataclass(frozen=True)
class AttendanceFile:
    superior: str
    body: str
    code: str
    title: str
    starts_on: dt.date
    ends_on: dt.date
    columns: tuple[FiledColumn, ...]
    people: tuple[FiledPerson, ...]


def attendance_workbook(file: AttendanceFile) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    width = len(WHO) + len(file.columns) + len(TOTALS)
    _head(sheet, file, width)
    _header(sheet, file.columns)
    for place, person in enumerate(file.people):
        who = (person.number, person.name, person.position, person.office)
        _line(sheet, HEADER_ROW + 2 + place, [*who, *person.signs, *person.counts[:3]])
    _foot(sheet, file, width)
    sheet.freeze_panes = f"C{HEADER_ROW + 2}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW + 1}"
    sheet.oddFooter.center.text = "Trang &P/&N"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _head(sheet: Worksheet, file: AttendanceFile, width: int) -> None:
    days = f"Mã lớp: {file.code}. Từ ngày {file.starts_on:%d/%m/%Y} đến ngày {file.ends_on:%d/%m/%Y}"
    half = len(WHO) - 1
    _write(sheet, 1, 1, file.superior, to=half)
    _write(sheet, 2, 1, file.body, to=half, bold=True)
    _write(sheet, 1, half + 1, NATION, to=width, bold=True)
    _write(sheet, 2, half + 1, MOTTO, to=width, bold=True)
    _write(sheet, 4, 1, "BẢNG ĐIỂM DANH", to=width, bold=True, size=14)
    _write(sheet, 5, 1, file.title, to=width, bold=True)
    _write(sheet, 6, 1, days, to=width, italic=True)
    for row in (1, 2, 5):
        sheet.row_dimensions[row].height = 34


def _header(sheet: Worksheet, columns: Sequence[FiledColumn]) -> None:
    first = len(WHO) + 1
    titles = [*WHO, *((column.title, 5.5) for column in columns), *TOTALS]
    for number, (title, width) in enumerate(titles, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        is_half_day = first <= number < first + len(columns)
        for row in (HEADER_ROW, HEADER_ROW + 1):
            cell = sheet.cell(row, number)
            cell.font = Font(name="Times New Roman", size=12, bold=True)
            cell.fill, cell.border, cell.alignment = PatternFill("solid", fgColor="FFE3EDF7"), _FRAME, _CENTRE
        sheet.cell(HEADER_ROW + is_half_day, number).value = title
        if not is_half_day:
            _merge(sheet, HEADER_ROW, number, HEADER_ROW + 1, number)
    for date, same in groupby(enumerate(columns, first), key=lambda one: one[1].date):
        places = [place for place, _column in same]
        sheet.cell(HEADER_ROW, places[0]).value = f"{date:%d/%m/%Y}"
        _merge(sheet, HEADER_ROW, places[0], HEADER_ROW, places[-1])
        for place in places:  # together wide enough for the day above them
            sheet.column_dimensions[get_column_letter(place)].width = max(5.5, 12 / len(places))


def _line(sheet: Worksheet, row: int, values: Sequence[str | int | None], *, bold: bool = False) -> None:
    for column, value in enumerate(values, 1):
        cell = sheet.cell(row, column)
        put(cell, value)
        cell.font, cell.border = Font(name="Times New Roman", size=12, bold=bold), _FRAME
        cell.alignment = _LEFT if 1 < column <= len(WHO) else _CENTRE


def _foot(sheet: Worksheet, file: AttendanceFile, width: int) -> None:
    row = HEADER_ROW + 2 + len(file.people)
    for place, words in enumerate(BELOW):
        counts = [column.counts[place] for column in file.columns]
        _line(sheet, row + place, [f"{words} (người)", None, None, None, *counts, None, None, None], bold=True)
        _merge(sheet, row + place, 1, row + place, len(WHO))
        sheet.cell(row + place, 1).alignment = _LEFT
    end = row + len(BELOW)
    _write(sheet, end, 1, f"Danh sách có {len(file.people)} người./.", to=width, left=True)
    _write(sheet, end + 1, 1, LEGEND, to=width, italic=True, left=True)
    sheet.row_dimensions[end + 1].height = 50
    _write(sheet, end + 3, 1, "Người điểm danh", to=len(WHO) - 1, bold=True)
    _write(sheet, end + 3, len(WHO), "Xác nhận của Ban Tổ chức", to=width, bold=True)


def _write(sheet, row, column, text, *, to, bold=False, italic=False, size=12, left=False) -> None:
    cell = sheet.cell(row, column)
    put(cell, text)
    cell.font = Font(name="Times New Roman", size=size, bold=bold, italic=italic)
    cell.alignment = _LEFT if left else _CENTRE
    _merge(sheet, row, column, row, to)


def _merge(sheet, top, first, bottom, last) -> None:
    if (top, first) != (bottom, last):
        sheet.merge_cells(start_row=top, start_column=first, end_row=bottom, end_column=last)

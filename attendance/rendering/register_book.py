"""The register of a book (sổ cấp giấy chứng nhận): as Excel, and as a PDF to print and bind.

It is in Vietnamese whatever the screen speaks. Void, revoked and replaced entries stay where they stand, struck and
with a remark; the columns are those in use.
"""

import datetime as dt
import io
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from courses.constants.partial_dates import official_date
from courses.rendering.cells import put
from courses.rendering.heading import head_of
from courses.rendering.paper import draw

_TEMPLATE = Path(__file__).parent / "papers" / "register.typ"
#: Stands for a letter that the paper's font lacks: entries of old books hold whatever was typed.
_MISSING_LETTER = "_"
#: Heads of the columns, their shares of the width on paper, their widths in Excel.
COLUMNS = (
    ("STT", 5, 6),
    ("Số vào sổ", 10, 16),
    ("Họ và tên", 16, 28),
    ("Ngày sinh", 11, 12),
    ("Giới tính", 6, 8),
    ("Chức vụ, đơn vị", 18, 34),
    ("Tên lớp, thời gian", 30, 46),
    ("Xếp loại", 8, 10),
    ("Số hiệu phôi", 9, 14),
    ("Số, ngày quyết định", 14, 22),
    ("Ngày cấp", 11, 12),
    ("Người nhận, ngày nhận", 14, 26),
    ("Ghi chú", 18, 36),
)
_CENTRED = (0, 1, 3, 4, 7, 8, 10)
_HEADER_ROW = 6
_THIN = Side(style="thin", color="FF000000")
_FRAME = Border(_THIN, _THIN, _THIN, _THIN)


@dataclass(frozen=True)
class BookEntry:
    """One line: its cells after the running number, and whether it is void, revoked or replaced."""

    cells: tuple[str, ...]
    struck: bool


@dataclass(frozen=True)
class BookPaper:
    """`title` is "Sổ cấp giấy chứng nhận"; `totals` are sentences below the table."""

    superior: str
    body: str
    place: str
    title: str
    subject: str
    entries: tuple[BookEntry, ...]
    totals: tuple[str, ...]


def draw_register(book: BookPaper, *, day: dt.date, timestamp: dt.datetime) -> bytes:
    """The book as PDF/A-2a, A4 landscape with room on the left to bind it."""
    data = {
        "document_title": f"{book.title}, {book.subject}",
        "author": book.body.upper(),
        **head_of(book.superior, book.body),
        "title": book.title.upper(),
        "subject": book.subject,
        "foot": f"{book.title} · {book.subject}",
        "heads": [name for name, _share, _width in COLUMNS],
        "widths": [share for _name, share, _width in COLUMNS],
        "centred": _CENTRED,
        "lines": [
            {"cells": [str(number), *entry.cells], "struck": entry.struck}
            for number, entry in enumerate(book.entries, 1)
        ],
        "totals": book.totals,
        "made_by": "Người lập sổ",
        "place_and_date": f"{book.place}, {official_date(day)}",
        "sign_lines": ["THỦ TRƯỞNG ĐƠN VỊ"],
    }
    return draw(_TEMPLATE, data, timestamp=timestamp, instead=_MISSING_LETTER)


def register_workbook(book: BookPaper) -> bytes:
    """The book as .xlsx: every cell is a value, nothing is computed by a spreadsheet."""
    whole = Workbook()
    sheet = whole.active
    sheet.title = "Sổ cấp"
    bold, plain = Font(name="Times New Roman", size=12, bold=True), Font(name="Times New Roman", size=12)
    struck = Font(name="Times New Roman", size=12, strike=True, color="FF8A1C1C")
    for row, text in enumerate((book.superior, book.body, "", f"{book.title.upper()} – {book.subject}"), 1):
        put(sheet.cell(row, 1), text)
        sheet.cell(row, 1).font = bold if row > 1 else plain
    for column, (name, _share, width) in enumerate(COLUMNS, 1):
        cell = sheet.cell(_HEADER_ROW, column, name)
        cell.font, cell.border, cell.fill = bold, _FRAME, PatternFill("solid", fgColor="FFE3EDF7")
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    wrapped = Alignment(vertical="top", wrap_text=True)
    for number, entry in enumerate(book.entries, 1):
        values: tuple[str | int, ...] = (number, *entry.cells)
        for column, value in enumerate(values, 1):
            cell = sheet.cell(_HEADER_ROW + number, column)
            put(cell, value)
            cell.border, cell.alignment = _FRAME, wrapped
            cell.font = struck if entry.struck and 2 < column < len(COLUMNS) else plain
    for place, text in enumerate(book.totals, _HEADER_ROW + len(book.entries) + 2):
        put(sheet.cell(place, 1), text)
        sheet.cell(place, 1).font = plain
    sheet.freeze_panes = f"D{_HEADER_ROW + 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
    sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
    sheet.oddFooter.center.text = "Trang &P/&N"
    kept = io.BytesIO()
    whole.save(kept)
    return kept.getvalue()

"""Tables as files that Excel opens: values are values, never formulas."""

import csv
import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from courses.rendering.cells import Cell, neutral, put, writable


def csv_table(rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a byte order mark, so that Excel reads the marks of Vietnamese letters."""
    text = io.StringIO()
    csv.writer(text).writerows([neutral(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def xlsx_table(rows: Sequence[Sequence[Cell]], *, title: str) -> bytes:
    """One sheet; the first row is the header, columns are as wide as their longest text up to 60 letters."""
    book = Workbook()
    sheet = book.active
    sheet.title = writable(title)[:31]
    for line, values in enumerate(rows, 1):
        for place, value in enumerate(values, 1):
            put(sheet.cell(line, place), value)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, column in enumerate(zip(*rows, strict=True), 1):
        sheet.column_dimensions[get_column_letter(number)].width = min(60, max(len(str(v or "")) for v in column) + 2)
    sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()

"""A roster given back as an Excel file: what the file said, and beside it what is to be looked at."""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from courses.rendering.cells import put, writable

_SIGNS = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_SHEET = 31


@dataclass(frozen=True)
class RosterLine:
    """One row: the sheet it stood in, its cells by column title, what is to be said about it."""

    sheet: str
    cells: dict[str, str]
    remark: str


def roster_book(lines: Iterable[RosterLine], *, remarks: str) -> bytes:
    """The .xlsx: a sheet for each sheet of the file, its own titles, and a last column called `remarks`.

    Every cell is a text and is marked as typed with an apostrophe, so that no spreadsheet takes "=…", "+…", "-…" or
    "@…" for a formula, not even when the cell is edited; the text itself stays as it was and can be read in again.
    """
    sheets: dict[str, list[RosterLine]] = {}
    for line in lines:
        sheets.setdefault(line.sheet, []).append(line)
    book = Workbook(write_only=True)
    used: set[str] = set()
    for name, own in sheets.items():
        sheet = book.create_sheet(_sheet_name(name, used))
        titles = list(dict.fromkeys(title for line in own for title in line.cells))
        sheet.freeze_panes = "A2"
        for number in range(len(titles) + 1):
            sheet.column_dimensions[get_column_letter(number + 1)].width = 60 if number == len(titles) else 22
        sheet.append([_cell(sheet, title, bold=True) for title in [*titles, remarks]])
        for line in own:
            sheet.append([_cell(sheet, line.cells.get(title, "")) for title in titles] + [_cell(sheet, line.remark)])
    if not sheets:
        book.create_sheet()
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet, text: str, *, bold: bool = False) -> Cell | None:
    if not text:
        return None
    cell = WriteOnlyCell(sheet)
    put(cell, text)
    cell.number_format = "@"
    if bold:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _sheet_name(name: str, used: set[str]) -> str:
    """A name that Excel takes, like the sheet's own; two that become alike get a number."""
    base = _SIGNS.sub(" ", writable(name)).strip(" '")[:_LONGEST_SHEET] or "Danh sách"
    found, number = base, 1
    while found.lower() in used:
        number += 1
        found = f"{base[: _LONGEST_SHEET - 5]} ({number})"
    used.add(found.lower())
    return found

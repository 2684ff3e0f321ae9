"""Texts in the cells of files that spreadsheets open."""

import re

from openpyxl.cell import Cell as SheetCell

#: All that XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets): one such character and no file is written.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: With one of these in front a spreadsheet takes a text for a formula; the full-width signs where East Asian input is
#: made narrow.
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: What spreadsheets read as a character by its number (ECMA-376, part 1, 22.9.2.19), and what XML makes a line end.
_READ_OTHERWISE = re.compile("_(?=x[0-9A-Fa-f]{4}_)|\r")

Cell = str | int | float | None


def writable(text: str) -> str:
    """The text without what a file of a spreadsheet cannot hold."""
    return _NOT_XML.sub("", text)


def neutral(value: Cell) -> Cell:
    """For a CSV, in which nothing says what is text: an apostrophe stands before what a spreadsheet would compute."""
    if not isinstance(value, str):
        return value
    text = writable(value)
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text


def put(cell: SheetCell, value: Cell) -> None:
    """Writes a value into a cell of an .xlsx. A text is a text whatever it begins with, comes back as it was, and is
    marked as typed with an apostrophe, so that it stays one when somebody edits the cell."""
    if not isinstance(value, str):
        cell.value = value
        return
    cell.value = _READ_OTHERWISE.sub(_as_its_number, writable(value))
    cell.data_type = "s"  # also for "=…", which would become a formula
    cell.quotePrefix = True


def _as_its_number(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"

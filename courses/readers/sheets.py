"""Second stage: the visible grids of a file, in Unicode, and the names of what was hidden."""

import csv
import io

import python_calamine

from courses.readers import opendocument, worksheet_xml
from courses.readers.container import open_zip
from courses.readers.grid import Box, Sheet
from courses.readers.legacy import decode
from courses.readers.unreadable import Unreadable
from courses.readers.words import Fault, Value

_DELIMITERS = ",;\t|"
_UNKNOWN_FONTS = ("tcvn3", "vni", "mojibake")


def sheets_of(data: bytes, kind: str) -> tuple[list[Sheet], list[str], list[tuple[str, dict]]]:
    """(visible sheets, names of hidden ones, notes). For a CSV one sheet for each delimiter that might be meant."""
    return {"xlsx": _from_xlsx, "xls": _from_xls, "ods": _from_ods, "docx": _from_docx, "csv": _from_csv}[kind](data)


def _open(data: bytes) -> python_calamine.CalamineWorkbook:
    try:
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except Exception as error:  # the library has a class for each format, without a common one
        raise Unreadable("password" if "assword" in f"{type(error).__name__} {error}" else "damaged") from None


def _values(book: python_calamine.CalamineWorkbook, name: str) -> tuple[list[list[Value]], list[Box]]:
    try:
        sheet = book.get_sheet_by_name(name)
        merges = [(*start, *end) for start, end in sheet.merged_cell_ranges or []]
        grid: list = sheet.to_python(skip_empty_area=False) if sheet.end else []
        return grid, merges
    except Exception:
        raise Unreadable("damaged") from None


def _from_xlsx(data: bytes):
    with open_zip(data) as archive:
        looks = worksheet_xml.look(archive)
    book = _open(data)
    sheets, notes = [], []
    for seen in looks:
        if seen.hidden:
            continue
        grid, merges = _values(book, seen.name)
        _put_in(grid, seen)
        # A file with fonts says which cells are not in Unicode; text spoilt on its way says nothing.
        sheets.append(Sheet(seen.name, grid, merges, ("mojibake", "tcvn3", "vni"), seen.precisions))
        if seen.hidden_rows:
            notes.append(("hidden_rows", {"sheet": seen.name, "count": seen.hidden_rows}))
    return sheets, [seen.name for seen in looks if seen.hidden], notes


def _put_in(grid: list[list[Value]], seen: worksheet_xml.SheetLook) -> None:
    for (row, column), encoding in seen.encodings.items():
        if row < len(grid) and column < len(grid[row]) and isinstance(text := grid[row][column], str):
            grid[row][column] = decode(text, encoding)
    for (row, column), fault in seen.faults.items():
        while len(grid) <= row:
            grid.append([])
        grid[row] += [None] * (column + 1 - len(grid[row]))
        grid[row][column] = fault


def _from_xls(data: bytes):
    book = _open(data)
    return _from_book(book, {})


def _from_ods(data: bytes):
    with open_zip(data) as archive:
        merges = {table.name: table.merges for table in opendocument.look(archive)}
    return _from_book(_open(data), merges)


def _from_book(book: python_calamine.CalamineWorkbook, merges: dict[str, list[Box]]):
    sheets, hidden = [], []
    for described in book.sheets_metadata:
        if described.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        if described.visible != python_calamine.SheetVisibleEnum.Visible:
            hidden.append(described.name)
            continue
        grid, found = _values(book, described.name)
        sheets.append(Sheet(described.name, grid, found or merges.get(described.name, []), _UNKNOWN_FONTS))
    return sheets, hidden, []


def _from_docx(data: bytes):
    # Only here: loading the library for Word takes as long as reading a list of Excel from end to end.
    from courses.readers import word

    open_zip(data).close()
    grids = enumerate(word.grids_of(data), 1)
    return [Sheet(str(number), grid, merges, _UNKNOWN_FONTS) for number, (grid, merges) in grids], [], []


def _from_csv(data: bytes):
    text, encodings = _text(data)
    sheets = []
    for delimiter in (d for d in _DELIMITERS if d in text):
        try:
            grid = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error:
            raise Unreadable("damaged") from None
        sheets.append(Sheet(None, _with_formulas(grid), [], encodings))
    return sheets or [Sheet(None, [[line] for line in text.splitlines()], [], encodings)], [], []


def _with_formulas(grid: list[list[str]]) -> list[list[Value]]:
    """Programs run a cell that begins with "=", so what it seems to say is not what it says."""
    return [[Fault("formula") if cell.lstrip().startswith("=") else cell for cell in line] for line in grid]


def _text(data: bytes) -> tuple[str, tuple[str, ...]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace"), ()
    try:
        return data.decode("utf-8-sig"), _UNKNOWN_FONTS
    except UnicodeDecodeError:
        # One byte a character; which code page is told by the header.
        return data.decode("latin-1"), ("cp1258", "tcvn3", "vni")

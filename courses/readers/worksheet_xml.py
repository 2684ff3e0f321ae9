"""A streaming look at an .xlsx before anything else opens it.

It answers what the library for values does not tell (errors, formulas without a value, fonts, how much of a date is
shown) and stops at what would make that library take all memory: a cell too far away, too many cells.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from courses.readers.container import part
from courses.readers.legacy import kind_of_font
from courses.readers.unreadable import Unreadable
from courses.readers.words import Fault
from courses.readers.worksheet_scan import Scan, scan

MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 110_000, 500, 1_500_000
#: The library for values makes room for all cells between A1 and the last: 32 bytes each.
MOST_ROOM = 3_000_000
_REL_ID = re.compile(r"\{[^}]*relationships\}id$")
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
#: Built-in number formats that show less than the whole date: mmm-yy.
_MONTH_FORMATS = {17}


@dataclass
class SheetLook:
    """What the XML of one sheet says; positions count from 0."""

    name: str
    hidden: bool
    path: str
    faults: dict[tuple[int, int], Fault] = field(default_factory=dict)
    encodings: dict[tuple[int, int], str] = field(default_factory=dict)
    precisions: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: int = 0


@dataclass
class _Styles:
    encodings: dict[int, str] = field(default_factory=dict)
    precisions: dict[int, str] = field(default_factory=dict)


def look(archive: zipfile.ZipFile) -> list[SheetLook]:
    """The sheets in the workbook's order; hidden ones are named and not looked into. Unreadable when too much."""
    try:
        sheets = _sheets(archive)
        styles = _styles(archive)
        strings = _encodings_of_shared_strings(archive)
        for sheet in sheets:
            if not sheet.hidden:
                _look_into(archive, sheet, styles, strings)
    except (etree.LxmlError, ValueError, KeyError, zipfile.BadZipFile, EOFError, OSError) as error:
        # The parser says in its own words that the memory of the child has run out.
        raise Unreadable("too_long" if "memory" in str(error).lower() else "damaged") from None
    return sheets


def elements(archive: zipfile.ZipFile, path: str, names: set[str]) -> Iterator[etree._Element]:
    """Elements with these local names as they end; each is emptied after use, so that memory stays flat."""
    with archive.open(path) as stream:
        events = etree.iterparse(
            stream, events=("end",), tag=[f"{{*}}{name}" for name in names], resolve_entities=False, no_network=True
        )
        for _event, element in events:
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _root(archive: zipfile.ZipFile, path: str) -> etree._Element:
    return etree.fromstring(part(archive, path), etree.XMLParser(resolve_entities=False, no_network=True))


def _sheets(archive: zipfile.ZipFile) -> list[SheetLook]:
    relations = {
        element.get("Id"): posixpath.normpath(posixpath.join("/xl", element.get("Target", ""))).lstrip("/")
        for element in _root(archive, "xl/_rels/workbook.xml.rels")
        if isinstance(element.tag, str)
    }
    found = []
    for element in _root(archive, "xl/workbook.xml").iter("{*}sheet"):
        relation = next((value for key, value in element.attrib.items() if _REL_ID.search(key)), None)
        path = relations.get(relation, "")
        if path.startswith("xl/worksheets/"):  # not a chart's or a dialog's sheet
            hidden = element.get("state", "visible") != "visible"
            found.append(SheetLook(element.get("name", ""), hidden, path))
    return found


def _styles(archive: zipfile.ZipFile) -> _Styles:
    styles = _Styles()
    if "xl/styles.xml" not in archive.namelist():
        return styles
    root = _root(archive, "xl/styles.xml")
    fonts = [
        kind_of_font(next((name.get("val", "") for name in font.iter("{*}name")), ""))
        for fonts in root.iter("{*}fonts")
        for font in fonts.iterchildren("{*}font")
    ]
    formats = {int(e.get("numFmtId")): e.get("formatCode", "") for e in root.iter("{*}numFmt") if e.get("numFmtId")}
    for cells in root.iterchildren("{*}cellXfs"):
        for number, style in enumerate(cells.iterchildren("{*}xf")):
            font, format_id = int(style.get("fontId", 0)), int(style.get("numFmtId", 0))
            if font < len(fonts) and (encoding := fonts[font]):
                styles.encodings[number] = encoding
            shown = "month" if format_id in _MONTH_FORMATS else _precision(formats.get(format_id, ""))
            if shown:
                styles.precisions[number] = shown
    return styles


def _precision(format_code: str) -> str | None:
    """What a date format shows, None for the whole date or no date: "yyyy" the year, "mm/yyyy" the month."""
    letters = re.sub(r'\[[^\]]*\]|"[^"]*"|\\.', "", format_code.split(";")[0].lower())
    if "y" not in letters or "d" in letters:
        return None
    return "month" if "m" in letters else "year"


def _encodings_of_shared_strings(archive: zipfile.ZipFile) -> dict[int, str]:
    """Strings of which a part is written in a font of its own that gives an encoding away."""
    path = "xl/sharedStrings.xml"
    if path not in archive.namelist() or not _holds(archive, path, b"rFont"):
        return {}
    found = {}
    for number, string in enumerate(elements(archive, path, {"si"})):
        if encoding := _run_encoding(string):
            found[number] = encoding
    return found


def _holds(archive: zipfile.ZipFile, path: str, word: bytes) -> bool:
    """Whether the part has this word, as it is written in UTF-8; any other encoding is parsed to be sure."""
    seen = b""
    with archive.open(path) as stream:
        while more := stream.read(1 << 20):
            if word in (seen := seen[-len(word) :] + more) or b"\0" in seen:
                return True
    return False


def _run_encoding(string: etree._Element) -> str | None:
    return next(filter(None, (kind_of_font(font.get("val", "")) for font in string.iter("{*}rFont"))), None)


def _look_into(archive: zipfile.ZipFile, sheet: SheetLook, styles: _Styles, strings: dict[int, str]) -> None:
    marked = styles.encodings.keys() | styles.precisions.keys()
    with archive.open(sheet.path) as stream:
        found = scan(stream, marked, strings.keys(), lambda seen: _refuse_too_much(sheet, seen))
    if found is None:
        _look_at_each_cell(archive, sheet, styles, strings)
        return
    sheet.hidden_rows = found.hidden_rows
    sheet.faults = {_place(address): Fault("formula") for address in found.formulas}
    sheet.faults |= {_place(address): Fault("error") for address in found.errors}
    sheet.encodings = {_place(address): strings[number] for address, number in found.strings}
    for address, style in found.styled:
        if style in styles.encodings:
            sheet.encodings[_place(address)] = styles.encodings[style]
        if style in styles.precisions:
            sheet.precisions[_place(address)] = styles.precisions[style]


def _refuse_too_much(sheet: SheetLook, seen: Scan) -> None:
    if seen.cells > MOST_CELLS:
        raise Unreadable("bomb")
    for address in seen.odd:
        row, column = _place(address)
        if row >= MOST_ROWS or column >= MOST_COLUMNS:
            raise Unreadable("far_cell", sheet=sheet.name, cell=address.decode())
    seen.odd.clear()
    if seen.columns:
        widest = max(_column(letters.decode()) for letters in seen.columns)
        if (_place(seen.last)[0] + 1) * (widest + 1) > MOST_ROOM:
            raise Unreadable("far_cell", sheet=sheet.name, cell=seen.last.decode())


def _place(address: bytes) -> tuple[int, int]:
    """(row, column) from 0 of "B7". ValueError for what is no address."""
    found = _REFERENCE.fullmatch(address.decode("ascii", errors="replace"))
    if not found:
        raise ValueError(address)
    return int(found[2]) - 1, _column(found[1])


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _look_at_each_cell(archive: zipfile.ZipFile, sheet: SheetLook, styles: _Styles, strings: dict[int, str]) -> None:
    row, column, cells, filled, last_row, last_column = -1, -1, 0, False, 0, 0
    for element in elements(archive, sheet.path, {"c", "row"}):
        if element.tag.endswith("}row"):
            sheet.hidden_rows += filled and element.get("hidden") in ("1", "true")
            row, column, filled = int(element.get("r", row + 2)) - 1, -1, False
            continue
        row_here, column = _position(element, int(element.getparent().get("r", row + 2)) - 1, column + 1)
        if not len(element):  # a format without a value
            continue
        cells, filled = cells + 1, True
        last_row, last_column = max(last_row, row_here), max(last_column, column)
        if cells > MOST_CELLS:
            raise Unreadable("bomb")
        far = row_here >= MOST_ROWS or column >= MOST_COLUMNS
        if far or (last_row + 1) * (last_column + 1) > MOST_ROOM:
            raise Unreadable("far_cell", sheet=sheet.name, cell=element.get("r", ""))
        _note(sheet, (row_here, column), element, styles, strings)


def _position(cell: etree._Element, row: int, column: int) -> tuple[int, int]:
    """Where the cell stands; one without an address stands after the one before it."""
    reference = cell.get("r")
    return (row, column) if reference is None else _place(reference.encode())


def _note(
    sheet: SheetLook, at: tuple[int, int], cell: etree._Element, styles: _Styles, strings: dict[int, str]
) -> None:
    kind, style = cell.get("t", "n"), int(cell.get("s", 0))
    value = cell.findtext("{*}v") or ""
    if kind == "e":
        sheet.faults[at] = Fault("error")
    elif not value and kind != "str" and cell.find("{*}f") is not None:
        sheet.faults[at] = Fault("formula")
    if encoding := styles.encodings.get(style) or _cell_encoding(cell, kind, value, strings):
        sheet.encodings[at] = encoding
    if precision := styles.precisions.get(style):
        sheet.precisions[at] = precision


def _cell_encoding(cell: etree._Element, kind: str, value: str, strings: dict[int, str]) -> str | None:
    if kind == "s":
        return strings.get(int(value)) if value else None
    return _run_encoding(cell) if kind == "inlineStr" else None

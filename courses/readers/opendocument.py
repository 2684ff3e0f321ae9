"""A streaming look at an .ods before the library for values opens it: how far its cells reach, which are merged."""

import zipfile
from dataclasses import dataclass, field

from lxml import etree

from courses.readers.grid import Box
from courses.readers.unreadable import Unreadable
from courses.readers.worksheet_xml import MOST_COLUMNS, MOST_ROOM, MOST_ROWS

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


@dataclass
class TableLook:
    name: str
    merges: list[Box] = field(default_factory=list)


def look(archive: zipfile.ZipFile) -> list[TableLook]:
    """The tables in the file's order. Unreadable when a cell with content lies too far away."""
    try:
        return _tables(archive)
    except (etree.LxmlError, ValueError, KeyError, zipfile.BadZipFile, EOFError, OSError):
        raise Unreadable("damaged") from None


def _tables(archive: zipfile.ZipFile) -> list[TableLook]:
    tables: list[TableLook] = []
    row = column = widest = 0
    filled = False
    with archive.open("content.xml") as stream:
        tags = [f"{_TABLE}{name}" for name in ("table", "table-row", "table-cell", "covered-table-cell")]
        events = etree.iterparse(stream, events=("start", "end"), tag=tags, resolve_entities=False, no_network=True)
        for event, element in events:
            kind = element.tag.removeprefix(_TABLE)
            if event == "start":
                if kind == "table":
                    tables.append(TableLook(element.get(f"{_TABLE}name", "")))
                    row = widest = 0
                elif kind == "table-row":
                    column, filled = 0, False
                continue
            if kind == "table-row":
                row += _times(element, "rows-repeated")
                if filled and (row > MOST_ROWS or row * widest > MOST_ROOM):
                    raise Unreadable("far_cell", sheet=tables[-1].name, cell=str(row))
            elif kind.endswith("table-cell"):
                times = _times(element, "columns-repeated")
                if len(element):
                    filled, widest = True, max(widest, column + times)
                    if column + times > MOST_COLUMNS:
                        raise Unreadable("far_cell", sheet=tables[-1].name, cell=str(row + 1))
                down, right = _times(element, "rows-spanned"), _times(element, "columns-spanned")
                if down > 1 or right > 1:
                    tables[-1].merges.append((row, column, row + down - 1, column + right - 1))
                column += times
            element.clear()
    return tables


def _times(element: etree._Element, what: str) -> int:
    """A count of the format: 1 when it is not said. The attributes must be read before the element is emptied."""
    return int(element.get(f"{_TABLE}number-{what}", 1))

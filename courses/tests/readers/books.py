"""Rosters made by the tests: workbooks with what Excel would have put into them."""

import csv
import datetime as dt
import io
import zipfile
from functools import cache
from pathlib import Path

import openpyxl
import python_calamine  # noqa: F401  (loaded here, so that the first test is not the slow one)

from courses.readers.offices import OfficeEntry, OfficeIndex
from courses.readers.records import Reading, reading_of
from courses.readers.rosters import read_answer

CLASS_DAY = dt.date(2022, 6, 15)
ROSTERS = Path(__file__).resolve().parents[1] / "rosters"
OFFICES = Path(__file__).resolve().parents[2] / "data" / "offices.csv"
SHEET_XML = "xl/worksheets/sheet1.xml"
_OPENING = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def workbook(*sheets: list[list], names: tuple[str, ...] = ("DS",), merges: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in zip(names, sheets, strict=True):
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
        for merge in merges:
            sheet.merge_cells(merge)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_sheet_xml(data: bytes, xml: bytes) -> bytes:
    """The workbook with another first sheet; `xml` is what stands between the tags of its data."""
    old, stream = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, _OPENING + xml + b"</sheetData></worksheet>" if name == SHEET_XML else old.read(name))
    return stream.getvalue()


def read(data: bytes, meanings: dict[str, str] | None = None) -> Reading:
    """The reading in this process, without the limits of the child."""
    return reading_of(read_answer(data, CLASS_DAY, meanings))


def read_lines(*lines: list, merges: tuple[str, ...] = ()) -> Reading:
    return read(workbook(list(lines), merges=merges))


@cache
def offices(on: dt.date = CLASS_DAY) -> OfficeIndex:
    with OFFICES.open(encoding="utf-8-sig", newline="") as stream:
        return OfficeIndex([_entry(line) for line in csv.DictReader(stream)], on)


def _entry(line: dict[str, str]) -> OfficeEntry:
    begins, ends = (dt.date.fromisoformat(line[k]) if line[k] else None for k in ("valid_from", "valid_to"))
    aliases = tuple(filter(None, line["aliases"].split("|")))
    return OfficeEntry(
        line["code"], line["name"], line["kind"], line["parent"] or None, aliases, begins, ends, int(line["order"])
    )

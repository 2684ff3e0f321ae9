"""Reads a file of attendance: people down, half-days across under a title of two rows (day; S or C).

It is read in the child process that reads rosters, and judged by the same stages (what is this file, its visible
sheets); only what the cells mean is told here.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from courses.readers.container import kind_of
from courses.readers.grid import Sheet
from courses.readers.limited import answer_of_child
from courses.readers.sheets import sheets_of
from courses.readers.unreadable import Unreadable
from courses.readers.words import Fault, fold, is_empty, text_of

MOST_ROWS, MOST_COLUMNS, MOST_TITLE_ROWS = 5_000, 100, 40
_NUMBER_TITLES, _NAME_TITLES = {"stt", "so tt", "tt"}, {"ho va ten", "ho ten"}
_HALVES = {"s": "S", "sang": "S", "c": "C", "chieu": "C"}
_HALF = re.compile(r"(s|sang|c|chieu)(?: (\d{1,2}))?")
_DATE = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})")


@dataclass(frozen=True)
class ReadColumn:
    """A column of a half-day: `place` counts columns from 0, `words` is its title as it stands in the file."""

    place: int
    date: dt.date | None
    title: str
    words: str


@dataclass(frozen=True)
class ReadRow:
    """A person. `row` counts from 1; `cells` are texts by the place of their column, None for a formula or error."""

    row: int
    number: int | None
    number_text: str
    name: str
    cells: dict[int, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadSheet:
    """One list: a sheet of Excel, a table of Word, a file of text. `name` may be empty."""

    name: str
    columns: tuple[ReadColumn, ...]
    rows: tuple[ReadRow, ...]


@dataclass(frozen=True)
class ReadMarks:
    """All lists of the file. `others` are visible sheets that hold something but no list, `hidden` those that nobody
    sees; both were not read."""

    sheets: tuple[ReadSheet, ...]
    others: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


def read_marks(data: bytes) -> ReadMarks:
    """What the file says. `NotRead`, a Refusal with a sentence, when the file as a whole cannot be read."""
    answer = answer_of_child(data, {}, reader=__name__)
    sheets = tuple(map(_sheet_said, answer["sheets"]))
    return ReadMarks(sheets, tuple(answer["others"]), tuple(answer["hidden"]))


def _sheet_said(answer: dict[str, Any]) -> ReadSheet:
    columns = (
        ReadColumn(
            one["place"], dt.date.fromisoformat(one["date"]) if one["date"] else None, one["title"], one["words"]
        )
        for one in answer["columns"]
    )
    rows = (
        ReadRow(**{**row, "cells": {int(place): text for place, text in row["cells"].items()}})
        for row in answer["rows"]
    )
    return ReadSheet(answer["name"], tuple(columns), tuple(rows))


def answer_asked(data: bytes, asked: Mapping[str, Any]) -> dict[str, Any]:
    """In the child: {"sheets": [{"name", "columns", "rows"}, …], "others", "hidden"}, all of it JSON. Unreadable when
    it is refused."""
    kind = kind_of(data)
    sheets, hidden, _notes = sheets_of(data, kind)
    found = [(sheet, header) for sheet in sheets if (header := _header_of(sheet)) is not None]
    if not found:
        raise Unreadable("no_table")
    if kind == "csv":  # one text, read by each delimiter that might be meant
        sheets = [sheet for sheet, _header in found[:1]]
        found = found[:1]
    if sum(len(sheet.grid) for sheet, _header in found) > MOST_ROWS:
        raise Unreadable("too_many", most=MOST_ROWS)
    lists, with_people = [], set()
    for sheet, (top, number, name) in found:
        columns = _columns(sheet, top)
        lines = range(top + 2, len(sheet.grid))
        rows = [row for line in lines if (row := _row(sheet, line, number, name, columns))]
        if rows:
            with_people.add(id(sheet))
            lists.append({"name": sheet.name or "", "columns": columns, "rows": rows})
    if not lists:
        raise Unreadable("no_people")
    others = [one.name or "" for one in sheets if id(one) not in with_people and any(map(any, one.grid))]
    return {"sheets": lists, "others": others, "hidden": list(hidden)}


def _header_of(sheet: Sheet) -> tuple[int, int, int] | None:
    """(row of the titles, column of the serial numbers, column of the names)."""
    for row, line in enumerate(sheet.grid[:MOST_TITLE_ROWS]):
        titles = [fold(text_of(value)) for value in line[:MOST_COLUMNS]]
        numbers = [column for column, title in enumerate(titles) if title in _NUMBER_TITLES]
        names = [column for column, title in enumerate(titles) if title in _NAME_TITLES]
        if numbers and names and row + 1 < len(sheet.grid):
            return row, numbers[0], names[0]
    return None


def _columns(sheet: Sheet, top: int) -> list[dict[str, Any]]:
    over = {
        (top, column): sheet.at(top, first)
        for row, first, _last_row, last in sheet.merges
        if row == top
        for column in range(first + 1, min(last, MOST_COLUMNS) + 1)
    }
    found = []
    for column in range(min(len(sheet.grid[top + 1]), MOST_COLUMNS)):
        half = _HALF.fullmatch(fold(text_of(sheet.at(top + 1, column))))
        if not half:
            continue
        day = over.get((top, column), sheet.at(top, column))
        date, shown = _date(day)
        title = f"{_HALVES[half[1]]} {half[2]}" if half[2] else _HALVES[half[1]]
        found.append({"place": column, "date": date, "title": title, "words": f"{shown} {title}".strip()})
    return found


def _date(value) -> tuple[str | None, str]:
    """(ISO or None, as a person reads it)."""
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return value.isoformat(), f"{value:%d/%m/%Y}"
    text = text_of(value)
    written = _DATE.fullmatch(text)
    if not written:
        return None, text[:60]
    try:
        return dt.date(int(written[3]), int(written[2]), int(written[1])).isoformat(), text
    except ValueError:
        return None, text


def _row(sheet: Sheet, line: int, number: int, name: int, columns: list[dict[str, Any]]) -> dict[str, Any] | None:
    """A person, or None: totals and signatures have no name, the row of column numbers has a number for one, and who
    has neither number nor sign says nothing."""
    who, stt = sheet.at(line, name), sheet.at(line, number)
    text, counted = text_of(who), text_of(stt)
    cells = {column["place"]: _text(sheet.at(line, column["place"])) for column in columns}
    is_number = counted.isascii() and counted.isdigit() and len(counted) < 9
    if (not is_number and not text) or text.strip("()").isdigit():
        return None
    if not counted and not any(sign != "" for sign in cells.values()):
        return None
    return {
        "row": line + 1,
        "number": int(counted) if is_number else None,
        "number_text": "?" if isinstance(stt, Fault) else counted[:40],
        "name": text,
        "cells": {str(place): sign for place, sign in cells.items() if sign != ""},
    }


def _text(value) -> str | None:
    if isinstance(value, Fault):
        return None
    return "" if is_empty(value) else text_of(value)[:60]

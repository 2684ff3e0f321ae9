"""Reads a list of people with what they reached in a test: a header with names and points, rows below it.

It is read in the child process that reads rosters, and judged by the same stages (what is this file, its visible
sheets); only what the cells mean is told here.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from courses.readers.container import kind_of
from courses.readers.grid import Sheet
from courses.readers.limited import answer_of_child
from courses.readers.sheets import sheets_of
from courses.readers.unreadable import Unreadable
from courses.readers.words import Fault, fold, is_empty, text_of

MOST_ROWS, MOST_COLUMNS, MOST_TITLE_ROWS = 15_000, 60, 40
_TITLES = {
    "key": {"ma", "ma so", "ma hoc vien", "id"},
    "name": {"ho va ten", "ho ten", "hoc vien"},
    "office": {"don vi", "don vi cong tac", "co quan"},
    "points": {"diem", "diem so", "so diem", "diem kiem tra", "diem bai kiem tra", "diem bai thu hoach", "ket qua"},
}


@dataclass(frozen=True)
class ReadScore:
    """A person. `row` counts from 1; `points` is the text of the cell, None for a formula, an error or a date."""

    row: int
    key: str
    name: str
    office: str
    points: str | None


def read_scores(data: bytes) -> tuple[ReadScore, ...]:
    """The rows of the first list of the file. `NotRead`, a Refusal with a sentence, when it cannot be read."""
    answer = answer_of_child(data, {}, reader=__name__)
    return tuple(ReadScore(**row) for row in answer["people"])


def answer_asked(data: bytes, asked: Mapping[str, Any]) -> dict[str, Any]:
    """In the child: {"people": [the fields of `ReadScore`, …]}. Unreadable when it is refused."""
    sheets, _hidden, _notes = sheets_of(data, kind_of(data))
    found = next(((sheet, header) for sheet in sheets if (header := _header_of(sheet)) is not None), None)
    if found is None:
        raise Unreadable("no_table")
    sheet, (top, columns) = found
    if len(sheet.grid) > MOST_ROWS:
        raise Unreadable("too_many", most=MOST_ROWS)
    lines = range(top + 1, len(sheet.grid))
    people = [row for line in lines if (row := _row(sheet, line, columns))]
    if not people:
        raise Unreadable("no_people")
    return {"people": people}


def _header_of(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """(row of the titles, {what: column}); names and points must be there."""
    for row, line in enumerate(sheet.grid[:MOST_TITLE_ROWS]):
        columns: dict[str, int] = {}
        for place, value in enumerate(line[:MOST_COLUMNS]):
            title = fold(text_of(value))
            for what, titles in _TITLES.items():
                if title in titles:
                    columns.setdefault(what, place)
        if {"name", "points"} <= columns.keys():
            return row, columns
    return None


def _row(sheet: Sheet, line: int, columns: dict[str, int]) -> dict[str, Any] | None:
    """A person, or None for a line without a name and without a number of ours: totals, signatures, column numbers."""

    def said(what: str) -> str:
        return text_of(sheet.at(line, columns[what])) if what in columns else ""

    key, name = said("key")[:40], said("name")
    if (not key and not name) or name.strip("()").isdigit():
        return None
    return {
        "row": line + 1,
        "key": key,
        "name": name[:200],
        "office": said("office")[:300],
        "points": _points(sheet.at(line, columns["points"])),
    }


def _points(value) -> str | None:
    if isinstance(value, Fault | dt.date | dt.time | dt.timedelta):
        return None
    if isinstance(value, float):  # 7.1 of a spreadsheet may be 7.1000000000000005
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return "" if is_empty(value) else text_of(value)[:40]

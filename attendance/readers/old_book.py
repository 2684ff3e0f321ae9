"""Reads the Excel file of an old register book: one row a paper. The columns are found by their titles, as in rosters.

It is read in the child process that reads rosters; only what the cells mean is told here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from courses.readers.closing import ends, signs, totals
from courses.readers.container import kind_of
from courses.readers.grid import Sheet
from courses.readers.limited import answer_of_child
from courses.readers.sheets import sheets_of
from courses.readers.unreadable import Unreadable
from courses.readers.words import Fault, fold, text_of

MOST_ROWS, MOST_COLUMNS, MOST_TITLE_ROWS, MOST_LETTERS = 5_000, 40, 40, 300
#: By what the column holds, the titles that offices write, without marks. What begins with one of them is meant too.
TITLES = {
    "number": ("so vao so", "so dang ky vao so", "vao so"),
    "name": ("ho va ten", "ho ten", "ho va ten hoc vien", "ho ten hoc vien"),
    "birth": ("ngay sinh", "ngay thang nam sinh", "nam sinh", "sinh ngay"),
    "office": ("don vi", "co quan", "noi cong tac", "don vi cong tac"),
    "position": ("chuc vu", "chuc danh"),
    "title": ("ten lop", "lop", "ten khoa", "khoa", "noi dung", "ten chuong trinh", "chuong trinh"),
    "issued": ("ngay cap", "ngay ky", "ngay thang cap"),
    "grade": ("xep loai", "ket qua", "loai"),
    "serial": ("so hieu", "so phoi", "so hieu phoi"),
    "note": ("ghi chu",),
}
#: Without these nothing can be entered.
WANTED = ("number", "name", "title", "issued")


@dataclass(frozen=True)
class OldRow:
    """A row as it stands in the file; `row` counts from 1. Days are as written, or ISO where the cell is a date; "?" is
    a formula or an error."""

    row: int
    number: str = ""
    name: str = ""
    birth: str = ""
    office: str = ""
    position: str = ""
    title: str = ""
    issued: str = ""
    grade: str = ""
    serial: str = ""
    note: str = ""


@dataclass(frozen=True)
class OldPages:
    """What the file says. `lacking`: which of `WANTED` no column was found for; `others` are sheets without a list,
    `hidden` those that nobody sees: both were not read."""

    rows: tuple[OldRow, ...]
    lacking: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


def read_old_book(data: bytes) -> OldPages:
    """What the file says. `NotRead`, a Refusal with a sentence, when the file as a whole cannot be read."""
    answer = answer_of_child(data, {}, reader=__name__)
    rows = tuple(OldRow(**row) for row in answer["rows"])
    return OldPages(rows, tuple(answer["lacking"]), tuple(answer["others"]), tuple(answer["hidden"]))


def answer_asked(data: bytes, asked: Mapping[str, Any]) -> dict[str, Any]:
    """In the child: {"rows", "lacking", "others", "hidden"}, all of it JSON. Unreadable when it is refused."""
    kind = kind_of(data)
    sheets, hidden, _notes = sheets_of(data, kind)
    found = [(sheet, header) for sheet in sheets if (header := _header_of(sheet)) is not None]
    if not found:
        raise Unreadable("no_table")
    if kind == "csv":  # one text, read by each delimiter that might be meant
        found = [max(found, key=lambda one: len(one[1][1]))]
        sheets = [found[0][0]]
    if sum(len(sheet.grid) for sheet, _header in found) > MOST_ROWS:
        raise Unreadable("too_many", most=MOST_ROWS)
    rows: list[dict[str, Any]] = []
    lacking: set[str] = set()
    for sheet, (top, columns) in found:
        lacking |= set(WANTED) - set(columns)
        rows += _rows(sheet, top, columns)
    if not rows:
        raise Unreadable("no_people")
    read = {id(sheet) for sheet, _header in found}
    others = [one.name or "" for one in sheets if id(one) not in read and any(map(any, one.grid))]
    return {"rows": rows, "lacking": sorted(lacking, key=WANTED.index), "others": others, "hidden": list(hidden)}


def _header_of(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """(row of the titles, column by what it holds): the first row with a name and a number or a date of issue."""
    for row, line in enumerate(sheet.grid[:MOST_TITLE_ROWS]):
        columns: dict[str, int] = {}
        for column, value in enumerate(line[:MOST_COLUMNS]):
            what = _meant(fold(text_of(value)))
            if what:
                columns.setdefault(what, column)
        if "name" in columns and ("number" in columns or "issued" in columns):
            return row, columns
    return None


def _meant(title: str) -> str | None:
    """What a column holds; the longest title that it begins with wins ("số hiệu" before "số")."""
    ways = [(len(words), what) for what, titles in TITLES.items() for words in titles if _begins(title, words)]
    return max(ways)[1] if ways else None


def _begins(title: str, words: str) -> bool:
    return title == words or title.startswith(f"{words} ")


def _rows(sheet: Sheet, top: int, columns: dict[str, int]) -> list[dict[str, Any]]:
    """The papers below the titles, also those that lack something: what is dropped here nobody would miss. A name alone
    between two papers is one that lacks the rest, below the last it is whoever signed the book."""
    rows: list[dict[str, Any]] = []
    names: list[dict[str, Any]] = []
    for line in range(top + 1, len(sheet.grid)):
        cells = {what: _text(sheet.at(line, column)) for what, column in columns.items()}
        row = {"row": line + 1, **cells}
        if _is_paper(cells):
            rows += [*names, row]
            names = []
        elif _is_name_alone(cells):
            names.append(row)
    return rows


def _is_paper(cells: dict[str, str]) -> bool:
    """Not: an empty line, one of column numbers, the titles again on the next page, a total, what heads a group, who
    signs."""
    texts = [text for text in cells.values() if text]
    name, number = cells.get("name", ""), cells.get("number", "")
    if all(text.strip("()").isdigit() for text in texts) and (name or len(texts) > 1 or not number):
        return False
    if totals(name) or totals(number) or fold(name) in TITLES["name"]:
        return False
    dated = cells.get("issued", "")
    if name:
        others = any(cells.get(what) for what in ("birth", "office", "title", "grade", "serial"))
        return bool(number or dated or (others and not signs(name)))
    heads_a_group = len(texts) == 1 and number[:1].isalpha() and " " in number
    if heads_a_group or any(ends(text) for what, text in cells.items() if what != "note"):
        return False
    return bool(_figures(number) or dated or cells.get("birth"))


def _is_name_alone(cells: dict[str, str]) -> bool:
    name = cells.get("name", "")
    return bool(name) and not name.strip("()").isdigit() and not signs(name) and fold(name) not in TITLES["name"]


def _figures(text: str) -> bool:
    return text == "?" or any(letter.isdigit() for letter in text)


def _text(value) -> str:
    return "?" if isinstance(value, Fault) else text_of(value)[:MOST_LETTERS]

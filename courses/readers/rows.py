"""Fourth stage: which lines of a list are people.

Between and below them stand column numbers, lines that name the office of the people who follow, totals, the place
and date, signatures, empty lines. Nobody may be lost: in doubt a line is a person with a problem.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from courses.readers import closing, header
from courses.readers.fields import birth_of, citizen_of, email_of, is_ditto, phone_of, words_of
from courses.readers.grid import Sheet
from courses.readers.plain import PlainLines
from courses.readers.table import Table
from courses.readers.words import Fault, Value, fold, is_empty, marked_words, text_of

_DIGITS = re.compile(r"\(?\d{1,5}(\.\d{1,3})*\s?[.)/]?\)?")
_COLUMN_NUMBER = re.compile(r"[(\[]?(\d{1,2}|[A-Za-zĐđ])[)\]]?\s*(=.*)?")
_OFFICE_WORDS = {
    "phòng", "phong", "phường", "phuong", "xã", "ubnd", "uỷ", "ủy", "ban", "trung", "văn", "hội", "đoàn", "khối",
    "tổ", "nhóm", "công", "chi", "kho", "bảo", "tòa", "toà", "viện", "trường", "sở", "p", "x", "tt", "vp", "đảng",
    "hđnd", "liên", "mặt", "thanh", "đơn", "các", "thành", "tp", "cơ", "huyện", "thị", "ttvh", "ubmttq", "mttq",
    "thường", "ttyt", "ttgdnn", "pnv", "hạt", "đội", "trạm", "điện", "ngân", "bệnh",
}  # fmt: skip
_FOLDED_OFFICE_WORDS = set(map(fold, _OFFICE_WORDS))
#: Of those, words that are also family or middle names: they need the word that follows.
_OFFICE_PAIRS = {
    "văn": {"phòng"}, "đoàn": {"tncs", "thanh", "tn", "thể", "phường", "xã"}, "công": {"an", "đoàn", "ty"},
    "thanh": {"tra"}, "trung": {"tâm"}, "chi": {"cục", "bộ", "nhánh", "đoàn", "hội"}, "bảo": {"hiểm"},
    "liên": {"đoàn"}, "mặt": {"trận"}, "thành": {"phố", "đoàn", "ủy", "uỷ"}, "thị": {"trấn", "xã", "đoàn", "ủy"},
    "cơ": {"quan", "sở"}, "điện": {"lực"}, "ngân": {"hàng"}, "thường": {"trực"}, "ban": {
        "dân", "tuyên", "tổ", "chỉ", "quản", "bảo", "chấp", "thường", "giám", "điều", "qlda", "nội", "công", "văn",
    },
}  # fmt: skip
#: Written without marks, only both first words tell an office from a person (Phuong Thi Thu, Xa Van Thu).
_BARE_PAIRS = {
    "phong": "noi kinh tai tu giao lao y quan nv van td tnmt gddt qldt",
    "hoi": "nong lien cuu dong chu nguoi khuyen lhpn ccb nd", "doan": "tncs thanh tn the", "trung": "tam",
    "van": "phong", "uy": "ban", "cong": "an doan", "thanh": "tra uy doan pho", "xa": "vi hoa tan", "dang": "uy",
    "phuong": "i ii iii iv v vi vii 1 2 3 4 5 6 7", "to": "chuc dan cong", "chi": "cuc bo nhanh", "bao": "hiem",
    "toa": "an", "vien": "kiem", "kho": "bac", "truong": "chinh thpt thcs tieu mam", "lien": "doan", "mat": "tran",
    "ban": "dan tuyen to chi quan bao chap thuong giam dieu qlda noi cong van",
}  # fmt: skip
_AS_ABOVE = "như trên"
_ROMAN_NUMBER = re.compile(r"\s*[IVX]{1,5}\s*[.)\-:/]")
_COUNT_BEHIND = re.compile(r"\s*[(:,–-]?\s*\d+\s*(người|đại biểu|học viên|đ/c|đồng chí|cán bộ)\s*\)?\s*\.?$", re.I)
#: So many numbered lines without anything else at the end were numbered beforehand for people who do not exist.
_NUMBERED_BEFOREHAND = 3


@dataclass
class Line:
    """One person as the list has it: values by field, still raw."""

    row: int
    values: dict[str, list[Value]]
    group: str | None
    raw: dict[str, str]
    #: Only a name, without the number that the others have: perhaps somebody's signature.
    doubtful: bool
    #: What the line says, where it is as plain as nearly all are.
    read: dict[str, Any] | None = None


class _Reader:
    """Walks down one list; remembers the last line that named an office and whether the list is over."""

    def __init__(self, sheet: Sheet, table: Table, on: dt.date, group: str | None):
        self.sheet, self.table, self.on, self.group, self.over = sheet, table, on, group, False
        self.mapped = {column for columns in table.columns.values() for column in columns}
        self.filled = _filled_down(sheet, table)
        self.numbered = False  # whether people of this list have numbers
        self.above: dict[str, Value] = {}  # what the person above has as office and position

    def lines(self) -> Iterator[Line]:
        plain = PlainLines(self.sheet, self.table, self.on, {row for row, _column in self.filled})
        for row in range(self.table.body, self.table.end):
            if read := plain.read(row):
                self.over, self.numbered = False, True
                self.sheet.grid[row] = []  # read; a long list is not kept twice
                self.above = {header.OFFICE: read["office_text"], header.POSITION: read["position"]}
                yield Line(row, {}, self.group, read["raw"], False, read)
                continue
            cells = {c: v for c, v in enumerate(self.sheet.grid[row]) if not is_empty(v)}
            if cells and self._is_person(row, cells):
                self.over = False
                yield self._line(row)

    def _own(self, row: int, field: str) -> list[Value]:
        return [self.sheet.at(row, c) for c in self.table.columns.get(field, []) if not is_empty(self.sheet.at(row, c))]

    def _is_person(self, row: int, cells: dict[int, Value]) -> bool:
        names = self._own(row, header.NAME) + self._own(row, header.FAMILY) + self._own(row, header.GIVEN)
        number = next(iter(self._own(row, header.NUMBER)), None)
        numbered = isinstance(number, Fault) or bool(_DIGITS.fullmatch(text_of(number)))
        name = " ".join(map(text_of, names))
        if self._is_column_numbers(name, cells) or self._is_header_again(row):
            return False
        sure = self._has_sure_value(row)
        faulty_name = any(isinstance(value, Fault) for value in names)
        if not sure and not faulty_name and self._is_group(row, name, text_of(number), numbered, cells):
            return False
        if numbered:
            return not (name and not sure and closing.ends(name))
        return (sure and not closing.totals(name)) or self._is_unnumbered_person(name or faulty_name, cells)

    def _is_unnumbered_person(self, name: str | bool, cells: dict[int, Value]) -> bool:
        elsewhere = [text_of(v) for c, v in cells.items() if c not in self.mapped or c in self._number_columns()]
        named = name if isinstance(name, str) else ""
        if closing.ends(named) or any(closing.ends(text) and not closing.totals(text) for text in elsewhere):
            self.over = self.over or not closing.totals(named)
            return False
        if any(map(closing.totals, elsewhere)):
            return False
        if not name:
            self.over = self.over or any(
                closing.signs(text) and not closing.totals(text) for text in map(text_of, cells.values())
            )
            return False
        return not self.over

    def _number_columns(self) -> list[int]:
        return self.table.columns.get(header.NUMBER, [])

    def _has_sure_value(self, row: int) -> bool:
        """A date, a number or an address that only a person's line has."""
        dates = [v for f in (header.BIRTH, header.BIRTH_MALE, header.BIRTH_FEMALE) for v in self._own(row, f)]
        readers = [(header.PHONE, phone_of), (header.EMAIL, email_of), (header.CITIZEN, citizen_of)]
        return any(birth_of(value, self.on)[0] for value in dates) or any(
            read(value)[0] for field, read in readers for value in self._own(row, field)
        )

    def _is_column_numbers(self, name: str, cells: dict[int, Value]) -> bool:
        return len(cells) > 1 and bool(name) and all(_COLUMN_NUMBER.fullmatch(text_of(v)) for v in cells.values())

    def _is_header_again(self, row: int) -> bool:
        cells = {c: text_of(self.sheet.at(row, c)) for c in self.table.titles if c in self.mapped}
        same = [text in self.table.titles[c].split(" / ") for c, text in cells.items() if text]
        return len(same) > 1 and all(same)

    def _is_group(self, row: int, name: str, number: str, numbered: bool, cells: dict[int, Value]) -> bool:
        """A line that names the office of those below it; remembers the office."""
        first = min(cells)
        text = name or (text_of(cells[first]) if first in self._number_columns() or first not in self.mapped else "")
        if not text or _DIGITS.fullmatch(text) or closing.ends(text):
            return False
        only_named = not any(self._own(row, f) for f in (header.GENDER, header.MALE, header.FEMALE, header.POSITION))
        enumerated = bool(number) and not numbered and bool(name)
        alone = len(cells) == 1 and first not in self.table.columns.get(header.NAME, [])
        if self.over and not (enumerated and sounds_like_office(text)):
            return False
        if not only_named or (self._own(row, header.OFFICE) and not enumerated):
            return False
        alone = alone and first in self._number_columns()
        bare = _without_enumerator(text)
        if not (
            enumerated or alone or sounds_like_office(bare) or (_ROMAN_NUMBER.match(text) and has_office_word(bare))
        ):
            return False
        self.over = False
        self.group = None if _is_heading_of_groups(text) else _COUNT_BEHIND.sub("", text)
        self.above = {}
        return True

    def _line(self, row: int) -> Line:
        values = {}
        for field, columns in self.table.columns.items():
            values[field] = [self.filled.get((row, column), self.sheet.at(row, column)) for column in columns]
        for field in (header.OFFICE, header.POSITION):
            values[field] = [self._above(field) if is_ditto(v) else v for v in values.get(field, [])]
            self.above[field] = next((v for v in values[field] if words_of(v)), None)
        raw = {
            self.table.titles.get(column, f"{column + 1}"): text_of(value)
            for column, value in enumerate(self.sheet.grid[row])
            if not is_empty(value) and not isinstance(value, Fault)
        }
        own_number = bool(self._own(row, header.NUMBER))
        self.numbered = self.numbered or own_number
        said = {field for field in self.table.columns if self._own(row, field)}
        doubtful = self.numbered and not own_number and said <= {header.NAME, header.FAMILY, header.GIVEN}
        return Line(row, values, self.group, raw, doubtful)

    def _above(self, field: str) -> Value:
        """What a sign of repetition repeats. With nothing above, an office is asked and no position is stated."""
        nothing = _AS_ABOVE if field == header.OFFICE and not self.group else None
        return self.above.get(field) or nothing


def lines_of(sheet: Sheet, tables: list[Table], on: dt.date, before: Line | None = None) -> tuple[list[Line], int]:
    """(people in the order of the sheet, how many numbered lines at an end were left out as made beforehand). `before`
    is the last person of the sheet before, where its list goes on in this one."""
    lines: list[Line] = []
    group, left_out = before.group if before else None, 0
    above, columns = _said_by(before) if before else {}, tables[0].columns
    for table in tables:
        reader = _Reader(sheet, table, on, group)
        reader.above = above if table.columns == columns else {}
        found = list(reader.lines())
        group, above, columns = reader.group, reader.above, table.columns
        kept = _without_numbered_beforehand(found)
        left_out += len(found) - len(kept)
        lines += kept
    return lines, left_out


def _said_by(line: Line) -> dict[str, Value]:
    """What a person has as office and position, for a sign of repetition below."""
    if line.read is not None:
        return {header.OFFICE: line.read["office_text"], header.POSITION: line.read["position"]}
    said = {field: line.values.get(field, []) for field in (header.OFFICE, header.POSITION)}
    return {field: next((v for v in values if words_of(v)), None) for field, values in said.items()}


def sounds_like_office(text: str) -> bool:
    """Whether a text begins as names of offices do, and as names of people do not."""
    words = marked_words(text)
    if len(words) > 1 and text.isascii() and words[0] in _BARE_PAIRS:
        return words[1] in _BARE_PAIRS[words[0]].split()
    if not words or words[0] not in _OFFICE_WORDS or (len(words) == 1 and len(words[0]) < 3):
        return False
    pairs = _OFFICE_PAIRS.get(words[0])
    return pairs is None or (len(words) > 1 and words[1] in pairs)


def has_office_word(text: str) -> bool:
    """Whether the first word, with or without its marks, is one that names of offices begin with."""
    return fold(text).split(" ")[0] in _FOLDED_OFFICE_WORDS


def _without_enumerator(text: str) -> str:
    return re.sub(r"^\s*([IVXLC]{1,5}|[A-ZĐ]|\d{1,2})\s*[.)\-:/]\s*", "", text)


def _is_heading_of_groups(text: str) -> bool:
    """ "A. KHỐI CƠ QUAN" stands above several offices and is none."""
    return marked_words(_without_enumerator(text))[:1] == ("khối",) or fold(text).startswith(("cac ", "khoi "))


def _filled_down(sheet: Sheet, table: Table) -> dict[tuple[int, int], Value]:
    """A cell merged over several people says its office, or position, of each of them."""
    columns = {*table.columns.get(header.OFFICE, []), *table.columns.get(header.POSITION, [])}
    filled: dict[tuple[int, int], Value] = {}
    for top, left, bottom, _right in sheet.merges:
        if left in columns and bottom > top >= table.body:
            value = sheet.at(top, left) if top < len(sheet.grid) else None
            filled |= {(row, left): value for row in range(top + 1, min(bottom + 1, table.end))}
    return filled


def _says_anything(line: Line) -> bool:
    return line.read is not None or any(
        not is_empty(value) for field, values in line.values.items() if field != header.NUMBER for value in values
    )


def _without_numbered_beforehand(lines: list[Line]) -> list[Line]:
    last = len(lines)
    while last and not _says_anything(lines[last - 1]):
        last -= 1
    return lines if len(lines) - last < _NUMBERED_BEFOREHAND else lines[:last]

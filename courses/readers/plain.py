"""Lines as nearly all of a long list are, read in one go: numbered, a plain name, each value in a column of its own.

It says nothing that `rows` and `rosters` would not say of the same line, eight times as slowly; whatever is not plain
is left to them. A property test holds the two together.
"""

import datetime as dt
import re
from typing import Any

from courses.constants.printing import unprintable
from courses.readers import header
from courses.readers.fields import gender_of, is_ditto, words_of, years_of_birth
from courses.readers.grid import Sheet
from courses.readers.table import Table
from courses.readers.words import Value, text_of

_SMALL = "a-zàáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
_CAPITAL = "A-Z" + _SMALL[3:].upper()
_HONORIFICS = "Ông|Bà|Anh|Chị|Cô|Chú|Đồng|Đc|Ths|Ts|Bs|Ks|Cn|Ds|Gs|Pgs|Ncs|Cki|Ckii|Mr|Mrs|Ms|Ong|Ba|Chi|Dong|Dc"
#: Titles, and words that begin a text for nobody.
_NO_NAMES = f"{_HONORIFICS}|Chưa|Không|Bỏ|Chua|Khong|Bo"
_WORD = f"[{_CAPITAL}][{_SMALL}]*"
_name = re.compile(f"(?!(?:{_NO_NAMES}) ){_WORD}(?: {_WORD}){{1,7}}").fullmatch
_phone = re.compile(r"0[13-9][0-9]{8}").fullmatch
_email = re.compile(r"[A-Za-z0-9._+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+").fullmatch
_citizen = re.compile(r"[0-9]{12}").fullmatch
_date = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})").fullmatch
_FIELDS = (
    header.NUMBER, header.NAME, header.BIRTH, header.GENDER, header.POSITION, header.OFFICE, header.PHONE, header.EMAIL,
    header.CITIZEN,
)  # fmt: skip
_MOST_REMEMBERED = 20_000


class PlainLines:
    """Reads single lines of one list; None for a line that is not plain."""

    def __init__(self, sheet: Sheet, table: Table, on: dt.date, filled: set[int]):
        """`filled` are the lines into which a merged cell is filled down."""
        self.grid, self.precisions, self.filled, self.years = sheet.grid, sheet.precisions, filled, years_of_birth(on)
        columns = table.columns
        self.usable = (
            columns.keys() <= set(_FIELDS)
            and {header.NUMBER, header.NAME} <= columns.keys()
            and all(len(found) == 1 for found in columns.values())
        )
        self.columns = [columns.get(field, [-1])[0] for field in _FIELDS] if self.usable else []
        width = max(map(len, sheet.grid[table.body : table.end]), default=0)
        self.width = max([width, *(column + 1 for column in self.columns)])
        self.titles = [table.titles.get(column, f"{column + 1}") for column in range(self.width)]
        as_they_are = {columns[f][0] for f in (header.NAME, header.PHONE, header.EMAIL, header.CITIZEN) if f in columns}
        self.clean = [column in as_they_are for column in range(self.width)]  # these are plain, or the line is not
        self.texts: dict[str, str] = {}
        self.words: dict[Value, str | None] = {"": None, None: None}
        self.genders: dict[Value, str | None] = {"": None, None: None}

    def read(self, row: int) -> dict[str, Any] | None:
        """What the line says, as `rosters` answers it; its sheet, and an office said elsewhere, are not filled in."""
        cells = self.grid[row]
        if not self.usable or len(cells) < self.width or row in self.filled:
            return None
        at_number, at_name, at_birth, at_gender, at_position, at_office, at_phone, at_email, at_citizen = self.columns
        number, name = cells[at_number], cells[at_name]
        if type(number) is str:
            if not (number.isascii() and number.isdigit() and len(number) < 6):
                return None
        elif type(number) is not float or not 0 < number < 100_000 or number % 1:
            return None
        if type(name) is not str or not _name(name):
            return None
        phone = cells[at_phone] if at_phone >= 0 else None
        email = cells[at_email] if at_email >= 0 else None
        citizen = cells[at_citizen] if at_citizen >= 0 else None
        for value, fits in ((phone, _phone), (email, _email), (citizen, _citizen)):
            if value is not None and value != "" and (type(value) is not str or not fits(value)):
                return None
        try:
            birth = self._birth(row, at_birth, cells[at_birth]) if at_birth >= 0 else None
            if not (birth or phone or email or citizen):
                return None
            return {
                "row": row + 1,
                "full_name": name,
                "gender": self._gender(cells[at_gender]) if at_gender >= 0 else None,
                "birth": birth,
                "position": self._said(cells[at_position]) if at_position >= 0 else None,
                "office_text": self._said(cells[at_office]) if at_office >= 0 else None,
                "phone": phone or None,
                "email": email or None,
                "citizen_id": citizen or None,
                "problems": [],
                "raw": self._raw(cells),
            }
        except _NotPlain:
            return None

    def _birth(self, row: int, column: int, value: Value) -> str | None:
        if value is None or value == "":
            return None
        if type(value) is str and (found := _date(value)):
            try:
                value = dt.date(int(found[3]), int(found[2]), int(found[1]))
            except ValueError:
                raise _NotPlain from None
        elif self.precisions and (row, column) in self.precisions:
            raise _NotPlain
        if type(value) is not dt.date or value.year not in self.years:
            raise _NotPlain
        return value.isoformat()

    def _gender(self, value: Value) -> str | None:
        try:
            return self.genders[value]
        except KeyError:
            gender, unclear = gender_of(value) if type(value) is str else (None, "gender_unclear")
            if unclear or len(self.genders) > _MOST_REMEMBERED:
                raise _NotPlain from None
            self.genders[value] = gender
            return gender

    def _said(self, value: Value) -> str | None:
        try:
            return self.words[value]
        except KeyError:
            if type(value) is not str or len(self.words) > _MOST_REMEMBERED:
                raise _NotPlain from None
            if is_ditto(value):
                raise _NotPlain from None
            said = words_of(value)
            if said and unprintable(said):
                raise _NotPlain from None
            self.words[value] = said
            return said

    def _raw(self, cells: list[Any]) -> dict[str, str]:
        raw = {}
        texts = self.texts
        for title, value, clean in zip(self.titles, cells, self.clean, strict=False):
            kind = type(value)
            if kind is str:
                if clean and value:
                    raw[title] = value
                elif value:
                    text = texts.get(value)
                    if text is None:
                        text = text_of(value)
                        if len(texts) < _MOST_REMEMBERED:
                            texts[value] = text
                    if text:
                        raw[title] = text
            elif kind is float:
                raw[title] = str(int(value)) if value % 1 == 0 and abs(value) < 1e15 else str(value)
            elif kind is dt.date:
                raw[title] = value.isoformat()
            elif value is not None:
                raise _NotPlain
        return raw


class _NotPlain(Exception):
    """The line is left to the general way."""

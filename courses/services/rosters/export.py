"""The list as it came, given back to the office with what is to be looked at beside each row."""

import re
from collections.abc import Iterable

from courses.constants.actors import Actor
from courses.constants.choices import GENDERS, RowDecision, RowFate, RowStatus
from courses.models import ImportBatch
from courses.readers import header
from courses.rendering.roster import RosterLine, roster_book
from courses.services.records import log_action
from courses.services.rosters.reading import host_of, meanings_for
from courses.services.rosters.rows import SKIP, OpenedRow, open_rows

#: Titles of columns that are added where the file said the office, or a position, for several rows at once. They stand
#: in the file, in the language of the file.
_ADDED = {
    header.OFFICE: "Đơn vị", header.POSITION: "Chức vụ", header.NAME: "Họ và tên", header.GENDER: "Giới tính",
    header.BIRTH: "Ngày sinh", header.PHONE: "Số điện thoại", header.EMAIL: "Email", header.CITIZEN: "CCCD",
}  # fmt: skip
_BIRTHS = (header.BIRTH, header.BIRTH_MALE, header.BIRTH_FEMALE)
#: Columns that say something of what can be put right: where a row was, all that they said is replaced.
_PUT_RIGHT = {
    header.NAME, header.FAMILY, header.GIVEN, header.GENDER, header.MALE, header.FEMALE, *_BIRTHS, header.BIRTH_DAY,
    header.BIRTH_MONTH, header.BIRTH_YEAR, header.POSITION, header.PHONE, header.EMAIL, header.CITIZEN,
}  # fmt: skip
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def roster_again(batch: ImportBatch, *, actor: Actor) -> bytes:
    """The rows as read (.xlsx: the file's own titles and cells, with what was put right in its cell) and a column "Cần
    xem lại"; read in again, it gives the same rows. Citizen numbers stand in it in full, so that it is logged. Refusal
    when the key is not here."""
    rows = open_rows(batch)
    columns = _Columns(rows, meanings_for(host_of(batch), batch.office))
    lines = [RosterLine(row.read.sheet or "", _cells(row, columns), _remark(row)) for row in rows]
    book = roster_book(lines, remarks=str(RowStatus.PROBLEM.label))
    log_action(actor, "download roster", batch, course=batch.course_id, changes={"rows": [None, len(rows)]})
    return book


class _Columns:
    """The columns of the file: what each title says, also where a person explained it."""

    def __init__(self, rows: Iterable[OpenedRow], meanings: header.Meanings):
        self._meanings = meanings
        self._fields: dict[str, str | None] = {}
        self._titles: dict[tuple[str | None, str | None], str] = {}
        for row in rows:
            for title in row.read.raw:
                self._titles.setdefault((row.read.sheet, self.field(title)), title)

    def field(self, title: str) -> str | None:
        if title not in self._fields:
            self._fields[title] = header.meaning_of(tuple(title.split(" / ")), self._meanings)
        return self._fields[title]

    def title(self, sheet: str | None, field: str | None) -> str | None:
        """The title of a field in a sheet, also of a cell that a merged one filled."""
        return self._titles.get((sheet, field))

    def of_sheet(self, sheet: str | None) -> set[str | None]:
        return {field for one, field in self._titles if one == sheet}


def _cells(row: OpenedRow, columns: _Columns) -> dict[str, str]:
    read = row.read
    cells, stated = dict(read.raw), {columns.field(title) for title in read.raw}
    office = read.office_text if read.office_from != "sheet" else ""
    if not office and read.office_from is None and row.kept.office:
        office = row.kept.office.name
    for field, text in ((header.OFFICE, office), (header.POSITION, read.position)):
        if text and field not in stated:
            cells[columns.title(read.sheet, field) or _ADDED[field]] = text
    if read.birth and read.birth.precision != "day" and not row.typed:
        # A cell that shows only the year of a whole date says the year.
        cells |= {
            title: read.birth.vietnamese()
            for title, text in read.raw.items()
            if _ISO.fullmatch(text) and columns.field(title) in _BIRTHS
        }
    if row.kept.fixed:
        cells = _put_right(row, cells, columns)
    return cells


def _put_right(row: OpenedRow, cells: dict[str, str], columns: _Columns) -> dict[str, str]:
    """The cells with what a person typed on screen in the column that says it, or in one more."""
    read = row.read
    said: dict[str | None, str] = {header.OFFICE: row.kept.office.name} if row.kept.office else {}
    if row.typed:
        said |= _said_of_person(row, columns.of_sheet(read.sheet))
        cells = {title: "" if columns.field(title) in _PUT_RIGHT else text for title, text in cells.items()}
    for field, text in said.items():
        title = columns.title(read.sheet, field) or _ADDED.get(field or "")
        if text and title:
            cells[title] = text
    return cells


def _said_of_person(row: OpenedRow, columns: set[str | None]) -> dict[str | None, str]:
    """What was typed, as it was read or else as it was typed, by the field of its column among those of the sheet."""
    read, typed = row.read, row.typed
    said: dict[str | None, str] = {
        header.POSITION: read.position or typed.get("position", ""),
        header.PHONE: read.phone or typed.get("phone", ""),
        header.EMAIL: read.email or typed.get("email", ""),
        header.CITIZEN: read.citizen_id or typed.get("citizen_id", ""),
    }
    name = read.full_name or typed.get("full_name", "")
    if header.NAME not in columns and {header.FAMILY, header.GIVEN} <= columns:
        said[header.FAMILY], _blank, said[header.GIVEN] = name.rpartition(" ")
    else:
        said[header.NAME] = name
    of_gender = {"m": (header.MALE, header.BIRTH_MALE), "f": (header.FEMALE, header.BIRTH_FEMALE)}.get(read.gender, ())
    birth = read.birth.vietnamese() if read.birth else typed.get("birth", "")
    own = next((field for field in of_gender if field in _BIRTHS and field in columns), None)
    said[own if own and header.BIRTH not in columns else header.BIRTH] = birth
    if of_gender and header.GENDER not in columns and of_gender[0] in columns:
        said[of_gender[0]] = "x"
    elif of_gender and not (own and birth):
        said[header.GENDER] = GENDERS[read.gender]
    return said


def _remark(row: OpenedRow) -> str:
    """What still needs looking at; of a row that was left out, that nobody was taken in by it."""
    kept = row.kept
    said = [RowFate(kept.fate).label, kept.why] if kept.fate in (RowFate.OVER, RowFate.WAITING) else []
    said += kept.problems if kept.fate in ("", RowFate.WAITING) else []
    if kept.fate == RowFate.LEFT_OUT or (not kept.fate and kept.choice == SKIP):
        said.append(RowFate.LEFT_OUT.label)
    elif not kept.fate and row.sound and ((row.asks and not kept.choice) or kept.decision == RowDecision.OVER_SEATS):
        said += [RowDecision(kept.decision).label, *row.notes]
    return ". ".join(str(one).rstrip(".") for one in said if one)

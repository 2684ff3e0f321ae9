"""All stages: a file's bytes in, an answer of plain values out (or `Unreadable`)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from courses.constants.printing import unprintable
from courses.readers import container, header, unknown
from courses.readers.fields import birth_of, citizen_of, email_of, gender_of, mark_of, name_of, phone_of, words_of
from courses.readers.grid import Sheet
from courses.readers.rows import Line, lines_of
from courses.readers.sheets import sheets_of
from courses.readers.table import Table, going_on, tables_of
from courses.readers.unreadable import Title, Unreadable
from courses.readers.words import Fault, Value, is_empty, text_of

MOST_PEOPLE = 100_000
Problem = tuple[str, dict[str, Any]]

_FIELD_OF_COLUMN = {
    header.FAMILY: "full_name", header.GIVEN: "full_name", header.MALE: "gender", header.FEMALE: "gender",
    header.BIRTH_MALE: "birth", header.BIRTH_FEMALE: "birth", header.BIRTH_DAY: "birth", header.BIRTH_MONTH: "birth",
    header.BIRTH_YEAR: "birth",
}  # fmt: skip


def answer_asked(data: bytes, asked: Mapping[str, Any]) -> dict[str, Any]:
    """For the child process: {"on": day, "meanings": {title: field}} as JSON has it."""
    return read_answer(data, dt.date.fromisoformat(asked["on"]), asked["meanings"])


def read_answer(data: bytes, on: dt.date, meanings: header.Meanings | None = None) -> dict[str, Any]:
    """{"rows": […], "hidden_sheets": […], "notes": […], "titles": […]}, all of it JSON; see `records.reading_of`.

    `on` is the day that ages are reckoned on; `meanings` are what a person said of column titles. Unreadable when the
    file as a whole is refused; with the titles, when no list is found but something that looks like one.
    """
    said = {title: field for title, field in (meanings or {}).items() if field in (*header.MAPPABLE, header.NOT_READ)}
    kind = container.kind_of(data)
    sheets, hidden, notes = sheets_of(data, kind)
    lists, going = _lists_of(sheets, said, may_go_on=kind == "docx")
    if not lists:
        titles = unknown.titles_of(sheets)
        raise Unreadable("unknown_header", titles=titles) if titles else Unreadable("no_table")
    if kind == "csv":
        lists = [max(lists, key=lambda found: sum(table.known for table in found[1]))]
    elif kind != "docx":
        without = {sheet.name for sheet in sheets if sheet.grid} - {sheet.name for sheet, _tables in lists}
        notes = [*notes, *(("sheet_without_list", {"sheet": s.name}) for s in sheets if s.name in without)]
    rows: list[dict[str, Any]] = []
    missed: list[str] = []
    to_explain: dict[str, Title] = {}
    lines: list[Line] = []
    for sheet, tables in lists:
        unread, around = unknown.left_out(sheet, tables, said)
        missed += unread
        to_explain = {one["title"]: one for one in around} | to_explain
        if any(table.has_neighbour for table in tables):
            notes = [*notes, ("list_beside", {})]
        lines, left_out = lines_of(sheet, tables, on, lines[-1] if lines and sheet.name in going else None)
        if left_out:
            notes = [*notes, ("numbered_beforehand", {"count": left_out})]
        if len(rows) + len(lines) > MOST_PEOPLE:
            raise Unreadable("too_many", most=MOST_PEOPLE)
        name = None if kind == "docx" and len(lists) == 1 else sheet.name
        rows += [_row(line, sheet, name, on, named_sheets=kind != "docx") for line in lines]
    if not rows:
        raise Unreadable("no_people")
    if missed:
        notes = [*notes, ("unread_columns", {"titles": ", ".join(dict.fromkeys(missed))})]
    return {"rows": rows, "hidden_sheets": hidden, "notes": notes, "titles": list(to_explain.values())}


def _lists_of(
    sheets: list[Sheet], meanings: header.Meanings, *, may_go_on: bool
) -> tuple[list[tuple[Sheet, list[Table]]], set[str | None]]:
    """(each sheet that has lists, with them; the names of sheets in which the list of the one before goes on)."""
    lists: list[tuple[Sheet, list[Table]]] = []
    going: set[str | None] = set()
    before: tuple[Sheet, Table] | None = None
    for one in sheets:
        sheet, tables = tables_of(one, meanings)
        if not tables and may_go_on and before and (more := going_on(one, *before)):
            sheet, tables = more[0], [more[1]]
            going.add(sheet.name)
        before = (sheet, tables[-1]) if tables else None
        if tables:
            lists.append((sheet, tables))
    return lists, going


def _row(line: Line, sheet: Sheet, name: str | None, on: dt.date, *, named_sheets: bool) -> dict[str, Any]:
    if line.read is not None:
        office, said_by = _office(line, sheet if named_sheets else None, line.read["office_text"])
        line.read |= {"sheet": name, "office_text": office, "office_from": said_by}
        return line.read
    values = line.values
    problems = _faults(values)
    full_name, behind, wrong_name = name_of(_all(values, header.FAMILY, header.GIVEN) or _all(values, header.NAME))
    birth, gender, wrong_person = _birth_and_gender(line, sheet, on)
    phone, wrong_phone = _first(values, header.PHONE, phone_of)
    email, wrong_email = _first(values, header.EMAIL, email_of)
    citizen, wrong_citizen = _first(values, header.CITIZEN, lambda value: citizen_of(value, gender, birth))
    own = next(filter(None, map(words_of, values.get(header.OFFICE, []))), None)
    office, said_by = _office(line, sheet if named_sheets else None, own)
    doubtful = "doubtful" if line.doubtful else None
    position = next(filter(None, map(words_of, values.get(header.POSITION, []))), None) or behind
    wrong_position = "position_unprintable" if position and unprintable(position) else None
    codes = [wrong_name, doubtful, *wrong_person, wrong_position, wrong_phone, wrong_email, wrong_citizen]
    return {
        "sheet": name,
        "row": line.row + 1,
        "full_name": full_name or "",
        "gender": gender,
        "birth": birth.iso() if birth else None,
        "position": position,
        "office_text": office,
        "office_from": said_by,
        "phone": phone,
        "email": email,
        "citizen_id": citizen,
        "problems": [*problems, *((code, {}) for code in codes if code)],
        "raw": line.raw,
    }


def _all(values: dict[str, list[Value]], *fields: str) -> list[Value]:
    return [value for field in fields for value in values.get(field, [])]


def _faults(values: dict[str, list[Value]]) -> list[Problem]:
    found = {
        (value.kind, _FIELD_OF_COLUMN.get(field, field))
        for field, cells in values.items()
        for value in cells
        if isinstance(value, Fault) and field != header.NUMBER
    }
    return [(kind, {"field": field}) for kind, field in sorted(found)]


def _first(values: dict[str, list[Value]], field: str, read):
    """The first column of the field that can be read; else what is wrong with the first that holds anything."""
    answers = [read(value) for value in values.get(field, []) if not is_empty(value) and not isinstance(value, Fault)]
    good = next((answer for answer in answers if answer[0]), None)
    return good or next((answer for answer in answers if answer[1]), (None, None))


def _birth_and_gender(line: Line, sheet: Sheet, on: dt.date):
    """(birth, gender, problems): the column in which a year stands can state the sex, as can an X."""
    values, wrong = line.values, []

    def read(value: Value):
        return birth_of(value, on, _shown(sheet, line.row, value))

    birth, problem = _first(values, header.BIRTH, read)
    gender, unclear = _first(values, header.GENDER, gender_of)
    for field, marks, sex in ((header.BIRTH_MALE, header.MALE, "m"), (header.BIRTH_FEMALE, header.FEMALE, "f")):
        stated = [v for v in values.get(field, []) if not is_empty(v) and mark_of(v) is not False]
        ticks = [v for v in values.get(marks, []) if mark_of(v) or gender_of(v)[0] == sex]
        years = [v for v in values.get(marks, []) if mark_of(v) is None and v not in ticks and not isinstance(v, Fault)]
        if not (stated or ticks or years):
            continue
        unclear = "gender_both" if gender not in (None, sex) else unclear
        gender = gender or sex
        dates = [read(v) for v in [*stated, *years] if not isinstance(v, Fault) and not mark_of(v)]
        if dates and birth and dates[0][0] and dates[0][0] != birth:
            problem = "birth_two"
        elif dates and not birth:
            birth, problem = dates[0][0], dates[0][1] or problem
    in_parts = (header.BIRTH_DAY, header.BIRTH_MONTH, header.BIRTH_YEAR)
    parts = [text_of(next(iter(values.get(field, [])), None)) for field in in_parts]
    if any(parts) and not birth and not problem:
        birth, problem = birth_of("/".join(filter(None, parts)), on)
    if unclear == "gender_both":
        gender = None
    wrong = [problem, unclear]
    return birth, gender, wrong


def _shown(sheet: Sheet, row: int, value: Value) -> str | None:
    """How much of a date its cell's number format shows."""
    if not isinstance(value, dt.date):
        return None
    cells = sheet.grid[row]
    return next((sheet.precisions.get((row, column)) for column, cell in enumerate(cells) if cell is value), None)


def _office(line: Line, sheet: Sheet | None, own: str | None) -> tuple[str | None, str | None]:
    """(words, who said them): the row's own column, the line above its group, else the sheet's name."""
    if own:
        return own, "column"
    if line.group:
        return line.group, "group"
    return (sheet.name, "sheet") if sheet and sheet.name else (None, None)

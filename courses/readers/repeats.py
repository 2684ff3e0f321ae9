"""Rows of one file that are the same person."""

from collections.abc import Sequence

from courses.readers.records import RosterRow
from courses.readers.words import fold, letters_and_tone, marked_words


def mark_repeats(rows: Sequence[RosterRow], office_codes: Sequence[str | None] | None = None) -> list[RosterRow]:
    """The rows in their order; one that is the same person as an earlier row says so among its problems.

    The same person: the same citizen number; or the same name, date of birth and office, unless both rows state
    citizen numbers that differ. Without a date of birth on either row, the same name and office count only together
    with the same telephone number or e-mail address. `office_codes`, beside the rows, are the offices that were
    matched; without them the file's own words are compared.
    """
    codes = office_codes or [None] * len(rows)
    marked: list[RosterRow] = []
    by_number: dict[str, RosterRow] = {}
    by_name: dict[tuple, list[RosterRow]] = {}
    for row, code in zip(rows, codes, strict=True):
        earlier = by_number.get(row.citizen_id or "")
        key = (_name_key(row.full_name), code or fold(row.office_text or ""))
        if earlier is None and row.full_name:
            earlier = next((other for other in by_name.get(key, []) if _same_person(row, other)), None)
        marked.append(_repeat_of(row, earlier) if earlier else row)
        if row.citizen_id:
            by_number.setdefault(row.citizen_id, row)
        by_name.setdefault(key, []).append(row)
    return marked


def _name_key(name: str) -> tuple:
    """Names are compared by letters and tones, wherever the tone mark was put; missing marks make another name."""
    return tuple(map(letters_and_tone, marked_words(name)))


def _same_person(row: RosterRow, other: RosterRow) -> bool:
    if row.citizen_id and other.citizen_id:
        return row.citizen_id == other.citizen_id
    if row.birth or other.birth:
        return row.birth == other.birth
    return any(mine and mine == theirs for mine, theirs in ((row.phone, other.phone), (row.email, other.email)))


def _repeat_of(row: RosterRow, earlier: RosterRow) -> RosterRow:
    if row.sheet == earlier.sheet:
        return row.with_problem("repeat", row=earlier.row)
    return row.with_problem("repeat_elsewhere", row=earlier.row, sheet=earlier.sheet or "")

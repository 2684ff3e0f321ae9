"""Which office each row of a roster belongs to."""

from collections.abc import Iterable

from courses.readers.offices import Close, Match, OfficeIndex
from courses.readers.records import RosterRow


def place(
    rows: Iterable[RosterRow], index: OfficeIndex, default: str | None = None
) -> list[tuple[RosterRow, str | None]]:
    """(row, code of its office or None) for each row; a row whose office is not certain says so among its problems.

    A sheet's name counts only when it is an office's. `default` is the code for rows that state no office: the office
    that sent the file.
    """
    return [_placed(row, index, default) for row in rows]


def _placed(row: RosterRow, index: OfficeIndex, default: str | None) -> tuple[RosterRow, str | None]:
    found = index.find(row.office_text, within=default) if row.office_text else None
    if isinstance(found, Match):
        return row, found.code
    if row.office_text is None or row.office_from == "sheet":
        return (row, default) if default else (row.with_problem("office_missing"), None)
    if isinstance(found, Close):
        names = "; ".join(index.name(code) for code in found.codes)
        return row.with_problem("office_close", office=row.office_text, names=names), None
    return row.with_problem("office_unknown", office=row.office_text), None

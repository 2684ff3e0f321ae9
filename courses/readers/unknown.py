"""Column titles that nobody here understands, of a whole list or of some of its columns, so that a person can say what
the columns hold."""

import re

from courses.constants.citizen_digits import masked
from courses.readers.grid import Sheet
from courses.readers.header import FAMILY, GIVEN, NAME, Meanings, is_of_no_use, meaning_of
from courses.readers.table import Table
from courses.readers.unreadable import Title
from courses.readers.words import Value, is_empty, text_of

_LONGEST_TITLE, _LONGEST_SAMPLE = 80, 40
_MOST_ROWS_ABOVE, _ROWS_BELOW, _SAMPLES, _MOST_TITLES = 60, 20, 3, 60
_PERSON = re.compile(r"[^\W\d_]{1,7}([ .'’]+[^\W\d_]{1,8}){1,6}")
_LONG_NUMBER = re.compile(r"\d(?:[\s.\-]?\d){8,}")


def titles_of(sheets: list[Sheet]) -> list[Title]:
    """The titles of the row, in any of the sheets, that looks most like a header; [] when none does.

    A header is several short texts above a line that holds something like a name and as much beside it.
    """
    best: tuple[int, Sheet, int] | None = None
    for sheet in sheets:
        for row in range(min(len(sheet.grid), _MOST_ROWS_ABOVE)):
            width = _looks_like_header(sheet, row)
            if width and (best is None or width > best[0]):
                best = width, sheet, row
    return _titles(best[1], best[2]) if best else []


def left_out(sheet: Sheet, tables: list[Table], meanings: Meanings) -> tuple[list[str], list[Title]]:
    """(titles of columns that are not read though people of the list have something there, and all titles of those
    lists with some cells of each, so that a person can say what the columns hold); call it before lines are read."""
    missed: list[str] = []
    titles: list[Title] = []
    for table in tables:
        read = {column for columns in table.columns.values() for column in columns}
        names = [c for field in (NAME, FAMILY, GIVEN) for c in table.columns.get(field, [])]
        unread = [
            title
            for column, title in table.titles.items()
            if column not in read and _is_missed(title, meanings) and _holds_something(sheet, table, column, names)
        ]
        if unread:
            missed += unread
            titles += _with_samples(sheet, table.titles, table.body)
    return missed, titles


def _is_missed(title: str, meanings: Meanings) -> bool:
    path = tuple(title.split(" / "))
    if not re.search(r"[^\W\d_]", title) or len(title) > _LONGEST_TITLE:
        return False
    return meaning_of(path, meanings) is None and not is_of_no_use(path, meanings)


def _holds_something(sheet: Sheet, table: Table, column: int, names: list[int]) -> bool:
    """Beside a name: what stands below a list is none of it."""
    return any(
        not is_empty(sheet.at(row, column)) and any(not is_empty(sheet.at(row, name)) for name in names)
        for row in range(table.body, table.end)
    )


def _looks_like_header(sheet: Sheet, row: int) -> int:
    """How many titles the row has when people stand below it, else 0."""
    titles = _texts(sheet.grid[row])
    if len(titles) < 2 or any(len(text) > _LONGEST_TITLE for text in titles.values()):
        return 0
    if len(titles) < sum(not is_empty(value) for value in sheet.grid[row]):
        return 0  # numbers and dates are no titles
    if len(set(titles.values())) < len(titles) or any(re.search(r"\d{4,}|@", text) for text in titles.values()):
        return 0
    below = [line for line in sheet.grid[row + 1 : row + 1 + _ROWS_BELOW] if any(not is_empty(v) for v in line)]
    people = [line for line in below if _looks_like_person(line, titles)]
    return len(titles) if people and len(people) * 3 >= len(below) else 0


def _looks_like_person(line: list[Value], titles: dict[int, str]) -> bool:
    cells = {column: text for column in titles if column < len(line) and (text := text_of(line[column]))}
    return len(cells) > 1 and any(map(_looks_like_name, cells.values()))


def _looks_like_name(text: str) -> bool:
    return bool(_PERSON.fullmatch(text)) and sum(word[0].isupper() for word in text.split()) * 2 > len(text.split())


def _texts(line: list[Value]) -> dict[int, str]:
    return {
        column: text
        for column, value in enumerate(line)
        if isinstance(value, str) and (text := text_of(value)) and re.search(r"[^\W\d_]", text)
    }


def _titles(sheet: Sheet, row: int) -> list[Title]:
    return _with_samples(sheet, _texts(sheet.grid[row]), row + 1)


def _with_samples(sheet: Sheet, titles: dict[int, str], body: int) -> list[Title]:
    below = [line for line in sheet.grid[body : body + _ROWS_BELOW] if len(line)]
    found: list[Title] = []
    for column, title in list(titles.items())[:_MOST_TITLES]:
        cells = (text_of(line[column]) for line in below if column < len(line))
        samples = [_shown(text) for text in cells if text][:_SAMPLES]
        found.append({"title": title, "samples": samples})
    return found


def _shown(text: str) -> str:
    return _LONG_NUMBER.sub(lambda number: masked(number[0]), text)[:_LONGEST_SAMPLE]

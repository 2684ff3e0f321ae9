"""Third stage: where a list begins in a sheet, and what each of its columns is.

Above the list stand titles; its header takes one to three rows, with cells merged over columns and rows, and may be
followed by a row of column numbers. A sheet can hold several lists, or one whose header is repeated on each page.
"""

import re
from dataclasses import dataclass, field

from courses.readers import header
from courses.readers.grid import Sheet
from courses.readers.legacy import decode
from courses.readers.words import Value, is_empty, text_of

_MOST_HEADER_ROWS = 3
_MOST_LISTS = 200
_NUMBERS = re.compile(r"\s*\d[\d\s/.\-]*")
_SHORT_WORDS = re.compile(r"[^\W\d_]+( [^\W\d_]+)?")


@dataclass(frozen=True)
class Table:
    """Rows count from 0; the body runs from `body` to before `end`."""

    top: int
    body: int
    end: int
    columns: dict[str, list[int]] = field(default_factory=dict)
    titles: dict[int, str] = field(default_factory=dict)
    #: Whether another list stands beside this one, which is not read.
    has_neighbour: bool = False

    @property
    def known(self) -> int:
        """How many columns were understood."""
        return sum(map(len, self.columns.values()))


def tables_of(sheet: Sheet, meanings: header.Meanings) -> tuple[Sheet, list[Table]]:
    """(the sheet in Unicode, its lists). Other encodings are tried only when no header is found without.

    `meanings` are what a person said of column titles; they win over the words that are known here.
    """
    found = _find(sheet, meanings)
    for encoding in sheet.encodings:
        if found:
            break
        decoded = _decoded(sheet, encoding)
        if found := _find(decoded, meanings):
            sheet = decoded
    return sheet, found


def going_on(sheet: Sheet, before: Sheet, table: Table) -> tuple[Sheet, Table] | None:
    """The list `table` of the sheet `before` going on in this one, which has no header; None when it does not.

    So Word has it where a table was cut in two, at the end of a page. Certain is as many columns, and in the first line
    a name and the number after the last one.
    """
    sheet = _decoded(sheet, before.decoded) if before.decoded else sheet
    width, ours = (max(map(len, one.grid), default=0) for one in (before, sheet))
    numbers, names = (table.columns.get(field, []) for field in (header.NUMBER, header.NAME))
    if width != ours or not numbers or not (names or header.FAMILY in table.columns):
        return None
    last = [n for row in range(table.body, table.end) if (n := _number(before.at(row, numbers[0])))]
    first = next((row for row, line in enumerate(sheet.grid) if not all(map(is_empty, line))), None)
    if not last or first is None or _number(sheet.at(first, numbers[0])) != last[-1] + 1:
        return None
    named = any(isinstance(sheet.at(first, c), str) for c in names or table.columns[header.FAMILY])
    return (sheet, Table(0, first, len(sheet.grid), table.columns, table.titles)) if named else None


def _number(value: Value) -> int | None:
    digits = text_of(value).strip(" .)(/")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else None


def _decoded(sheet: Sheet, encoding: str) -> Sheet:
    grid = [[decode(v, encoding) if isinstance(v, str) else v for v in line] for line in sheet.grid]
    return Sheet(sheet.name, grid, sheet.merges, (), sheet.precisions, encoding)


def _find(sheet: Sheet, meanings: header.Meanings) -> list[Table]:
    over = _merged_texts(sheet)
    headers: list[Table] = []
    row, height = 0, len(sheet.grid)
    while row < height and len(headers) < _MOST_LISTS:
        best = _header_at(sheet, over, row, headers, meanings) if _names_people(sheet, row, meanings) else None
        if best:
            headers.append(best)
        row = best.body if best else row + 1
    ends = [*(later.top for later in headers[1:]), height]
    return [_with_second_name_column(sheet, t, end) for t, end in zip(headers, ends, strict=False)]


def _names_people(sheet: Sheet, row: int, meanings: header.Meanings) -> bool:
    texts = [value for value in sheet.grid[row] if isinstance(value, str) and value]
    if not meanings and not header.may_name_people("\n".join(texts)):
        return False
    return any(header.names_people(text_of(text), meanings) for text in texts)


def _header_at(
    sheet: Sheet, over: dict[tuple[int, int], str], row: int, before: list[Table], meanings: header.Meanings
) -> Table | None:
    """The header of one to three rows around `row` that explains and tells apart most columns; else the shortest.

    Below another list (`before`) stand people: a header that is repeated is taken as it was, and none reaches up to a
    row that holds numbers.
    """
    first = before[-1].body if before else 0
    while before and first < row and any(_has_numbers(sheet, above) for above in range(first, row)):
        first += 1
    windows = [
        (top, top + size)
        for size in range(1, _MOST_HEADER_ROWS + 1)
        for top in range(max(first, row - size + 1), row + 1)
        if top + size <= len(sheet.grid)
    ]
    candidates = [_read_header(sheet, over, top, bottom, meanings) for top, bottom in windows]
    known = [(table.titles, table.columns) for table in before]
    if again := next((table for table in candidates if (table.titles, table.columns) in known), None):
        return again
    best = max(candidates, key=lambda table: (table.known, len(table.columns), table.top - table.body))
    return best if _is_list(best, meanings) else None


def _has_numbers(sheet: Sheet, row: int) -> bool:
    """A serial number, a date, a telephone: such a row is a person's, or a total."""
    return any(
        bool(_NUMBERS.fullmatch(value)) if isinstance(value, str) else not is_empty(value) for value in sheet.grid[row]
    )


def _is_list(table: Table, meanings: header.Meanings) -> bool:
    names = header.NAME in table.columns or {header.FAMILY, header.GIVEN} <= table.columns.keys()
    explained = any(header.title_key(title) in meanings for title in table.titles.values())
    return names and (explained or table.known > 1 or len(table.titles) == 1)


def _merged_texts(sheet: Sheet) -> dict[tuple[int, int], str]:
    """The text of each merged box for each of the other columns of its first row."""
    texts: dict[tuple[int, int], str] = {}
    for top, left, _bottom, right in sheet.merges:
        if top < len(sheet.grid) and right > left and isinstance(value := sheet.at(top, left), str):
            texts |= {(top, column): text_of(value) for column in range(left + 1, min(right, left + 50) + 1)}
    return texts


def _read_header(
    sheet: Sheet, over: dict[tuple[int, int], str], top: int, bottom: int, meanings: header.Meanings
) -> Table:
    width = max(len(line) for line in sheet.grid[top:bottom])
    paths: list[list[str]] = [[] for _ in range(width)]
    for row in range(top, bottom):
        for column in range(width):
            value = sheet.at(row, column)
            text = text_of(value) if isinstance(value, str) else "" if is_empty(value) else "?"
            text = text or over.get((row, column), "")
            if not text and column and not any(paths[column]) and _has_text_below(sheet, row, column, bottom):
                text = paths[column - 1][row - top]
            paths[column].append(text)
    columns: dict[str, list[int]] = {}
    for column, path in enumerate(paths):
        if found := header.meaning_of(tuple(filter(None, path)), meanings):
            columns.setdefault(found, []).append(column)
    down_to = [m[2] + 1 for m in sheet.merges if top <= m[0] < bottom and m[2] < top + _MOST_HEADER_ROWS]
    reached = max([bottom, *down_to])
    titles = {column: " / ".join(filter(None, path)) for column, path in enumerate(paths) if any(path)}
    beside = _beside(columns)
    if beside:
        columns = {f: mine for f, found in columns.items() if (mine := [c for c in found if c < beside])}
        titles = {column: title for column, title in titles.items() if column < beside}
    return Table(top, reached, reached, _settled(columns), titles, beside is not None)


def _beside(columns: dict[str, list[int]]) -> int | None:
    """Where another list begins beside the first: numbers and names once more. Its telephone is not that of the first
    list's person."""
    numbers, names = (columns.get(field, []) for field in (header.NUMBER, header.NAME))
    if len(numbers) > 1 and len(names) > 1 and names[0] < numbers[1] < names[-1]:
        return numbers[1]
    return None


def _has_text_below(sheet: Sheet, row: int, column: int, bottom: int) -> bool:
    """A gap above a title belongs to the wider title on its left, also where no merge is recorded."""
    return any(not is_empty(sheet.at(below, column)) for below in range(row + 1, bottom))


def _settled(columns: dict[str, list[int]]) -> dict[str, list[int]]:
    """Columns that mean something only beside others."""
    columns = dict(columns)
    if header.BIRTH_MALE in columns and columns.keys() & {header.BIRTH_DAY, header.BIRTH_MONTH}:
        columns[header.BIRTH_YEAR] = columns.pop(header.BIRTH_MALE)  # "Nam" for "Năm", written without marks
    if header.FAMILY in columns and header.GIVEN in columns:
        columns.pop(header.NAME, None)
    elif header.NAME in columns:
        columns.pop(header.GIVEN, None)
        columns[header.NAME] = _side_by_side(columns[header.NAME])
    if header.GIVEN in columns and header.FAMILY not in columns:
        columns[header.NAME] = columns.pop(header.GIVEN)
    return columns


def _side_by_side(found: list[int]) -> list[int]:
    """A name in two columns under one title; a second name further away is somebody else's."""
    return [column for number, column in enumerate(found) if column == found[0] + number]


def _with_second_name_column(sheet: Sheet, table: Table, end: int) -> Table:
    """The list with its end; a column without a title that holds given names beside the names belongs to them."""
    columns = dict(table.columns)
    names = columns.get(header.NAME, [])
    if len(names) == 1 and names[0] + 1 not in table.titles:
        pairs = [(sheet.at(r, names[0]), sheet.at(r, names[0] + 1)) for r in range(table.body, end)]
        beside = [text_of(right) for left, right in pairs if not is_empty(left)]
        short = [text for text in beside if _SHORT_WORDS.fullmatch(text)]
        if len(short) * 2 > len(beside):
            columns[header.NAME] = [names[0], names[0] + 1]
    return Table(table.top, table.body, end, columns, table.titles, table.has_neighbour)

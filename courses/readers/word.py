"""Tables of Word as grids."""

import io

from docx import Document
from docx.oxml.ns import qn
from docx.table import Table

from courses.readers.grid import Box
from courses.readers.unreadable import Unreadable
from courses.readers.words import Value


def grids_of(data: bytes) -> list[tuple[list[list[Value]], list[Box]]]:
    """(grid, merged cells) of each table. Unreadable when the package is broken."""
    try:
        tables = Document(io.BytesIO(data)).tables
    except Exception:  # a broken package raises whatever its XML or its relations raise
        raise Unreadable("damaged") from None
    return [_grid(table) for table in tables]


def _grid(table: Table) -> tuple[list[list[Value]], list[Box]]:
    grid: list[list[Value]] = []
    merges: list[Box] = []
    open_above: dict[int, int] = {}  # column → number of the merge that reaches down to here
    for number, row in enumerate(table._tbl.tr_lst):
        line: list[Value] = [None] * row.grid_before
        for cell in row.tc_lst:
            column, width = len(line), cell.grid_span
            if cell.vMerge == "continue" and column in open_above:
                first_row, first, _last_row, last = merges[open_above[column]]
                merges[open_above[column]] = (first_row, first, number, last)
                line += [None] * width
                continue
            open_above.pop(column, None)
            if cell.vMerge == "restart" or width > 1:
                merges.append((number, column, number, column + width - 1))
                if cell.vMerge == "restart":
                    open_above[column] = len(merges) - 1
            line += [_text(cell), *[None] * (width - 1)]
        grid.append(line)
    return grid, [m for m in merges if m[:2] != m[2:]]


def _text(cell) -> str:
    """All text of the cell, also what was inserted with changes tracked; what was deleted so is not text."""
    words = []
    for element in cell.iter(qn("w:t"), qn("w:p"), qn("w:br"), qn("w:tab")):
        words.append(element.text or "" if element.tag == qn("w:t") else "\n")
    return "".join(words).strip()

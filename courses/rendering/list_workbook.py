"""A list as offices file it in Excel: title, what it holds, a table with lines and numbered rows, set to be printed."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, Side
from openpyxl.utils import get_column_letter

from courses.rendering.cells import Cell, put, writable

_FONT = "Times New Roman"
_LINE = Side(style="thin")
_LINES = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_NARROWEST, _WIDEST = 8, 45
_NUMBER = "STT"
_LINE_HEIGHT = 16.5
#: The lines above the table: title, what it holds, an empty one.
_HEAD_ROW = 4


@dataclass(frozen=True)
class FiledList:
    """`title` as it stands above the table; `held` says which rows these are and of which day; `columns` without the
    number of the row, which is put in front."""

    title: str
    held: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    total: str = "Tổng số: {count}"


def list_workbook(paper: FiledList) -> bytes:
    """The .xlsx. A text is a text, whatever it begins with (`cells.put`)."""
    book = Workbook()
    sheet = book.active
    sheet.title = writable(paper.title)[:31].translate(str.maketrans("", "", r"[]:*?/\'")) or _NUMBER
    body = _style(book, "body", Alignment(vertical="center", wrap_text=True))
    counted = _style(book, "number", Alignment(horizontal="center", vertical="center"))
    heads = [_NUMBER, *paper.columns]
    widths = [len(_NUMBER) + 2, *(len(head) + 2 for head in paper.columns)]
    lines = [(number, *row) for number, row in enumerate(paper.rows, 1)]
    for number, line in enumerate(lines, 1):
        for column, value in enumerate(line, 1):
            cell = sheet.cell(_HEAD_ROW + number, column)
            cell.style = counted if column == 1 or isinstance(value, int | float) else body
            put(cell, value)
            widths[column - 1] = max(widths[column - 1], len(str(value or "")) + 2)
    _put_heads(book, sheet, heads)
    widths = [min(_WIDEST, max(_NARROWEST, width)) for width in widths]
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row, texts in enumerate((heads, *lines), _HEAD_ROW):
        sheet.row_dimensions[row].height = _LINE_HEIGHT * _tallest(texts, widths)
    _put_titles(sheet, paper, len(lines), len(heads))
    _set_for_paper(sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _tallest(texts: Sequence[Cell], widths: Sequence[int]) -> int:
    """Lines of the tallest cell of a row: not every program looks for itself how often a text is broken."""
    return max(
        sum(ceil(len(part) / (width - 1)) or 1 for part in str(text or "").split("\n"))
        for text, width in zip(texts, widths, strict=True)
    )


def _style(book: Workbook, name: str, alignment: Alignment, *, bold: bool = False) -> str:
    # A style with a name is looked up once a cell; fonts and borders one by one take four times as long.
    style = NamedStyle(name, font=Font(name=_FONT, size=12, bold=bold), border=_LINES, alignment=alignment)
    book.add_named_style(style)
    return name


def _put_heads(book: Workbook, sheet, heads: Sequence[str]) -> None:
    style = _style(book, "head", Alignment(horizontal="center", vertical="center", wrap_text=True), bold=True)
    for column, head in enumerate(heads, 1):
        cell = sheet.cell(_HEAD_ROW, column)
        cell.style = style
        put(cell, head)


def _put_titles(sheet, paper: FiledList, count: int, columns: int) -> None:
    for row, text, font in (
        (1, paper.title.upper(), Font(name=_FONT, size=14, bold=True)),
        (2, paper.held, Font(name=_FONT, size=12, italic=True)),
        (_HEAD_ROW + count + 1, paper.total.format(count=count), Font(name=_FONT, size=12, bold=True)),
    ):
        cell = sheet.cell(row, 1)
        put(cell, text)
        cell.font = font
        centred = row < _HEAD_ROW
        cell.alignment = Alignment(horizontal="center" if centred else "left", vertical="center", wrap_text=True)
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=columns)


def _set_for_paper(sheet) -> None:
    sheet.freeze_panes = sheet.cell(_HEAD_ROW + 1, 1)
    sheet.print_title_rows = f"{_HEAD_ROW}:{_HEAD_ROW}"
    page = sheet.page_setup
    page.orientation, page.paperSize, page.fitToWidth, page.fitToHeight = "landscape", sheet.PAPERSIZE_A4, 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    # As on letters, the first page has no number.
    sheet.HeaderFooter.differentFirst = True
    sheet.oddHeader.center.text = "&P"

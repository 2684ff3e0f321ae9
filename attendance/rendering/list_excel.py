"""A list as an .xlsx to be printed on A4: every cell is a value, nothing of it is computed by a spreadsheet."""

import io
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from textwrap import wrap

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from attendance.rendering.list_paper import Line, ListPaper, Value, column_widths, total_cells
from courses.rendering.cells import put
from courses.rendering.heading import MOTTO, NATION, in_lines

SHEET = "Danh sách"
_HEADER_ROW = 7
_FONT = "Times New Roman"
#: Letters of the font across A4 between the margins: upright, across.
_LETTERS = {False: 78, True: 118}
#: Points from the upper margin to the lower: upright, across.
_PAGE = {False: 728, True: 482}
#: Points: a line of text, the least of a row, and of one to be signed.
_TEXT, _ROW, _TO_SIGN = 16.5, 20.0, 30.0
#: Dots between thousands and a comma before parts, by the LCID of Vietnamese; a gap between an amount and the line.
_MONEY, _PART = "[$-42A]#,##0_)", "[$-42A]0.0#"
_THIN = Side(style="thin", color="FF000000")
_FRAME = Border(_THIN, _THIN, _THIN, _THIN)


class _Sheet:
    """The sheet while it is written from top to bottom."""

    def __init__(self, sheet: Worksheet, paper: ListPaper):
        self.sheet, self.paper = sheet, paper
        self.columns = max(len(paper.heads), len(paper.signers), 2)
        wanted = column_widths(paper)
        wanted += [sum(wanted) / len(wanted)] * (self.columns - len(wanted))
        scale = _LETTERS[paper.landscape] / sum(wanted)
        self.widths = [width * scale for width in wanted]
        for column, width in enumerate(self.widths, 1):
            sheet.column_dimensions[get_column_letter(column)].width = width

    def write(self, row: int, first: int, last: int, value: Value, *, align="centre", framed=False, **font) -> None:
        """One cell over the columns from `first` to `last`, counted from 1; the row is made high enough for it."""
        cell = self.sheet.cell(row, first)
        put(cell, float(value) if isinstance(value, Decimal) else value)
        if isinstance(value, Decimal):
            cell.number_format = "0" if value == int(value) else _PART
        size = font.setdefault("size", 12)
        cell.font = Font(name=_FONT, **font)
        horizontal = {"left": "left", "centre": "center", "right": "right"}[align]
        cell.alignment = Alignment(horizontal=horizontal, vertical="center", wrap_text=True)
        if framed:
            for column in range(first, last + 1):
                self.sheet.cell(row, column).border = _FRAME
        if last > first:
            self.sheet.merge_cells(start_row=row, start_column=first, end_row=row, end_column=last)
        # No spreadsheet makes a row high enough for cells that are one.
        text = str(value)
        each = 1.2 if text.isupper() else 1.0 if font.get("bold") else 0.94  # of the width of a digit
        room = (sum(self.widths[first - 1 : last]) - 0.7) * 12 / size / each
        # Broken between words, as a spreadsheet does it: the rest of a line that the next word is too long for is lost.
        lines = sum(max(1, len(wrap(line, max(int(room), 1)))) for line in text.split("\n"))
        self.at_least(row, lines * _TEXT * size / 12 + 3)

    def at_least(self, row: int, points: float) -> None:
        dimension = self.sheet.row_dimensions[row]
        dimension.height = max(dimension.height or 0, points)

    def parts(self, *shares: float) -> list[tuple[int, int]]:
        """The columns in parts of about these shares of the width: (first, last) of each, counted from 1."""
        whole, ends, wanted = sum(self.widths), [0], 0.0
        for place, share in enumerate(shares, 1):
            wanted += whole * share / sum(shares)
            # Each part has a column, and leaves one for each of those after it.
            possible = range(ends[-1] + 1, self.columns - (len(shares) - place) + 1)
            ends.append(min(possible, key=lambda end: abs(sum(self.widths[:end]) - wanted)))
        ends[-1] = self.columns
        return [(start + 1, end) for start, end in pairwise(ends)]


def list_excel(paper: ListPaper) -> bytes:
    book = Workbook()
    # Columns are measured in digits of this font, so a list is as wide as the page whatever the machine has.
    book._named_styles["Normal"].font = Font(name=_FONT, size=12)
    sheet = book.active
    sheet.title = SHEET
    book.properties.title, book.properties.creator = paper.title, paper.body
    page = _Sheet(sheet, paper)
    _head(page)
    heads = _table_heads(page)
    row = _HEADER_ROW + heads
    for line in paper.lines:
        _line(page, row, line)
        row += 1
    _end(page, row)
    sheet.freeze_panes = sheet.cell(_HEADER_ROW + heads, 1)
    sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW + heads - 1}"
    _page(sheet, landscape=paper.landscape)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _page(sheet: Worksheet, *, landscape: bool) -> None:
    """A4 with the margins of official papers, as wide as the page, its number above as on these."""
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    height = sum(sheet.row_dimensions[row].height or _TEXT for row in range(1, sheet.max_row + 1))
    # What is hardly longer than a page goes on one: nobody signs a sheet on which nothing else stands.
    on_one = height <= _PAGE[landscape] * 1.15
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, int(on_one)
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins  # in inches
    margins.left, margins.right, margins.top, margins.bottom = 30 / 25.4, 15 / 25.4, 20 / 25.4, 20 / 25.4
    margins.header = margins.footer = 10 / 25.4
    sheet.HeaderFooter.differentFirst = True
    sheet.oddHeader.center.text, sheet.oddHeader.center.size = "&P", 13


def _head(page: _Sheet) -> None:
    paper = page.paper
    (_one, half), (right, last) = page.parts(36, 64)
    page.write(1, 1, half, in_lines(paper.superior.upper()))
    page.write(2, 1, half, in_lines(paper.body.upper()), bold=True)
    page.write(1, right, last, NATION, bold=True)
    page.write(2, right, last, MOTTO, bold=True, underline="single")
    page.sheet.cell(1, right).alignment = Alignment(horizontal="center", vertical="center", shrink_to_fit=True)
    page.write(4, 1, last, paper.title.upper(), bold=True, size=14)
    if paper.subtitle:
        page.write(5, 1, last, paper.subtitle, bold=True)


def _table_heads(page: _Sheet) -> int:
    """How many rows they take."""
    rows = page.paper.rows_of_heads
    look = {"framed": True, "bold": True}
    if len(rows) == 1:
        for column, title in enumerate(rows[0], 1):
            page.write(_HEADER_ROW, column, column, title, **look)
    else:
        for over, first, last in page.paper.spans:
            if over:
                page.write(_HEADER_ROW, first + 1, last + 1, over, **look)
                for column in range(first + 1, last + 2):
                    page.write(_HEADER_ROW + 1, column, column, rows[1][column - 1], **look)
            else:
                page.write(_HEADER_ROW, first + 1, first + 1, rows[1][first], **look)
                page.sheet.cell(_HEADER_ROW + 1, first + 1).border = _FRAME
                page.sheet.merge_cells(None, _HEADER_ROW, first + 1, _HEADER_ROW + 1, first + 1)
    for row in range(_HEADER_ROW, _HEADER_ROW + len(rows)):
        for column in range(1, len(page.paper.heads) + 1):
            page.sheet.cell(row, column).fill = PatternFill("solid", fgColor="FFE3EDF7")
    return len(rows)


def _line(page: _Sheet, row: int, line: Line) -> None:
    heads = page.paper.heads
    page.at_least(row, _TO_SIGN if page.paper.to_sign and line.kind != "group" else _ROW)
    if line.kind == "group":
        page.write(row, 1, len(heads), line.cells[0], align="left", framed=True, bold=True)
        return
    taken, bold = 0, line.kind == "total"
    values: Sequence[Value] = line.cells
    if bold:
        taken, values = total_cells(line, len(heads))
        page.write(row, 1, taken, line.cells[0], framed=True, bold=True)
    for column, (value, head) in enumerate(zip(values, heads[taken:], strict=True), taken + 1):
        page.write(row, column, column, value, align=head.align, framed=True, bold=bold)
        if head.money and isinstance(value, int):
            page.sheet.cell(row, column).number_format = _MONEY


def _end(page: _Sheet, row: int) -> None:
    paper = page.paper
    for sentence in paper.below:
        page.write(row, 1, page.columns, sentence, align="left", italic=True)
        row += 1
    if not paper.signers:
        return
    parts: Sequence[tuple[int, int]] = page.parts(*[1] * len(paper.signers))
    page.write(row + 1, *page.parts(48, 52)[1], paper.place_and_date, italic=True)
    # One row, which no page break parts: nobody signs below a title that stands on the page before.
    for (first, last), one in zip(parts, paper.signers, strict=True):
        page.write(row + 2, first, last, f"{one.title.upper()}\n\n\n\n\n{one.name}", bold=True)

"""The parts of an official paper as a Word file, laid out by Nghị định 30/2020/NĐ-CP, annexes I and III.

Texts may hold the tags of `courses.rendering.word`: the same builder makes templates and finished papers. Wherever
several lines are asked for, a line that begins with `{%p` is a tag of its own, and no paragraph of the paper.
"""

import copy
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from courses.rendering.heading import MOTTO, NATION
from courses.rendering.ruled import PART, WHOLE, fit_rules
from courses.rendering.word import OF_ABOVE, packed
from courses.rendering.word_parts import (
    hardly_there,
    new_paragraph,
    not_broken,
    set_cell_margins,
    set_widths,
    write,
    write_field,
)
from courses.rendering.word_styles import BODY, begun, set_mark

LEFT, CENTRE, RIGHT, JUSTIFIED = "left", "centre", "right", "justified"

#: Millimetres: A4, its margins, and where the number of the page stands above them.
_PAGE = (210, 297)
_TOP, _BOTTOM = 22, 20
_LEFT, _RIGHT = 30, 15
_NUMBER_FROM_TOP = 10
_INDENT = 12.7
#: Of a line of the heading: the office's half and the country's; of the end: whom it goes to and who signs.
_HEAD = (70, 95)
_END = (80, 85)
#: Points left for a signature.
_TO_SIGN, _TO_SIGN_A_LIST = 66, 56
_ALIGNMENTS = {
    LEFT: WD_ALIGN_PARAGRAPH.LEFT,
    CENTRE: WD_ALIGN_PARAGRAPH.CENTER,
    RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
    JUSTIFIED: WD_ALIGN_PARAGRAPH.JUSTIFY,
}
_TAG = re.compile(r"\s*\{%-?\s*(?:p|tr)\s")
#: Cells of the head of a table that belong to the one on their left; those above are marked with OF_ABOVE.
OF_LEFT = "←"


@dataclass(frozen=True)
class Cell:
    """A cell that is unlike its column."""

    text: str
    bold: bool = False
    italic: bool = False
    align: str = ""
    span: int = 1


@dataclass(frozen=True)
class Column:
    """`width` in mm, or the column's share of what the others leave when `share` is set."""

    head: str
    width: float
    align: str = LEFT


class OfficialPaper:
    """One paper. Its parts are added from top to bottom; `as_bytes` gives the .docx.

    `title` is what the file says of itself; `author` the office. Landscape is for papers that are a table.
    """

    def __init__(self, *, title: str, author: str = "", landscape: bool = False):
        self._document = begun(title=title, author=author)
        self._place: Any = self._document
        self._set_up(self._document.sections[0], landscape)

    # The heading

    def head(
        self,
        *,
        superior: str = "",
        body: str,
        number: str = "",
        place_and_date: str = "",
        about: str = "",
    ) -> None:
        """The block at the top: on the left the superior body, the body and the number ("Số: 12/KH-UBND"), on the
        right the country's name, its motto, place and date ("Vị Thanh, ngày 05 tháng 6 năm 2026").

        `about` is what a letter is about, in place of a title ("V/v cử công chức tham dự lớp …"). `superior` and
        `body` may have several lines; `superior` that is a tag and turns out empty leaves no gap when it is a
        `{%p if %}` line of its own.
        """
        left, right = self._two_cells(_HEAD)
        self._lines(left, superior, size=12)
        self._lines(left, body, size=12, bold=True)
        self._rule(left, PART)
        self._lines(right, NATION, size=12, bold=True)
        self._lines(right, MOTTO, size=13, bold=True)
        self._rule(right, WHOLE)
        if number or place_and_date or about:
            left, right = self._two_cells(_HEAD, more=True)
            self._lines(left, number, size=13, before=4)
            self._lines(left, about, size=12)
            self._lines(right, place_and_date, size=13, italic=True, before=4)
        self._gap(10)

    def title(self, kind: str, subject: str = "", *, rule: bool = True) -> None:
        """The kind in capitals ("KẾ HOẠCH"), and in bold letters what it is about, with a rule below it."""
        self._lines(self._place, kind, size=14, bold=True, style="Title")
        self._lines(self._place, subject, size=14, bold=True)
        if rule:
            self._rule(self._place, PART)
        self._gap(10)

    def to(self, *recipients: str) -> None:
        """ "Kính gửi:" one on the same line; several below each other, "-" before and ";" or "." after each."""
        if len(recipients) == 1:
            self._paragraph(self._place, f"Kính gửi: {recipients[0]}", align=CENTRE, before=6, after=12)
            return
        self._paragraph(self._place, "Kính gửi:", left=45, before=6)
        for text in _ended(recipients):
            self._paragraph(self._place, text if _TAG.match(text) else f"- {text}", left=58, hanging=4)
        self._gap()

    def bases(self, *lines: str) -> None:
        """What the paper rests on ("Căn cứ …"), in italics; ";" after each and "." after the last are put here."""
        for text in _ended(lines):
            self._paragraph(self._place, text, italic=True, align=JUSTIFIED, indent=True, after=6)

    # The text

    def heading(self, text: str, *, level: int = 1, align: str = "") -> None:
        """A line in bold letters, kept with what follows: level 1 "I. MỤC ĐÍCH, YÊU CẦU" or "QUYẾT ĐỊNH:", 2 "1. Mục
        đích"; `align` CENTRE for those that stand in the middle."""
        self._paragraph(
            self._place,
            text,
            bold=True,
            align=align or JUSTIFIED,
            indent=align != CENTRE,
            before=6,
            after=6,
            style=f"Heading {level}",
        )

    def paragraph(
        self,
        text: str,
        *,
        lead: str = "",
        bold: bool = False,
        italic: bool = False,
        align: str = JUSTIFIED,
        indent: bool = True,
        size: float = BODY,
    ) -> None:
        """Body text, or a tag of its own (`{%p for … %}`). `lead` is its beginning in bold letters ("Điều 1.")."""
        self._paragraph(
            self._place,
            text,
            lead=lead,
            bold=bold,
            italic=italic,
            align=align,
            indent=indent and align == JUSTIFIED,
            size=size,
            after=6,
        )

    def picture_line(self, text: str) -> None:
        """A paragraph whose tag becomes a `Picture` (`{{ ma_qr }}`)."""
        self._paragraph(self._place, text, align=CENTRE, after=6, single=True)

    def beside_picture(self, png: bytes, lines: Sequence[Cell], *, width: float = 22) -> None:
        """Lines in the middle of the page, a picture of `width` mm on their left."""
        room = width + 4
        picture, middle, _empty = self._two_cells((room, self._width - 2 * room, room))
        picture.paragraphs[0].add_run().add_picture(io.BytesIO(png), width=Mm(width))
        for line in lines:
            self._lines(middle, line.text, size=BODY, bold=line.bold, italic=line.italic)
        self._gap()

    def foot(self, text: str) -> None:
        """At the foot of each page of this part: the text, and which page it is of how many."""
        section = self._document.sections[-1]
        for footer in (section.footer, section.first_page_footer):
            footer.is_linked_to_previous = False
            line = footer.paragraphs[0]
            write(line, f"{text} · Trang ", size=10)
            write_field(line, "PAGE", size=10)
            write(line, "/", size=10)
            write_field(line, "SECTIONPAGES", size=10)

    def table(
        self,
        columns: Sequence[Column],
        rows: Iterable[Sequence[str | Cell] | str],
        *,
        heads: Sequence[Sequence[str]] = (),
        size: float = 12,
        least_height: float = 0,
    ) -> None:
        """A table with lines; its head is repeated on each page and no row is broken over two.

        A row is its cells; or a text alone: a tag of its own (`{%tr for nguoi in danh_sach %}`), or a line over all
        columns in bold letters. `heads` are rows of titles where one row of `Column.head` is not enough; in them
        OF_LEFT and OF_ABOVE make a cell one with its neighbour. Widths are scaled to the width of the page.
        `least_height` of each row in mm, for rows that are signed.
        """
        scale = self._width / sum(column.width for column in columns)
        widths = [column.width * scale for column in columns]
        titles = heads or [[column.head for column in columns]]
        table = self._place.add_table(len(titles), len(columns), style="Table Grid")
        set_cell_margins(table, left=1.2, right=1.2, top=0.4, bottom=0.4)
        set_widths(table, widths)
        self._table_head(table, titles, size)
        for row in rows:
            table._tbl.append(_row(row, columns, widths, size, least_height))
        self._gap()

    def signing(
        self,
        *,
        powers: str,
        name: str,
        recipients: Sequence[str] = (),
        left: str = "",
    ) -> None:
        """The end: on the left whom the paper goes to ("Nơi nhận:"), on the right who signs.

        `powers` are the lines above the signature ("TM. ỦY BAN NHÂN DÂN\\nKT. CHỦ TỊCH\\nPHÓ CHỦ TỊCH"). Instead
        of recipients there may be a second signer on the left: `left` is their line
        ("NGƯỜI LẬP BIỂU"). `recipients` are whole lines ("- Như trên;", "- Lưu: VT, NV.").
        """
        self._keep_with_next()
        one, two = self._two_cells(_END)
        if recipients:
            self._lines(one, "Nơi nhận:", size=12, bold=True, italic=True, align=LEFT)
            for text in recipients:
                self._lines(one, text, size=11, align=LEFT)
        elif left:
            self._lines(one, left, size=14, bold=True)
        self._lines(two, powers, size=14, bold=True)
        self._paragraph(two, name, size=14, bold=True, align=CENTRE, before=_TO_SIGN, single=True)

    def signers(self, people: Sequence[tuple[str, str]], *, place_and_date: str) -> None:
        """The end of a list: who sign side by side, each a title and a name or "", place and date above the last."""
        self._keep_with_next()
        left = self._width * _END[0] / sum(_END)
        self._paragraph(self._place, place_and_date, size=13, italic=True, align=CENTRE, left=left)
        self._gap()
        self._keep_with_next()
        for cell, (title, name) in zip(self._two_cells((1,) * len(people)), people, strict=True):
            self._lines(cell, title, size=13, bold=True)
            self._lines(cell, "(Ký, họ tên)", size=12, italic=True)
            self._paragraph(cell, name, size=13, bold=True, align=CENTRE, before=_TO_SIGN_A_LIST, single=True)

    # What is attached

    def appendix(self, label: str, name: str, attached: str = "", *, landscape: bool = False) -> None:
        """Begins what is attached: a section of its own with pages from 1. `label` "Phụ lục I", `name` in capitals,
        `attached` "(Kèm theo Kế hoạch số … của …)". What is added afterwards belongs to it."""
        section = self._document.add_section(WD_SECTION.NEW_PAGE)
        hardly_there(self._document.paragraphs[-1])  # it ends the section before, else it may need a page of its own
        self._set_up(section, landscape)
        self._lines(self._place, label, size=14, bold=True, style="Heading 1")
        self._lines(self._place, name, size=14, bold=True)
        self._lines(self._place, attached, size=14, italic=True)
        self._gap()

    def section_end(self, test: str) -> None:
        """In a loop over whole papers: where `test` holds ("not loop.last") the next one begins on a page of its own,
        with pages from 1."""
        self.paragraph(f"{{%p if {test} %}}")
        paragraph = self._place.add_paragraph()
        hardly_there(paragraph)
        paragraph._p.get_or_add_pPr().append(copy.deepcopy(self._document.sections[-1]._sectPr))
        self.paragraph("{%p endif %}")

    def as_bytes(self) -> bytes:
        """The .docx; the same bytes for the same parts."""
        if self._document.element.body[-2].tag == qn("w:tbl"):
            self._gap(1)  # Word wants a paragraph after a table, and makes one that may need a page of its own
        fit_rules(self._document)
        return packed(self._document)

    # How it is put down

    def _set_up(self, section, landscape: bool) -> None:
        width, height = reversed(_PAGE) if landscape else _PAGE
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Mm(width), Mm(height)
        section.top_margin, section.bottom_margin = Mm(_TOP), Mm(_BOTTOM)
        section.left_margin, section.right_margin = Mm(_LEFT), Mm(_RIGHT)
        section.header_distance = section.footer_distance = Mm(_NUMBER_FROM_TOP)
        section.different_first_page_header_footer = True
        self._width = width - _LEFT - _RIGHT
        properties = section._sectPr
        if properties.find(qn("w:pgNumType")) is None:  # a section begins as a copy of the one before
            numbers = OxmlElement("w:pgNumType")
            numbers.set(qn("w:start"), "1")
            properties.find(qn("w:cols")).addprevious(numbers)  # Word insists on the order
            section.header.is_linked_to_previous = section.first_page_header.is_linked_to_previous = False
            line = section.header.paragraphs[0]
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
            write_field(line, "PAGE", size=13)

    def _two_cells(self, shares: tuple[float, ...], *, more: bool = False):
        """A row of cells, mostly two, without lines, as wide as the page; `more`: another row of the table before."""
        whole = sum(shares)
        widths = [self._width * share / whole for share in shares]
        if more:
            row = self._document.tables[-1].add_row()
        else:
            table = self._place.add_table(1, len(shares))
            set_cell_margins(table, left=0, right=0)
            set_widths(table, widths)
            row = table.rows[0]
        not_broken(row)
        return row.cells

    def _lines(self, place, text: str, *, align: str = CENTRE, **look: Any) -> None:
        for line in text.split("\n") if text else ():
            self._paragraph(place, line, align=align, single=True, **look)

    def _rule(self, place, style: str) -> None:
        new_paragraph(place)._p.style = style

    def _paragraph(
        self,
        place,
        text: str,
        *,
        lead: str = "",
        bold: bool = False,
        italic: bool = False,
        size: float = BODY,
        align: str = LEFT,
        indent: bool = False,
        left: float = 0,
        hanging: float = 0,
        before: float = 0,
        after: float = 0,
        single: bool = False,
        style: str = "Normal",
    ):
        paragraph = new_paragraph(place)
        if style != "Normal":
            paragraph.style = style
        paragraph.alignment = _ALIGNMENTS[align]
        room = paragraph.paragraph_format
        room.space_before, room.space_after = Pt(before), Pt(after)
        room.line_spacing = 1.0 if single else 1.1
        if indent:
            room.first_line_indent = Mm(_INDENT)
        if left:
            room.left_indent, room.first_line_indent = Mm(left), Mm(-hanging)
        if lead:
            write(paragraph, f"{lead} ", size=size, bold=True, italic=italic)
        write(paragraph, text, size=size, bold=bold, italic=italic)
        if size != BODY:
            set_mark(paragraph, size)
        return paragraph

    def _gap(self, points: float = 6) -> None:
        """Word makes one table of two between which there is nothing."""
        paragraph = self._place.add_paragraph()
        paragraph.paragraph_format.line_spacing = Pt(points)
        paragraph.add_run().font.size = Pt(6)

    def _keep_with_next(self) -> None:
        """Nobody signs a page on which nothing else stands."""
        for paragraph in self._document.paragraphs[-2:]:
            paragraph.paragraph_format.keep_with_next = True

    def _table_head(self, table, titles: Sequence[Sequence[str]], size: float) -> None:
        for number, line in enumerate(titles):
            for column, text in enumerate(line):
                cell = table.cell(number, column)
                if text == OF_LEFT:
                    table.cell(number, column - 1).merge(cell)
                elif text == OF_ABOVE:
                    table.cell(number - 1, column).merge(cell)
                else:
                    self._lines(cell, text, size=size, bold=True)
                    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            row = table.rows[number]
            not_broken(row)
            row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _row(
    row: Sequence[str | Cell] | str, columns: Sequence[Column], widths: Sequence[float], size: float, height: float
):
    """A row of a table as XML: made by python-docx, a row takes longer the more there are."""
    entries = [Cell(row, bold=True, span=len(columns))] if isinstance(row, str) else row
    made = OxmlElement("w:tr")
    made.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    if height:
        made.trHeight_val = Mm(height)
    at = 0
    for entry in entries:
        cell = entry if isinstance(entry, Cell) else Cell(entry)
        place = OxmlElement("w:tc")
        properties = place.get_or_add_tcPr()
        properties.width = Mm(sum(widths[at : at + cell.span]))
        properties.grid_span = cell.span
        properties.vAlign_val = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        for line in cell.text.split("\n"):
            paragraph = OxmlElement("w:p")
            paragraph.alignment = _ALIGNMENTS[cell.align or columns[at].align]
            if cell.span == len(columns):
                paragraph.get_or_add_pPr().get_or_add_keepNext()  # the heading of the rows below it
            run = paragraph.add_r()
            look = run.get_or_add_rPr()
            if cell.bold:
                look.get_or_add_b()
            if cell.italic:
                look.get_or_add_i()
            look.sz_val = Pt(size)
            run.text = line
            place.append(paragraph)
        made.append(place)
        at += cell.span
    return made


def _ended(lines: Sequence[str]) -> list[str]:
    """The lines with ";" after each and "." after the last; in a loop that is last, after its last turn."""
    texts = [number for number, line in enumerate(lines) if not _TAG.match(line)]
    ended = list(lines)
    for number in texts:
        last = number == texts[-1]
        in_loop = last and any("endfor" in line for line in lines[number + 1 :])
        end = "{% if loop.last %}.{% else %};{% endif %}" if in_loop else "." if last else ";"
        ended[number] = lines[number].rstrip(" ;.") + end
    return ended

"""The sign-in sheets as a Word file, for offices that change something before they print: the same sentences."""

import copy
import io
import re
from collections.abc import Sequence

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from attendance.rendering.sign_in_sheet import SignInSheet, said_on
from courses.constants.names import clean_text
from courses.rendering.qr import qr_png

_CENTRE = WD_ALIGN_PARAGRAPH.CENTER
#: Of A4 without its margins (28 and 15 mm), in millimetres.
_WIDTHS = {1: (11, 45, 36, 41, 34), 2: (11, 40, 32, 36, 24, 24)}


def word_sign_in_sheets(sheets: Sequence[SignInSheet]) -> bytes:
    """A .docx with a section a sheet, the head of the table on each page, pages numbered from 1 in each section."""
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "Times New Roman")
    style.paragraph_format.space_after = Pt(0)
    document.core_properties.title = "Danh sách học viên ký tên, điểm danh"
    document.core_properties.author = clean_text(sheets[0].body)
    for index, sheet in enumerate(sheets):
        section = document.add_section(WD_SECTION.NEW_PAGE) if index else document.sections[0]
        said = said_on(sheet)
        _set_up(section, said["foot"])
        _head(document, said, sheet.address)
        _table(document, said)
        _end(document, said)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_up(section, foot: str) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(28), Mm(15)
    if section._sectPr.find(qn("w:pgNumType")) is None:  # a section begins as a copy of the one before
        numbers = OxmlElement("w:pgNumType")
        numbers.set(qn("w:start"), "1")
        section._sectPr.find(qn("w:cols")).addprevious(numbers)  # Word insists on the order
    section.footer.is_linked_to_previous = False
    line = section.footer.paragraphs[0]
    _write(line, f"{foot} · Trang ", size=10)
    _field(line, "PAGE")
    _write(line, "/", size=10)
    _field(line, "SECTIONPAGES")


def _head(document, said: dict, address: str) -> None:
    table = document.add_table(1, 2)
    left, right = table.rows[0].cells
    _widths(table, (73, 94))
    lines = [(left, " ".join(filter(None, said[name])), name == "body", 12) for name in ("superior", "body")]
    lines += [(right, said["nation"], True, 12), (right, said["motto"], True, 13)]
    for cell, text, bold, size in lines:
        if text:
            paragraph = cell.paragraphs[0] if not cell.paragraphs[0].text else cell.add_paragraph()
            _write(paragraph, text, bold=bold, size=size, align=_CENTRE)
    _gap(document)
    table = document.add_table(1, 3)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _widths(table, (26, 115, 26))
    picture, middle, _empty = table.rows[0].cells
    picture.paragraphs[0].add_run().add_picture(io.BytesIO(qr_png(address)), width=Mm(22))
    _write(middle.paragraphs[0], said["title"], bold=True, size=14, align=_CENTRE)
    _write(middle.add_paragraph(), said["course"], bold=True, align=_CENTRE)
    for text in (said["half_day"], said["place"]):
        if text:
            _write(middle.add_paragraph(), text, italic=True, align=_CENTRE)


def _table(document, said: dict) -> None:
    """The lines are copies of the first, with other words: adding a line by python-docx reads all before it."""
    heads, widths = said["heads"], _WIDTHS[len(said["heads"]) - 4]
    _gap(document)
    table = document.add_table(2, len(heads), style="Table Grid")
    _widths(table, widths)
    for cell, text in zip(table.rows[0].cells, heads, strict=True):
        _write(cell.paragraphs[0], text, bold=True, size=12, align=_CENTRE)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    pattern = table.rows[1]
    pattern.height = Mm(9.5)
    pattern._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for index, cell in enumerate(pattern.cells[:4]):
        size, align = (12, _CENTRE) if index == 0 else (12 if index == 1 else 11, None)
        _write(cell.paragraphs[0], "x", size=size, align=align)
    for line in said["lines"]:
        row = copy.deepcopy(pattern._tr)
        for place, text in zip(row.iter(qn("w:t")), line, strict=True):
            place.text = clean_text(text)
        table._tbl.append(row)
    table._tbl.remove(pattern._tr)


def _end(document, said: dict) -> None:
    totals = document.add_paragraph()
    totals.paragraph_format.space_before = Pt(6)
    totals.paragraph_format.keep_with_next = True
    _write(totals, "     ".join(said["totals"]))
    table = document.add_table(1, 2)
    for cell, text in zip(table.rows[0].cells, said["signers"], strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(10), Pt(62)
        _write(paragraph, text, bold=True, align=_CENTRE)


def _gap(document) -> None:
    """Word makes one table of two between which there is nothing."""
    document.add_paragraph().add_run().font.size = Pt(6)


def _widths(table, millimetres: Sequence[int]) -> None:
    table.autofit = False
    for column, width in zip(table.columns, millimetres, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _write(paragraph, text: str, *, bold: bool = False, italic: bool = False, size: int = 13, align=None) -> None:
    # Spaces that are meant, at the ends and between the totals, stay.
    run = paragraph.add_run("".join(clean_text(part) or part for part in re.split(r"(\s+)", text)))
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)
    if align is not None:
        paragraph.alignment = align


def _field(paragraph, name: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = paragraph.add_run("1")
    run.font.size = Pt(10)
    field.append(run._r)
    paragraph._p.append(field)

"""Paragraphs, cells and fields of a Word file, where python-docx has no word for what an official paper asks."""

from collections.abc import Sequence

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt


def new_paragraph(place):
    """A paragraph at the end of `place`; the empty one that a cell begins with is taken first."""
    paragraphs = place.paragraphs if hasattr(place, "_tc") else ()
    if len(paragraphs) == 1 and not len(paragraphs[0]._p):
        return paragraphs[0]
    return place.add_paragraph()


def hardly_there(paragraph) -> None:
    paragraph.paragraph_format.line_spacing = Pt(1)
    paragraph.paragraph_format.space_after = Pt(0)


def write(paragraph, text: str, *, size: float, bold: bool = False, italic: bool = False) -> None:
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    run.bold, run.italic = bold or None, italic or None


def write_field(paragraph, name: str, *, size: float) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = paragraph.add_run("1")
    run.font.size = Pt(size)
    field.append(run._r)
    paragraph._p.append(field)


def set_widths(table, millimetres: Sequence[float]) -> None:
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, millimetres, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def set_cell_margins(table, **millimetres: float) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("top", "left", "bottom", "right"):  # Word insists on the order
        if side in millimetres:
            margin = OxmlElement(f"w:{side}")
            margin.set(qn("w:w"), str(Mm(millimetres[side]).twips))
            margin.set(qn("w:type"), "dxa")
            margins.append(margin)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook", "w:tblCaption", "w:tblDescription")


def not_broken(row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))

"""An empty Word file with the styles of official papers (Nghị định 30/2020/NĐ-CP, annex I)."""

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from courses.rendering.ruled import PART, WHOLE

FONT = "Times New Roman"
BODY = 14


def begun(*, title: str, author: str) -> WordDocument:
    """The file with what it says of itself."""
    document = Document()
    _plain_package(document)
    _set_styles(document)
    properties = document.core_properties
    properties.title, properties.author = title, author
    properties.comments, properties.language = "", "vi-VN"
    return document


def _set_styles(document: WordDocument) -> None:
    """All in one family of letters, black; Vietnamese for the checking of spelling."""
    for name in ("Normal", "Title", "Heading 1", "Heading 2", "Header"):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = FONT, Pt(BODY), None
        properties = style.element.get_or_add_rPr()
        for unwanted in ("w:color", "w:spacing", "w:kern"):
            for element in properties.findall(qn(unwanted)):
                properties.remove(element)
        properties.rFonts.attrib.clear()
        for attribute in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            properties.rFonts.set(qn(attribute), FONT)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
        for border in style.element.findall(f".//{qn('w:pBdr')}"):
            border.getparent().remove(border)
    for language in document.styles.element.iter(qn("w:lang")):
        for attribute in ("w:val", "w:eastAsia"):
            language.set(qn(attribute), "vi-VN")
    for name, identifier in (("Đường kẻ dài", WHOLE), ("Đường kẻ ngắn", PART)):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.element.styleId = identifier
        style.base_style, style.font.size = document.styles["Normal"], Pt(1)
        style.paragraph_format.line_spacing = Pt(4)
        borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
        for key, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
        style.element.pPr.insert_element_before(borders, "w:spacing", "w:ind", "w:jc")


def _plain_package(document: WordDocument) -> None:
    """Without the picture that the pattern of the library has, and not opened as a file of an old Word."""
    relations = document.part.package.rels
    for key in [key for key, relation in relations.items() if relation.reltype.endswith("/thumbnail")]:
        del relations[key]
    compatible = document.settings.element.find(qn("w:compat"))
    compatible.remove(compatible.find(qn("w:useFELayout")))
    mode = next(one for one in compatible if one.get(qn("w:name")) == "compatibilityMode")
    mode.set(qn("w:val"), "15")


def set_mark(paragraph, size: float) -> None:
    """The end of a paragraph has a size of its own, by which Word makes the last line higher."""
    mark = OxmlElement("w:rPr")
    for name in ("w:sz", "w:szCs"):
        measure = OxmlElement(name)
        measure.set(qn("w:val"), f"{size * 2:.0f}")
        mark.append(measure)
    paragraph._p.get_or_add_pPr().append(mark)

"""The rules below parts of an official paper, as long as Nghị định 30/2020/NĐ-CP wants them.

A rule is a paragraph of one of two styles with a border at its foot, which Word, LibreOffice and our own PDF draw
alike. How long it must be depends on the words above it, which are known only when a template is filled.
"""

import struct
from functools import cache
from pathlib import Path

from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Twips
from docx.text.paragraph import Paragraph

#: Ids of the styles: below the motto a rule is as long as the text, elsewhere from a third to a half of it.
WHOLE, PART = "DuongKeDai", "DuongKeNgan"
_SHARES = {WHOLE: 1.0, PART: 0.42}
_BOLD = Path(__file__).parent / "fonts" / "Tinos-Bold.ttf"  # as wide as Times New Roman, letter by letter
_POINT = 25.4 / 72


def fit_rules(document: Document) -> None:
    """Makes each rule as long as the bold lines right above it ask for, in the middle of its cell or page."""
    for element in list(document.element.body.iter(qn("w:pStyle"))):
        if (share := _SHARES.get(element.get(qn("w:val")))) is None:
            continue
        rule = Paragraph(element.getparent().getparent(), document._body)
        room = _room(rule, document)
        lengths = _lengths(rule, room)
        length = share * min(room, max(lengths[:1] if share == 1 else lengths, default=0))
        around = Mm((room - length) / 2)
        rule.paragraph_format.left_indent = rule.paragraph_format.right_indent = around


def _lengths(rule: Paragraph, room: float) -> list[float]:
    """In mm, of the lines of the bold paragraphs above, the nearest first, broken where they do not fit."""
    found: list[float] = []
    above = rule._p.getprevious()
    while above is not None and above.tag == qn("w:p"):
        paragraph = Paragraph(above, rule._parent)
        runs = [run for run in paragraph.runs if run.text.strip()]
        if not runs or not all(run.bold for run in runs):
            break
        if found and paragraph.style.style_id == "Title":
            break  # the rule is below what the paper is about, not below its kind
        size = runs[0].font.size
        for line in paragraph.text.split("\n"):
            found += _broken(line, size.pt if size else 14.0, room)
        above = above.getprevious()
    return found


def _broken(text: str, size: float, room: float) -> list[float]:
    lines, length, space = [], 0.0, width(" ", size)
    for word in text.split():
        longer = length + space + width(word, size) if length else width(word, size)
        if longer > room and length:
            lines.append(length)
            longer = width(word, size)
        length = longer
    return [*lines, length]


def _room(rule: Paragraph, document: Document) -> float:
    """In mm, of the cell or the page that the rule stands in."""
    cell = next(rule._p.iterancestors(qn("w:tc")), None)
    if cell is not None:
        widths = cell.xpath("./w:tcPr/w:tcW/@w:w")
        return Twips(int(float(widths[0]))).mm if widths else 0.0
    ends = rule._p.xpath("following::w:sectPr[1]")
    section = next((one for one in document.sections if ends and one._sectPr is ends[0]), document.sections[-1])
    return (section.page_width - section.left_margin - section.right_margin) / Mm(1)


def width(text: str, size: float) -> float:
    """In mm, of a text in bold letters of `size` points."""
    units, advances = _advances()
    usual = advances.get(ord("n"), 0)
    return sum(advances.get(ord(letter), usual) for letter in text) / units * size * _POINT


@cache
def _advances() -> tuple[int, dict[int, int]]:
    """(units of an em, {code of a letter: its width in units}), from the tables of the font (OpenType 1.9: head, hhea,
    hmtx, and the format 4 of cmap)."""
    data = _BOLD.read_bytes()
    (count,) = struct.unpack_from(">H", data, 4)
    entries = (struct.unpack_from(">4s4xII", data, 12 + 16 * number) for number in range(count))
    at = {name.decode(): offset for name, offset, _length in entries}
    (units,) = struct.unpack_from(">H", data, at["head"] + 18)
    (metrics,) = struct.unpack_from(">H", data, at["hhea"] + 34)
    widths = [struct.unpack_from(">H", data, at["hmtx"] + 4 * number)[0] for number in range(metrics)]
    glyphs = _glyphs(data, at["cmap"])
    return units, {code: widths[min(glyph, metrics - 1)] for code, glyph in glyphs.items()}


def _glyphs(data: bytes, cmap: int) -> dict[int, int]:
    (tables,) = struct.unpack_from(">H", data, cmap + 2)
    starts = (cmap + struct.unpack_from(">4xI", data, cmap + 4 + 8 * number)[0] for number in range(tables))
    start = next(start for start in starts if struct.unpack_from(">H", data, start) == (4,))
    segments = struct.unpack_from(">H", data, start + 6)[0] // 2
    lists = [start + 14, *(start + 16 + 2 * segments * number for number in (1, 2, 3))]
    ends, firsts, deltas, offsets = (struct.unpack_from(f">{segments}H", data, place) for place in lists)
    found: dict[int, int] = {}
    for number, (first, end, delta, offset) in enumerate(zip(firsts, ends, deltas, offsets, strict=True)):
        for code in range(first, min(end, 0xFFFE) + 1):
            glyph = code
            if offset:
                place = lists[3] + 2 * number + offset + 2 * (code - first)
                (glyph,) = struct.unpack_from(">H", data, place)
            found[code] = (glyph + delta) & 0xFFFF if glyph or not offset else 0
    return found

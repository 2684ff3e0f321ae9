"""A Word file as a PDF/A-2a: read here, drawn by typst (`papers/word.typ`) in Tinos.

LibreOffice would take a second and 200 MB a paper, and may reach out into the network; what officials' papers use is
little. `not_drawn` names what a file holds beyond that.
"""

import datetime as dt

from courses.rendering.word_pdf.apart import drawn_apart, is_long
from courses.rendering.word_pdf.drawing import drawn
from courses.rendering.word_pdf.undrawn import not_drawn

__all__ = ["not_drawn", "pdf_of"]


def pdf_of(word: bytes, *, title: str, author: str, timestamp: dt.datetime, instead: str = "") -> bytes:
    """The PDF/A-2a of a .docx; the same bytes for the same input. A long one is drawn in a process of its own.

    Refusal for a damaged or boundless file, for a picture that cannot be drawn, and for a letter that the paper font
    lacks; with `instead` (`courses.constants.printing.STAND_IN`) that sign stands for such a letter.
    """
    draw = drawn_apart if is_long(word) else drawn
    return draw(word, title=title, author=author, timestamp=timestamp, instead=instead)

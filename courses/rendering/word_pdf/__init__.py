"""A Word file as a PDF/A-2a: read here, drawn by typst (`papers/word.typ`) in Tinos.

LibreOffice would take a second and 200 MB a paper, and may reach out into the network; what officials' papers use is
little. `not_drawn` names what a file holds beyond that.
"""

import datetime as dt
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import gettext as _

from courses.constants.errors import Refusal
from courses.rendering.paper import as_input, draw
from courses.rendering.word_pdf.paper import Paper
from courses.rendering.word_pdf.parts import WordFile
from courses.rendering.word_pdf.sections import sections
from courses.rendering.word_pdf.undrawn import not_drawn

__all__ = ["not_drawn", "pdf_of"]

_TEMPLATE = Path(__file__).parents[1] / "papers" / "word.typ"


def pdf_of(word: bytes, *, title: str, author: str, timestamp: dt.datetime, instead: str = "") -> bytes:
    """The PDF/A-2a of a .docx; the same bytes for the same input.

    Refusal for a damaged or boundless file, for a picture that cannot be drawn, and for a letter that the paper font
    lacks; with `instead` (`courses.constants.printing.STAND_IN`) that sign stands for such a letter.
    """
    file = WordFile(word)
    main = file.main
    paper = Paper.of(file, main)
    drawn = sections(main, paper)
    data: dict[str, Any] = {
        "title": title,
        "author": author,
        "sections": drawn,
        "letters": paper.letters.values,
        "paragraphs": paper.paragraphs.values,
        "cells": paper.cells.values,
        "tab": paper.default_tab,
        "stretched": paper.stretched_breaks,
    }
    pictures = {name: as_input(file.bytes_of(target)) for name, target in paper.pictures.items()}
    try:
        return draw(_TEMPLATE, data, timestamp=timestamp, instead=instead, pictures=pictures, many=True)
    except typst.TypstError as error:
        if pictures and "image" in error.message:
            raise Refusal(_("A picture in this Word file is damaged. Please put it in anew.")) from None
        raise

"""Draws the PDF of a Word file, in this process."""

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

_TEMPLATE = Path(__file__).parents[1] / "papers" / "word.typ"


def drawn(word: bytes, *, title: str, author: str, timestamp: dt.datetime, instead: str = "") -> bytes:
    """As `courses.rendering.word_pdf.pdf_of`."""
    file = WordFile(word)
    main = file.main
    paper = Paper.of(file, main)
    data: dict[str, Any] = {
        "title": title,
        "author": author,
        "sections": sections(main, paper),
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

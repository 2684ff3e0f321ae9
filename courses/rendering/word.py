"""Papers as Word files: a template with tags in, the filled file out.

A template is a .docx with the tags of docxtpl: `{{ ten_lop }}` for a text, `{%tr for nguoi in danh_sach %}` …
`{%tr endfor %}` for rows of a table, `{%p if … %}` … `{%p endif %}` for paragraphs, each of these in a row or
paragraph of its own.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.shared import Mm
from docxtpl import InlineImage

from courses.constants.errors import Refusal
from courses.constants.names import clean_text
from courses.rendering.cells import writable
from courses.rendering.ruled import fit_rules
from courses.rules.word_tags import StrictTemplate, TagFault, sentence

#: What a file says of when it was made, so that the same words are the same bytes.
MADE = dt.datetime(2020, 3, 5)  # noqa: DTZ001 (python-docx wants it without a zone)


#: Stands in a cell that belongs to the one above it.
OF_ABOVE = "↑"


@dataclass(frozen=True)
class Picture:
    """A PNG in the place of a tag, `width_mm` wide."""

    png: bytes
    width_mm: float


def fill(template: bytes, fields: Mapping[str, Any]) -> bytes:
    """The template with `fields` in the places of its tags; the same bytes for the same input.

    Values are str, int, bool, `Picture`, or lists and dicts of such. Texts lose what cannot be seen and keep their line
    ends. A cell of a table with OF_ABOVE alone becomes one with the cell above it. Refusal with a sentence that names
    the tag when the template asks for a field that is not there, or is faulty.
    """
    try:
        document = StrictTemplate(template)
        document.filled({name: _value(document, value) for name, value in fields.items()})
    except TagFault as fault:
        raise Refusal(sentence(fault)) from None
    _merge_marked(document.docx)
    fit_rules(document.docx)
    return packed(document.docx)


def _merge_marked(document: WordDocument) -> None:
    for text in document.element.body.iter(qn("w:t")):
        if text.text != OF_ABOVE:
            continue
        cell = next(text.iterancestors(qn("w:tc")), None)
        row = cell.getparent() if cell is not None else None
        before = row.getprevious() if row is not None else None
        if before is None or before.tag != row.tag or len(before.tc_lst) != len(row.tc_lst):
            continue
        above = before.tc_lst[row.tc_lst.index(cell)]
        if above.vMerge is None:
            above.vMerge = "restart"
        cell.vMerge, text.text = "continue", ""


def packed(document: WordDocument) -> bytes:
    """The file of a document, with the dates of `MADE` instead of today's, and without who changed it last."""
    properties = document.core_properties
    properties.created = properties.modified = MADE
    properties.revision, properties.last_modified_by = 1, ""
    saved, out = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in parts.namelist():
            part = zipfile.ZipInfo(name, date_time=MADE.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            archive.writestr(part, parts.read(name))
    return out.getvalue()


def _value(document: StrictTemplate, value: Any) -> Any:
    match value:
        case str():
            lines = (clean_text(line) for line in writable(value).split("\n"))
            # Only templates make cells one; a space after it shows that somebody typed the sign.
            return "\n".join(f"{line}\u00a0" if line == OF_ABOVE else line for line in lines)
        case Picture():
            return InlineImage(document, io.BytesIO(value.png), width=Mm(value.width_mm))
        case Mapping():
            return {key: _value(document, inner) for key, inner in value.items()}
        case list() | tuple():
            return [_value(document, inner) for inner in value]
        case _:
            return value

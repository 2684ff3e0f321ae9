"""What a Word file holds and its PDF will not show."""

from django.utils.translation import gettext as _

from courses.rendering.word_pdf.paragraphs import PICTURES, R_EMBED, WP, A
from courses.rendering.word_pdf.parts import VAL, Element, Part, W, WordFile, number, tree

_V = "{urn:schemas-microsoft-com:vml}"
_WPS = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
# Fields whose stored text is all that there is to them.
_PLAIN_FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "HYPERLINK", "MERGEFIELD", "QUOTE"})
_CHANGES = frozenset(W + name for name in ("ins", "del", "moveFrom", "moveTo"))
_PARTS = frozenset({"header", "footer"})


def not_drawn(word: bytes) -> list[str]:
    """Sentences for the person who made the file, each said once. Refusal for what is no Word file."""
    file = WordFile(word)
    main = file.main
    words = _words()
    found: set[str] = set()
    _look(main, file, found)
    for kind, target in main.targets.values():
        if kind in _PARTS and target in file.names:
            _look(file.part(target), file, found)
    if styles := file.beside(main, "styles"):
        used = {named.get(VAL) for named in main.root.iter(W + "tblStyle")}
        for style in tree(styles).iterfind(W + "style"):
            if style.get(W + "styleId") in used and style.find(W + "tblStylePr") is not None:
                found.add("bands")
    return [words[name] for name in words if name in found]


def _words() -> dict[str, str]:
    return {
        "text_box": _("Text boxes are not shown. Put their text into the page itself or into a table without lines."),
        "shape": _("Drawn lines and shapes are not shown. Use the border below a paragraph as a line."),
        "floating": _("Pictures around which text flows are not shown. Set them “In line with text”."),
        "picture": _("Pictures other than PNG and JPEG are not shown."),
        "object": _("Embedded objects, charts and formulas are not shown."),
        "footnote": _("Footnotes and endnotes are not shown."),
        "comment": _("Comments are not shown."),
        "change": _("Tracked changes are shown as if they were accepted."),
        "field": _("Fields other than page numbers show the text that Word last worked out for them."),
        "columns": _("Text in columns is shown in one column."),
        "vertical": _("Text turned on its side in tables is shown upright."),
        "bands": _(
            "Looks of single rows and columns that a table style gives are not shown. "
            "Set bold letters and colours in the cells."
        ),
        "page_border": _("Borders of pages are not shown."),
    }


def _look(part: Part, file: WordFile, found: set[str]) -> None:
    words: list[str] = []
    for element in part.root.iter():
        tag = element.tag
        if name := _BY_TAG.get(tag):
            found.add(name)
        elif tag in _CHANGES:
            found.add("change")
        elif tag == WP + "anchor":
            found.add(_of_anchor(element))
        elif tag == A + "blip":
            if not _can_be_drawn(element, part, file):
                found.add("picture")
        elif tag == W + "cols" and number(element.get(W + "num"), otherwise=1) > 1:
            found.add("columns")
        elif tag == W + "fldSimple":
            words.append(element.get(W + "instr", ""))
        elif tag == W + "fldChar" and element.get(W + "fldCharType") == "begin":
            words.append("")
        elif tag == W + "instrText" and words:
            words[-1] += element.text or ""
    names = {one.split()[0].upper() for one in words if one.split()}
    if names - _PLAIN_FIELDS:
        found.add("field")


_BY_TAG = {
    W + "txbxContent": "text_box",
    _WPS + "wsp": "shape",
    _V + "line": "shape",
    _V + "rect": "shape",
    _V + "shape": "shape",
    _V + "group": "shape",
    W + "object": "object",
    W + "pgBorders": "page_border",
    W + "footnoteReference": "footnote",
    W + "endnoteReference": "footnote",
    W + "commentReference": "comment",
    W + "textDirection": "vertical",
    _MATH + "oMath": "object",
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart": "object",
}


def _of_anchor(anchor: Element) -> str:
    if anchor.find(f".//{W}txbxContent") is not None:
        return "text_box"
    return "floating" if anchor.find(f".//{A}blip") is not None else "shape"


def _can_be_drawn(blip: Element, part: Part, file: WordFile) -> bool:
    kind, target = part.targets.get(blip.get(R_EMBED, ""), ("", ""))
    return kind == "image" and target in file.names and file.bytes_of(target).startswith(PICTURES)

# ruff: noqa: E501
"""Word templates as offices put them back: judged in a child process, so that one that was kept is filled without fear.

What a template may be: a .docx without programs, without links to other files, without parts of other programs, whose
tags name known fields (`courses.rules.word_tags`).
"""

import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from docx.opc.constants import CONTENT_TYPE
from docx.oxml.ns import qn
from lxml import etree

from courses.constants.errors import Refusal
from courses.readers import container
from courses.readers.limited import NotRead, answer_of_child
from courses.readers.unreadable import Unreadable
from courses.rules.word_tags import SENTENCES as OF_TAGS
from courses.rules.word_tags import StrictTemplate, TagEnvironment, TagFault, faults_of_tags, with_lines

MOST_MEGABYTES = 5
SENTENCES = {
    "empty": _("The file is empty. Please send the template again."),
    "too_big": _("The template is larger than %(megabytes)d MB. Please make its pictures smaller."),
    "no_word": _("This is not a Word file, whatever its name says. Please save the template in Word as .docx."),
    "password": _("The file is protected by a password. Please remove the password and send it again."),
    "old_format": _("This kind of file cannot be read. Please open it in Word and save it as .docx, without macros and not as a template of Word."),
    "damaged": _("The file is damaged or was cut short on its way. Please open it in Word, save it again and send it once more."),
    "bomb": _("What is packed in this file is far too large for a template."),
    "too_long": _("Reading the template took too long or too much memory, so it was stopped. Please begin anew with the standard wording."),
    "macros": _("The file holds macros. Please save it in Word as .docx, without macros."),
    "doctype": _("The file holds a definition of types (DOCTYPE), which Word never writes. Please open it in Word and save it as .docx."),
    "linked": _("The file is linked to another file (“%(target)s”). Please put pictures and texts into the template itself, and detach it from other templates."),
    "embedded": _("The file holds a part of another program (an Excel table, a file, a control). Please put it in as a table or a picture."),
    "field": _("The field “%(name)s” of Word may not stand in a template, as it can fetch other files. Allowed are: %(allowed)s."),
    "field_tags": _("A paragraph with a field of Word, such as the number of the page, can hold only whole {{ … }}, typed in one go: “%(where)s”."),
    "tracked": _("The file has changes that are tracked. Please accept or reject all of them, and send it again."),
}  # fmt: skip

_SECONDS = 6
_MOST_UNPACKED = 40 * 1024 * 1024
_MOST_XML = 4 * 1024 * 1024
#: Of all pictures together: drawn, a dot is a byte or more, whatever the file packs it into (A4 at 600 an inch: 35).
_MOST_DOTS = 60_000_000
_JPEG_FRAME = re.compile(rb"\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]..[\x08\x0c](..)(..)", re.DOTALL)
#: Fields of Word that show only what is in the file itself.
_FIELDS = ("PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION", "PAGEREF", "REF", "TOC", "SEQ", "STYLEREF", "HYPERLINK")
_LINK = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
_FIELD_LINK = re.compile(r'\s*HYPERLINK\s+("?(https?://|mailto:)|\\l\b)', re.IGNORECASE)
_EMBEDDED = {
    qn("w:altChunk"),
    qn("w:object"),
    qn("w:control"),
    qn("w:subDoc"),
    "{urn:schemas-microsoft-com:office:office}OLEObject",
}
_EMBEDDED_TYPES = (
    *("/aFChunk", "/oleObject", "/package", "/control", "/subDocument", "/frame", "/activeXControlBinary"),
    *("/webextensiontaskpanes", "/webextension", "/extensibility", "/attachedToolbars"),
)
#: What Word writes as “Strict Open XML”: the names below would not be found in it.
_STRICT = "{http://purl.oclc.org/ooxml/"
_SHAPES = "{urn:schemas-microsoft-com:vml}"
_FETCHED = ("src", "{urn:schemas-microsoft-com:office:office}href", "{urn:schemas-microsoft-com:office:office}althref")
_TRACKED = {qn(f"w:{name}") for name in ("ins", "del", "moveFrom", "moveTo")}
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_NOTES = (CONTENT_TYPE.WML_FOOTNOTES, CONTENT_TYPE.WML_ENDNOTES, CONTENT_TYPE.WML_COMMENTS)
_NO_WORD = {"not_a_table": "no_word", "web_page": "no_word", "unexpected": "damaged"}
_FAULTS_SHOWN = 5


def read_template(data: bytes, fields: Mapping[str, Any]) -> frozenset[str]:
    """The names of the fields (not those of rows) that the template uses.

    `fields` are samples by name, as `courses.rendering.word.fill` takes them; a list says by its first row what fields
    its rows have. Refusal, with a sentence for each of the first faults, when it cannot be a template.
    """
    if len(data) > MOST_MEGABYTES * 1024 * 1024:
        raise Refusal(SENTENCES["too_big"] % {"megabytes": MOST_MEGABYTES})
    try:
        answer = answer_of_child(data, {"fields": _plain(fields)}, reader=__name__, seconds=_SECONDS)
    except NotRead as refused:
        code = _NO_WORD.get(refused.code, refused.code)
        raise Refusal(SENTENCES.get(code, SENTENCES["damaged"])) from None
    if faults := answer["faults"]:
        raise Refusal(" ".join(str({**OF_TAGS, **SENTENCES}[code]) % params for code, params in faults[:_FAULTS_SHOWN]))
    return frozenset(answer["used"])


def answer_asked(data: bytes, asked: Mapping[str, Any]) -> dict[str, Any]:
    """In the child: {"faults": [[code, params], …], "used": [name, …]}."""
    fields = asked["fields"]
    try:
        _look_through(data)
        template = StrictTemplate(data)
        faults, used = _tags_of(template, fields)
        if not faults:
            for values in (fields, _nothing(fields)):
                StrictTemplate(data).filled(values)
    except TagFault as fault:
        faults, used = [fault], set()
    return {"faults": [[fault.code, fault.params] for fault in faults], "used": sorted(used)}


# The package


def _look_through(data: bytes) -> None:
    """TagFault or Unreadable when the file holds what no template may."""
    if container.kind_of(data) != "docx":
        raise TagFault("no_word")
    archive = container.open_zip(data)
    if sum(part.file_size for part in archive.infolist()) > _MOST_UNPACKED:
        raise Unreadable("bomb")
    names = [part.filename.lower() for part in archive.infolist()]
    if len(set(names)) < len(names):  # Word might read the other one
        raise Unreadable("damaged")
    types = _types(archive)
    dots = 0
    for part in archive.infolist():
        name = part.filename.lower()
        if "vba" in name or "macro" in name:
            raise TagFault("macros")
        if "embeddings/" in name or "activex" in name:
            raise TagFault("embedded")
        kind = types.get(f"/{name}") or types.get(name.rpartition(".")[2], "")
        if kind.endswith("xml") or name.endswith((".xml", ".rels", ".vml")):
            if part.file_size > _MOST_XML:
                raise Unreadable("bomb")
            _look_at_part(_root(container.part(archive, part.filename)))
        else:
            dots += _dots_of(container.part(archive, part.filename))
    if dots > _MOST_DOTS:
        raise Unreadable("bomb")


def _dots_of(content: bytes) -> int:
    """Of a PNG or JPEG, by what it says of itself; 0 for anything else, which is never drawn."""
    if content.startswith(b"\x89PNG"):
        return int.from_bytes(content[16:20]) * int.from_bytes(content[20:24])
    if content.startswith(b"\xff\xd8\xff"):
        frames = _JPEG_FRAME.findall(content)
        return max((int.from_bytes(high) * int.from_bytes(wide) for high, wide in frames), default=0)
    return 0


def _types(archive: zipfile.ZipFile) -> dict[str, str]:
    """{"/word/document.xml" or "png": its type}, in small letters."""
    root = _root(container.part(archive, "[Content_Types].xml"))
    entries = root.iter("{*}Override", "{*}Default")
    types = {
        one.get("PartName", one.get("Extension", "")).lower(): one.get("ContentType", "").lower() for one in entries
    }
    if any(word in kind for kind in types.values() for word in ("macro", "vba")):
        raise TagFault("macros")
    if types.get("/word/document.xml") != CONTENT_TYPE.WML_DOCUMENT_MAIN:
        raise TagFault("old_format")
    return types


def _root(xml: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError):
        # What calls itself a DOCTYPE is refused as that, whatever else is wrong with it.
        raise TagFault("doctype" if b"<!DOCTYPE" in xml.replace(b"\0", b"") else "damaged") from None
    if root.getroottree().docinfo.doctype:
        raise TagFault("doctype")
    return root


def _look_at_part(root: etree._Element) -> None:
    for relation in root.iter(_RELATION):
        kind, target = relation.get("Type", ""), relation.get("Target", "")
        if kind.endswith(_EMBEDDED_TYPES):
            raise TagFault("embedded")
        if relation.get("TargetMode") == "External" and not (kind.endswith("/hyperlink") and _LINK.match(target)):
            raise TagFault("linked", target=target[:80])
    for element in root.iter():
        if element.tag in _EMBEDDED:
            raise TagFault("embedded")
        if element.tag in _TRACKED:
            raise TagFault("tracked")
        _look_at_what_is_fetched(element)
    _look_at_tags_beside_fields(root)
    for instruction in _instructions(root):
        words = instruction.split()
        if not words or words[0].upper() not in _FIELDS:
            raise TagFault("field", name=words[0][:40] if words else "", allowed=", ".join(_FIELDS))
        if words[0].upper() == "HYPERLINK" and not _FIELD_LINK.match(instruction):
            raise TagFault("linked", target=instruction.strip()[:80])


def _look_at_what_is_fetched(element: etree._Element) -> None:
    """Without a relation: addresses in shapes of old, and where letters to many get their names from."""
    if not isinstance(element.tag, str):
        return
    if element.tag.startswith(_STRICT):
        raise TagFault("old_format")
    if element.tag == qn("w:mailMerge"):
        raise TagFault("linked", target="mailMerge")
    if element.tag.startswith(_SHAPES) and (fetched := next(filter(None, map(element.get, _FETCHED)), None)):
        raise TagFault("linked", target=fetched[:80])


def _instructions(root: etree._Element) -> Iterator[str]:
    """What the fields of Word say, those within others too; "" where one is not said within one paragraph: of what is
    said over several, a tag could take a part away."""
    yield from (one.get(qn("w:instr"), "") for one in root.iter(qn("w:fldSimple")))
    for paragraph in root.iter(qn("w:p")):
        open_fields: list[str] = []
        for element in paragraph.iter(qn("w:fldChar"), qn("w:instrText")):
            kind = element.get(qn("w:fldCharType"))
            if kind == "begin":
                open_fields.append("")
            elif kind == "end" and open_fields:
                yield open_fields.pop()
            elif kind is None and open_fields:
                open_fields[-1] += element.text or ""
            elif kind is None:
                yield ""
        yield from open_fields


def _look_at_tags_beside_fields(root: etree._Element) -> None:
    for paragraph in root.iter(qn("w:p")):
        if next(paragraph.iter(qn("w:instrText")), None) is None:
            continue
        texts = [one.text or "" for one in paragraph.iter(qn("w:t"))]
        if any(re.search(r"\{[{%#]|[}%#]\}", re.sub(r"\{\{[^{}]*\}\}", "", text)) for text in texts):
            raise TagFault("field_tags", where="".join(texts)[:80])


# The tags


def _tags_of(template: StrictTemplate, fields: Mapping[str, Any]) -> tuple[list[TagFault], set[str]]:
    environment = TagEnvironment(fields)
    faults: list[TagFault] = []
    used: set[str] = set()
    for part in template.docx.part.package.parts:
        if part.content_type in _NOTES and (tag := re.search(rb"\{[{%].{0,200}", part.blob, re.DOTALL)):
            faults.append(TagFault("place", where=re.sub(r"<[^>]*>?", "", tag[0].decode("utf-8", "replace"))[:60]))
    for root in template.roots():
        if found := faults_of_tags(root):
            faults += found
            continue
        source = with_lines(template.patch_xml(etree.tostring(root, encoding="unicode")))
        faults += environment.faults_of(source)
        if not faults:
            used |= environment.names_in(source)
    return faults, used


def _plain(value: Any) -> Any:
    """Samples as JSON can hold them: all that is no text, number, list or mapping is a picture."""
    match value:
        case Mapping():
            return {name: _plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case str() | int() | None:
            return value
        case _:
            return ""


def _nothing(value: Any) -> Any:
    """The same fields with nothing in them."""
    match value:
        case Mapping():
            return {name: _nothing(inner) for name, inner in value.items()}
        case list():
            return []
        case _:
            return type(value)()

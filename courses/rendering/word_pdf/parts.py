"""The parts of a .docx as trees of XML. The file may come from anyone: no entities, no network, bounded sizes."""

import io
import posixpath
import zipfile
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from courses.constants.errors import Refusal

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
VAL = W + "val"
Element = Any  # lxml names no public type

MOST_PARTS = 2_000
MOST_UNPACKED = 60 * 1024 * 1024
# A list of five thousand people; as a tree it takes ten times as much.
MOST_XML = 12 * 1024 * 1024
MOST_BYTES = 20 * 1024 * 1024
# Of the text, and of what stands on each page. Drawn, a million take ten seconds and a gigabyte; ten sheets to sign for
# five hundred people have a third of that.
MOST_LETTERS, MOST_LETTERS_EACH_PAGE = 1_000_000, 20_000
_MAIN = "word/document.xml"


def twips(text: str | None) -> float:
    """Points of a length in twentieths of a point; 0 for what is no number. Word also writes "2.5cm"."""
    if not text:
        return 0.0
    for unit, points in (("pt", 1.0), ("mm", 72 / 25.4), ("cm", 72 / 2.54), ("in", 72.0)):
        if text.endswith(unit):
            return _bounded(text.removesuffix(unit), points)
    return _bounded(text, 1 / 20)


def number(text: str | None, *, otherwise: int = 0) -> int:
    try:
        return max(-100_000, min(100_000, int(text or "")))
    except ValueError:
        return otherwise


def _bounded(text: str, points: float) -> float:
    try:
        length = float(text) * points
    except ValueError:
        return 0.0
    return round(max(-5_000.0, min(5_000.0, length)), 3) if length == length else 0.0


def flag(element: Element) -> bool:
    """A property that is on when it stands there, unless it says otherwise."""
    return element.get(VAL, "1") not in ("0", "false", "off")


@dataclass
class Part:
    """A part with what it refers to: id → (kind, path in the archive or address)."""

    root: Element
    targets: dict[str, tuple[str, str]] = field(default_factory=dict)


class WordFile:
    """Refusal for what is no whole Word file."""

    def __init__(self, data: bytes) -> None:
        if len(data) > MOST_BYTES:
            raise _refusal()
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
            raise _refusal() from None
        parts = self._archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise _refusal()
        self.names = {part.filename for part in parts}
        if _MAIN not in self.names:
            raise _refusal()

    @property
    def main(self) -> Part:
        return self.part(_MAIN)

    def part(self, name: str) -> Part:
        folder, base = posixpath.split(name)
        targets = {}
        relationships = f"{folder}/_rels/{base}.rels"
        if relationships in self.names:
            for relation in tree(self.bytes_of(relationships)).iter(_RELATIONSHIPS):
                target = relation.get("Target", "")
                if relation.get("TargetMode") != "External":
                    target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                targets[relation.get("Id", "")] = (relation.get("Type", "").rsplit("/", 1)[-1], target)
        root = tree(self.bytes_of(name))
        most = MOST_LETTERS if name == _MAIN else MOST_LETTERS_EACH_PAGE
        if sum(len(text.text or "") for text in root.iter(f"{W}t")) > most:
            raise _refusal()
        return Part(root, targets)

    def beside(self, main: Part, kind: str) -> bytes:
        """The one part of this kind (styles, numbering, settings) that the main part refers to; b"" for none."""
        for what, target in main.targets.values():
            if what == kind and target in self.names:
                return self.bytes_of(target)
        return b""

    def bytes_of(self, name: str) -> bytes:
        try:
            return self._archive.read(name)
        except Exception:  # zlib, bad CRC, unknown method, a password: the library names no common class
            raise _refusal() from None


def tree(xml: bytes) -> Element:
    if len(xml) > MOST_XML:
        raise _refusal()
    # One parser a tree: a parser may not be shared between threads.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError:
        raise _refusal() from None
    if root.getroottree().docinfo.doctype:
        raise _refusal()
    return root


def _refusal() -> Refusal:
    return Refusal(
        _("This Word file is damaged or too big, so that no PDF can be made of it. Please save it again in Word.")
    )

"""Sections of a Word file: each with its own paper size, margins, headers, footers and numbers of pages."""

from dataclasses import dataclass, field
from typing import Any

from courses.rendering.word_pdf.body import Place, children, flow
from courses.rendering.word_pdf.paper import Paper, rounded
from courses.rendering.word_pdf.paragraphs import Reader
from courses.rendering.word_pdf.parts import VAL, Element, Part, R, W, flag, number, twips

# A4 with an inch around: what counts when a section says nothing.
_SIZE = {"w": 595.3, "h": 841.9}
_MARGINS = {"top": 72.0, "bottom": 72.0, "left": 72.0, "right": 72.0, "header": 36.0, "footer": 36.0, "gutter": 0.0}
_FORMS = {"lowerRoman": "i", "upperRoman": "I", "lowerLetter": "a", "upperLetter": "A"}


@dataclass
class _Section:
    properties: Element | None
    elements: list[Element] = field(default_factory=list)


def sections(main: Part, paper: Paper) -> list[dict[str, Any]]:
    body = main.root.find(W + "body")
    if body is None:
        return []
    found: list[dict[str, Any]] = []
    inherited: dict[str, dict[str, Any]] = {"header": {}, "footer": {}}
    # One reader: a field may begin in one section and end in the next.
    reader = Reader(paper, main)
    for section in _cut(body):
        look = _look(section.properties)
        blocks = flow(section.elements, reader, paper, Place(look["w"] - look["left"] - look["right"]))
        form = look | _numbers(section.properties) | {"b": blocks}
        for kind in ("header", "footer"):
            inherited[kind] = inherited[kind] | _beside(section.properties, kind, main, paper, look)
            form[f"{kind}s"] = inherited[kind]
        if found and _goes_on(section.properties, look, found[-1]):
            found[-1]["b"] += blocks
        else:
            found.append(form)
    return found


def _cut(body: Element) -> list[_Section]:
    found = [_Section(None)]
    for element in children(body):
        if element.tag == W + "sectPr":
            found[-1].properties = element
            break
        found[-1].elements.append(element)
        if element.tag == W + "p" and (ends := element.find(f"{W}pPr/{W}sectPr")) is not None:
            found[-1].properties = ends
            found.append(_Section(None))
    return [section for section in found if section.elements or section.properties is not None]


def _look(properties: Element | None) -> dict[str, Any]:
    look: dict[str, Any] = {**_SIZE, **_MARGINS}
    size = None if properties is None else properties.find(W + "pgSz")
    if size is not None:
        look |= {side: min(1584.0, max(72.0, twips(size.get(W + side)) or _SIZE[side])) for side in ("w", "h")}
    margins = None if properties is None else properties.find(W + "pgMar")
    if margins is not None:
        look |= {name: twips(value) for name in _MARGINS if (value := margins.get(W + name)) is not None}
    look["left"] += look.pop("gutter")
    # A margin below nought means: of this size, however high the header is.
    look["fixed"] = look["top"] < 0
    for side in ("top", "bottom", "left", "right", "header", "footer"):
        look[side] = rounded(min(abs(look[side]), look["h" if side in ("top", "bottom") else "w"] * 0.45))
    return look


def _numbers(properties: Element | None) -> dict[str, Any]:
    said: dict[str, Any] = {}
    numbers = None if properties is None else properties.find(W + "pgNumType")
    if numbers is not None:
        if (start := numbers.get(W + "start")) is not None:
            said["start"] = number(start, otherwise=1)
        if form := _FORMS.get(numbers.get(W + "fmt", "")):
            said["form"] = form
    first = None if properties is None else properties.find(W + "titlePg")
    said["different"] = first is not None and flag(first)
    return said


def _beside(
    properties: Element | None, kind: str, main: Part, paper: Paper, look: dict[str, Any]
) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for reference in () if properties is None else properties.iterfind(f"{W}{kind}Reference"):
        which = reference.get(W + "type", "default")
        what, target = main.targets.get(reference.get(R + "id", ""), ("", ""))
        if what == kind and target in paper.file.names and (which != "even" or paper.even_headers):
            part = paper.file.part(target)
            place = Place(look["w"] - look["left"] - look["right"], closed=True)
            found[which] = flow(children(part.root), Reader(paper, part), paper, place)
    return found


def _goes_on(properties: Element | None, look: dict[str, Any], before: dict[str, Any]) -> bool:
    """Whether this section begins on the page of the one before: a page has one size and one header here."""
    kind = None if properties is None else properties.find(W + "type")
    return (
        kind is not None
        and kind.get(VAL) == "continuous"
        and all(look[name] == before[name] for name in ("w", "h", "top", "bottom", "left", "right"))
    )

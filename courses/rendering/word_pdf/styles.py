"""What Word's styles come to: the properties of a paragraph and of its letters.

Order of what overrides what, after ECMA-376 part 1, 17.7.2: defaults of the document, table style, paragraph style
(from the root of its chain), numbering, style of the letters, what is said on the spot. Lengths are points.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from courses.rendering.word_pdf.parts import VAL, Element, W, flag, number, tree, twips

Properties = dict[str, Any]
#: Properties of letters that a style switches over instead of setting them (17.7.3).
_TOGGLES = {
    W + "b": "bold",
    W + "i": "italic",
    W + "caps": "caps",
    W + "smallCaps": "small_caps",
    W + "strike": "strike",
    W + "vanish": "hidden",
}
_DEEPEST = 20
_BORDERS = {
    W + "top": "top",
    W + "bottom": "bottom",
    W + "left": "left",
    W + "right": "right",
    W + "start": "left",
    W + "end": "right",
    W + "insideH": "inside_h",
    W + "insideV": "inside_v",
}
_NO_LINE = (None, "nil", "none")


def letters(rpr: Element | None) -> Properties:
    """The properties of letters that one w:rPr says."""
    said: Properties = {}
    if rpr is None:
        return said
    for element in rpr:
        tag = element.tag
        if name := _TOGGLES.get(tag):
            said[name] = flag(element)
        elif tag == W + "sz":
            said["size"] = max(1.0, min(300.0, twips(element.get(VAL)) * 10))
        elif tag == W + "u":
            said["underline"] = element.get(VAL) not in _NO_LINE
        elif tag == W + "color":
            said["color"] = _color(element.get(VAL))
        elif tag == W + "vertAlign":
            said["raised"] = {"superscript": 1, "subscript": -1}.get(element.get(VAL), 0)
        elif tag == W + "spacing":
            said["tracking"] = twips(element.get(VAL))
        elif tag == W + "position":
            said["lift"] = twips(element.get(VAL)) * 10
        elif tag == W + "dstrike":
            said["strike"] = flag(element)
    return said


def paragraph(ppr: Element | None) -> Properties:
    """The properties that one w:pPr says, without its letters and its style."""
    said: Properties = {}
    if ppr is None:
        return said
    for element in ppr:
        tag = element.tag
        if tag == W + "jc":
            said["align"] = element.get(VAL)
        elif tag == W + "ind":
            said.update(_indents(element))
        elif tag == W + "spacing":
            said.update(_spacing(element))
        elif tag == W + "keepNext":
            said["keep_next"] = flag(element)
        elif tag == W + "keepLines":
            said["keep_lines"] = flag(element)
        elif tag == W + "pageBreakBefore":
            said["page_before"] = flag(element)
        elif tag == W + "widowControl":
            said["widows"] = flag(element)
        elif tag == W + "contextualSpacing":
            said["contextual"] = flag(element)
        elif tag == W + "pBdr":
            said["borders"] = borders(element)
        elif tag == W + "shd":
            said["fill"] = fill(element)
        elif tag == W + "tabs":
            said["tabs"] = {twips(tab.get(W + "pos")): (tab.get(VAL), tab.get(W + "leader")) for tab in element}
        elif tag == W + "outlineLvl":
            said["outline"] = number(element.get(VAL), otherwise=9)
        elif tag == W + "numPr":
            for inner in element:
                if inner.tag == W + "numId":
                    said["list"] = inner.get(VAL)
                elif inner.tag == W + "ilvl":
                    said["level"] = number(inner.get(VAL))
    return said


def _indents(element: Element) -> Properties:
    said: Properties = {}
    for name, keys in (("left", ("left", "start")), ("right", ("right", "end"))):
        for key in keys:
            if (value := element.get(W + key)) is not None:
                said[name] = twips(value)
    if (value := element.get(W + "hanging")) is not None:
        said["first"] = -twips(value)
    elif (value := element.get(W + "firstLine")) is not None:
        said["first"] = twips(value)
    return said


def _spacing(element: Element) -> Properties:
    said: Properties = {}
    for name in ("before", "after"):
        if element.get(f"{W}{name}Autospacing") in ("1", "true", "on"):
            said[name] = 14.0
        elif (value := element.get(W + name)) is not None:
            said[name] = max(0.0, twips(value))
    if (value := element.get(W + "line")) is not None:
        rule = element.get(W + "lineRule", "auto")
        # A multiple is written in 240ths of a line.
        said["line"] = (rule, number(value, otherwise=240) / 240 if rule == "auto" else twips(value))
    return said


def borders(element: Element) -> Properties:
    """Side → (width, distance, colour), or None where a line is taken away."""
    found: Properties = {}
    for line in element:
        if side := _BORDERS.get(line.tag):
            found[side] = None
            if line.get(VAL) not in _NO_LINE:
                width = min(6.0, max(0.25, number(line.get(W + "sz"), otherwise=4) / 8))
                if line.get(VAL) == "double":
                    width *= 3
                distance = max(0.0, min(31.0, float(number(line.get(W + "space")))))
                found[side] = (width, distance, _color(line.get(W + "color")), line.get(VAL))
    return found


def fill(element: Element) -> str:
    """The colour behind, "" for none."""
    return _color(element.get(W + "fill"))


def _color(value: str | None) -> str:
    value = value or ""
    return value.lower() if len(value) == 6 and all(sign in "0123456789abcdefABCDEF" for sign in value) else ""


def key_of(element: Element | None) -> tuple[Any, ...]:
    """The same for two elements that say the same; far cheaper than to read them."""
    return () if element is None else tuple([(inner.tag, *inner.items()) for inner in element.iter()])


class Styles:
    """The chains of w:styles, merged from their roots."""

    def __init__(self, root: Element | None) -> None:
        self._styles: dict[str, Element] = {}
        self._default: dict[str, str] = {}
        self._merged: dict[tuple[str, str], Any] = {}
        self.paragraph_default: Properties = {}
        self.letters_default: Properties = {}
        if root is None:
            return
        for style in root.iterfind(W + "style"):
            name, kind = style.get(W + "styleId", ""), style.get(W + "type", "paragraph")
            self._styles[name] = style
            if style.get(W + "default") in ("1", "true", "on"):
                self._default[kind] = name
        defaults = root.find(W + "docDefaults")
        if defaults is not None:
            self.letters_default = letters(defaults.find(f"{W}rPrDefault/{W}rPr"))
            self.paragraph_default = paragraph(defaults.find(f"{W}pPrDefault/{W}pPr"))

    def default(self, kind: str) -> str:
        return self._default.get(kind, "")

    def chain(self, name: str) -> list[Element]:
        """From the root of the chain to the style itself."""
        found: list[Element] = []
        while name in self._styles and len(found) < _DEEPEST:
            style = self._styles[name]
            if style in found:
                break
            found.append(style)
            base = style.find(W + "basedOn")
            name = "" if base is None else base.get(VAL, "")
        return found[::-1]

    def paragraph(self, name: str) -> list[Properties]:
        """What each style of the chain says, from the root."""
        return self._kept("p", name, lambda chain: [paragraph(style.find(W + "pPr")) for style in chain])

    def letters(self, name: str) -> Properties:
        return self._kept("r", name, lambda chain: merged(letters(style.find(W + "rPr")) for style in chain))

    def _kept(self, kind: str, name: str, make: Any) -> Any:
        key = kind, name
        if key not in self._merged:
            self._merged[key] = make(self.chain(name))
        return self._merged[key]


@lru_cache(maxsize=8)
def styles_of(xml: bytes) -> Styles:
    """Kept, because all papers of an office come from the same few files: reading costs as much as fifty people."""
    return Styles(tree(xml) if xml else None)


def merged(said: Iterable[Properties]) -> Properties:
    """What comes later overrides; of tabs and borders, each one on its own."""
    result: Properties = {}
    for properties in said:
        for name, value in properties.items():
            if name in ("tabs", "borders") and name in result:
                value = {**result[name], **value}
            result[name] = value
    return result


def switched(base: Properties, style: Properties) -> Properties:
    """The style of letters on top of that of the paragraph: what both switch on is off (17.7.3)."""
    result = {**base, **style}
    for name in _TOGGLES.values():
        if style.get(name) is True and base.get(name):
            result[name] = False
    return result

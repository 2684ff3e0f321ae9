"""The shape in which the template `papers/word.typ` reads a Word file; what is said often is said once."""

from dataclasses import dataclass, field
from typing import Any

from courses.rendering.word_pdf.numbering import Numbering
from courses.rendering.word_pdf.parts import VAL, Element, Part, W, WordFile, flag, tree, twips
from courses.rendering.word_pdf.styles import Properties, Styles, styles_of

# Of Tinos, as of Times New Roman, in parts of the size: what a line takes above and below its base.
_ABOVE, _BELOW = 0.9336, 0.2163
# Of raised and lowered letters, in parts of the size of their neighbours.
_SMALL, _UP, _DOWN = 0.58, 0.39, 0.086
_CAPS = 0.8
ALIGNMENTS = {"center": "center", "right": "right", "end": "right", "both": "justify", "distribute": "justify"}


def rounded(length: float) -> float:
    return round(length, 2)


class Shared:
    """Each distinct value once; what refers to it says its place."""

    def __init__(self) -> None:
        self.values: list[dict[str, Any]] = []
        self._places: dict[str, int] = {}

    def place(self, value: dict[str, Any]) -> int:
        key = repr(value)
        if key not in self._places:
            self._places[key] = len(self.values)
            self.values.append(value)
        return self._places[key]


@dataclass
class Paper:
    """What all parts of one Word file share while it is read."""

    file: WordFile
    styles: Styles
    numbering: Numbering
    default_tab: float = 36.0
    # Spaces before and after add up in old files; in others the larger one counts.
    spaces_add_up: bool = False
    shifted_tables: bool = True
    even_headers: bool = False
    stretched_breaks: bool = True
    letters: Shared = field(default_factory=Shared)
    paragraphs: Shared = field(default_factory=Shared)
    cells: Shared = field(default_factory=Shared)
    pictures: dict[str, str] = field(default_factory=dict)
    blocks: int = 0
    _forms: dict[tuple[int, bool, bool], tuple[Properties, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, file: WordFile, main: Part) -> "Paper":
        numbering = file.beside(main, "numbering")
        paper = cls(file, styles_of(file.beside(main, "styles")), Numbering(tree(numbering) if numbering else None))
        if settings := file.beside(main, "settings"):
            paper._read_settings(tree(settings))
        return paper

    def _read_settings(self, settings: Element) -> None:
        tab = settings.find(W + "defaultTabStop")
        if tab is not None:
            self.default_tab = max(1.0, twips(tab.get(VAL)))
        even = settings.find(W + "evenAndOddHeaders")
        self.even_headers = even is not None and flag(even)
        compat = settings.find(W + "compat")
        for element in () if compat is None else compat:
            match element.tag.removeprefix(W):
                case "doNotUseHTMLParagraphAutoSpacing":
                    self.spaces_add_up = flag(element)
                case "doNotExpandShiftReturn":
                    self.stretched_breaks = not flag(element)
                case "compatSetting" if element.get(W + "name") == "compatibilityMode":
                    self.shifted_tables = element.get(VAL, "") < "15"

    def letters_format(self, said: Properties, line: tuple[str, float]) -> int:
        """`line` is the paragraph's spacing of lines, on which the height of each letter depends."""
        size = said.get("size", 10.0)
        above, below = edges(size, line)
        if said.get("small_caps"):
            size *= _CAPS
        form: dict[str, Any] = {"size": size, "above": rounded(above), "below": rounded(below)}
        shift = -said.get("lift", 0.0)
        if raised := said.get("raised"):
            shift += size * (-_UP if raised > 0 else _DOWN)
            form["size"] = size * _SMALL
        form["size"] = rounded(form["size"])
        if shift:
            form["shift"] = rounded(shift)
        for name in ("bold", "italic", "underline", "strike", "color", "tracking"):
            if said.get(name):
                form[name] = said[name]
        return self.letters.place(form)

    def paragraph_format(self, said: Properties, *, top: bool, bottom: bool) -> int:
        """`top`, `bottom`: whether the paragraph draws its lines there (neighbours with the same lines share them)."""
        # By the object itself, which is kept so that no other one can take its place.
        key = id(said), top, bottom
        if key not in self._forms:
            self._forms[key] = said, self.paragraphs.place(self._paragraph_form(said, top, bottom))
        return self._forms[key][1]

    def _paragraph_form(self, said: Properties, top: bool, bottom: bool) -> dict[str, Any]:
        left, first = said.get("left", 0.0), said.get("first", 0.0)
        form: dict[str, Any] = {
            "left": rounded(left),
            "right": rounded(said.get("right", 0.0)),
            "first": rounded(first),
        }
        if align := ALIGNMENTS.get(said.get("align", "")):
            form["align"] = align
        for name, short in (("keep_next", "sticky"), ("keep_lines", "whole"), ("fill", "fill")):
            if said.get(name):
                form[short] = said[name]
        if said.get("widows") is False:
            form["widows"] = True
        lines = {
            side: line_of(line) | {"space": line[1]}
            for side, line in said.get("borders", {}).items()
            if line and (side != "top" or top) and (side != "bottom" or bottom) and not side.startswith("inside")
        }
        if lines:
            form["lines"] = lines
        stops = [
            [rounded(at), kind, leader or ""]
            for at, (kind, leader) in sorted(said.get("tabs", {}).items())
            if kind not in ("clear", "bar")
        ]
        if stops:
            form["tabs"] = stops
        return form


def edges(size: float, line: tuple[str, float]) -> tuple[float, float]:
    """What a line of letters of this size takes above and below its base, as Word divides it."""
    above, below = size * _ABOVE, size * _BELOW
    rule, amount = line
    match rule:
        case "exact":
            return amount * 0.8, amount * 0.2
        case "atLeast":
            return max(above, amount - below), below
        case _ if amount >= 1:
            return above, below + (amount - 1) * (above + below)
        case _:
            return above - (1 - amount) * (above + below), below


def line_of(line: tuple[float, float, str, str]) -> dict[str, Any]:
    width, _space, color, kind = line
    form: dict[str, Any] = {"width": width, "color": color}
    if kind in ("dotted", "dashed"):
        form["dash"] = kind
    return form

"""Numbers and signs of lists (word/numbering.xml), counted as the paragraphs come."""

from dataclasses import dataclass

from courses.rendering.word_pdf.parts import VAL, Element, W, number
from courses.rendering.word_pdf.styles import Properties, letters, paragraph

_LEVELS = 9
# Signs of the fonts Symbol and Wingdings, which Word writes as letters of its own; the paper font has these.
SIGNS = {
    "\uf0b7": "•",
    "\uf0a7": "▪",
    "\uf06f": "○",
    "\uf0a8": "□",
    "\uf06e": "■",
    "\uf0d8": "→",
    "\uf0e0": "→",
    "\uf02d": "-",
    "\uf0fc": "-",
    "\uf076": "▪",
    "o": "○",
}


@dataclass
class Level:
    form: str = "decimal"
    text: str = ""
    start: int = 1
    suffix: str = "tab"
    align: str = "left"
    restart: int = -1
    paragraph: Properties | None = None
    letters: Properties | None = None


class Numbering:
    def __init__(self, root: Element | None) -> None:
        self._abstract: dict[str, Element] = {}
        self._lists: dict[str, Element] = {}
        self._read: dict[str, tuple[str, dict[int, Level]]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()
        self._overrides: dict[str, dict[int, int]] = {}
        if root is None:
            return
        # Word brings dozens of lists along, and a paper uses one or two: these are read when they are met.
        self._abstract = {one.get(W + "abstractNumId", ""): one for one in root.iterfind(W + "abstractNum")}
        self._lists = {one.get(W + "numId", ""): one for one in root.iterfind(W + "num")}

    def _list(self, name: str) -> tuple[str, dict[int, Level]]:
        """What it counts together with, and its levels."""
        if name not in self._read:
            one = self._lists[name]
            abstract = one.find(W + "abstractNumId")
            base = "" if abstract is None else abstract.get(VAL, "")
            levels = {}
            if base in self._abstract:
                levels = {
                    number(level.get(W + "ilvl")): _level(level) for level in self._abstract[base].iterfind(W + "lvl")
                }
            starts = self._overrides.setdefault(name, {})
            for override in one.iterfind(W + "lvlOverride"):
                which = number(override.get(W + "ilvl"))
                if (inner := override.find(W + "lvl")) is not None:
                    levels[which] = _level(inner)
                if (start := override.find(W + "startOverride")) is not None:
                    starts[which] = number(start.get(VAL), otherwise=1)
            self._read[name] = base, levels
        return self._read[name]

    def level(self, name: str | None, which: int) -> Level | None:
        """None when the paragraph is in no list; the list "0" takes it out of one."""
        if not name or name not in self._lists:
            return None
        return self._list(name)[1].get(which)

    def next(self, name: str, which: int) -> str:
        """What stands before the next paragraph of this list and level."""
        base, levels = self._list(name)
        counts = self._counts.setdefault(base, {})
        starts = self._overrides[name]
        if which in starts and (name, which) not in self._begun:
            self._begun.add((name, which))
            counts[which] = starts[which] - 1
        counts[which] = counts.get(which, levels[which].start - 1) + 1
        for deeper in range(which + 1, _LEVELS):
            counts.pop(deeper, None)
        text = levels[which].text
        if levels[which].form == "bullet":
            return "".join(SIGNS.get(sign, sign) for sign in text)
        for level in range(_LEVELS):
            if f"%{level + 1}" in text and level in levels:
                count = counts.get(level, levels[level].start)
                text = text.replace(f"%{level + 1}", in_form(count, levels[level].form))
        return text


def in_form(count: int, form: str) -> str:
    """The count as Word writes it in one of its forms of numbers."""
    match form:
        case "none":
            return ""
        case "lowerLetter" | "upperLetter" if count > 0:
            # After z comes aa, after aa bb.
            text = chr(97 + (count - 1) % 26) * min(20, (count - 1) // 26 + 1)
            return text.upper() if form == "upperLetter" else text
        case "lowerRoman" | "upperRoman" if 0 < count < 4000:
            return _roman(count) if form == "upperRoman" else _roman(count).lower()
        case "decimalZero":
            return f"{count:02d}"
        case _:
            return str(count)


def _roman(count: int) -> str:
    text = ""
    for value, sign in (
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ):
        text += sign * (count // value)
        count %= value
    return text


def _level(element: Element) -> Level:
    level = Level(paragraph=paragraph(element.find(W + "pPr")), letters=letters(element.find(W + "rPr")))
    for inner in element:
        value = inner.get(VAL, "")
        match inner.tag.removeprefix(W):
            case "numFmt":
                level.form = value
            case "lvlText":
                level.text = value[:60]
            case "start":
                level.start = number(value, otherwise=1)
            case "suff":
                level.suffix = value
            case "lvlJc":
                level.align = value
    return level

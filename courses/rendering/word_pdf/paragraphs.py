"""A paragraph of Word as the template reads it: its format, and its runs, tabs, breaks, pictures and numbers."""

import re
from dataclasses import dataclass
from typing import Any

from courses.rendering.word_pdf.numbering import SIGNS, Level
from courses.rendering.word_pdf.paper import Paper, edges, rounded
from courses.rendering.word_pdf.parts import VAL, Element, Part, W
from courses.rendering.word_pdf.styles import Properties, key_of, letters, merged, paragraph, switched

WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
R_EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
# What stands between a paragraph and its runs, accepted as Word accepts changes.
THROUGH = frozenset(
    W + name
    for name in ("hyperlink", "ins", "moveTo", "smartTag", "customXml", "sdt", "sdtContent", "fldSimple", "dir", "bdo")
)
GONE = frozenset(W + name for name in ("del", "moveFrom"))
_FIELDS = {"PAGE": "page", "NUMPAGES": "pages", "SECTIONPAGES": "section-pages"}
_SPACES = re.compile(" {2,}|^ | $|\u00a0+|\u202f+|\u2007+")
_WORD = re.compile(r"\S{4,}")
# At most so wide, in parts of their size, are letters on the whole; a word found too wide is measured when drawn.
_WIDE, _WIDEST = 0.56, 0.9
_NARROW = dict.fromkeys("ijlt.,:;/", 0.28) | dict.fromkeys("frI!'|()[]-", 0.34) | dict.fromkeys("0123456789", 0.5)
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
# What is read aloud for a picture that its author has not described: PDF/A asks for words.
_A_PICTURE = "Hình"
_PT = 12700  # English Metric Units
_TAB, _BREAK = {"k": "tab"}, {"k": "br"}
Item = Any


@dataclass
class Block:
    """A paragraph before its lines and spaces are settled with its neighbours."""

    said: Properties
    style: str
    items: list[Item]
    line: tuple[str, float]
    empty_size: float = 0.0
    breaks: bool = False  # a new page comes before it


@dataclass
class _Field:
    """A field that is being read: its instruction, then its result."""

    words: str = ""
    result: bool = False


class Reader:
    """Reads the paragraphs of one part; fields may run over several of them."""

    def __init__(self, paper: Paper, part: Part, table: tuple[Properties, Properties] = ({}, {})) -> None:
        self._paper, self._part = paper, part
        self._table_paragraph, self._table_letters = table
        self._fields: list[_Field] = []
        self._paragraphs: dict[Any, tuple[Properties, str, Properties, tuple[str, float]]] = {}
        self._runs: dict[Any, tuple[int, Properties]] = {}

    def for_table(self, paragraph: Properties, letters: Properties) -> "Reader":
        return Reader(self._paper, self._part, (paragraph, letters))

    def blocks(self, element: Element) -> list[Block]:
        """One block, or more where a page ends inside."""
        ppr = element.find(W + "pPr")
        said, style, base, line = self._formats(ppr)
        items: list[Item] = []
        level = self._paper.numbering.level(said.get("list"), said.get("level", 0))
        if level is not None:
            self._number(items, said, base, level, line)
        self._walk(element, items, base, line)
        if self._is_blank(items):
            items = []
        if not items and ppr is not None and ppr.find(W + "sectPr") is not None:
            # A paragraph that only carries the end of a section takes no room.
            return [Block({}, style, [], ("auto", 1.0))]
        mark = letters(ppr.find(W + "rPr")) if ppr is not None and not items else {}
        size = {**base, **mark}.get("size", 10.0)
        found, current = [], Block(said, style, [], line, size, breaks=bool(said.get("page_before")))
        for item in items:
            if item == {"k": "newpage"}:
                found.append(current)
                rest = {**said, "first": 0.0, "before": 0.0}
                current = Block(rest, style, [], line, size, breaks=True)
            else:
                current.items.append(item)
        if current.items or not found:
            found.append(current)
        else:
            # The mark of the paragraph stays where it is; what follows begins the page.
            found.append(Block({}, "", [{"k": "newpage"}], line))
        return found

    def _is_blank(self, items: list[Item]) -> bool:
        """Whether nothing would be seen: such a paragraph is as high as its mark."""
        return all(
            isinstance(item, list) and item[1].isspace() and "underline" not in self._paper.letters.values[item[0]]
            for item in items
        )

    def finished(self, block: Block, *, width: float, above: float, strong: bool, top: bool, bottom: bool) -> list[Any]:
        """Format, space above, whether that stays on top of a page; then items, or the height of an empty line."""
        form = self._paper.paragraph_format(block.said, top=top, bottom=bottom)
        if not block.items:
            return [form, rounded(above), strong, rounded(sum(edges(block.empty_size, block.line)))]
        end = width - block.said.get("right", 0.0)
        width = end - block.said.get("left", 0.0)
        items: list[Item] = []
        for item in block.items:
            if isinstance(item, list):
                items += self._in_pieces(item, width)
            else:
                items.append({**item, "e": rounded(end)} if item["k"] == "tab" else item)
        return [form, rounded(above), strong, *items]

    def _in_pieces(self, item: list[Any], width: float) -> list[Item]:
        """A word that may be wider than the line is an item of its own, which the template measures and breaks."""
        form, text = item
        size = self._paper.letters.values[form]["size"]
        if len(text) * size * _WIDEST < width:
            return [_split(item)]
        found: list[Item] = []
        start = 0
        for word in _WORD.finditer(text):
            if _width(word[0]) * size > width:
                if word.start() > start:
                    found.append(_split([form, text[start : word.start()]]))
                found.append({"k": "long", "r": form, "t": word[0], "w": rounded(width)})
                start = word.end()
        return [*found, _split([form, text[start:]])] if start < len(text) else found

    def _formats(self, ppr: Element | None) -> tuple[Properties, str, Properties, tuple[str, float]]:
        key = key_of(ppr)
        if key not in self._paragraphs:
            self._paragraphs[key] = self._merged(ppr)
        return self._paragraphs[key]

    def _merged(self, ppr: Element | None) -> tuple[Properties, str, Properties, tuple[str, float]]:
        styles = self._paper.styles
        named = None if ppr is None else ppr.find(W + "pStyle")
        style = styles.default("paragraph") if named is None else named.get(VAL, "")
        direct = paragraph(ppr)
        layers: list[Properties] = [styles.paragraph_default, self._table_paragraph]
        listed, level = None, 0
        for said in styles.paragraph(style):
            listed, level = said.get("list", listed), said.get("level", level)
            layers += [self._of_list(listed, level) if "list" in said else {}, said]
        if "list" in direct or "level" in direct:
            layers.append(self._of_list(direct.get("list", listed), direct.get("level", level)))
        said = merged([*layers, direct])
        base = merged([{"size": 10.0}, styles.letters_default, self._table_letters, styles.letters(style)])
        line = said.get("line", ("auto", 1.0))
        return said, style, base, line

    def _of_list(self, name: str | None, which: int) -> Properties:
        level = self._paper.numbering.level(name, which)
        return {} if level is None else level.paragraph or {}

    def _number(self, items: list[Item], said: Properties, base: Properties, level: Level, line: Any) -> None:
        form = self._paper.letters_format({**base, **(level.letters or {})}, line)
        text = self._paper.numbering.next(said["list"], said.get("level", 0))
        if text:
            items.append([form, text])
        if level.suffix == "tab":
            items.append({**_TAB, "r": form})
        elif level.suffix == "space":
            items.append([form, " "])

    def _walk(self, element: Element, items: list[Item], base: Properties, line: Any) -> None:
        for inner in element:
            tag = inner.tag
            if tag == W + "r":
                self._run(inner, items, base, line)
            elif tag in THROUGH:
                kind = _field_of(inner.get(W + "instr", "")) if tag == W + "fldSimple" else ""
                if kind:
                    items.append({"k": kind, "r": self._first_form(inner, base, line)})
                else:
                    self._walk(inner, items, base, line)

    def _first_form(self, element: Element, base: Properties, line: Any) -> int:
        run = element.find(W + "r")
        return self._letters(None if run is None else run.find(W + "rPr"), base, line)[0]

    def _letters(self, rpr: Element | None, base: Properties, line: Any) -> tuple[int, Properties]:
        key = key_of(rpr), id(base), line
        if key not in self._runs:
            said = base
            if rpr is not None:
                named = rpr.find(W + "rStyle")
                if named is not None:
                    said = switched(said, self._paper.styles.letters(named.get(VAL, "")))
                said = {**said, **letters(rpr)}
            self._runs[key] = self._paper.letters_format(said, line), said
        return self._runs[key]

    def _run(self, run: Element, items: list[Item], base: Properties, line: Any) -> None:
        form, said = self._letters(run.find(W + "rPr"), base, line)
        for inner in run:
            tag = inner.tag
            if tag == W + "fldChar":
                self._field_mark(inner, items, form)
            elif tag == W + "instrText":
                if self._fields and not self._fields[-1].result:
                    self._fields[-1].words += inner.text or ""
            elif said.get("hidden") or self._hides():
                continue
            elif tag == W + "t":
                text = inner.text or ""
                if inner.get("{http://www.w3.org/XML/1998/namespace}space") != "preserve":
                    text = text.strip(" \t\r\n")
                if said.get("small_caps"):
                    capital = self._paper.letters_format({**said, "small_caps": False}, line)
                    for letter in text:
                        _add(items, form if letter.islower() else capital, letter.upper())
                else:
                    _add(items, form, text.upper() if said.get("caps") else text)
            elif tag == W + "tab" or tag == W + "ptab":
                items.append({**_TAB, "r": form})
            elif tag == W + "br" or tag == W + "cr":
                items.append({"k": "newpage"} if inner.get(W + "type") == "page" else {**_BREAK, "r": form})
            elif tag == W + "noBreakHyphen":
                _add(items, form, "\u2011")
            elif tag == W + "sym":
                _add(items, form, _symbol(inner.get(W + "char", "")))
            elif tag == W + "drawing":
                self._picture(inner, items)

    def _hides(self) -> bool:
        """Whether what comes is an instruction, or the result of a field that is drawn anew."""
        return any(not field.result or _field_of(field.words) for field in self._fields)

    def _field_mark(self, mark: Element, items: list[Item], form: int) -> None:
        kind = mark.get(W + "fldCharType")
        if kind == "begin":
            self._fields.append(_Field())
        elif self._fields and kind == "separate":
            self._fields[-1].result = True
        elif self._fields and kind == "end":
            ended = self._fields.pop()
            if (known := _field_of(ended.words)) and not self._hides():
                items.append({"k": known, "r": form})

    def _picture(self, drawing: Element, items: list[Item]) -> None:
        inline = drawing.find(WP + "inline")
        if inline is None:
            return
        blip, extent, named = inline.find(f".//{A}blip"), inline.find(WP + "extent"), inline.find(WP + "docPr")
        if blip is None or extent is None:
            return
        name = picture_of(self._paper, self._part, blip)
        if name:
            width, height = (min(1584.0, _emu(extent.get(side)) / _PT) for side in ("cx", "cy"))
            words = ("" if named is None else named.get("descr", "")) or _A_PICTURE
            items.append({"k": "pic", "p": name, "w": rounded(width), "h": rounded(height), "alt": words})


def picture_of(paper: Paper, part: Part, blip: Element) -> str:
    """The name under which the template finds the picture; "" for one that it cannot draw."""
    kind, target = part.targets.get(blip.get(R_EMBED, ""), ("", ""))
    if kind != "image" or target not in paper.file.names:
        return ""
    for name, known in paper.pictures.items():
        if known == target:
            return name
    if not paper.file.bytes_of(target).startswith(PICTURES):
        return ""
    name = f"picture{len(paper.pictures)}"
    paper.pictures[name] = target
    return name


def _width(word: str) -> float:
    return sum(_NARROW.get(letter) or (_WIDEST if letter.isupper() or letter in "mw@" else _WIDE) for letter in word)


def _emu(text: str | None) -> float:
    return float(max(1, int(text))) if text and text.isdigit() and len(text) < 12 else 1.0


def _field_of(words: str) -> str:
    parts = words.split()
    return _FIELDS.get(parts[0].upper(), "") if parts else ""


def _add(items: list[Item], form: int, text: str) -> None:
    if not text:
        return
    if items and isinstance(items[-1], list) and items[-1][0] == form:
        items[-1][1] += text
    else:
        items.append([form, text])


def _split(item: list[Any]) -> list[Any]:
    """Texts lose their outer and double spaces on the way (`courses.rendering.paper`): these are said as counts."""
    form, text = item
    text = text.replace("\t", " ").replace("\n", " ")
    if not _SPACES.search(text):
        return item
    pieces: list[Any] = [form]
    at = 0
    for spaces in _SPACES.finditer(text):
        if spaces.start() > at:
            pieces.append(text[at : spaces.start()])
        pieces.append(len(spaces[0]) if spaces[0][0] == " " else -len(spaces[0]))
        at = spaces.end()
    if at < len(text):
        pieces.append(text[at:])
    return pieces


def _symbol(code: str) -> str:
    try:
        place = int(code, 16)
    except ValueError:
        return ""
    sign = chr(place + 0xF000 if place < 0x100 else min(place, 0xFFFF))
    return SIGNS.get(sign, sign)

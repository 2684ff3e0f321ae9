"""The body of a part: paragraphs and tables one after another, and the spaces between them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from courses.constants.errors import Refusal
from courses.rendering.word_pdf.paper import Paper
from courses.rendering.word_pdf.paragraphs import GONE, THROUGH, Block, Reader
from courses.rendering.word_pdf.parts import Element, W
from courses.rendering.word_pdf.tables import Table, read_table

MOST_BLOCKS = 40_000
_DEEPEST_TABLE = 3
_NEW_PAGE = {"k": "newpage"}


@dataclass(frozen=True)
class Place:
    """Where a flow of blocks stands."""

    width: float
    depth: int = 0  # of tables
    # Whether the space below the last paragraph takes room.
    closed: bool = False

    @property
    def in_cell(self) -> bool:
        return self.depth > 0


def flow(elements: Any, reader: Reader, paper: Paper, place: Place) -> list[Any]:
    """The blocks that the template draws. Refusal for a paper without measure."""
    blocks = list(_blocks(elements, reader, paper, place))
    if place.in_cell and len(blocks) > 1 and isinstance(blocks[-2], Table) and _is_empty(blocks[-1]):
        blocks.pop()  # the paragraph that must follow a table in a cell takes no room
    return _settled(blocks, reader, paper, place)


def children(element: Element) -> Iterator[Element]:
    """Paragraphs, tables and ends of sections, out of what Word wraps around them."""
    for inner in element:
        if inner.tag in THROUGH:
            yield from children(inner)
        elif inner.tag not in GONE:
            yield inner


def _blocks(elements: Any, reader: Reader, paper: Paper, place: Place) -> Iterator[Block | Table]:
    merged_from: list[Any] = []
    for element in elements:
        if element.tag == W + "p":
            found = reader.blocks(element)
            paper.blocks += len(found)
            if paper.blocks > MOST_BLOCKS:
                raise Refusal(_("This Word file is too long for one PDF."))
            if element.find(f"{W}pPr/{W}rPr/{W}del") is not None:
                # A change that took the end of this paragraph away: it goes on in the next one.
                merged_from += found[-1].items
                continue
            found[0].items[:0] = merged_from
            merged_from = []
            yield from found
        elif element.tag == W + "tbl":
            if place.depth >= _DEEPEST_TABLE:
                raise Refusal(_("A table in this Word file stands in a table in a table, which no PDF can be made of."))
            yield read_table(element, reader, paper, place.width, nested=place.in_cell, cells=_cell(paper, place))


def _cell(paper: Paper, place: Place) -> Any:
    def read(cell: Element, reader: Reader, width: float) -> list[Any]:
        return flow(children(cell), reader, paper, Place(width, place.depth + 1, closed=True))

    return read


def _settled(blocks: list[Block | Table], reader: Reader, paper: Paper, place: Place) -> list[Any]:
    found: list[Any] = []
    after, fresh, before_it = 0.0, True, None
    for place_in, block in enumerate(blocks):
        if isinstance(block, Table):
            found.append(block.drawn | ({"a": after} if after and not fresh else {}))
            after, fresh, before_it = 0.0, False, None
            continue
        if block.items == [_NEW_PAGE]:
            if not place.in_cell:
                found.append(_NEW_PAGE)
                after, fresh, before_it = 0.0, True, None
            continue
        if block.breaks and not place.in_cell and not (fresh and not found):
            if not (found and found[-1] == _NEW_PAGE):
                found.append(_NEW_PAGE)
            after, fresh, before_it = 0.0, True, None
        following = blocks[place_in + 1] if place_in + 1 < len(blocks) else None
        alike_above = isinstance(before_it, Block) and _share_lines(before_it, block)
        alike_below = isinstance(following, Block) and _share_lines(block, following)
        above = _space(before_it, block, after, paper)
        found.append(
            reader.finished(
                block, width=place.width, above=above, strong=fresh, top=not alike_above, bottom=not alike_below
            )
        )
        after = block.said.get("after", 0.0)
        fresh, before_it = False, block
    if place.closed and after and isinstance(before_it, Block):
        found.append({"k": "space", "h": round(after, 2)})
    return found


def _space(before_it: Block | None, block: Block, after: float, paper: Paper) -> float:
    before = float(block.said.get("before", 0.0))
    if before_it is not None and before_it.style == block.style:
        after = 0.0 if before_it.said.get("contextual") else after
        before = 0.0 if block.said.get("contextual") else before
    return after + before if paper.spaces_add_up else max(after, before)


def _is_empty(block: Block | Table) -> bool:
    return isinstance(block, Block) and not block.items


def _share_lines(one: Block, other: Block) -> bool:
    names = ("borders", "left", "right")
    return bool(one.said.get("borders")) and all(one.said.get(name) == other.said.get(name) for name in names)

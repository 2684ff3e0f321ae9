"""The look into a sheet's XML for files as spreadsheet programs write them: found by searching, not by parsing.

Nearly all cells hold nothing that matters, and building an element for each takes six times as long as the library for
values takes to hand all of them over. What is searched for here is what `worksheet_xml` looks at cell by cell; that
module is asked whenever the XML is written in any other way than the programs do.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import IO

_PIECE, _LONGEST_ROW = 1 << 20, 1 << 24
_CELL, _ROW_END = b'<c r="', b"</row>"
_ANY_CELL = (b"<c ", b"<c>", b"<c/", b"<c\t", b"<c\r", b"<c\n")
_START = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*(?:<\?xml version="1\.0"(?: encoding="(?i:utf-8)")?(?: standalone="\w+")?\s*\?>)?\s*'
    rb"<worksheet[\s>]"
)
#: Addresses that must be looked at: they lie far away, or are none.
_ODD_ADDRESS = re.compile(rb'<c r="(?!(?:[A-Z]|[A-R][A-Z])[1-9]\d{0,4}")([^"]*)"[^>]*(?<!/)>')
_WIDE = re.compile(rb'<c r="([A-Z]{2,3})\d+"[^>]*(?<!/)>')
_OPENING = re.compile(rb'<c r="([^"]*)"([^>]*)>')
_ERROR, _FORMULA = re.compile(rb't="e"'), re.compile(rb"<f[\s/>]")
_HIDDEN = re.compile(rb'hidden="(?:1|true)"')
_KIND = re.compile(rb'\bt="(\w+)"')
_SHARED = re.compile(rb'<c r="([^"]*)"[^>]*\bt="s"[^>]*><v>(\d+)</v>')
_VALUE = re.compile(rb"<v(?: [^>]*)?>[^<]")


@dataclass
class Scan:
    """What was found: addresses of errors and of formulas without a value, (address, style) and (address, string) of
    cells whose style or shared string was asked for, addresses far away, how many cells and hidden rows there are."""

    errors: list[bytes] = field(default_factory=list)
    formulas: list[bytes] = field(default_factory=list)
    styled: list[tuple[bytes, int]] = field(default_factory=list)
    strings: list[tuple[bytes, int]] = field(default_factory=list)
    odd: list[bytes] = field(default_factory=list)
    columns: set[bytes] = field(default_factory=set)
    last: bytes = b"A1"
    cells: int = 0
    hidden_rows: int = 0


def scan(
    stream: IO[bytes], styles: Collection[int], strings: Collection[int], enough: Callable[[Scan], None]
) -> Scan | None:
    """What the XML holds, read in pieces of whole rows; None when it must be parsed instead.

    `styles` and `strings` are those worth noting. `enough` is called after each piece and may stop it by raising.
    """
    found, rest, first = Scan(), b"", True
    wanted = re.compile(rb' s="(?:%s)"' % b"|".join(b"%d" % style for style in sorted(styles))) if styles else None
    while True:
        more = stream.read(_PIECE)
        rest += more
        if first and not _START.match(rest):
            return None
        cut = rest.rfind(_ROW_END) + len(_ROW_END) if more else len(rest)
        if more and cut < len(_ROW_END):
            if len(rest) > _LONGEST_ROW:
                return None
            first = False
            if rest.count(b"<?") > 1 or b"<!" in rest:
                return None
            continue
        piece, rest = rest[:cut], rest[cut:]
        if not _is_usual(piece, first):
            return None
        _into(found, piece, wanted, strings)
        enough(found)
        first = False
        if not more:
            return found if piece.rstrip().endswith(b"</worksheet>") else None


def _is_usual(piece: bytes, first: bool) -> bool:
    if b"<!" in piece or b":c " in piece or b"rFont" in piece or b"\0" in piece:
        return False
    return piece.count(_CELL) == sum(map(piece.count, _ANY_CELL)) and piece.count(b"<?") <= first


def _into(found: Scan, piece: bytes, wanted: re.Pattern[bytes] | None, strings: Collection[int]) -> None:
    found.cells += piece.count(b"</c>")
    found.errors += [_address(piece, hit.start()) for hit in _ERROR.finditer(piece) if _in_opening(piece, hit.start())]
    for hit in _FORMULA.finditer(piece):
        if _is_without_value(piece, hit.start()):
            found.formulas.append(_address(piece, hit.start()))
    if wanted:
        for hit in wanted.finditer(piece):
            if _in_opening(piece, hit.start()):
                found.styled.append((_address(piece, hit.start()), int(hit[0][4:-1])))
    if strings:
        found.strings += [(address, int(n)) for address, n in _SHARED.findall(piece) if int(n) in strings]
    found.odd += _ODD_ADDRESS.findall(piece)
    found.columns.update(_WIDE.findall(piece))
    if (start := piece.rfind(_CELL)) >= 0:
        found.last = _address(piece, start + len(_CELL))
    for hit in _HIDDEN.finditer(piece):
        row = piece.rfind(b"<row", 0, hit.start())
        if row >= 0 and b">" not in piece[row : hit.start()]:
            end = piece.find(_ROW_END, hit.start())
            found.hidden_rows += b"</c>" in piece[hit.start() : end]


def _in_opening(piece: bytes, at: int) -> bool:
    """Whether `at` lies in the opening tag of a cell, not in a text or in a row's."""
    start = piece.rfind(b"<", 0, at)
    return piece.startswith(_CELL, start) and piece.find(b">", start, at) < 0


def _address(piece: bytes, at: int) -> bytes:
    start = piece.rfind(_CELL, 0, at) + len(_CELL)
    return piece[start : piece.find(b'"', start)]


def _is_without_value(piece: bytes, at: int) -> bool:
    """The formula at `at` has no value that was stored; an empty text is one."""
    start, end = piece.rfind(_CELL, 0, at), piece.find(b"</c>", at)
    opening = _OPENING.match(piece, start)
    kind = _KIND.search(opening[2]) if opening else None
    return not (kind and kind[1] in (b"str", b"e")) and not _VALUE.search(piece, at, end)

"""A table of Word: widths, heights, merged cells and the lines of each cell, as the template reads them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from courses.rendering.word_pdf.paper import Paper, line_of, rounded
from courses.rendering.word_pdf.paragraphs import THROUGH, Reader
from courses.rendering.word_pdf.parts import VAL, Element, W, flag, number, twips
from courses.rendering.word_pdf.styles import Properties, borders, fill, letters, merged, paragraph

MOST_COLUMNS = 100
_SIDES = ("top", "bottom", "left", "right")
_MARGINS = {"top": 0.0, "bottom": 0.0, "left": 5.4, "right": 5.4}
_VERTICAL = {"center": "horizon", "bottom": "bottom", "both": "top"}
CellReader = Callable[[Element, Reader, float], list[Any]]


@dataclass
class Table:
    drawn: dict[str, Any]


@dataclass
class _Cell:
    element: Element
    column: int
    span: int
    merge: str | None  # "restart", "continue" or none
    rows: int = 1
    said: Properties = field(default_factory=dict)
    borders: Properties = field(default_factory=dict)
    lines: Properties = field(default_factory=dict)


@dataclass
class _Row:
    cells: list[_Cell]
    height: float = 0.0
    exact: bool = False
    head: bool = False
    whole: bool = False


@dataclass
class _Look:
    """What the style of the table and the table itself say."""

    borders: Properties
    margins: dict[str, float]
    paragraph: Properties
    letters: Properties
    align: str
    indent: float
    spot: Element | None


def read_table(
    element: Element, reader: Reader, paper: Paper, width: float, *, nested: bool, cells: CellReader
) -> Table:
    look = _look(element.find(W + "tblPr"), paper)
    rows = [row for row in _rows(element) if row.cells]
    if not rows:
        return Table({"k": "space", "h": 0.0})
    columns = _widths(element, rows, look, width)
    _join(rows)
    taken = _settle_lines(rows, len(columns), look)
    inner = reader.for_table(look.paragraph, look.letters)
    drawn_rows = []
    whole = sum(cell.span * cell.rows for row in rows for cell in row.cells if cell.merge != "continue")
    placed = whole != len(rows) * len(columns)  # else each cell has its place from those before it
    for index, row in enumerate(rows):
        drawn = []
        for cell in row.cells:
            if cell.merge != "continue":
                last = index + cell.rows == len(rows) and taken[-1]
                margins = look.margins | cell.said.get("margins", {})
                width = sum(columns[cell.column : cell.column + cell.span]) - margins["left"] - margins["right"]
                form = _format(cell, row, margins, taken[index], last)
                if placed:
                    form |= {"x": cell.column, "y": index}
                drawn.append([paper.cells.place(form), *cells(cell.element, inner, max(1.0, width))])
        said: dict[str, Any] = {"c": drawn}
        if row.height:
            said["x" if row.exact else "h"] = rounded(row.height)
        if not placed and _heads_the_next(rows, index, len(columns)):
            said["next"] = True
        drawn_rows.append(said)
    heads = next((index for index, row in enumerate(rows) if not row.head), len(rows))
    table: dict[str, Any] = {"k": "table", "columns": [rounded(column) for column in columns], "rows": drawn_rows}
    if heads:
        table["heads"] = heads
    if look.align in ("center", "right", "end"):
        table["align"] = "center" if look.align == "center" else "right"
    # Up to Word 2010 the text of a table that stands by itself begins where the text around it does.
    elif shift := look.indent - (look.margins["left"] if paper.shifted_tables and not nested else 0.0):
        table["shift"] = rounded(shift)
    return Table(table)


def _heads_the_next(rows: list[_Row], index: int, columns: int) -> bool:
    """Whether it is a row of one cell that is to stay with the row below. Where more than one in a row are, somebody
    wants a whole table on one page: only the last of them counts."""
    return _stays(rows[index], columns) and index + 1 < len(rows) and not _stays(rows[index + 1], columns)


def _stays(row: _Row, columns: int) -> bool:
    if row.head or len(row.cells) > 1 or row.cells[0].span < columns:
        return False
    kept = row.cells[0].element.find(f"{W}p/{W}pPr/{W}keepNext")
    return kept is not None and flag(kept)


def _look(tblpr: Element | None, paper: Paper) -> _Look:
    named = None if tblpr is None else tblpr.find(W + "tblStyle")
    style = paper.styles.default("table") if named is None else named.get(VAL, "")
    chain = paper.styles.chain(style)
    spots = [spot for one in chain if (spot := one.find(W + "tblPr")) is not None]
    spots += [] if tblpr is None else [tblpr]
    lines: Properties = {}
    margins, align, indent = dict(_MARGINS), "", 0.0
    for spot in spots:
        for inner in spot:
            if inner.tag == W + "tblBorders":
                lines |= borders(inner)
            elif inner.tag == W + "tblCellMar":
                margins |= _margins(inner)
            elif inner.tag == W + "jc":
                align = inner.get(VAL, "")
            elif inner.tag == W + "tblInd" and inner.get(W + "type", "dxa") == "dxa":
                indent = twips(inner.get(W + "w"))
    return _Look(
        lines,
        margins,
        merged(paragraph(one.find(W + "pPr")) for one in chain),
        merged(letters(one.find(W + "rPr")) for one in chain),
        align,
        indent,
        tblpr,
    )


def _margins(element: Element) -> dict[str, float]:
    names = {"start": "left", "end": "right"}
    found = {}
    for inner in element:
        side = inner.tag.removeprefix(W)
        side = names.get(side, side)
        if side in _MARGINS:
            found[side] = max(0.0, twips(inner.get(W + "w")))
    return found


def _inner(element: Element, tag: str) -> list[Element]:
    """Rows or cells, out of what Word wraps around them."""
    found = []
    for inner in element:
        if inner.tag == tag:
            found.append(inner)
        elif inner.tag in THROUGH:
            found += _inner(inner, tag)
    return found


def _rows(element: Element) -> list[_Row]:
    found = []
    for tr in _inner(element, W + "tr"):
        row = _Row([])
        trpr = tr.find(W + "trPr")
        column = 0
        if trpr is not None:
            if trpr.find(W + "del") is not None:
                continue
            column = _read_row(row, trpr)
        for tc in _inner(tr, W + "tc"):
            cell = _cell(tc, column)
            if column + cell.span > MOST_COLUMNS:
                break
            column += cell.span
            row.cells.append(cell)
        found.append(row)
    return found


def _read_row(row: _Row, trpr: Element) -> int:
    """Reads the properties; how many columns the row leaves out at its start."""
    left_out = 0
    for inner in trpr:
        match inner.tag.removeprefix(W):
            case "trHeight":
                row.exact = inner.get(W + "hRule") == "exact"
                row.height = max(0.0, twips(inner.get(VAL)))
            case "tblHeader":
                row.head = flag(inner)
            case "cantSplit":
                row.whole = flag(inner)
            case "gridBefore":
                left_out = max(0, min(MOST_COLUMNS - 1, number(inner.get(VAL))))
    return left_out


def _cell(tc: Element, column: int) -> _Cell:
    cell = _Cell(tc, column, 1, None)
    tcpr = tc.find(W + "tcPr")
    for inner in () if tcpr is None else tcpr:
        tag = inner.tag
        if tag == W + "gridSpan":
            cell.span = max(1, min(MOST_COLUMNS, number(inner.get(VAL), otherwise=1)))
        elif tag == W + "vMerge":
            cell.merge = inner.get(VAL, "continue")
        elif tag == W + "tcW":
            if inner.get(W + "type", "dxa") == "dxa":
                cell.said["width"] = twips(inner.get(W + "w"))
        elif tag == W + "vAlign":
            cell.said["vertical"] = _VERTICAL.get(inner.get(VAL))
        elif tag == W + "shd":
            cell.said["fill"] = fill(inner)
        elif tag == W + "tcMar":
            cell.said["margins"] = _margins(inner)
        elif tag == W + "tcBorders":
            cell.borders = borders(inner)
    return cell


def _widths(element: Element, rows: list[_Row], look: _Look, width: float) -> list[float]:
    grid = element.find(W + "tblGrid")
    columns = [] if grid is None else [twips(one.get(W + "w")) for one in grid.iterfind(W + "gridCol")][:MOST_COLUMNS]
    count = max(row.cells[-1].column + row.cells[-1].span for row in rows)
    columns += [0.0] * (count - len(columns))
    # What the cells say goes before the grid, which programs that write files often leave as it was.
    known: dict[int, float] = {}
    for row in rows:
        for cell in row.cells:
            if cell.span == 1 and cell.said.get("width") and cell.column not in known:
                known[cell.column] = cell.said["width"]
        if len(known) == count:
            break
    columns = [known.get(index, column) for index, column in enumerate(columns)]
    if empty := sum(column <= 0 for column in columns):
        share = max(10.0, (width - sum(column for column in columns if column > 0)) / empty)
        columns = [column if column > 0 else share for column in columns]
    whole = look.spot.find(W + "tblW") if look.spot is not None else None
    if whole is not None and whole.get(W + "type") == "pct":
        text = whole.get(W + "w", "")
        share = number(text.rstrip("%"), otherwise=5000) / (100 if text.endswith("%") else 5000)
        wanted = share * (width + (look.margins["left"] + look.margins["right"]))
        if share > 0:
            columns = [column * wanted / sum(columns) for column in columns]
    return columns


def _join(rows: list[_Row]) -> None:
    """Merged cells take the rows below; one that continues nothing stands for itself."""
    open_cells: dict[int, _Cell] = {}
    for row in rows:
        now: dict[int, _Cell] = {}
        for cell in row.cells:
            above = open_cells.get(cell.column)
            if cell.merge == "continue" and above is not None and above.span == cell.span:
                above.rows += 1
                above.borders = {**above.borders, **{k: v for k, v in cell.borders.items() if k == "bottom"}}
                now[cell.column] = above
            elif cell.merge is not None:
                cell.merge = "restart"
                now[cell.column] = cell
        open_cells = now


def _settle_lines(rows: list[_Row], columns: int, look: _Look) -> list[float]:
    """The line of each side of each cell; how much height the lines above each row and below the last one take.

    A line that two cells share is drawn by both alike: what a cell says goes before what the table says, and of two
    cells the heavier line.
    """
    owners: dict[tuple[int, int], _Cell] = {}
    starts: list[tuple[_Cell, int]] = []
    for index, row in enumerate(rows):
        for cell in row.cells:
            if cell.merge != "continue":
                starts.append((cell, index))
                cell.lines = {side: _line(cell, side, index, len(rows), columns, look) for side in _SIDES}
                for covered in range(index, index + cell.rows):
                    for column in range(cell.column, cell.column + cell.span):
                        owners[covered, column] = cell
    for (index, column), cell in owners.items():
        below, beside = owners.get((index + 1, column)), owners.get((index, column + 1))
        if below is not None and below is not cell:
            _share(cell.lines, "bottom", below.lines, "top")
        if beside is not None and beside is not cell:
            _share(cell.lines, "right", beside.lines, "left")
    heights = [0.0] * (len(rows) + 1)
    for cell, start in starts:
        for side, index in (("top", start), ("bottom", start + cell.rows)):
            if (line := cell.lines[side]) and line[0] > heights[index]:
                heights[index] = line[0]
    return heights


def _line(cell: _Cell, side: str, start: int, rows: int, columns: int, look: _Look) -> Any:
    if side in cell.borders:
        return cell.borders[side]
    if side == "top":
        return look.borders.get("inside_h" if start else "top")
    if side == "bottom":
        return look.borders.get("inside_h" if start + cell.rows < rows else "bottom")
    if side == "left":
        return look.borders.get("inside_v" if cell.column else "left")
    return look.borders.get("inside_v" if cell.column + cell.span < columns else "right")


def _share(one: Properties, side: str, other: Properties, back: str) -> None:
    mine, theirs = one[side], other[back]
    if mine is not theirs:
        # A line that is taken away on one side only stays (17.4.66).
        one[side] = other[back] = max(mine, theirs, key=lambda line: line[0] if line else 0.0)


def _format(cell: _Cell, row: _Row, margins: dict[str, float], above: float, last: float) -> dict[str, Any]:
    """`above`, `last`: what the lines above and, in the last row, below take; their height is the row's own."""
    form: dict[str, Any] = {
        "m": [
            rounded(margins["top"] + above),
            rounded(margins["right"]),
            rounded(margins["bottom"] + last),
            rounded(margins["left"]),
        ],
        "l": {side: line_of(line) for side, line in cell.lines.items() if line},
    }
    if row.whole:
        form["w"] = True
    if cell.span > 1:
        form["cs"] = cell.span
    if cell.rows > 1:
        form["rs"] = cell.rows
    if vertical := cell.said.get("vertical"):
        form["v"] = vertical
    if color := cell.said.get("fill"):
        form["f"] = color
    return form

"""A PDF measured: each letter with its size, weight, slant and place, and the lines that are drawn. Millimetres from
the left and from the top of the page; sizes in points."""

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2 as pdfium
import pypdfium2.raw as raw

_MM = 25.4 / 72
#: Between the letters of one line and those of its neighbour on the same height, in ems.
_APART = 1.6


@dataclass(frozen=True)
class Letter:
    text: str
    size: float
    bold: bool
    italic: bool
    font: str
    black: bool
    left: float
    right: float
    baseline: float


@dataclass
class Line:
    """Letters of one height that stand together."""

    letters: list[Letter]

    def __post_init__(self):
        self.text = "".join(letter.text for letter in self.letters).strip()
        seen = self.seen = [letter for letter in self.letters if not letter.text.isspace()]
        self.left, self.right = min(one.left for one in seen), max(one.right for one in seen)
        self.baseline = seen[0].baseline
        self.bold = all(one.bold for one in seen)
        self.italic = all(one.italic for one in seen)
        self.plain = not any(one.bold or one.italic for one in seen)
        self.sizes = sorted({round(one.size, 1) for one in seen})

    @property
    def length(self) -> float:
        return self.right - self.left

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    @property
    def top(self) -> float:
        """Of the highest letters of Times New Roman (its ascent, 0.891 of an em)."""
        return self.baseline - 0.891 * self.sizes[-1] * _MM

    @property
    def bottom(self) -> float:
        return self.baseline + 0.216 * self.sizes[-1] * _MM


@dataclass(frozen=True)
class Stroke:
    """A straight line that is drawn, lying or standing."""

    left: float
    right: float
    top: float
    bottom: float

    @property
    def lies(self) -> bool:
        return self.bottom - self.top < 0.8 and self.right - self.left > 1

    @property
    def stands(self) -> bool:
        return self.right - self.left < 0.8 and self.bottom - self.top > 1

    @property
    def length(self) -> float:
        return self.right - self.left

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass
class Page:
    width: float
    height: float
    lines: list[Line] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)

    def in_table(self, line: Line) -> bool:
        standing = [one for one in self.strokes if one.stands and one.top <= line.baseline <= one.bottom]
        return any(one.left <= line.left + 0.5 for one in standing) and any(
            one.right >= line.right - 0.5 for one in standing
        )


def measured(pdf: bytes) -> list[Page]:
    document = pdfium.PdfDocument(pdf)
    try:
        return [_page(page) for page in document]
    finally:
        document.close()


def _page(page) -> Page:
    width, height = page.get_size()
    found = Page(width * _MM, height * _MM)
    text = page.get_textpage()
    letters = [one for number in range(text.count_chars()) if (one := _letter(text.raw, number, height))]
    found.strokes = [
        stroke
        for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=6)
        for stroke in _strokes(thing, height)
    ]
    found.lines = list(_lines(letters, [one for one in found.strokes if one.stands]))
    text.close()
    return found


def _letter(text, number: int, height: float) -> Letter | None:
    code = raw.FPDFText_GetUnicode(text, number)
    if code in (0, 10, 13) or raw.FPDFText_IsGenerated(text, number) == 1:
        return None
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text, number, matrix)
    size = raw.FPDFText_GetFontSize(text, number) * math.hypot(matrix.c, matrix.d)
    name, flags = ctypes.create_string_buffer(200), ctypes.c_int()
    raw.FPDFText_GetFontInfo(text, number, name, 200, flags)
    font = name.value.decode("utf-8", "replace")
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text, number, box)
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(text, number, x, y)
    colour = [ctypes.c_uint() for _ in range(4)]
    raw.FPDFText_GetFillColor(text, number, *colour)
    return Letter(
        chr(code),
        size,
        "bold" in font.lower(),
        "italic" in font.lower(),
        font,
        all(part.value < 40 for part in colour[:3]),
        box.left * _MM,
        box.right * _MM,
        (height - y.value) * _MM,
    )


def _lines(letters: list[Letter], standing: list[Stroke]) -> Iterator[Line]:
    """From top to bottom, and from left to right; a line ends where there is much room, or a border of a cell."""
    rows: list[list[Letter]] = []
    for letter in sorted(letters, key=lambda one: one.baseline):
        if rows and abs(rows[-1][-1].baseline - letter.baseline) < 0.5:
            rows[-1].append(letter)
        else:
            rows.append([letter])
    for row in rows:
        borders = [one.middle for one in standing if one.top < row[0].baseline < one.bottom]
        part: list[Letter] = []
        for letter in sorted(row, key=lambda one: one.left):
            far = part and letter.left - part[-1].right > _APART * letter.size * _MM
            if far or (part and any(part[-1].right - 0.3 < border < letter.left + 0.3 for border in borders)):
                yield Line(part)
                part = []
            if part or not letter.text.isspace():
                part.append(letter)
        if part:
            yield Line(part)


def _strokes(thing, height: float) -> Iterator[Stroke]:
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(thing, matrix)
    outer = thing.container.get_matrix() if getattr(thing, "container", None) else None
    points: list[tuple[float, float]] = []
    filled, stroked = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(thing, filled, stroked)
    if not (filled.value or stroked.value):
        return
    for number in range(raw.FPDFPath_CountSegments(thing)):
        segment = raw.FPDFPath_GetPathSegment(thing, number)
        px, py = ctypes.c_float(), ctypes.c_float()
        raw.FPDFPathSegment_GetPoint(segment, px, py)
        x = matrix.a * px.value + matrix.c * py.value + matrix.e
        y = matrix.b * px.value + matrix.d * py.value + matrix.f
        if outer is not None:
            x, y = outer.on_point(x, y)
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO and points:
            yield from _straight(points, bool(stroked.value))
            points = []
        points.append((x * _MM, (height - y) * _MM))
    yield from _straight(points, bool(stroked.value))


def _straight(points: list[tuple[float, float]], stroked: bool) -> Iterator[Stroke]:
    if not points:
        return
    xs, ys = [x for x, _y in points], [y for _x, y in points]
    whole = Stroke(min(xs), max(xs), min(ys), max(ys))
    if whole.lies or whole.stands:
        yield whole
    elif stroked:
        for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True):
            side = Stroke(min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2))
            if side.lies or side.stands:
                yield side

"""Charts as SVG for a page that has the same numbers in a table: bars from left to right, stacked, and a line.

Colours and patterns are classes of `css/numbers.css`, so that light, dark and paper each have their own, and no chart
says anything by colour alone: each part has its pattern, each bar its number in words. Texts are escaped.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

#: Units, about the pixels of a narrow phone; a wider screen shows them larger, up to what the stylesheet allows.
WIDTH, BAR, LINE, GAP = 340, 14, 17, 9
LETTERS = 46  # of the width, in the size of the names
SAID = 62  # for the number behind a bar
BARS = 12  # in a picture
#: What each part is filled with beside its colour.
PATTERNS = (
    "",
    "M-2 2 l4 -4 M0 8 l8 -8 M6 10 l4 -4",
    "M2 2 h2 v2 h-2 z M6 6 h2 v2 h-2 z",
    "M0 4 h8",
    "M4 0 v8",
)


@dataclass(frozen=True)
class Bar:
    """`values` are those of the parts in their order; `said` stands behind the bar."""

    label: str
    values: tuple[int, ...]
    said: str


def bars(name: str, title: str, parts: Sequence[str], rows: Sequence[Bar]) -> list[SafeString]:
    """A bar a row, of its parts one behind the other, each as long as its number; as many pictures as it takes, so that
    each fits on a sheet of paper. `name`: an id, once on a page. None without a number above 0.
    """
    longest = max((sum(row.values) for row in rows), default=0)
    if not longest:
        return []
    starts = range(0, len(rows), BARS)
    return [_bars(f"{name}-{n}", title, parts, rows[n : n + BARS], longest) for n in starts]


def _bars(name: str, title: str, parts: Sequence[str], rows: Sequence[Bar], longest: int) -> SafeString:
    drawn, y = [], LINE
    if len(parts) > 1:
        drawn.append(_legend(name, parts))
        y += (len(parts) + 1) // 2 * LINE + GAP
    for row in rows:
        for text in textwrap.wrap(row.label, LETTERS) or [""]:
            drawn.append(format_html('<text x="0" y="{}">{}</text>', y, text))
            y += LINE
        top, x = y - LINE + 5, 0.0
        for number, value in enumerate(row.values):
            width = value * (WIDTH - SAID) / longest
            if value:
                drawn.append(_filled(name, number, x, top, width))
            x += width
        drawn.append(format_html('<text x="{}" y="{}" class="said">{}</text>', f"{x + 5:.1f}", top + 12, row.said))
        y = top + BAR + GAP + LINE
    return _svg(name, title, y - LINE, [_patterns(name, len(parts)), *drawn])


def line(name: str, title: str, points: Sequence[tuple[str, int]], *, top: int) -> list[SafeString]:
    """A line through the numbers of these points, from 0 to `top`, each with its number above and its label below.

    Where there are many, the labels that would stand in each other are left out. None for fewer than two.
    """
    if len(points) < 2 or top <= 0:
        return []
    high, left = 110, 28
    step = (WIDTH - 2 * left) / (len(points) - 1)
    at = [(left + n * step, 24 + high * (1 - min(value, top) / top)) for n, (_label, value) in enumerate(points)]
    every = -(-len(points) * 52 // WIDTH)
    drawn = [
        format_html('<path class="axis" d="M0 {0} H{1} M0 24 H{1}"/>', 24 + high, WIDTH),
        format_html('<polyline class="line" points="{}"/>', " ".join(f"{x:.1f},{y:.1f}" for x, y in at)),
    ]
    for n, ((x, y), (label, value)) in enumerate(zip(at, points, strict=True)):
        drawn.append(format_html('<circle class="dot" cx="{}" cy="{}" r="3.5"/>', f"{x:.1f}", f"{y:.1f}"))
        if n % every == 0:
            place = (f"{x:.1f}", f"{y - 8:.1f}", value, high + 42, label)
            text = '<text class="mid said" x="{0}" y="{1}">{2}</text><text class="mid" x="{0}" y="{3}">{4}</text>'
            drawn.append(format_html(text, *place))
    return [_svg(name, title, high + 50, drawn)]


def _filled(name: str, number: int, x: float, y: float, width: float) -> SafeString:
    return format_html(
        '<rect class="part" fill="url(#{}-{})" x="{}" y="{}" width="{}" height="{}"/>',
        name, number, f"{x:.1f}", y, f"{width:.1f}", BAR,
    )  # fmt: skip


def _legend(name: str, parts: Sequence[str]) -> SafeString:
    drawn = []
    for number, words in enumerate(parts):
        x, y = number % 2 * WIDTH // 2, number // 2 * LINE + 4
        drawn.append(_filled(name, number, x, y, BAR))
        drawn.append(format_html('<text x="{}" y="{}">{}</text>', x + BAR + 6, y + 12, words))
    return format_html_join("", "{}", ((one,) for one in drawn))


def _patterns(name: str, count: int) -> SafeString:
    found = format_html_join(
        "",
        '<pattern id="{}-{}" width="8" height="8" patternUnits="userSpaceOnUse">'
        '<rect class="ground-{}" width="8" height="8"/><path class="over-{}" d="{}"/></pattern>',
        ((name, number, number, number, PATTERNS[number]) for number in range(count)),
    )
    return format_html("<defs>{}</defs>", found)


def _svg(name: str, title: str, height: float, drawn: Sequence[SafeString]) -> SafeString:
    inside = format_html_join("", "{}", ((one,) for one in drawn))
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title">'
        '<title id="{}-title">{}</title>{}</svg>',
        WIDTH, round(height), name, name, title, inside,
    )  # fmt: skip

"""Drawing certificates, beside the goal, and beside WeasyPrint, which draws the same page from HTML: the sentences, the
QR and the woven frame, as PDF/A, each document with its own style sheet and fonts, as in its documentation.

WeasyPrint (BSD; its Pyphen under the MPL) needs Pango from the system, which comes with Chromium too. Without it this
fails, unless `ALLOW_MISSING` names pango.
"""

import logging
import os
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from html import escape
from itertools import count
from pathlib import Path

from attendance.rendering.certificate import draw_certificate, printed
from benchmarks import Result, alternately, compared
from benchmarks._papers import facts
from benchmarks._reference import scaled
from courses.rendering import paper
from courses.rendering.qr import qr_picture

PAPERS, OTHERS, ROUNDS = 60, 3, 5
DRAWING, TIMES_FASTER = 0.003, 20
_FONTS = Path(paper.__file__).parent / "fonts"
_FACES = (("Regular", 400, "normal"), ("Bold", 700, "normal"), ("Italic", 400, "italic"))
_STYLE = """
@page { size: A4 landscape; margin: 18.5mm 24mm; background: url(data:image/svg+xml;base64,FRAME) 0 0 / 297mm 210mm }
body { font-family: Tinos; font-size: 14pt; text-align: center; margin: 0 }
div { height: 173mm; position: relative }
h1 { font-size: 36pt; color: #a01217; margin: 4mm 0 } h2 { font-size: 27pt; margin: 1mm } p { margin: 0.4mm }
svg { position: absolute; left: 0; bottom: 0; width: 27mm; height: 27mm }
"""


def run() -> Iterator[Result]:
    start = count(step=PAPERS)

    def ours() -> float:
        papers = list(facts(PAPERS, first=next(start)))
        return _each(lambda: [draw_certificate(one, verify_url=url) for one, url in papers], PAPERS)

    ours()
    pairs = [(ours(), scaled(DRAWING)) for _round in range(ROUNDS)]
    yield compared("one certificate drawn, CPU", pairs, unit="s", goal=1.0, bound="at most")
    other = _weasyprint()
    if other is None:
        return

    def theirs() -> float:
        papers = list(facts(OTHERS, first=next(start)))
        return _each(lambda: [other(_html(one, url)) for one, url in papers], OTHERS)

    theirs()
    pairs = alternately(ours, theirs, ROUNDS)
    yield compared(
        "one certificate drawn, beside WeasyPrint, CPU", pairs, unit="s", goal=1 / TIMES_FASTER, bound="at most"
    )


def _weasyprint() -> Callable[[str], bytes] | None:
    try:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
    except (ImportError, OSError) as error:
        if "pango" in os.environ.get("ALLOW_MISSING", "").replace(",", " ").split():
            print("Not compared, as ALLOW_MISSING says: pango", file=sys.stderr)
            return None
        raise RuntimeError("WeasyPrint needs Pango: on Debian and Ubuntu apt-get install libpangoft2-1.0-0") from error
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("weasyprint.progress").setLevel(logging.ERROR)
    faces = "".join(
        f"@font-face {{ font-family: Tinos; font-weight: {weight}; font-style: {style}; "
        f"src: url({(_FONTS / f'Tinos-{name}.ttf').as_uri()}) }}"
        for name, weight, style in _FACES
    )
    style = faces + _STYLE.replace("FRAME", b64encode(_frame().encode()).decode())

    def draw(html: str) -> bytes:
        fonts = FontConfiguration()
        sheet = CSS(string=style, font_config=fonts)
        return HTML(string=html).write_pdf(stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/a-2u")

    return draw


def _frame() -> str:
    """The frame of the certificate as SVG: rules, bands of waves as patterns, a rosette in each corner."""
    rules = "".join(
        f'<rect x="{at}" y="{at}" width="{297 - 2 * at}" height="{210 - 2 * at}" stroke="{colour}" stroke-width="{w}"/>'
        for at, w, colour in ((8, 0.49, "#a17c2f"), (14, 0.25, "#a17c2f"), (15.3, 0.11, "#a01217"))
    )
    bands = _band("a", 269, 40, "") + _band("b", 182, 27, "rotate(90)")
    corners = "".join(
        f'<g transform="translate({x} {y})"><rect x="-3" y="-3" width="6" height="6"/>'
        + "".join(f'<ellipse rx="2.58" ry="1.02" transform="rotate({turn})"/>' for turn in range(0, 180, 30))
        + "</g>"
        for x in (11, 286)
        for y in (11, 199)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="297mm" height="210mm" viewBox="0 0 297 210" fill="none" '
        f'stroke="#a17c2f" stroke-width="0.1"><defs>{bands}</defs>{rules}{corners}'
        '<g stroke="none"><rect x="14" y="8" width="269" height="6" fill="url(#a)"/>'
        '<rect x="14" y="196" width="269" height="6" fill="url(#a)"/>'
        '<rect x="8" y="14" width="6" height="182" fill="url(#b)"/>'
        '<rect x="283" y="14" width="6" height="182" fill="url(#b)"/></g></svg>'
    )


def _band(name: str, length: float, cells: int, turned: str) -> str:
    cell = length / cells
    half, waves = cell / 2, ""
    for rise in (0.44, 0.33, 0.22, 0.11, -0.11, -0.22, -0.33, -0.44):
        reach = 6 * rise / 0.75
        waves += (
            f'<path d="M0 3C{half * 0.3642} {3 - reach} {half * 0.6358} {3 - reach} {half} 3'
            f'C{half * 1.3642} {3 + reach} {half * 1.6358} {3 + reach} {cell} 3"/>'
        )
    return (
        f'<pattern id="{name}" width="{cell}" height="6" x="14" y="8" patternUnits="userSpaceOnUse" '
        f'patternTransform="{turned}" stroke="#a17c2f">{waves}</pattern>'
    )


def _html(one, url: str) -> str:
    """The same sentences in their order, with frame and QR."""
    lines = []
    for sentence in printed(one, verify_url=url):
        tag = "h1" if sentence == one.title.upper() else "h2" if sentence == one.full_name else "p"
        lines.append(f"<{tag}>{escape(sentence)}</{tag}>")
    return f'<html lang="vi"><title>{escape(one.number)}</title><body><div>{"".join(lines)}{qr_picture(url)}</div>'


def _each(act: Callable[[], object], number: int) -> float:
    started = time.process_time()
    act()
    return (time.process_time() - started) / number

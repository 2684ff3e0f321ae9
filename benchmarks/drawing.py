"""Drawing certificates, beside the goal, and beside WeasyPrint, which draws the same page from HTML: the sentences, the
QR and the woven frame, as PDF/A, each document with its own style sheet and fonts, as in its documentation.

WeasyPrint (BSD; its Pyphen under the MPL) needs Pango from the system. Without it this fails, unless `ALLOW_MISSING`
names pango.
"""

import logging
import os
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import cache
from html import escape
from itertools import count
from pathlib import Path

from attendance.rendering.certificate import CertificateFacts, _sentences, draw_certificate
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
@page { size: A4 landscape; margin: 18.5mm 24mm }
body { font-family: Tinos; font-size: 14pt; text-align: center; margin: 0 }
img { position: absolute; left: -24mm; top: -18.5mm; width: 297mm; height: 210mm }
div { height: 173mm; position: relative }
h1 { font-size: 36pt; color: #a01217; margin: 3mm 0 } h2 { font-size: 27pt; margin: 1mm } p { margin: 0.4mm }
h3 { font-size: 18pt; margin: 1mm } hr { width: 40%; margin: 1mm auto; border: 0.35pt solid }
table { width: 100%; table-layout: fixed; font-size: 13pt } td { width: 50%; vertical-align: top }
.foot { position: absolute; left: 0; bottom: 0 } .name { margin-top: 18mm }
.check { text-align: left; vertical-align: bottom; padding-left: 29mm; font-size: 11pt }
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
    style = faces + _STYLE

    def draw(html: str) -> bytes:
        fonts = FontConfiguration()
        sheet = CSS(string=style, font_config=fonts)
        return HTML(string=html).write_pdf(stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/a-2a")

    return draw


@cache
def _frame() -> str:
    """The frame of the certificate as SVG: rules, bands of waves, a rosette in each corner."""
    rules = "".join(
        f'<rect x="{at}" y="{at}" width="{297 - 2 * at}" height="{210 - 2 * at}" stroke="{colour}" stroke-width="{w}"/>'
        for at, w, colour in ((8, 0.49, "#a17c2f"), (14, 0.25, "#a17c2f"), (15.3, 0.11, "#a01217"))
    )
    bands = "".join(
        _band(length, cells, f"translate({x} {y}){turned}")
        for length, cells, x, y, turned in (
            (269, 40, 14, 8, ""),
            (269, 40, 14, 196, ""),
            (182, 27, 14, 14, "rotate(90)"),
            (182, 27, 289, 14, "rotate(90)"),
        )
    )
    corners = "".join(
        f'<g transform="translate({x} {y})"><rect x="-3" y="-3" width="6" height="6"/>'
        + "".join(f'<ellipse rx="2.58" ry="1.02" transform="rotate({turn})"/>' for turn in range(0, 180, 30))
        + "</g>"
        for x in (11, 286)
        for y in (11, 199)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="297mm" height="210mm" viewBox="0 0 297 210" fill="none" '
        f'stroke="#a17c2f" stroke-width="0.1">{rules}{corners}{bands}</svg>'
    )


def _band(length: float, cells: int, placed: str) -> str:
    """Eight waves, as the tile of the certificate has them, over the whole side."""
    half, waves = length / cells / 2, ""
    for rise in (0.44, 0.33, 0.22, 0.11, -0.11, -0.22, -0.33, -0.44):
        d, reach = "M0 3", 6 * rise / 0.75
        for n in range(2 * cells):
            y, x = 3 + (reach if n % 2 else -reach), n * half
            d += f"C{x + half * 0.3642:.2f} {y:.2f} {x + half * 0.6358:.2f} {y:.2f} {x + half:.2f} 3"
        waves += f'<path d="{d}"/>'
    return f'<g transform="{placed}">{waves}</g>'


def _html(one: CertificateFacts, url: str) -> str:
    """The same sentences at the same places."""
    said = _sentences(one, url)
    frame = b64encode(_frame().encode()).decode()
    signed = "".join(f"<p><b>{escape(line)}</b>" for line in said["sign_lines"])
    return (
        f'<html lang="vi"><title>{escape(one.number)}</title><meta name=author content="{escape(one.issuing_body)}">'
        f'<body><div><img alt="khung" src="data:image/svg+xml;base64,{frame}">'
        f"<table><tr><td><p>{escape(said['superior_body'])}<p><b>{escape(said['issuing_body'])}</b><hr>"
        "<td><p><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</b><p><b>Độc lập - Tự do - Hạnh phúc</b><hr></table>"
        f"<h1>{escape(said['title'])}</h1><p>{escape(said['addressed'])}<h2>{escape(said['full_name'])}</h2>"
        f"{_lines(said['person'])}<p>{escape(said['completed'])}<h3>{escape(said['course_title'])}</h3>"
        f"{_lines(said['course'])}<p><i>{escape(said['decision'])}</i>"
        f"<table class=foot><tr><td class=check>{qr_picture(url)}{_lines(said['register'])}{_lines(said['check'])}"
        f"<td><p><i>{escape(said['place_and_date'])}</i>{signed}<p class=name><b>{escape(said['signer'])}</b></table>"
    )


def _lines(lines: list[str]) -> str:
    return "".join(f"<p>{escape(line)}" for line in lines)


def _each(act: Callable[[], object], number: int) -> float:
    started = time.process_time()
    act()
    return (time.process_time() - started) / number

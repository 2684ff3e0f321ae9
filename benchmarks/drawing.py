"""One certificate drawn, beside WeasyPrint drawing the same page: the same sentences in the same places, font, woven
frame and QR, as a tagged PDF/A. WeasyPrint reads the font's files once for all papers, as typst does."""

import time
from collections.abc import Callable, Iterator
from html import escape

from django.conf import settings
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from attendance.rendering.certificate import draw_certificate, printed, read_back
from benchmarks import Result, alternately, compared
from benchmarks._doors import FACTS
from courses.rendering.qr import qr_svg

ADDRESS = "https://taphuan.example.vn/verify/ABCD-EFGH-JKMN-PQRS-TUVW/"
ROUNDS, EACH = 7, 4
_FONTS = settings.BASE_DIR / "courses" / "rendering" / "fonts"
_FACES = {"Regular": "", "Bold": "font-weight: bold", "Italic": "font-style: italic"}
#: Where the sentences of `printed` stand, from the first on: how many, as what.
_PLACES = ((2, "issuer"), (1, "title"), (1, ""), (1, "name"), (3, ""), (1, ""), (1, "course"), (1, ""), (1, "decision"),
           (5, "signed"), (3, "check"))  # fmt: skip
_STYLE = """
@page { size: 297mm 210mm; margin: 18.5mm 24mm }
body { font: 14pt Tinos; margin: 0; text-align: center } p { margin: 0 0 0.2em }
.frame { position: absolute; left: -24mm; top: -18.5mm; width: 297mm; height: 210mm }
.head, .foot { display: flex; justify-content: space-between } .head div { width: 112mm; font-weight: bold }
.head div::after { content: ""; display: block; width: 40mm; margin: 1.2mm auto; border-top: 0.7pt solid black }
.title { font-size: 36pt; font-weight: bold; color: #a01217 } .name { font-size: 27pt; font-weight: bold }
.course { font-size: 18pt; font-weight: bold } .decision { font-style: italic }
.foot { position: absolute; left: 0; bottom: 0; width: 249mm } .signed { width: 118mm; font-weight: bold }
.check { width: 92mm; font-size: 11pt; text-align: left } .qr svg { width: 27mm; height: 27mm }
"""


def run() -> Iterator[Result]:
    faces, page = FontConfiguration(), _page()

    def drawn() -> bytes:
        return HTML(string=page).write_pdf(font_config=faces, pdf_variant="pdf/a-2a", pdf_tags=True)

    text = "".join(read_back(drawn()).split())
    if not all("".join(sentence.split()) in text for sentence in printed(FACTS, verify_url=ADDRESS)):
        raise RuntimeError("the other page says something else")
    pairs = alternately(
        lambda: _papers_a_second(lambda: draw_certificate(FACTS, verify_url=ADDRESS)),
        lambda: _papers_a_second(drawn),
        ROUNDS,
    )
    yield compared("one certificate drawn, beside WeasyPrint", pairs, unit="papers/s", goal=20.0, bound="at least")


def _page() -> str:
    sentences = iter(printed(FACTS, verify_url=ADDRESS))
    parts = [
        (place, "".join(f'<p class="{place}">{escape(next(sentences))}</p>' for _line in range(count)))
        for count, place in _PLACES
    ]
    nation = "<div><p>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</p><p>Độc lập - Tự do - Hạnh phúc</p></div>"
    head = f'<div class="head"><div>{parts[0][1]}</div>{nation}</div>'
    body = "".join(made for _place, made in parts[1:-2])
    foot = f'<div class="qr">{qr_svg(ADDRESS)}</div><div>{parts[-1][1]}</div><div>{parts[-2][1]}</div>'
    faces = "".join(
        f"@font-face {{ font-family: Tinos; src: url({(_FONTS / f'Tinos-{name}.ttf').as_uri()}); {more} }}"
        for name, more in _FACES.items()
    )
    style = f"<title>{escape(FACTS.title)}</title><style>{faces}{_STYLE}</style>"
    whole = f'{_frame()}{head}{body}<div class="foot">{foot}</div>'
    return f'<!doctype html><html lang="vi"><head>{style}</head><body>{whole}</body></html>'


def _frame() -> str:
    """That of `certificate.typ`: 40 periods across, 27 down, eight waves in each; six ellipses in each corner."""
    sides = [(14, 8 + y, 269 / 40, 40, 0) for y in (0, 188)] + [(14 + x, 14, 182 / 27, 27, 90) for x in (0, 275)]
    drawn = ['<rect x="8" y="8" width="281" height="194"/><rect x="14" y="14" width="269" height="182"/>']
    drawn.append('<rect x="15.3" y="15.3" width="266.4" height="179.4" stroke="#a01217"/>')
    for left, top, length, periods, turned in sides:
        for rise in (0.44, 0.33, 0.22, 0.11, -0.11, -0.22, -0.33, -0.44):
            half, reach = length / 2, rise * 6 / 0.75
            up, down = (f"c{half * 0.3642} {way} {half * 0.6358} {way} {half} 0" for way in (-reach, reach))
            path = f"M0 3{(up + down) * periods}"
            drawn.append(f'<path transform="translate({left} {top}) rotate({turned})" d="{path}"/>')
    for x in (11, 286):
        for y in (11, 199):
            for step in range(6):
                drawn.append(f'<ellipse transform="translate({x} {y}) rotate({step * 30})" rx="2.6" ry="1"/>')
    inside = f'<g fill="none" stroke="#a17c2f" stroke-width="0.1">{"".join(drawn)}</g>'
    return f'<svg class="frame" viewBox="0 0 297 210" xmlns="http://www.w3.org/2000/svg">{inside}</svg>'


def _papers_a_second(act: Callable[[], object]) -> float:
    """By the processor's clock."""
    started = time.process_time()
    for _turn in range(EACH):
        act()
    return EACH / (time.process_time() - started)

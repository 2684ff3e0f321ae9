"""The reference task by which goals in seconds scale: one page, drawn as the product drew it where the goals were set.

It stands here for itself, so that a faster product moves no goal.
"""

import datetime as dt
import json
import time
from pathlib import Path
from statistics import median

import typst

from courses.rendering.qr import qr_picture

#: Drawing one page took this long where the goals were set.
REFERENCE = 0.003
_FOLDER = Path(__file__).parent / "reference"
# As it came, with its hints: the product's is lighter.
_FONTS = _FOLDER / "fonts"
_ISSUED = dt.datetime(2022, 6, 19, 17, tzinfo=dt.UTC)


def drawing() -> float:
    """Seconds of drawing one page: the median of twenty, by the processor's clock."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_FONTS])
    times = []
    for _turn in range(20):
        started = time.process_time()
        _draw(fonts)
        times.append(time.process_time() - started)
    return median(times)


def scaled(seconds: float) -> float:
    """A time that was set as a goal, on this machine as it is now."""
    return seconds * drawing() / REFERENCE


def _draw(fonts: typst.Fonts) -> None:
    data = json.loads((_FOLDER / "page.json").read_text(encoding="utf-8"))
    data["qr"] = qr_picture("https://taphuan.example.vn/verify/")
    compiler = typst.Compiler(_FOLDER / "page.typ", root=_FOLDER, font_paths=fonts, ignore_system_fonts=True)
    compiler.compile(format="pdf", sys_inputs={"data": json.dumps(data)}, pdf_standards=["a-2a"], timestamp=_ISSUED)

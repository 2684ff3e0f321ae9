"""Passes of trainees (thẻ học viên): eight to an A4 page, one a page, or one as a picture to be kept on a phone.

Only what a helper at the door needs stands on them: name, office, class, the code and the six letters to be typed. No
birth date, no position: cards get lost.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from courses.rendering.paper import draw, draw_picture
from courses.rendering.qr import qr_picture

_TEMPLATE = Path(__file__).parent / "papers" / "passes.typ"
#: Stands for a letter that the paper's font lacks: a class cannot wait at the door for it.
MISSING_LETTER = "_"
#: As many dots as phones show across; the picture's page is 90 mm wide.
PICTURE_WIDTH, _MM = 1080, 90
_TITLE, _HINT = "THẺ HỌC VIÊN", "Xin đưa mã này tại bàn đón tiếp, hoặc đọc sáu ký tự bên cạnh."
_HINT_BELOW = "Xin đưa mã này tại bàn đón tiếp. Máy không đọc được thì đọc sáu ký tự trên."


class Layout(StrEnum):
    """Eight to an A4 page with lines to cut along, or one A6 page each."""

    SHEET = "sheet"
    CARD = "card"


@dataclass(frozen=True)
class PassCard:
    """One pass. `short` as it is written, "" where none was given yet; `address` is what the QR holds."""

    name: str
    office: str
    course: str
    short: str
    address: str


def draw_passes(cards: Sequence[PassCard], layout: Layout, *, timestamp: dt.datetime) -> bytes:
    """The passes in their order as one PDF/A-2a."""
    return draw(_TEMPLATE, _data(cards, layout), timestamp=timestamp, instead=MISSING_LETTER)


def draw_pass_picture(card: PassCard, *, timestamp: dt.datetime) -> bytes:
    """One pass as a PNG, PICTURE_WIDTH pixels wide."""
    return draw_picture(
        _TEMPLATE,
        _data([card], "picture"),
        dots=PICTURE_WIDTH * 25.4 / _MM,
        timestamp=timestamp,
        instead=MISSING_LETTER,
    )


def _data(cards: Sequence[PassCard], layout: str) -> dict:
    return {
        "document_title": "Thẻ học viên",
        "author": "",
        "title": _TITLE,
        "hint": _HINT if layout == Layout.SHEET else _HINT_BELOW,
        "layout": str(layout),
        "cards": [
            {
                "name": card.name,
                "office": card.office,
                "course": card.course,
                "short": card.short,
                "qr": qr_picture(card.address),
            }
            for card in cards
        ],
    }

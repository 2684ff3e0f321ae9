"""The timetable of a class as one tall picture, to be sent into a Zalo group and read on a phone."""

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from courses.constants.clock import VIETNAM
from courses.constants.printing import STAND_IN, with_stand_ins
from courses.rendering.paper import draw_picture

_TEMPLATE = Path(__file__).parent / "papers" / "timetable.typ"
#: As many dots as phones show across; the picture's page is 540 pt wide.
PICTURE_WIDTH, _POINTS = 1080, 540
#: A text that is longer is cut off: a title of any length must not make the picture endless.
_LONGEST = 300


@dataclass(frozen=True)
class PictureHalf:
    """One half-day. `state`: in words, "" as planned; `is_off`: not held; `topics`: (title, who speaks or "")."""

    name: str
    hours: str
    state: str
    is_off: bool
    blocks: str
    places: tuple[str, ...]
    topics: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TimetablePicture:
    """What stands on the picture. `days`: (day in words, its half-days); `left_out`: how many half-days it does not
    show; `changed_at` is when any of it last changed, so that the picture changes only with the class."""

    office: str
    title: str
    days: tuple[tuple[str, tuple[PictureHalf, ...]], ...]
    address: str
    changed_at: dt.datetime
    left_out: int = 0

    @property
    def fingerprint(self) -> str:
        """The same for the same picture."""
        return hashlib.sha256(_template_hash() + json.dumps(_data(self), sort_keys=True).encode()).hexdigest()


def draw_timetable(picture: TimetablePicture) -> bytes:
    """The picture as a PNG, PICTURE_WIDTH pixels wide. What cannot be drawn has a visible sign in its place."""
    return draw_picture(
        _TEMPLATE, _data(picture), dots=72 * PICTURE_WIDTH / _POINTS, timestamp=picture.changed_at, instead=STAND_IN
    )


@cache
def _template_hash() -> bytes:
    return hashlib.sha256(_TEMPLATE.read_bytes()).digest()


def _data(picture: TimetablePicture) -> dict:
    more = f"Còn {picture.left_out} buổi khác, xem trên trang của lớp." if picture.left_out else ""
    return {
        "document_title": "Lịch học",
        "author": "",
        "office": _text(picture.office.upper()),
        "title": _text(picture.title),
        "days": [
            {
                "day": day,
                "halves": [
                    {key: [_text(part) for part in value] if key == "places" else value for key, value in half.items()}
                    | {"topics": [[_text(title), _text(speaker)] for title, speaker in half["topics"]]}
                    for half in map(asdict, halves)
                ],
            }
            for day, halves in picture.days
        ],
        "more": more,
        "address": picture.address,
        "updated": f"Cập nhật lúc {picture.changed_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}",
    }


def _text(text: str) -> str:
    return with_stand_ins(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")

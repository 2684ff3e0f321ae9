"""How a certificate looks: its size, whole or on a bought blank, with an emblem, with one signer or two.

Lengths are millimetres; they are the template's too, which gets them with its data.
"""

import datetime as dt
import math
import struct
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.utils.translation import gettext as _

from attendance.constants import Size
from courses.constants.clock import VIETNAM
from courses.constants.errors import Refusal
from courses.rendering.paper import as_input, draw, draw_shape

_PAPERS = Path(__file__).parent / "papers"
_POINTS = 72 / 25.4
#: Printers leave the edge of a sheet white.
_WHITE_EDGE = 5
_MOST_EMBLEM = 2 * 1024 * 1024
_MOST_DOTS = 3000
#: 20 mm at 300 dots an inch; a larger picture would make each paper slower and no finer.
_EMBLEM_DOTS = 240


@dataclass(frozen=True)
class Sheet:
    """Width and height, the margins at the sides and above and below, and the side of the QR."""

    width: float
    height: float
    margin_x: float
    margin_y: float
    qr: float
    foot: float


SHEETS = {
    Size.A4: Sheet(297, 210, 24, 18.5, 27, 51),
    Size.A5: Sheet(210, 148, 16, 13, 20, 36),
}


@dataclass(frozen=True)
class Look:
    """What the template of an office says beside the words. `on_blanks`: nothing is drawn that the blank has, and the
    words are moved right and down; `emblem` is a PNG made by `emblem_of`, or nothing."""

    size: str = Size.A4
    on_blanks: bool = False
    offset_x: float = 0
    offset_y: float = 0
    emblem: bytes = b""
    two_signers: bool = False

    @property
    def sheet(self) -> Sheet:
        return SHEETS[Size(self.size)]

    @property
    def qr_crop(self) -> tuple[int, ...]:
        """Where the QR lies, with so little air that neither frame nor words come into it, which would cost twice as
        much to look at: what to cut off left, bottom, right and top, in points."""
        sheet, air = self.sheet, 0.3
        # Between two signers it stands in the middle, above its words; else in the corner at the bottom left.
        left = (sheet.width - sheet.qr) / 2 if self.two_signers else sheet.margin_x
        bottom = sheet.margin_y + (sheet.foot - sheet.qr if self.two_signers else 0)
        left, bottom = left + self.offset_x, bottom - self.offset_y
        sides = (left, bottom, sheet.width - left - sheet.qr, sheet.height - bottom - sheet.qr)
        return tuple(max(0, math.floor((side - air) * _POINTS)) for side in sides)

    @cached_property
    def data(self) -> dict:
        """What the template of the paper is told."""
        return {
            "size": str(self.size),
            "on_blanks": self.on_blanks,
            "offset_x": float(self.offset_x),
            "offset_y": float(self.offset_y),
            "two_signers": self.two_signers,
        }

    @cached_property
    def pictures(self) -> dict[str, str]:
        """Those that the template draws; a blank has its emblem."""
        return {"emblem": as_input(self.emblem)} if self.emblem and not self.on_blanks else {}


PLAIN = Look()


def most_offset(size: str) -> tuple[float, float]:
    """How far words can be moved right or left, up or down, so that they stay where a printer prints."""
    sheet = SHEETS[Size(size)]
    return sheet.margin_x - _WHITE_EDGE, sheet.margin_y - _WHITE_EDGE


def draw_test_sheet(size: str, offset_x: float, offset_y: float) -> bytes:
    """A sheet of the size with a grid of millimetres, moved by the offsets, to be held against a blank."""
    sheet = SHEETS[Size(size)]
    line_x, line_y = _first_line(offset_x), _first_line(offset_y)
    data = {
        "width": sheet.width,
        "height": sheet.height,
        "offset_x": float(offset_x),
        "offset_y": float(offset_y),
        "words": "IN THỬ",
        "size": size.upper(),
        "said": f"{size.upper()} ngang. {_moved(offset_x, offset_y)}.",
        "how": f"Đặt tờ này lên phôi, soi ra sáng: {_edges(line_x, line_y)}.",
        "line_x": line_x,
        "line_y": line_y,
    }
    return draw(_PAPERS / "test_sheet.typ", data, timestamp=dt.datetime(2022, 1, 1, tzinfo=VIETNAM))


def emblem_of(content: bytes) -> bytes:
    """The picture drawn anew as a small PNG, so that nothing of the file but what is seen comes into a paper.

    Refusal when it is neither PNG nor JPG by its bytes, too big, or cannot be drawn. SVG is refused: it can call for
    files and addresses.
    """
    if len(content) > _MOST_EMBLEM:
        raise Refusal(_("The emblem is larger than 2 MB. Please make the picture smaller."))
    kind, size = _kind_and_size(content)
    if not kind or not size:
        raise Refusal(_("The emblem is not a PNG or JPG picture. Please save it as PNG and choose it again."))
    if max(size) > _MOST_DOTS or min(size) < 1:
        raise Refusal(
            _("The emblem has more than %(most)d dots at a side. Please make the picture smaller.")
            % {"most": _MOST_DOTS}
        )
    scale = min(1, _EMBLEM_DOTS / max(size))
    shape = {"kind": kind, "width": max(1, size[0] * scale), "height": max(1, size[1] * scale)}
    drawn = draw_shape(_PAPERS / "emblem.typ", shape, pictures={"picture": as_input(content)})
    if drawn is None:
        raise Refusal(_("The emblem cannot be read: the picture is damaged. Please save it anew and choose it again."))
    return drawn


def _kind_and_size(content: bytes) -> tuple[str, tuple[int, int] | None]:
    """Media type and dots, by the bytes themselves."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR" and len(content) > 33:
        width, height = struct.unpack(">II", content[16:24])
        return "png", (width, height)
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg", _jpeg_size(content)
    return "", None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """From the first start of frame (ISO 10918-1, B.2.2)."""
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], struct.unpack(">H", content[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def _moved(offset_x: float, offset_y: float) -> str:
    """Each way by its name, never less than nothing."""
    across = f"lệch {'phải' if offset_x > 0 else 'trái'} {_vietnamese(abs(offset_x))} mm" if offset_x else ""
    down = f"lệch {'xuống' if offset_y > 0 else 'lên'} {_vietnamese(abs(offset_y))} mm" if offset_y else ""
    words = ", ".join(filter(None, (across, down))) or "không lệch"
    return words[0].upper() + words[1:]


def _first_line(offset: float) -> int:
    """The first line of ten that is printed: moved to the left or up, that of 0 would lie beside the sheet."""
    return max(0, -math.floor(offset / 10) * 10)


def _edges(line_x: int, line_y: int) -> str:
    if not line_x and not line_y:
        return "vạch số 0 phải trùng mép trái và mép trên của phôi"
    left, top = (f"cách {{edge}} đúng {at} mm" if at else "trùng {edge}" for at in (line_x, line_y))
    across = f"vạch dọc số {line_x} phải {left.format(edge='mép trái')}"
    return f"{across}, vạch ngang số {line_y} phải {top.format(edge='mép trên')} của phôi"


def _vietnamese(number: float) -> str:
    return f"{float(number):g}".replace(".", ",")

"""QR codes, black on white with their quiet zone: as SVG on screen and on paper, as PNG in Word files."""

import re
import struct
import zlib
from typing import Any, cast

import zxingcpp
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

_BLACK = re.compile(b"\x00+")


def qr_svg(text: str) -> SafeString:
    """An `<svg class="qr">` for a page. It has no size of its own: the style sheet gives it one.

    The white ground is part of the picture, so that it can be read on a dark page too.
    """
    label = _("QR code")
    return mark_safe(_svg(text, f' class="qr" role="img" aria-label="{label}"'))


def qr_picture(text: str) -> str:
    """The same picture as the text of an SVG file, for a paper."""
    return _svg(text, "")


def _svg(text: str, attributes: str) -> str:
    picture = _picture(text)
    size, dots = picture.shape[0], bytes(picture)
    # Each row by itself: the library's own SVG takes forty times as long as its picture.
    path = "".join(
        f"M{run.start()} {row}h{run.end() - run.start()}v1h{run.start() - run.end()}Z"
        for row in range(size)
        for run in _BLACK.finditer(dots[row * size : (row + 1) * size])
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges"{attributes}>'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{path}"/></svg>'
    )


def qr_png(text: str) -> bytes:
    """The same as a grey PNG, eight points a module; Word files hold no SVG."""
    picture = _picture(text, scale=8)
    height, width = picture.shape[:2]
    grey = picture.tobytes()
    rows = b"".join(b"\0" + grey[width * row : width * (row + 1)] for row in range(height))
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    chunks = (struct.pack(">I", len(d)) + name + d + struct.pack(">I", zlib.crc32(name + d)) for name, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _picture(text: str, scale: int = 1) -> memoryview:
    # Level M: a quarter of the picture's words may be lost, which a fold or a stamp can cost.
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    return memoryview(cast(Any, code.to_image(scale=scale)))

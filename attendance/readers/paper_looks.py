"""How a PDF file looks: its text and a picture of its first page; runs in the child process of
`courses.readers.limited`, since the file may be made to harm."""

import base64
import struct
import zlib
from typing import Any

import pypdfium2
from pypdfium2 import raw

MOST_LETTERS = 20_000
_PICTURE_WIDTH = 900  # in dots
_RGB = raw.FPDFBitmap_BGR


def answer_asked(data: bytes, asked: dict[str, Any]) -> dict[str, Any]:
    """{"rows": [{"text", "picture"}]} of files one after the other; `asked`: `sizes` in bytes, `picture` or not. The
    picture is a PNG in base 64. Both are "" of a file that cannot be opened."""
    rows, start = [], 0
    for size in asked["sizes"]:
        rows.append(_look(data[start : start + size], picture=asked["picture"]))
        start += size
    return {"rows": rows}


def _look(pdf: bytes, *, picture: bool) -> dict[str, str]:
    try:
        document = pypdfium2.PdfDocument(pdf)
        text = "\n".join(document[number].get_textpage().get_text_range() for number in range(min(len(document), 5)))
        return {"text": text[:MOST_LETTERS], "picture": _picture(document) if picture else ""}
    except pypdfium2.PdfiumError:
        return {"text": "", "picture": ""}


def _picture(document: pypdfium2.PdfDocument) -> str:
    width, height = document.get_page_size(0)
    # A page can say that it is a kilometre wide: the picture is as wide as ours, and no higher than twice that.
    scale = _PICTURE_WIDTH / max(width, height / 2, 1)
    document.init_forms()  # before the page is loaded, or what a seal looks like is left out
    bitmap = document[0].render(scale=scale, may_draw_forms=True, rev_byteorder=True, force_bitmap_format=_RGB)
    lines = memoryview(bitmap.buffer).cast("B", (bitmap.height, bitmap.stride)).tobytes()
    rows = (lines[start : start + bitmap.width * 3] for start in range(0, len(lines), bitmap.stride))
    return base64.b64encode(_png(bitmap.width, bitmap.height, b"".join(b"\0" + row for row in rows))).decode("ascii")


def _png(width: int, height: int, rows: bytes) -> bytes:
    """Rows of red, green and blue, each after the byte that says how it is filtered: not at all."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )

"""The certificate (giấy chứng nhận): its facts, its paper, and the paper read back."""

import datetime as dt
import io
import json
import re
import struct
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import BinaryIO, Self
from urllib.parse import urlsplit

import pypdfium2
import zxingcpp
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.rendering.look import PLAIN, Look
from courses.constants.clock import VIETNAM
from courses.constants.codes import grouped
from courses.constants.errors import Refusal
from courses.constants.names import clean_text, nfc
from courses.constants.partial_dates import PartialDate, official_date
from courses.rendering.heading import MOTTO, NATION
from courses.rendering.paper import draw, draw_picture
from courses.rendering.qr import qr_picture

#: Kept with each certificate. Raise it with every change of the template or of `_sentences`.
TEMPLATE_VERSION = "certificate-4"

_TEMPLATE = Path(__file__).parent / "papers" / "certificate.typ"
_ADDRESSED = {"m": "ông", "f": "bà", "": "ông (bà)"}
_BORN = {"day": "ngày", "month": "tháng", "year": "năm"}
#: What no paper can leave out; all else has no line when it is not known.
_NEEDED = {
    "number": gettext_lazy("register number"),
    "issuing_body": gettext_lazy("issuing body"),
    "place": gettext_lazy("place name on papers"),
    "full_name": gettext_lazy("full name"),
    "course_title": gettext_lazy("title of the class"),
    "signer": gettext_lazy("signer"),
}
# pdfium is not made for two threads at once.
_PDFIUM = threading.Lock()
_QR_CODE = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


@dataclass(frozen=True)
class CertificateFacts:
    """All that a certificate says, as of the day it was prepared. Frozen with it.

    Texts are cleaned to NFC; dates are ISO; what is not known is "" (or 0, or no entries) and its
    line is left out of the paper.
    """

    number: str  # entry in the register, "015/2022/GCN"
    code: str  # as stored, without dashes
    superior_body: str
    issuing_body: str
    place: str  # of issue, "Vị Thanh"
    issued_on: str  # YYYY-MM-DD
    full_name: str
    course_title: str
    starts_on: str  # YYYY-MM-DD
    ends_on: str  # YYYY-MM-DD
    sign_lines: tuple[str, ...]  # ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")
    signer: str
    gender: str = ""  # m, f or ""
    birth: str = ""  # YYYY-MM-DD, YYYY-MM or YYYY
    position: str = ""  # of then
    office: str = ""  # of then
    course_kind: str = "tập huấn"  # or "bồi dưỡng"
    blocks: tuple[str, ...] = ()  # those completed, where it is not all of them
    periods: int = 0
    grade: str = ""
    decision_number: str = ""
    decision_date: str = ""  # YYYY-MM-DD
    serial: str = ""  # of the blank (số hiệu phôi)
    title: str = "Giấy chứng nhận"
    addressed: str = "Cấp cho"  # before "ông (bà)"
    completed: str = "Đã hoàn thành"  # before the class
    closing: str = ""  # after the class
    second_lines: tuple[str, ...] = ()  # as sign_lines, of the second signer
    second_signer: str = ""
    replaces: str = ""  # entry in the register of the paper in whose place it stands

    def __post_init__(self):
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str):
                object.__setattr__(self, field.name, clean_text(value))
            elif not isinstance(value, int):
                object.__setattr__(self, field.name, tuple(map(clean_text, value)))

    def to_json(self) -> str:
        """The same facts give the same text: keys sorted, no spaces, letters as they are."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The reverse of `to_json`. TypeError or ValueError when it is not one."""
        return cls(**json.loads(text))


def draw_certificate(facts: CertificateFacts, *, verify_url: str, look: Look = PLAIN) -> bytes:
    """The paper as PDF/A-2a: one page, landscape; the same bytes for the same facts, address and look.

    `verify_url` is the whole address that the QR holds; its last part is the code. Refusal, naming
    the text, when the font lacks a letter or a text does not fit even in the smallest print.
    """
    data, issued = _drawing(facts, verify_url, look)
    try:
        return draw(_TEMPLATE, data | {"shrink": False}, timestamp=issued, pictures=look.pictures, many=True)
    except Refusal:  # not in full size: measure, shrink, and refuse only what is too long even then
        return draw(_TEMPLATE, data | {"shrink": True}, timestamp=issued, pictures=look.pictures, many=True)


def picture_certificate(facts: CertificateFacts, *, verify_url: str, look: Look = PLAIN, dots: float = 96) -> bytes:
    """The same paper as a PNG, for looking at; refused as `draw_certificate` refuses."""
    data, issued = _drawing(facts, verify_url, look)
    return draw_picture(
        _TEMPLATE, data | {"shrink": True}, dots=dots, timestamp=issued, pictures=look.pictures, many=True
    )


def _drawing(facts: CertificateFacts, verify_url: str, look: Look) -> tuple[dict, dt.datetime]:
    """What the template is told, and the date in the file. Refusal when something is not known that each paper says."""
    needed = _NEEDED | ({"second_signer": _("second signer")} if look.two_signers else {})
    unknown = [str(words) for name, words in needed.items() if not getattr(facts, name)]
    if unknown:
        raise Refusal(
            _("A paper cannot be made without this: %(facts)s. Please enter it first.") % {"facts": ", ".join(unknown)}
        )
    sheet = look.sheet
    data = _sentences(facts, verify_url) | {
        **look.data,
        "width": sheet.width,
        "height": sheet.height,
        "margin_x": sheet.margin_x,
        "margin_y": sheet.margin_y,
        "foot": sheet.foot,
        "qr_side": sheet.qr,
        "nation": NATION,
        "motto": MOTTO,
        "document_title": f"{facts.title} số {facts.number}",
        "qr": qr_picture(verify_url),
        "qr_alt": f"Mã QR để kiểm tra tại {verify_url}",
        "emblem_alt": "Biểu trưng",
    }
    return data, dt.datetime.combine(dt.date.fromisoformat(facts.issued_on), dt.time(), VIETNAM)


def read_back(pdf: bytes) -> str:
    """The text of a paper as a reader gets it, pages joined, runs of white space made one space."""
    with _opened(pdf) as document:
        return _text(list(document))


def picture_of_paper(pdf: bytes, *, width: int) -> bytes:
    """The first page of a frozen paper as a PNG so many pixels wide: what was frozen, never a new drawing."""
    with _opened(pdf) as document:
        page = document[0]
        bitmap = page.render(scale=width / page.get_width(), rev_byteorder=True, prefer_bgrx=False)
        rows = memoryview(bitmap.buffer).cast("B")
        size, depth, stride = (bitmap.width, bitmap.height), bitmap.n_channels, bitmap.stride
        # Each row begins with the byte that says that it is not filtered.
        raw = b"".join(b"\0" + rows[y * stride : y * stride + size[0] * depth] for y in range(size[1]))
    colours = {1: 0, 3: 2}[depth]
    head = struct.pack(">IIBBBBB", *size, 8, colours, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(raw, 6)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def missing_facts(pdf: bytes, facts: CertificateFacts, *, verify_url: str, look: Look = PLAIN) -> list[str]:
    """The printed sentences that cannot be read in the paper, and the address if its QR says another.

    Empty for a good paper. It reads text and picture of the bytes, not what was meant to be drawn.
    """
    with _opened(pdf) as document:
        pages = list(document)  # each is read once, for its text and for its QR
        text, address = _tight(_text(pages)), _qr(pages[0], look)
    missing = [
        sentence for sentence in printed(facts, verify_url=verify_url, look=look) if _tight(sentence) not in text
    ]
    if address != verify_url:
        missing.append(verify_url)
    return missing


def printed(facts: CertificateFacts, *, verify_url: str, look: Look = PLAIN) -> list[str]:
    """Every sentence that the paper says about its facts, in the order of the paper."""
    flat: list[str] = []
    for place, value in _sentences(facts, verify_url).items():
        if place == "title" and look.on_blanks:
            continue  # it stands on the blank
        flat.extend([value] if isinstance(value, str) else value)
    return [sentence for sentence in flat if sentence]


def merge(papers: Iterable[bytes]) -> bytes:
    """The frozen pages of many papers one after the other, for the printer; never a new drawing."""
    out = io.BytesIO()
    merge_into(out, papers)
    return out.getvalue()


def merge_into(file: BinaryIO, papers: Iterable[bytes]) -> None:
    """The same, written to a file: of thousands the pages are held once, and each paper only while its page is taken.
    Other papers can be drawn and read meanwhile."""
    with _PDFIUM:
        whole = pypdfium2.PdfDocument.new()
    try:
        for paper in papers:
            with _PDFIUM:
                part = pypdfium2.PdfDocument(paper)
                whole.import_pages(part)
                part.close()
        with _PDFIUM:
            whole.save(file)
    finally:
        with _PDFIUM:
            whole.close()


@contextmanager
def _opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    with _PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            yield document
        finally:
            document.close()


def _text(pages: list[pypdfium2.PdfPage]) -> str:
    text = " ".join(page.get_textpage().get_text_range() for page in pages)
    # pdfium says U+FFFE or U+0002 for a hyphen at the end of a line.
    return nfc(" ".join(re.sub(r"[\ufffe\x02]\s*", "-", text).split()))


def _tight(text: str) -> str:
    """Without spaces: a line that breaks inside "HĐND/UBND" is read with one that was never there."""
    return "".join(text.split())


def _qr(page: pypdfium2.PdfPage, look: Look) -> str | None:
    # A smaller QR is looked at through a stronger glass.
    bitmap = page.render(scale=54 / look.sheet.qr, crop=look.qr_crop, grayscale=True)
    picture = memoryview(bitmap.buffer).cast("B", (bitmap.height, bitmap.stride))
    found = zxingcpp.read_barcode(picture, formats=_QR_CODE, try_rotate=False, try_downscale=False, try_invert=False)
    return found.text if found else None


def _sentences(facts: CertificateFacts, verify_url: str) -> dict[str, str | list[str]]:
    """What stands on the paper, by its place in the template."""
    lead, title = _completed(facts)
    decision = f"Theo Quyết định số {facts.decision_number}" if facts.decision_number else ""
    if decision and facts.decision_date:
        decision += f" {_official(facts.decision_date)}"
    address = urlsplit(verify_url)
    return {
        "superior_body": facts.superior_body.upper(),
        "issuing_body": facts.issuing_body.upper(),
        "title": facts.title.upper(),
        "addressed": f"{facts.addressed} {_ADDRESSED[facts.gender]}:",
        "full_name": facts.full_name,
        "person": _filled(
            _birth(facts.birth),
            f"Chức vụ: {facts.position}" if facts.position else "",
            f"Đơn vị: {facts.office}" if facts.office else "",
        ),
        "completed": lead,
        "course_title": title,
        "course": _filled(
            f"Khối nội dung: {'; '.join(facts.blocks)}" if facts.blocks else "",
            _period(facts),
            f"Xếp loại: {facts.grade}" if facts.grade else "",
        ),
        "closing": facts.closing,
        "decision": decision,
        "place_and_date": f"{facts.place}, {_official(facts.issued_on)}",
        "sign_lines": list(facts.sign_lines),
        "signer": facts.signer,
        "second_lines": list(facts.second_lines),
        "second_signer": facts.second_signer,
        "register": _filled(
            f"Số vào sổ: {facts.number}",
            f"Số hiệu: {facts.serial}" if facts.serial else "",
            f"Thay số vào sổ: {facts.replaces}" if facts.replaces else "",
        ),
        "check": [
            f"Kiểm tra tại: {address.netloc}{address.path.rstrip('/').rpartition('/')[0]}",
            f"Mã kiểm tra: {grouped(facts.code)}",
        ],
    }


def _completed(facts: CertificateFacts) -> tuple[str, str]:
    """The words before the class's title: a title that says itself what the class is needs fewer."""
    title = facts.course_title
    start = title.casefold()
    if start.startswith("lớp "):
        return facts.completed, title
    if start.startswith(facts.course_kind):
        return f"{facts.completed} lớp", title
    return f"{facts.completed} lớp {facts.course_kind}:", title


def certified(facts: CertificateFacts) -> str:
    """ "Đã hoàn thành lớp tập huấn: …", as the paper says it, in one line."""
    return " ".join(_completed(facts))


def _period(facts: CertificateFacts) -> str:
    """Old register books do not say when a class was held."""
    if not facts.starts_on:
        return ""
    if facts.starts_on == facts.ends_on:
        when = _official(facts.starts_on)
    else:
        when = f"từ {_official(facts.starts_on)} đến {_official(facts.ends_on)}"
    return f"{when}, thời lượng {facts.periods} tiết" if facts.periods else when


def _birth(iso: str) -> str:
    """Sinh ngày 05 tháng 6 năm 1975; Sinh tháng 6 năm 1975; Sinh năm 1975."""
    if not iso:
        return ""
    born = PartialDate.from_iso(iso)
    words = official_date(born.first)
    return "Sinh " + words[words.index(_BORN[born.precision]) :]


def _official(iso: str) -> str:
    return official_date(dt.date.fromisoformat(iso))


def _filled(*lines: str) -> list[str]:
    return [line for line in lines if line]

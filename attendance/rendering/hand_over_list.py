"""The list on which people sign for their papers (danh sách ký nhận giấy chứng nhận), as PDF."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from courses.rendering.heading import head_of
from courses.rendering.paper import draw

_TEMPLATE = Path(__file__).parent / "papers" / "hand_over.typ"
_MISSING_LETTER = "_"


@dataclass(frozen=True)
class ToSignFor:
    """One line. `on` and `to` say what is known already; "" is filled in by hand."""

    name: str
    office: str
    number: str
    on: str = ""
    to: str = ""


@dataclass(frozen=True)
class HandOverList:
    """`kind` is "giấy chứng nhận"; `course` the class in words, "Lớp tập huấn …"."""

    superior: str
    body: str
    kind: str
    course: str
    code: str
    people: tuple[ToSignFor, ...]


def draw_hand_over_list(paper: HandOverList, *, timestamp: dt.datetime) -> bytes:
    """The list as PDF/A-2a, with lines high enough to sign in."""
    title = f"Danh sách ký nhận {paper.kind}"
    data = {
        "document_title": title,
        "author": paper.body.upper(),
        **head_of(paper.superior, paper.body),
        "title": title.upper(),
        "course": paper.course,
        "foot": f"{paper.code} · {title}",
        "heads": ["STT", "Họ và tên", "Đơn vị", "Số vào sổ", "Ký nhận", "Ngày nhận"],
        "lines": [
            [str(number), one.name, one.office, one.number, f"Nhận thay: {one.to}" if one.to else "", one.on]
            for number, one in enumerate(paper.people, 1)
        ],
        "total": f"Danh sách có {len(paper.people):02d} người./.",
        "signers": ["Người phát", "Xác nhận của Ban Tổ chức"],
    }
    return draw(_TEMPLATE, data, timestamp=timestamp, instead=_MISSING_LETTER)

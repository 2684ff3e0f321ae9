"""The plan of a class and the letter that calls for its people: speakers, seats by office, the links of offices."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from attendance.reports.class_papers.every_paper import Asked, two
from attendance.rules.paper_fields import DOTS
from courses.constants import links
from courses.constants.partial_dates import NO_DATE, official_date
from courses.models import OfficeAnswer, Speaker
from courses.rendering.qr import qr_png
from courses.rendering.word import Picture
from courses.reports.offices_of_class import OfficeRow, board

#: More are named in the appendix alone: their names would fill the first page of the letter.
MOST_RECIPIENTS = 12
_QR_MM = 18


def plan_fields(asked: Asked) -> dict[str, Any]:
    """(5 queries.)"""
    rows = board(asked.course).invited
    return {"bao_cao_vien": speakers(asked), "chi_tieu": _lines(rows), **_seats(asked, rows)}


def summons_fields(asked: Asked) -> dict[str, Any]:
    """The links open the offices' pages: with them the paper is a secret of the organisers. (5 queries.)"""
    rows = board(asked.course).invited
    named = [{"ten": row.office.name} for row in rows]
    if not 0 < len(named) <= MOST_RECIPIENTS:
        named = [{"ten": "Các cơ quan, đơn vị, địa phương có tên trong Phụ lục kèm theo"}]
    lines = _lines(rows)
    for line, row in zip(lines, rows, strict=True):
        address = _address(row.answer) if asked.with_links else ""
        line["duong_dan"] = address
        line["ma_qr"] = Picture(qr_png(address), _QR_MM) if address else ""
    with_links = asked.with_links and any(line["duong_dan"] for line in lines)
    return {
        "kinh_gui": named,
        "gui_mot_noi": len(named) == 1,
        "co_duong_dan": with_links,
        "chi_tieu": lines,
        **_seats(asked, rows),
    }


def speakers(asked: Asked) -> list[dict[str, str]]:
    """Those who speak at half-days that are held, each once, in the order in which they speak."""
    topics: dict[Speaker, dict[str, None]] = {}
    for session in asked.held:
        for item in session.agenda.all():
            if item.speaker:
                topics.setdefault(item.speaker, {}).setdefault(item.topic.title)
    return [
        {"ho_ten": speaker.full_name, "chuc_danh": speaker.title, "chuyen_de": "; ".join(said)}
        for speaker, said in topics.items()
    ]


def _seats(asked: Asked, rows: list[OfficeRow]) -> dict[str, Any]:
    deadline = asked.course.registration_deadline
    people = [row.asked for row in rows if row.asked is not None]
    return {
        "so_co_quan": two(len(rows)),
        "tong_chi_tieu": two(sum(people)) if people else DOTS,
        "han_dang_ky": official_date(deadline) if deadline else NO_DATE,
        "co_theo_khoi": any(row.blocks for row in rows),
        "chi_theo_khoi": any(row.seats is None for row in rows if row.blocks),
    }


def _lines(rows: list[OfficeRow]) -> list[dict[str, Any]]:
    return [
        {
            "stt": str(place),
            "ten": row.office.name,
            "so_luong": DOTS if row.asked is None else two(row.asked),
            "theo_khoi": "; ".join(f"khối {one.block.code}: {two(one.number)}" for one in row.blocks),
        }
        for place, row in enumerate(rows, 1)
    ]


def _address(answer: OfficeAnswer) -> str:
    """Of the office's own page; "" while nothing was made for it."""
    if answer.pk is None:
        return ""
    return settings.SITE_URL + reverse("attendance:office", args=[links.office_token(answer.pk, answer.link_version)])

"""What papers say of the half-days of a class: its timetable, the invitations of its speakers, notices for the door."""

from collections.abc import Iterable
from typing import Any

from attendance.reports.class_papers.every_paper import (
    Asked,
    changed_in_words,
    clock,
    half_day,
    hours,
    known_changes,
    places,
    short_date,
    weekday,
)
from attendance.rules.paper_fields import DOTS
from courses.constants.choices import SessionState
from courses.models import Session, SessionTopic, Speaker
from courses.rendering.days import HALF_NAMES
from courses.rendering.heading import in_lines
from courses.reports.changes import Changed
from courses.reports.timetable import days_of

#: Letters that fit on a line of a notice at 40 points.
_DOOR_LINE = 34


def timetable_fields(asked: Asked) -> dict[str, Any]:
    """Half-days as they are held now; one that is not held stands there and says so. (1 query.)"""
    changes = known_changes(asked.sessions)
    return {
        "ngay_hoc": [
            {
                "thu": weekday(day.date),
                "ngay": short_date(day.date),
                "buoi_hoc": [_row(session, session.agenda.all(), changes.get(session.pk)) for session in day.sessions],
            }
            for day in days_of(asked.sessions)
        ]
    }


def invitation_fields(asked: Asked) -> dict[str, Any]:
    """One invitation for each who speaks, or for `asked.speaker` alone."""
    theirs: dict[Speaker, list[Session]] = {}
    for session in asked.held:
        for item in session.agenda.all():
            if item.speaker and asked.speaker in (None, item.speaker):
                found = theirs.setdefault(item.speaker, [])
                if session not in found:
                    found.append(session)
    if not theirs:  # none is planned yet: one to be filled in by hand
        return {"giay_moi": [{"ho_ten": DOTS * 4, "chuc_danh": "", "buoi_hoc": []}]}
    return {
        "giay_moi": [
            {
                "ho_ten": speaker.full_name,
                "chuc_danh": speaker.title,
                "buoi_hoc": [_invited(session, speaker) for session in sessions],
            }
            for speaker, sessions in theirs.items()
        ]
    }


def door_notice_fields(asked: Asked) -> dict[str, Any]:
    """One notice for each half-day, or for `asked.session` alone. (1 query.)"""
    sessions = [one for one in asked.sessions if asked.session is None or one.pk == asked.session.pk]
    changes = known_changes(sessions)
    return {"thong_bao": [_notice(session, changes.get(session.pk)) for session in sessions]}


def _row(session: Session, items: Iterable[SessionTopic], changed: Changed | None) -> dict[str, str]:
    items = list(items)
    speakers = {item.speaker: None for item in items if item.speaker}
    several = len(speakers) > 1
    topics = [
        f"- {item.topic.title}{f' ({item.speaker.full_name})' if several and item.speaker else ''}" for item in items
    ]
    off = session.state == SessionState.CANCELLED
    blocks = ", ".join(block.code for block in session.blocks.all())
    return {
        "buoi": HALF_NAMES[session.half].capitalize(),
        "gio": hours(session),
        "gio_bat_dau": clock(session.starts_at),
        "gio_ket_thuc": clock(session.ends_at),
        "khoi": f"Khối {blocks}" if blocks else "",
        "noi_dung": "\n".join(topics) or DOTS,
        "bao_cao_vien": "\n".join(", ".join(filter(None, (one.full_name, one.title))) for one in speakers) or DOTS,
        "dia_diem": DOTS if off else places(session),
        "thay_doi": "Tạm hoãn" if off else changed_in_words(changed) if changed else "",
    }


def _invited(session: Session, speaker: Speaker) -> dict[str, str]:
    own = [item for item in session.agenda.all() if item.speaker == speaker]
    return {"ngay": f"{weekday(session.date)}, {short_date(session.date)}", **_row(session, own, None)}


def _notice(session: Session, changed: Changed | None) -> dict[str, Any]:
    off = session.state == SessionState.CANCELLED
    title = "BUỔI HỌC TẠM HOÃN" if off else "BUỔI HỌC ĐÃ THAY ĐỔI" if changed else "BUỔI HỌC"
    return {
        "tieu_de": title,
        "gio": hours(session),
        "buoi": half_day(session),
        "dia_diem": on_a_door(places(session)),
        "da_hoan": off,
        "ly_do": changed.why if changed else "",
    }


def on_a_door(place: str) -> str:
    """A place as it stands on the notice: one that is a little too long for a line in two of about the same length, so
    that no single word is left for the second."""
    lines = in_lines(place)
    if "\n" in lines or " " not in place or not _DOOR_LINE < len(place) <= 2 * _DOOR_LINE:
        return lines
    middle = min((at for at, sign in enumerate(place) if sign == " "), key=lambda at: abs(2 * at - len(place)))
    return f"{place[:middle]}\n{place[middle + 1 :]}"

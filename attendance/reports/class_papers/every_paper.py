"""What every paper of a class says: the heading of its host, who signs, the class, its blocks."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch

from attendance.constants import ClassPaperKind
from attendance.reports.paper_sheets import class_in_words, heading_on
from attendance.reports.papers import lines_of
from attendance.rules.paper_fields import ABBREVIATIONS, DOTS
from courses.constants.choices import CourseKind, SessionState
from courses.constants.clock import VIETNAM
from courses.constants.partial_dates import NO_DATE, official_date
from courses.models import Block, Course, Heading, Session, SessionChange, Signer, Speaker, Topic
from courses.rendering.class_names import KINDS, in_a_sentence
from courses.rendering.days import WEEKDAYS, half_on
from courses.rendering.heading import in_lines
from courses.reports.changes import Changed


@dataclass(frozen=True)
class Asked:
    """What was asked for. `at` is the moment of which the paper tells; `date` the one on it, None until it has one;
    `number` whole ("12/KH-UBND") or the digits alone. `speaker` and `session` narrow a paper of many down to one;
    `order` is "protocol" or "name". `with_links`: the secrets of the offices stand on it. `deciding`, `bases` and
    `reachable` are of a decision."""

    course: Course
    kind: str
    at: dt.datetime
    signer: Signer | None = None
    number: str = ""
    date: dt.date | None = None
    speaker: Speaker | None = None
    session: Session | None = None
    order: str = "protocol"
    with_links: bool = False
    deciding: str = ""
    bases: tuple[str, ...] = ()
    reachable: bool = False
    sessions: list[Session] = field(default_factory=list)  # of the class, with details; filled by `fields_of`

    @property
    def day(self) -> dt.date:
        return self.date or self.at.astimezone(VIETNAM).date()

    @property
    def held(self) -> list[Session]:
        return [session for session in self.sessions if session.state != SessionState.CANCELLED]


def common_fields(asked: Asked) -> dict[str, Any]:
    """(Heading 2, signers 1, blocks 3 queries.)"""
    course = asked.course
    heading = heading_on(course.host_office, asked.day, course.ends_on)
    body = heading.body if heading else course.host_office.name
    name = class_in_words(course)
    day = official_date(asked.date) if asked.date else NO_DATE
    return {
        "co_quan_chu_quan": in_lines(heading.superior.upper()) if heading else "",
        "co_quan": in_lines(body.upper()),
        "co_quan_thuong": body,
        "so_ky_hieu": numbered(asked, heading),
        "dia_danh_ngay_thang": f"{heading.place if heading else DOTS}, {day}",
        "ngay_thang": day,
        "noi_luu": f"VT, {heading.drafting}" if heading and heading.drafting else "VT, hồ sơ lớp",
        "nguoi_ky": _signer(asked),
        "ten_lop": name,
        "ten_lop_thuong": in_a_sentence(name),
        "ma_lop": course.code,
        "loai_lop": KINDS[CourseKind(course.kind)],
        "gioi_thieu": course.summary.strip(),
        "doi_tuong": course.audience.strip().rstrip(".") or DOTS,
        "chi_so": ", ".join(index.code for index in course.indices.all()),
        "thoi_gian": period(course.starts_on, course.ends_on),
        "nam": str(course.starts_on.year),
        "so_ngay": two(len({session.date for session in asked.held})),
        "so_buoi": two(len(asked.held)),
        "so_tiet": two(sum(session.periods for session in asked.held)),
        "dia_diem": venues(asked.held),
        "lien_he": course.contact.strip() or DOTS,
        "si_so": two(course.capacity) if course.capacity else DOTS,
        **_blocks(course),
    }


def numbered(asked: Asked, heading: Heading | None) -> str:
    """ "12/KH-UBND", of a letter "12/UBND-NV"; dots for what is not known yet."""
    number = asked.number.strip()
    if number and not number.isdigit():
        return number
    number = two(int(number)) if number else DOTS
    kind = ABBREVIATIONS.get(ClassPaperKind(asked.kind), "")
    body, _hyphen, unit = (heading.abbreviation if heading else "").partition("-")
    known = "UBND" if heading and heading.body.casefold().startswith("ủy ban nhân dân") else DOTS
    unit = (heading.drafting if heading else "") or unit.strip() or DOTS
    body = body.strip() or known
    return f"{number}/{kind}-{body}" if kind else f"{number}/{body}-{unit}"


def number_in_full(asked: Asked) -> str:
    """As the paper shows it, for the class file; as it was typed where the paper has none or a part is not known."""
    if asked.kind in (ClassPaperKind.CLASS_LIST, ClassPaperKind.SIGN_IN):
        return asked.number
    full = numbered(asked, heading_on(asked.course.host_office, asked.day, asked.course.ends_on))
    return asked.number if DOTS in full else full


def _signer(asked: Asked) -> dict[str, str]:
    """Who was chosen, else the only one who signs for the host on that day, else dots."""
    signer = asked.signer or _only_signer(asked, asked.day) or _only_signer(asked, asked.course.ends_on)
    if signer is None:
        return {"quyen_han": DOTS * 4, "ho_ten": DOTS * 4}
    return {"quyen_han": "\n".join(lines_of(signer)), "ho_ten": signer.full_name}


def _only_signer(asked: Asked, day: dt.date) -> Signer | None:
    valid = list(Signer.objects.filter(office=asked.course.host_office).valid_on(day)[:2])
    return valid[0] if len(valid) == 1 else None


def _blocks(course: Course) -> dict[str, Any]:
    topics = Prefetch("topics", Topic.objects.order_by("order", "pk"))
    blocks = list(Block.objects.filter(course=course).order_by("order", "code").prefetch_related(topics, "audience"))
    return {
        "nhieu_khoi": len(blocks) > 1,
        "so_khoi": two(len(blocks)),
        "khoi": [
            {
                "so": str(place),
                "ky_hieu": block.code,
                "ten": block.title,
                "doi_tuong": ", ".join(in_a_sentence(one.name) for one in block.audience.all()),
                "chuyen_de": [{"so": str(n), "ten": topic.title} for n, topic in enumerate(block.topics.all(), 1)],
            }
            for place, block in enumerate(blocks, 1)
        ],
    }


def two(number: int) -> str:
    """At least two digits, as numbers stand in official papers; nothing is "0"."""
    return f"{number:02d}" if number else "0"


def period(first: dt.date, last: dt.date) -> str:
    """ "ngày 05 tháng 6 năm 2026", "từ ngày 10 đến ngày 12 tháng 6 năm 2026"."""
    if first == last:
        return official_date(first)
    begins = official_date(first)
    if first.year == last.year:
        begins = begins.partition(" năm ")[0]
        if first.month == last.month:
            begins = begins.partition(" tháng ")[0]
    return f"từ {begins} đến {official_date(last)}"


def hours(session: Session) -> str:
    """ "07 giờ 30 - 11 giờ 00" """
    return f"{clock(session.starts_at)} - {clock(session.ends_at)}"


def clock(at: dt.datetime) -> str:
    """ "07 giờ 30" """
    return f"{at.astimezone(VIETNAM):%H giờ %M}"


def weekday(day: dt.date) -> str:
    """ "Thứ Tư", as a line begins."""
    name = WEEKDAYS[day.weekday()]
    return f"{name[0].upper()}{name[1:]}"


def short_date(day: dt.date) -> str:
    """ "10/6/2026": by the rule of official dates months from 3 on have no zero before them."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}" if day.month < 3 else f"{day.day:02d}/{day.month}/{day.year}"


def venues(sessions: Iterable[Session]) -> str:
    """Each hall once with its address, then the links; dots where none is known."""
    found: dict[str, None] = {}
    for session in sessions:
        for place in session.places.all():
            if place.venue is None:
                found.setdefault("trực tuyến")
            else:
                address = f" ({place.venue.address})" if place.venue.address else ""
                found.setdefault(f"{place.venue.name}{address}")
    return "; ".join(found) or DOTS


def places(session: Session) -> str:
    """The places of one half-day; the link of one that is held online is no secret of a paper, but nobody types it."""
    return "; ".join(place.venue.name if place.venue else "Trực tuyến" for place in session.places.all()) or DOTS


def half_day(session: Session) -> str:
    """ "Buổi sáng, ngày 10 tháng 6 năm 2026" """
    return half_on(session.half, session.date)


def known_changes(sessions: Iterable[Session]) -> dict[int, Changed]:
    """By half-day how it stands against its first plan; those that stand as planned are left out. (1 query.)"""
    by_id = {session.pk: session for session in sessions}
    rows: dict[int, list[SessionChange]] = {}
    for row in SessionChange.objects.filter(session__in=list(by_id)).order_by("at", "pk"):
        rows.setdefault(row.session_id, []).append(row)
    found = {}
    for pk, known in rows.items():
        last, why = known[-1], next((row.why for row in reversed(known) if row.why), "")
        changed = Changed(last.pk, by_id[pk], known[0].old, last.new, last.at, why)
        if changed.parts:
            found[pk] = changed
    return found


def changed_in_words(changed: Changed, *, whole: bool = False) -> str:
    """ "Dời từ 07 giờ 30 ngày 10/6/2026; chuyển từ Hội trường A"; `whole`: also where to."""
    if changed.is_cancelled:
        return f"Không tổ chức (dự kiến lúc {_moment(changed.old)})"
    said = []
    if (old := _moment(changed.old)) != (new := _moment(changed.new)):
        said.append(f"dời từ {old}{f' sang {new}' if whole else ''}")
    old, new = ("; ".join(told["places"]) for told in (changed.old, changed.new))
    if old and old != new:
        said.append(f"chuyển địa điểm từ {old}{f' sang {new}' if whole else ''}")
    words = "; ".join(said) or "thay đổi giờ kết thúc"
    return f"{words[0].upper()}{words[1:]}"


def _moment(told: dict) -> str:
    begins = dt.datetime.fromisoformat(told["starts_at"]).astimezone(VIETNAM)
    return f"{begins:%H giờ %M} ngày {short_date(begins.date())}"

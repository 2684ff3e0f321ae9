"""What stands in the texts of messages: their placeholders, and the words that count where a host has none of its own.

Messages are Vietnamese whatever the screen of the organiser says, so their words are not translated.
"""

import datetime as dt
import re
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from courses.constants.choices import Occasion

#: Stands in a message where the person's own address goes when it leaves; no letter that anybody types.
LINK = "\N{OBJECT REPLACEMENT CHARACTER}"

#: What people of a class are told, in the order in which it stands in a message; offices are told of deadlines.
OF_PEOPLE = tuple(occasion for occasion in Occasion if occasion != Occasion.DEADLINE)
#: A group reads no personal matter.
OF_GROUPS = tuple(occasion for occasion in OF_PEOPLE if occasion != Occasion.MISSING)

#: {placeholder: what stands there}; written in braces.
PLACEHOLDERS = {
    "ho_ten": _("name of the person"),
    "don_vi": _("office of the person"),
    "lop": _("title of the class"),
    "ma_lop": _("code of the class"),
    "thoi_gian": _("first and last day of the class"),
    "don_vi_to_chuc": _("host office"),
    "ngay": _("days of the half-days that are meant"),
    "buoi": _("half-days with hours and places, a line each"),
    "dia_diem": _("places of these half-days"),
    "thay_doi": _("changes, old → new, a line each"),
    "lien_he": _("who to ask"),
    "duong_dan": _("the person's own page"),
}
#: What a subject can hold: one line, and nothing secret.
IN_SUBJECT = frozenset({"ho_ten", "don_vi", "lop", "ma_lop", "thoi_gian", "don_vi_to_chuc", "ngay"})
PLACEHOLDER = re.compile(r"\{([^{}\n]{1,40})\}")


class Words(NamedTuple):
    subject: str
    body: str


DEFAULT_WORDS = {
    Occasion.CHANGED: Words(
        "Thay đổi lịch học lớp {ma_lop}",
        "Lịch học lớp “{lop}” có thay đổi:\n{thay_doi}\nKính mong Ông/Bà lưu ý để dự học đúng buổi, đúng nơi.",
    ),
    Occasion.DAY_BEFORE: Words(
        "Lịch học ngày {ngay}, lớp {ma_lop}",
        "Ngày {ngay}, lớp “{lop}” có buổi học:\n{buoi}\nKính mong Ông/Bà có mặt đúng giờ và mang theo thẻ học viên.",
    ),
    Occasion.NAMED: Words(
        "Ông/Bà được cử tham dự lớp {ma_lop}",
        "Ông/Bà được {don_vi} cử tham dự lớp “{lop}” do {don_vi_to_chuc} tổ chức, {thoi_gian}. "
        "Ban Tổ chức lớp sẽ báo khi danh sách lớp được duyệt.",
    ),
    Occasion.CONFIRMED: Words(
        "Ông/Bà có tên trong danh sách lớp {ma_lop}",
        "Ông/Bà có tên trong danh sách lớp “{lop}” do {don_vi_to_chuc} tổ chức, {thoi_gian}. "
        "Kính mời Ông/Bà đến dự:\n{buoi}",
    ),
    Occasion.MISSING: Words(
        "Điểm danh lớp {ma_lop}",
        "Theo bảng điểm danh đã chốt của lớp “{lop}”, Ông/Bà vắng không phép:\n{buoi}\n"
        "Nếu có lý do hoặc điểm danh chưa đúng, kính mong Ông/Bà báo lại Ban Tổ chức lớp.",
    ),
    Occasion.CERTIFICATE: Words(
        "Mời nhận giấy chứng nhận lớp {ma_lop}",
        "Giấy chứng nhận lớp “{lop}” của Ông/Bà đã được cấp. "
        "Kính mời Ông/Bà đến {don_vi_to_chuc} nhận trong giờ hành chính.",
    ),
}

#: What stands around the texts: to a person, to a group, and at the end.
TO_PERSON = "Kính gửi Ông/Bà {ho_ten},"
TO_GROUP = "Kính gửi Ông/Bà học viên lớp {ma_lop},"
OWN_PAGE = "Lịch học và thẻ học viên của Ông/Bà: {duong_dan}"
PAGE_OF_CLASS = "Lịch học của lớp: {duong_dan}"
OWN_PAGE_UNSAID = "(đường dẫn riêng)"
CONTACT = "Liên hệ: {lien_he}."
NO_HALF_DAY = "– Lịch học sẽ được báo sau."
NEW_DAY_LATER = "ngày học mới sẽ được báo sau"
NO_PLACE = "địa điểm sẽ được báo sau"
ENDING = "Trân trọng,\nBan Tổ chức lớp."

#: What is filled in for a person who does not exist.
SAMPLE = {
    "ho_ten": "Nguyễn Thị Thử",
    "don_vi": "Ủy ban nhân dân Phường Thử",
    "lop": "Tập huấn cải cách hành chính",
    "ma_lop": "CCHC-THU",
    "thoi_gian": "từ ngày 02/06/2026 đến ngày 04/06/2026",
    "don_vi_to_chuc": "Ủy ban nhân dân thành phố Thử",
    "ngay": "02/06/2026",
    "buoi": "– Buổi sáng thứ Ba, 02/06/2026, 07:30–11:00, tại Hội trường Thử",
    "dia_diem": "Hội trường Thử",
    "thay_doi": "– Buổi sáng 02/06/2026, 07:30–11:00: Hội trường Thử → Hội trường B (lý do: sửa điện)",
    "lien_he": "Phòng Nội vụ, 0293 000 000",
}

#: So many days fit below a half-day's id; `date.toordinal()` of the year 2800 is still less.
_DAYS = 1 << 20


def without_own_page(text: str) -> str:
    """The text as it may be shown to who is not the person."""
    return text.replace(LINK, OWN_PAGE_UNSAID)


def half_day_on(session_id: int, day: dt.date) -> int:
    """What a reminder of a half-day is about: postponed to another day, it is reminded of again."""
    return session_id * _DAYS + day.toordinal()


def unknown_placeholders(text: str, known=frozenset(PLACEHOLDERS)) -> list[str]:
    """What stands in braces in the text and is not known, each once."""
    return [name for name in dict.fromkeys(PLACEHOLDER.findall(text)) if name not in known]

"""Days and half-days as they are written: on papers and in messages in Vietnamese whatever the screen says."""

import datetime as dt

from django.utils.formats import date_format

from courses.constants.choices import HalfDay
from courses.constants.partial_dates import official_date

#: Monday first, with the capitals of Decree 30/2020/NĐ-CP, Annex II.
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
HALF_NAMES: dict[str, str] = {HalfDay.MORNING: "sáng", HalfDay.AFTERNOON: "chiều"}
HALVES = {half: f"Buổi {name}" for half, name in HALF_NAMES.items()}


def half_on(half: str, day: dt.date) -> str:
    """ "Buổi sáng, ngày 10 tháng 6 năm 2026" """
    return f"{HALVES[half]}, {official_date(day)}"


def weekday_in_line(day: dt.date) -> str:
    """ "thứ Sáu", "Chủ nhật" within a line of a page; in English "Friday"."""
    return date_format(day, "l").replace("Thứ ", "thứ ").replace("Chủ Nhật", "Chủ nhật")

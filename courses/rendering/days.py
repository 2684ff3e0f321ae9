"""Days and half-days as they are written: on papers and in messages in Vietnamese whatever the screen says."""

import datetime as dt

from django.utils.formats import date_format

from courses.constants.choices import HalfDay

#: Monday first, with the capitals of Decree 30/2020/NĐ-CP, Annex II.
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
HALVES = {HalfDay.MORNING: "Buổi sáng", HalfDay.AFTERNOON: "Buổi chiều"}


def weekday_in_line(day: dt.date) -> str:
    """ "thứ Sáu", "Chủ nhật" within a line of a page; in English "Friday"."""
    return date_format(day, "l").replace("Thứ ", "thứ ").replace("Chủ Nhật", "Chủ nhật")

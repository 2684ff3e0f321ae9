"""Days as they are written within a sentence."""

import datetime as dt

from django.utils.formats import date_format


def weekday_in_line(day: dt.date) -> str:
    """ "thứ Sáu", "Chủ nhật": the capitals of Decree 30/2020/NĐ-CP, Annex II. In English "Friday"."""
    return date_format(day, "l").replace("Thứ ", "thứ ").replace("Chủ Nhật", "Chủ nhật")

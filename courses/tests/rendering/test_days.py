import datetime as dt

from django.utils import translation

from courses.rendering.days import weekday_in_line

FRIDAY = dt.date(2026, 11, 27)


def test_within_a_sentence_only_the_number_of_a_weekday_has_a_capital():
    with translation.override("vi"):
        assert [weekday_in_line(FRIDAY + dt.timedelta(days)) for days in (0, 1, 2, 3)] == [
            "thứ Sáu",
            "thứ Bảy",
            "Chủ nhật",
            "thứ Hai",
        ]
    with translation.override("en"):
        assert weekday_in_line(FRIDAY) == "Friday"

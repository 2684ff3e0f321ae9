import datetime as dt
import io

import pypdfium2
import pytest

from courses.constants.errors import Refusal
from courses.rendering.schedule import HalfDayLine, ScheduleSheet, draw_schedule

AT = dt.datetime(2026, 6, 1, 8, tzinfo=dt.UTC)


def sheet(half_days: int, topic="Chuyên đề thử về công tác văn thư, lưu trữ ở cơ sở", **fields) -> ScheduleSheet:
    line = HalfDayLine(
        ("Thứ Sáu", "05/06/2026"), ("Buổi sáng", "07:30 – 11:00"), (topic, topic), ("Hội trường A",), **fields
    )
    return ScheduleSheet(
        "Lớp thử", "05/06/2026", (line,) * half_days, ("Ngày", "Buổi học", "Chuyên đề", "Nơi học"), "In lúc"
    )


def read(content: bytes) -> tuple[int, str]:
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    return len(document), "".join(page.get_textpage().get_text_range() for page in document)


@pytest.mark.parametrize("half_days", [0, 1, 6, 20])
def test_it_is_one_sheet_however_many_half_days_there_are(half_days):
    pages, text = read(draw_schedule(sheet(half_days), timestamp=AT))
    assert pages == 1
    assert text.count("Hội trường A") == half_days


def test_what_does_not_take_place_says_so_and_what_cannot_be_printed_has_a_sign():
    _pages, text = read(draw_schedule(sheet(1, topic="Thử ☃", said="Hủy", off=True), timestamp=AT))
    assert "Hủy" in text
    assert "Thử □" in text


def test_a_class_that_fits_on_no_sheet_is_refused_by_name():
    with pytest.raises(Refusal, match="Lớp thử"):
        draw_schedule(sheet(120), timestamp=AT)

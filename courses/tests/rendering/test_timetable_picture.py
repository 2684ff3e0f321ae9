"""The timetable as a picture: as wide as a phone shows, drawn in a moment, of any text."""

import datetime as dt
import struct
import time
from dataclasses import replace

from courses.constants.clock import VIETNAM
from courses.rendering.timetable_picture import PICTURE_WIDTH, PictureHalf, TimetablePicture, draw_timetable

HALF = PictureHalf(
    name="Buổi sáng", hours="07:30 – 11:00", state="", is_off=False, blocks="Khối A", places=("Hội trường A",),
    topics=(("Chuyên đề thử", "Người Nói Thử"),),
)  # fmt: skip
PICTURE = TimetablePicture(
    office="Đơn vị thử",
    title="Lớp thử",
    days=(("Thứ Năm, 26/11/2026", (HALF,)),),
    address="vidu.example.vn/courses/LOP-1/",
    changed_at=dt.datetime(2026, 11, 26, 6, 30, tzinfo=VIETNAM),
)


def size_of(picture: TimetablePicture) -> tuple[int, int]:
    """Width and height in pixels."""
    return struct.unpack(">II", draw_timetable(picture)[16:24])


def test_it_is_as_wide_as_a_phone_shows_and_as_tall_as_the_class_is_long():
    width, height = size_of(PICTURE)
    assert width == PICTURE_WIDTH
    longer = replace(PICTURE, days=PICTURE.days * 3)
    assert size_of(longer)[1] > height + 2 * 200
    assert size_of(replace(PICTURE, days=()))[1] < height


def test_what_is_struck_or_moved_is_another_picture_and_the_same_is_the_same():
    off = replace(PICTURE, days=(("Thứ Năm, 26/11/2026", (replace(HALF, state="Hủy buổi", is_off=True),)),))
    assert PICTURE.fingerprint == replace(PICTURE).fingerprint
    assert off.fingerprint != PICTURE.fingerprint
    assert draw_timetable(off) != draw_timetable(PICTURE)
    assert draw_timetable(PICTURE) == draw_timetable(replace(PICTURE))


def test_long_texts_and_signs_that_cannot_be_printed_are_drawn_all_the_same():
    long = replace(HALF, places=("Hội trường " * 40,), topics=(("Nghiêng" * 60, "🎉 Người Nói"),) * 5)
    width, height = size_of(replace(PICTURE, title="Lớp " * 200, days=(("Thứ Năm", (long,)),)))
    assert width == PICTURE_WIDTH
    assert height < 12_000


def test_the_longest_one_is_drawn_within_seconds():
    """24 half-days of three topics take about a second of a processor; the limit leaves room for a busy one."""
    day = ("Thứ Năm, 26/11/2026", (replace(HALF, topics=HALF.topics * 3),) * 2)
    began = time.process_time()
    draw_timetable(replace(PICTURE, days=(day,) * 12))
    assert time.process_time() - began < 10

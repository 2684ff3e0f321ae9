"""The notice at the door: what it says, on one page, in letters that are read from five metres."""

import datetime as dt
from dataclasses import replace

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from courses.constants.clock import VIETNAM
from courses.constants.errors import Refusal
from courses.rendering.door_notice import DoorNotice, What, draw_door_notice

WHEN = dt.datetime(2026, 11, 26, 6, 30, tzinfo=VIETNAM)
NOTICE = DoorNotice(
    what=What.HALL,
    office="Ủy ban nhân dân phường Vị Thanh",
    course_title="Tập huấn kỹ năng tiếp công dân và giải quyết thủ tục hành chính tại Phường Vị Thanh",
    half="morning",
    begins=dt.datetime(2026, 11, 26, 8, tzinfo=VIETNAM),
    ends=dt.datetime(2026, 11, 26, 11, 30, tzinfo=VIETNAM),
    old_begins=dt.datetime(2026, 11, 26, 7, 30, tzinfo=VIETNAM),
    places=("Phòng họp tầng 2",),
    on=dt.date(2026, 11, 26),
    address="Số 12 đường Thử, phường Vị Thanh",
    why="Hội trường cũ mất điện",
)


def read(notice: DoorNotice) -> tuple[str, dict[str, float]]:
    """The text of its one page, and the size in pt of the letters of each line of it."""
    document = pypdfium2.PdfDocument(draw_door_notice(notice, timestamp=WHEN))
    assert len(document) == 1
    width, height = document[0].get_size()
    assert (round(width), round(height)) == (842, 595)
    text = document[0].get_textpage()
    whole, sizes = text.get_text_range(), {}
    start = 0
    for line in whole.split("\r\n"):
        sizes[line] = max(
            (pdfium.FPDFText_GetFontSize(text.raw, start + n) for n, letter in enumerate(line) if letter != " "),
            default=0,
        )
        start += len(line) + 2
    return " ".join(whole.split()), sizes


def test_another_hall_is_told_with_the_hall_the_hours_and_the_day_as_large_as_they_fit():
    text, sizes = read(NOTICE)
    for words in ("BUỔI HỌC ĐÃ CHUYỂN SANG", "Phòng họp tầng 2", "08:00 – 11:30", "Buổi sáng, thứ Năm 26/11/2026",
                  "ỦY BAN NHÂN DÂN PHƯỜNG VỊ THANH", "Hội trường cũ mất điện", NOTICE.course_title):  # fmt: skip
        assert words in text
    assert sizes["08:00 – 11:30"] >= 100
    assert sizes["Phòng họp tầng 2"] >= 70
    assert sizes["BUỔI HỌC ĐÃ CHUYỂN SANG"] >= 50


@pytest.mark.parametrize("what", [What.HALL, What.HOUR, What.DAY, What.HELD])
@pytest.mark.parametrize(
    "place",
    [
        "A",
        "Hội trường Trung tâm Văn hóa - Thể thao và Truyền thanh phường Vị Thanh, thành phố Cần Thơ, cơ sở hai",
        "Nghiêng" * 4,
    ],
)
def test_a_hall_of_any_usual_length_stays_on_the_page_and_the_hours_stay_large(what, place):
    text, sizes = read(replace(NOTICE, what=what, places=(place,)))
    assert place in text
    hours = [size for line, size in sizes.items() if line.startswith("08:00")]
    assert len(hours) == 1
    assert hours[0] >= 100


def test_each_act_has_its_own_words():
    said = {what: read(replace(NOTICE, what=what))[0] for what in What}
    assert "LÙI GIỜ" in said[What.HOUR]
    assert "07:30" in said[What.HOUR]
    assert "THỨ NĂM 26/11" in said[What.DAY]
    assert "HOÃN" in said[What.OFF]
    assert "Ngày học mới sẽ được thông báo sau." in said[What.OFF]
    assert "VẪN DIỄN RA" in said[What.HELD]
    earlier = replace(NOTICE, what=What.HOUR, old_begins=NOTICE.begins + dt.timedelta(hours=1))
    assert "ĐỔI GIỜ" in read(earlier)[0]


def test_a_sign_that_cannot_be_printed_keeps_nobody_from_the_notice():
    assert "Phòng □" in read(replace(NOTICE, places=("Phòng 🎉",)))[0]


def test_a_word_wider_than_the_paper_is_refused_by_a_sentence():
    with pytest.raises(Refusal, match="Nghiêng"):
        draw_door_notice(replace(NOTICE, places=("Nghiêng" * 30,)), timestamp=WHEN)


def test_the_same_notice_is_the_same_bytes():
    assert draw_door_notice(NOTICE, timestamp=WHEN) == draw_door_notice(NOTICE, timestamp=WHEN)

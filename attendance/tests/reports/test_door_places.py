"""Places as they stand on the notice at the door."""

import pytest

from attendance.reports.class_papers.days import on_a_door


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("Hội trường A", "Hội trường A"),
        ("Hội trường UBND phường Vị Thanh", "Hội trường UBND\nphường Vị Thanh"),
        ("Hội trường Trung tâm Chính trị thành phố", "Hội trường Trung tâm\nChính trị thành phố"),
        ("Phòng" + 9 * " họp lớn", "Phòng" + 9 * " họp lớn"),
        (40 * "x", 40 * "x"),
    ],
)
def test_no_single_word_is_left_for_the_second_line(place, shown):
    assert on_a_door(place) == shown

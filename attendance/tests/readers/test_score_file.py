"""Lists of points read back: our own, others' with other titles, files that are none."""

import datetime as dt
import io

import openpyxl
import pytest

from attendance.readers.score_file import ReadScore, read_scores
from courses.readers.limited import NotRead
from courses.rendering.tables import xlsx_table

HEADER = ["Mã", "STT", "Họ và tên", "Chức vụ", "Đơn vị", "Điểm"]


def file_of(*rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_our_own_list_says_when_read_what_was_written():
    data = xlsx_table(
        [HEADER, [12, 1, "=Ngô Giả", "-Phó", "Phường Thử", 7.5], [13, None, "Ngô Thử An", "", "", None]], title="Điểm"
    )
    assert read_scores(data) == (
        ReadScore(2, "12", "=Ngô Giả", "Phường Thử", "7.5"),
        ReadScore(3, "13", "Ngô Thử An", "", ""),
    )


def test_a_list_of_others_is_read_below_its_heading_and_without_its_foot():
    data = file_of(
        ["PHƯỜNG THỬ"],
        ["Stt", "Họ tên", "Cơ quan", "Điểm kiểm tra"],
        ["(1)", "(2)", "(3)", "(4)"],
        [1, "Ngô Thử An", "Phường Thử", "7,5"],
        [2, "Ngô Thử Bình", "Phường Thử", "=1+1"],
        [3, "Ngô Thử Châu", "Phường Thử", dt.date(2026, 5, 7)],
        [4, "Ngô Thử Dung", "Phường Thử", 7.1000000000000005],
        [],
        [None, None, None, "Người chấm"],
    )
    read = read_scores(data)
    assert [(one.row, one.key, one.name, one.points) for one in read] == [
        (4, "", "Ngô Thử An", "7,5"),
        (5, "", "Ngô Thử Bình", None),
        (6, "", "Ngô Thử Châu", None),
        (7, "", "Ngô Thử Dung", "7.1"),
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (file_of(["Họ và tên", "Đơn vị"], ["Ngô Thử An", "Phường"]), "no_table"),
        (file_of(HEADER), "no_people"),
    ],
)
def test_a_file_that_is_no_list_of_points_is_refused_with_a_sentence(data, code):
    with pytest.raises(NotRead) as refused:
        read_scores(data)
    assert refused.value.code == code

# ruff: noqa: E501
"""What stands below a list is no person, and a person is not taken for it."""

import pytest

from courses.readers import closing
from courses.tests.readers.books import read_lines

PEOPLE = [
    "Tống Văn Thử",
    "Công Tằng Thị Giả",
    "Công Cộng",
    "Cống Thử",
    "Lưu Ý",
    "Lưu Ý Nhi",
    "Cộng Hòa",
    "Tong Van Thu",
    "Cong Thi Gia",
]


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("numbered", [True, False])
def test_a_family_name_that_reads_like_a_total_without_its_marks_is_a_persons(name, numbered):
    """Fault found by the generated rosters: such people were lost without a word, even with their date of birth."""
    head = ["STT"] * numbered + ["Họ và tên", "Chức vụ", "Ngày sinh"]
    people = [[*[n] * numbered, who, "Văn thư", "05/06/1980"] for n, who in enumerate(["Nguyễn Văn Thử", name], 1)]
    assert [(row.full_name, row.problems) for row in read_lines(head, *people).rows] == [
        ("Nguyễn Văn Thử", ()),
        (name, ()),
    ]
    assert [row.full_name for row in read_lines(head[:-1], *(person[:-1] for person in people)).rows][1] == name


@pytest.mark.parametrize(
    "text",
    ["Tổng số: 5", "Tổng cộng", "TONG CONG: 5 NGUOI", "Cộng: 3 người", "cộng", "Tổng 5 người", "Lưu ý: gửi trước", "Ghi chú:",
     "Danh sách này có 05 người./.", "Danh sach co 5 nguoi"],
)  # fmt: skip
def test_totals_and_notes_are_no_names(text):
    assert closing.totals(text)


@pytest.mark.parametrize(
    "text",
    ["NGƯỜI LẬP BIỂU", "Nguoi lap", "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "Nơi nhận:", "Vị Thanh, ngày 05 tháng 6 năm 2022",
     "THỦ TRƯỞNG ĐƠN VỊ", "Xác nhận của Ban Tổ chức"],
)  # fmt: skip
def test_dates_and_signatures_are_no_names(text):
    assert closing.ends(text)
    assert not closing.totals(text)

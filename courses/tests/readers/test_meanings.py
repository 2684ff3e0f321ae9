"""Column titles that nobody here knows are explained by a person, once."""

import pytest
from django.utils import translation

from courses.readers import header, sentences
from courses.readers.limited import NotRead, read_in_child
from courses.tests.readers.books import CLASS_DAY, ROSTERS, read, workbook

LINES = [
    ["ỦY BAN NHÂN DÂN", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    ["Thứ tự", "Danh tính", "Tuổi đời", "Mã định vị", "Chốn làm"],
    [1, "Nguyễn Văn Thử", "05/06/1980", "093080000123", "Phường I"],
    [2, "Trần Thị Giả", "07/08/1981", "093181000124", "Phường III"],
    [3, "Lê Văn Mẫu", "09/10/1982", "093082000125", "Phường V"],
    [4, "Phạm Thị Vẽ", "11/12/1983", "093183000126", "Phường VII"],
]
SAID = {"danh tinh": "full_name", "tuoi doi": "birth", "ma dinh vi": "citizen_id", "chon lam": "office", "thu tu": ""}


def _not_read(data: bytes, meanings=None) -> NotRead:
    with pytest.raises(NotRead) as refusal:
        read_in_child(data, on=CLASS_DAY, meanings=meanings)
    return refusal.value


def test_titles_that_are_not_known_come_back_with_samples_in_which_numbers_are_masked():
    refused = _not_read(workbook(LINES))
    assert refused.code == "unknown_header"
    assert refused.titles == [
        {"title": "Thứ tự", "samples": ["1", "2", "3"]},
        {"title": "Danh tính", "samples": ["Nguyễn Văn Thử", "Trần Thị Giả", "Lê Văn Mẫu"]},
        {"title": "Tuổi đời", "samples": ["05/06/1980", "07/08/1981", "09/10/1982"]},
        {"title": "Mã định vị", "samples": ["093•••••••23", "093•••••••24", "093•••••••25"]},
        {"title": "Chốn làm", "samples": ["Phường I", "Phường III", "Phường V"]},
    ]


def test_a_list_is_read_by_what_a_person_said_of_its_titles():
    rows = read_in_child(workbook(LINES), on=CLASS_DAY, meanings=SAID).rows
    assert [(r.row, r.full_name, r.birth.iso(), r.citizen_id, r.office_text, r.problems) for r in rows] == [
        (3, "Nguyễn Văn Thử", "1980-06-05", "093080000123", "Phường I", ()),
        (4, "Trần Thị Giả", "1981-08-07", "093181000124", "Phường III", ()),
        (5, "Lê Văn Mẫu", "1982-10-09", "093082000125", "Phường V", ()),
        (6, "Phạm Thị Vẽ", "1983-12-11", "093183000126", "Phường VII", ()),
    ]


@pytest.mark.parametrize("said", [{"don vi": "position", "chuc vu": "office"}, {"don vi": "", "ho va ten": "phone"}])
def test_words_known_here_win_over_what_a_person_said(said):
    """Ask the memory first in `meaning_of` and one wrong answer changes how every usual list is read, silently."""
    lines = [["STT", "Họ và tên", "Đơn vị", "Chức vụ"], [1, "Nguyễn Văn Thử", "Phường I", "Văn thư"]]
    (row,) = read(workbook(lines), said).rows
    assert (row.full_name, row.position, row.office_text) == ("Nguyễn Văn Thử", "Văn thư", "Phường I")


def test_what_was_said_of_a_longer_title_does_not_make_a_known_word_the_title_of_names():
    assert not header.names_people("Đơn vị", {"o la don vi": "full_name"})
    assert header.names_people("Danh tính", {"o la danh tinh": "full_name"})


def test_one_explained_column_of_names_is_enough():
    lines = [["Danh tính", "Linh tinh"], ["Nguyễn Văn Thử", "a"], ["Trần Thị Giả", "b"]]
    names = [row.full_name for row in read(workbook(lines), {"danh tinh": "full_name", "linh tinh": ""}).rows]
    assert names == ["Nguyễn Văn Thử", "Trần Thị Giả"]


def test_names_in_two_explained_columns_are_put_together():
    lines = [["Tộc danh", "Quý danh", "Sinh"], ["Nguyễn Văn", "Thử", 1980], ["Trần Thị", "Giả", 1981]]
    rows = read(workbook(lines), {"toc danh": "family", "quy danh": "given"}).rows
    assert [(row.full_name, row.birth.iso()) for row in rows] == [("Nguyễn Văn Thử", "1980"), ("Trần Thị Giả", "1981")]


def test_a_field_that_does_not_exist_any_more_is_passed_over():
    rows = read(workbook(LINES), SAID | {"chon lam": "shoe size"}).rows
    assert [row.office_from for row in rows] == ["sheet"] * 4


def test_titles_explained_without_a_name_are_asked_again():
    assert _not_read(workbook(LINES), {"tuoi doi": "birth"}).code == "unknown_header"


@pytest.mark.parametrize(
    "lines",
    [
        [["Tháng", "Thu", "Chi"], ["Một", 3, 4], ["Hai", 5, 6]],
        [["BÁO CÁO"], ["Nguyễn Văn Thử"]],
        [["Nội dung", "Số tiền"], ["Văn phòng phẩm quý một năm nay", 300000]],
    ],
)
def test_what_holds_no_people_is_not_taken_for_a_list(lines):
    assert _not_read(workbook(lines)).code == "no_table"


def test_a_file_refused_for_another_reason_asks_for_no_titles():
    refused = _not_read((ROSTERS / "truncated.xlsx").read_bytes())
    assert (refused.code, refused.titles) == ("damaged", [])


def test_every_field_that_a_column_can_be_has_a_name_for_people():
    assert list(sentences.COLUMNS) == [*header.MAPPABLE[:-1], "number", ""]


PARTLY = [
    ["STT", "Tên cán bộ", "Năm", "Chức trách", "Nơi làm việc", "Để trống", "Ghi chú", "Ký nhận", "Trình độ / Bậc"],
    [1, "Nguyễn Văn Thử", 1980, "Văn thư 093080000123", "Phường I", None, "x", "y", "ĐH"],
    [2, "Trần Thị Giả", 1981, "Kế toán", "Phường III", None, "x", "y", "ĐH"],
    [None, None, None, None, None, "Người lập", None, None, None],
]


def test_columns_left_out_are_named_unless_nobody_misses_them():
    found = read(workbook(PARTLY))
    with translation.override("en"):
        assert [note.split(": ")[1] for note in read(workbook(PARTLY)).notes] == ["Năm, Chức trách."]
    assert [one["title"] for one in found.titles] == PARTLY[0]
    assert found.titles[3]["samples"] == ["Văn thư 093•••••••23", "Kế toán"]


def test_columns_that_a_person_said_are_not_read_are_not_named_again():
    found = read_in_child(workbook(PARTLY), on=CLASS_DAY, meanings={"nam": "", "chuc trach": ""})
    assert (found.notes, found.titles) == ((), ())


@pytest.mark.parametrize("name", ["02_official_form.xlsx", "04_split_name.xlsx", "11_merged_unit.xlsx", "12_utf8.csv"])
def test_lists_as_they_come_have_no_columns_that_are_missed(name):
    assert read((ROSTERS / name).read_bytes()).titles == ()


@pytest.mark.parametrize(
    ("title", "is_asked"),
    [("Ngạch", False), ("Ngạch công chức", False), ("Ngạch, chức danh", True), ("Ngạch CB", True)],
)
def test_a_grade_is_of_no_use_and_a_title_that_may_say_more_is_asked(title, is_asked):
    assert header.is_of_no_use((title,), {}) is not is_asked

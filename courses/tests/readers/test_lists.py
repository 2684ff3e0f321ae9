# ruff: noqa: E501
"""Where a list begins, what its columns are, which of its lines are people."""

import datetime as dt

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font

from courses.readers.header import field_of
from courses.readers.rows import sounds_like_office
from courses.tests.readers.books import read, read_lines, saved, workbook

HEADER = ["STT", "Họ và tên", "Ngày sinh", "Chức vụ", "Đơn vị"]


def _names(*lines: list, merges: tuple[str, ...] = ()) -> list[str]:
    return [row.full_name for row in read_lines(*lines, merges=merges).rows]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (("Họ và tên",), "full_name"), (("HỌ TÊN HỌC VIÊN",), "full_name"), (("Họ và tên (chữ in hoa)",), "full_name"),
        (("Ho va ten",), "full_name"), (("Họ và tên", "Họ"), "family"), (("Họ và chữ lót",), "family"),
        (("Năm sinh", "Nam"), "birth_male"), (("Năm sinh", "Nữ"), "birth_female"), (("Nam",), "male"), (("Năm",), None),
        (("Ngày sinh", "Năm"), "birth_year"), (("Ngày, tháng, năm sinh",), "birth"), (("Nơi sinh",), None),
        (("Chức vụ, chức danh",), "position"), (("Đơn vị công tác",), "office"), (("Cơ quan, đơn vị",), "office"),
        (("ĐTDĐ",), "phone"), (("Điện thoại", "Di động"), "phone"), (("Số CCCD/CMND",), "citizen_id"),
        (("CCCD", "Ngày cấp"), None), (("Ngày cấp CCCD",), None), (("Địa chỉ E-mail",), "email"), (("Ghi chú",), None),
        (("Viên chức",), None), (("Trình độ",), None), (("",), None), ((), None),
    ],
)  # fmt: skip
def test_a_column_is_known_by_the_words_above_it(path, field):
    assert field_of(path) == field


def test_a_person_called_ho_is_no_column_title():
    assert _names(["STT", "Họ", "Tên"], [1, "Hồ", "Nam"], [2, "Hồ", "Sen"]) == ["Hồ Nam", "Hồ Sen"]


def test_titles_column_numbers_totals_and_signatures_are_not_people():
    lines = [
        ["UBND PHƯỜNG V", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["DANH SÁCH CỬ CÁN BỘ"],
        [],
        HEADER,
        ["1", "2", "3", "4", "5=3+4"],
        [1, "Nguyễn Văn Một", "1980", "Chủ tịch", "Phường V"],
        [2, "Nguyễn Văn Hai", "1981", "Văn thư", "Phường V"],
        ["Tổng cộng: 02 người"],
        [None, None, None, "Vị Thanh, ngày 05 tháng 6 năm 2022"],
        [None, "NGƯỜI LẬP BIỂU", None, "TM. ỦY BAN NHÂN DÂN"],
        [None, None, None, "CHỦ TỊCH"],
        [],
        [None, "Nguyễn Văn Lập", None, "Trần Thị Ký"],
        ["Nơi nhận:"],
        ["- Như trên;"],
        ["- Lưu: VT."],
    ]
    assert _names(*lines) == ["Nguyễn Văn Một", "Nguyễn Văn Hai"]


def test_people_without_numbers_are_people():
    header = ["Họ và tên", "Chức vụ"]
    assert _names(header, ["Nguyễn Văn Một", "Chủ tịch"], ["Đoàn Văn Hai", "Trưởng phòng"]) == [
        "Nguyễn Văn Một",
        "Đoàn Văn Hai",
    ]


def test_a_list_that_goes_on_after_a_total_loses_nobody():
    lines = [
        ["STT", "Họ và tên", "Năm sinh"],
        ["I", "Phường I"],
        [1, "Nguyễn Văn Một", 1980],
        [None, "Cộng: 1 người"],
        ["II", "Phường III"],
        [1, "Nguyễn Văn Hai", 1981],
        [None, "NGƯỜI LẬP BIỂU"],
        [2, "Nguyễn Văn Ba", 1982],
    ]
    assert [(row.full_name, row.office_text) for row in read_lines(*lines).rows] == [
        ("Nguyễn Văn Một", "Phường I"),
        ("Nguyễn Văn Hai", "Phường III"),
        ("Nguyễn Văn Ba", "Phường III"),
    ]


@pytest.mark.parametrize(
    "group",
    [
        ["II", "PHÒNG NỘI VỤ"],
        ["II. PHÒNG NỘI VỤ"],
        ["PHÒNG NỘI VỤ"],
        [None, "Phòng Nội vụ (2 người)"],
        [2, "Phòng Nội vụ"],
    ],
)
def test_a_line_that_names_an_office_is_said_of_the_people_below(group):
    rows = read_lines(
        ["STT", "Họ và tên", "Năm sinh"], group, [1, "Nguyễn Văn Một", 1980], [2, "Lê Thị Hai", 1981]
    ).rows
    assert [(row.full_name, row.office_from) for row in rows] == [("Nguyễn Văn Một", "group"), ("Lê Thị Hai", "group")]
    assert all("nội vụ" in row.office_text.lower() for row in rows)


def test_a_heading_above_several_offices_is_none_of_them():
    rows = read_lines(
        ["STT", "Họ và tên"], ["A", "KHỐI CƠ QUAN"], [1, "Nguyễn Văn Một"], ["B", "Phường I"], [1, "Lê Văn Hai"]
    ).rows
    assert [row.office_from for row in rows] == ["sheet", "group"]


def test_a_numbered_line_without_a_name_is_a_row_with_a_problem():
    rows = read_lines(HEADER, [1, "Nguyễn Văn Một", "1980"], [2], [3, "Nguyễn Văn Ba", "1982"]).rows
    assert [(row.row, bool(row.problems)) for row in rows] == [(2, False), (3, True), (4, False)]


def test_lines_numbered_beforehand_below_the_last_person_are_told_and_left_out():
    reading = read_lines(HEADER, [1, "Nguyễn Văn Một", "1980"], [2], [3], [4])
    assert len(reading.rows) == 1
    assert any("3" in note for note in reading.notes)


def test_a_line_with_a_date_but_no_name_is_not_lost():
    rows = read_lines(HEADER, [1, "Nguyễn Văn Một", "1980"], [None, None, "05/06/1981"]).rows
    assert [bool(row.problems) for row in rows] == [False, True]


def test_a_name_below_a_numbered_list_is_a_problem_not_a_person_in_order():
    rows = read_lines(["STT", "Họ và tên", "Năm sinh"], [1, "Nguyễn Văn Một", 1980], [], [None, "Lê Văn Ký"]).rows
    assert [(row.full_name, bool(row.problems)) for row in rows] == [("Nguyễn Văn Một", False), ("Lê Văn Ký", True)]


def test_whoever_stands_right_above_a_repeated_header_is_a_person():
    """A header takes up to three rows; below a list the rows above it are people."""
    titles = ["STT", "Họ và tên", "Ngày sinh", "Ông/Bà", "Đơn vị", "Số điện thoại", "Ghi chú"]
    person = [1, "ÔNG NGUYỄN VĂN AN - Chủ tịch", "01/01/2000", "Ông", "Phường I", "ĐT: 0910000000"]
    other = [2, "Lê Thử Bình", "02/01/2000", "Ông", "Phường I", "0910000001"]
    assert _names(titles, person, titles) == ["Nguyễn Văn An"]
    assert _names(titles, person, titles, other, titles) == ["Nguyễn Văn An", "Lê Thử Bình"]


def test_a_header_repeated_on_the_next_page_is_no_person():
    lines = [
        HEADER,
        [1, "Nguyễn Văn Một", "1980", "Chủ tịch", "Phường I"],
        HEADER,
        [2, "Lê Văn Hai", "1981", "Văn thư", "Phường I"],
    ]
    assert _names(*lines) == ["Nguyễn Văn Một", "Lê Văn Hai"]


def test_two_lists_on_one_sheet_with_different_columns_are_both_read():
    lines = [
        ["STT", "Họ và tên", "Chức vụ"], [1, "Nguyễn Văn Một", "Chủ tịch"], [], ["DANH SÁCH THỨ HAI"],
        ["STT", "Chức vụ", "Họ và tên"], [1, "Văn thư", "Lê Văn Hai"],
    ]  # fmt: skip
    assert [(row.full_name, row.position) for row in read_lines(*lines).rows] == [
        ("Nguyễn Văn Một", "Chủ tịch"),
        ("Lê Văn Hai", "Văn thư"),
    ]


def test_a_second_column_of_names_is_known_without_a_merged_title():
    lines = [
        ["STT", "Họ và tên", None, "Chức vụ"],
        [1, "Nguyễn Văn", "Một", "Chủ tịch"],
        [2, "Lê Thị", "Hai", "Văn thư"],
    ]
    assert _names(*lines) == ["Nguyễn Văn Một", "Lê Thị Hai"]


@pytest.mark.parametrize("merges", [("C1:D1", "A1:A2", "B1:B2"), ()])
def test_the_column_in_which_the_year_stands_states_the_sex(merges):
    lines = [
        ["STT", "Họ và tên", "Năm sinh", None],
        [None, None, "Nam", "Nữ"],
        [1, "Nguyễn Một", 1980, None],
        [2, "Lê Hai", None, 1981],
    ]
    rows = read_lines(*lines, merges=merges).rows
    assert [(row.gender, row.birth.iso()) for row in rows] == [("m", "1980"), ("f", "1981")]


def test_both_columns_marked_is_a_problem():
    (row,) = read_lines(["STT", "Họ và tên", "Nam", "Nữ"], [1, "Nguyễn Văn Một", "x", "x"]).rows
    assert row.gender is None
    assert len(row.problems) == 1


def test_day_month_and_year_in_three_columns_are_one_date():
    lines = [
        ["STT", "Họ và tên", "Ngày sinh", None, None],
        [None, None, "Ngày", "Tháng", "Năm"],
        [1, "Nguyễn Văn Một", 5, 6, 1980],
    ]
    (row,) = read_lines(*lines, merges=("C1:E1",)).rows
    assert row.birth.iso() == "1980-06-05"


def test_an_office_merged_over_its_people_is_said_of_each():
    lines = [["STT", "Đơn vị", "Họ và tên"], [1, "Phường I", "Nguyễn Một"], [2, None, "Lê Hai"], [3, None, "Trần Ba"]]
    assert [row.office_from for row in read_lines(*lines, merges=("B2:B3",)).rows] == ["column", "column", "sheet"]


def test_a_formula_in_a_csv_is_not_a_value():
    (row,) = read("STT,Họ và tên,Đơn vị\n1,=1+1,Phường I\n".encode()).rows
    assert (row.full_name, bool(row.problems)) == ("", True)


def test_hidden_rows_are_read_and_told():
    book = openpyxl.Workbook()
    for line in (["STT", "Họ và tên"], [1, "Nguyễn Văn Một"], [2, "Lê Văn Hai"]):
        book.active.append(line)
    book.active.row_dimensions[3].hidden = True
    reading = read(saved(book))
    assert len(reading.rows) == 2
    assert len(reading.notes) == 1


def test_a_font_decides_the_encoding_of_each_cell():
    book = openpyxl.Workbook()
    book.active.append(["STT", "Họ và tên", "Chức vụ"])
    book.active.append([1, "NguyÔn V¨n \u00f3t", "Chủ tịch"])
    book.active["B2"].font = Font(name=".VnTime")
    (row,) = read(saved(book)).rows
    assert (row.full_name, row.position) == ("Nguyễn Văn Út", "Chủ tịch")


@pytest.mark.parametrize("name", ["Phuong Thi Thu", "Xa Van Thu", "Truong Van Gia", "Hoi Thi Thu"])
def test_a_family_name_that_reads_like_an_office_without_its_marks_is_a_persons(name):
    """Without marks Phương is written as Phường is; such people were taken for the heading of a group."""
    lines = [["STT", "Ho va ten", "Nam sinh"], [1, "Nguyen Van Thu", 1980], [2, name, None]]
    assert _names(*lines) == ["Nguyen Van Thu", name]


def test_groups_without_marks_in_a_list_without_numbers_are_offices():
    lines = [
        ["Ho va ten", "Nam sinh"],
        ["III. Hoi Nong dan"],
        ["Nguyen Van Thu", 1980],
        ["IV. Xa Vi Tan"],
        ["Le Thu", 1981],
    ]
    assert [(row.full_name, row.office_text) for row in read_lines(*lines).rows] == [
        ("Nguyen Van Thu", "III. Hoi Nong dan"),
        ("Le Thu", "IV. Xa Vi Tan"),
    ]


@pytest.mark.parametrize(
    "text", ["Phòng Nội vụ", "P. NV", "X. VỊ TÂN", "Đoàn TNCS", "Thanh tra thành phố", "UBND phường I"]
)
def test_what_sounds_like_an_office(text):
    assert sounds_like_office(text)


@pytest.mark.parametrize(
    "text", ["Đoàn Văn Hai", "Thanh Hoa", "Văn Thị Ba", "Thành Công", "Nguyễn Văn Phòng", "Trung Nam", "X", ""]
)
def test_what_sounds_like_a_person(text):
    assert not sounds_like_office(text)


_WORDS = st.sampled_from(
    [
        "An",
        "Bình",
        "Cường",
        "Dũng",
        "Đạt",
        "Em",
        "Hà",
        "Hòa",
        "Khởi",
        "Lan",
        "Mỹ",
        "Nga",
        "Ân",
        "Ý",
        "Út",
        "Thị",
        "Văn",
        "Ngọc",
    ]
)
_FAMILIES = st.sampled_from(["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Hồ", "Đoàn", "Danh", "Thạch", "Đỗ"])
_COLUMNS = {
    "Họ và tên": st.builds(
        lambda family, rest: " ".join([family, *rest]), _FAMILIES, st.lists(_WORDS, min_size=1, max_size=3)
    ),
    "Ngày sinh": st.dates(min_value=dt.date(1955, 1, 1), max_value=dt.date(2003, 12, 31)),
    "Giới tính": st.sampled_from(["Nam", "Nữ"]),
    "Chức vụ": st.sampled_from(["Chủ tịch UBND", "Văn thư", "Công chức Tư pháp - hộ tịch", "Viên chức"]),
    "Đơn vị công tác": st.sampled_from(["Phường I", "Phòng Nội vụ", "P. VII", "Xã Vị Tân"]),
    "Số điện thoại": st.integers(300_000_000, 999_999_999).map(lambda n: f"0{n}"),
    "Email": st.integers(0, 9999).map(lambda n: f"hv{n}@vithanh.example"),
    "Số CCCD": st.integers(0, 999_999).map(lambda n: f"093080{n:06d}"),
}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.fixed_dictionaries(_COLUMNS), min_size=1, max_size=6),
    st.permutations(list(_COLUMNS)),
    st.integers(0, 4),
    st.booleans(),
    st.booleans(),
)
def test_any_list_laid_out_with_known_columns_reads_back_as_it_was_written(people, titles, above, numbered, as_csv):
    head = [["STT"]] if numbered else [[]]
    lines = [["DANH SÁCH CỬ CÁN BỘ THAM DỰ LỚP TẬP HUẤN"]] * above + [head[0] + list(titles)]
    for number, person in enumerate(people, 1):
        cells = [person[title].strftime("%d/%m/%Y") if title == "Ngày sinh" else person[title] for title in titles]
        lines.append(([number] if numbered else []) + cells)
    data = "\n".join(",".join(map(str, line)) for line in lines).encode() if as_csv else workbook(lines)
    rows = read(data).rows
    assert [row.row for row in rows] == [above + 1 + n for n in range(1, len(people) + 1)]
    assert [
        (r.full_name, r.birth.iso(), r.gender, r.position, r.office_text, r.phone, r.email, r.citizen_id, r.problems) for r in rows
    ] == [
        (p["Họ và tên"], p["Ngày sinh"].isoformat(), "m" if p["Giới tính"] == "Nam" else "f", p["Chức vụ"], p["Đơn vị công tác"],
         p["Số điện thoại"], p["Email"], p["Số CCCD"], ()) for p in people
    ]  # fmt: skip

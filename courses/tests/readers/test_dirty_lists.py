"""Lists that are dirty in several ways at once, each read as a person would read it."""

import datetime as dt
import io
import unicodedata

import openpyxl
import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import Font

from courses.readers.closing import totals
from courses.readers.fields import is_ditto, name_of
from courses.tests.readers.books import read, read_lines, saved, workbook
from courses.tests.readers.encoded import as_nfd, as_tcvn3, as_vni

HEADER = ["STT", "Họ và tên", "Chức vụ", "Đơn vị"]


def people(reading, *fields):
    """The fields of each row, dates as they are kept."""
    rows = [[getattr(row, field) for field in ("full_name", *fields)] for row in reading.rows]
    return [tuple(value.iso() if hasattr(value, "iso") else value for value in row) for row in rows]


def in_order(reading):
    return not any(row.problems for row in reading.rows)


def word(*tables: list[list[str]]) -> bytes:
    document, stream = Document(), io.BytesIO()
    for lines in tables:
        table = document.add_table(rows=0, cols=len(lines[0]))
        for line in lines:
            for cell, text in zip(table.add_row().cells, line, strict=True):
                cell.text = text
        document.add_paragraph("")
    document.save(stream)
    return stream.getvalue()


def test_an_old_font_with_groups_and_years_below_the_sexes():
    book = openpyxl.Workbook()
    sheet = book.active
    for line in (
        ["Danh sách cử cán bộ tham dự lớp"],
        [],
        ["TT", "Họ và tên", "Năm sinh", None, "Chức vụ"],
        [None, None, "Nam", "Nữ", None],
        ["I", "Phòng Nội vụ"],
        [1, "nguyễn văn đức", 1980, None, "Trưởng phòng"],
        [2, "Đỗ Thị Ửng", None, "12/5/1983", "Chuyên viên"],
        ["II", "Phường III"],
        [1, "Trần Thuỳ Ý", None, 1990, "Công chức Tư pháp - hộ tịch"],
        [None, "Tổng cộng: 03 người"],
    ):
        sheet.append([as_tcvn3(cell) if isinstance(cell, str) else cell for cell in line])
    for row in sheet.iter_rows():
        for cell in row:
            cell.font = Font(name=".VnTime")
    sheet["B6"].font = Font(name=".VnTimeH")
    for box in ("C3:D3", "A3:A4", "B3:B4", "E3:E4"):
        sheet.merge_cells(box)
    reading = read(saved(book))
    assert in_order(reading)
    assert people(reading, "gender", "birth", "office_text") == [
        ("Nguyễn Văn Đức", "m", "1980", "Phòng Nội vụ"),
        ("Đỗ Thị Ửng", "f", "1983-05-12", "Phòng Nội vụ"),
        ("Trần Thuỳ Ý", "f", "1990", "Phường III"),
    ]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_vni_by_its_text_alone_in_a_csv(encoding):
    lines = [
        "DANH SÁCH CỬ HỌC VIÊN",
        "STT;Họ và tên;Ngày sinh;Phái;Đơn vị;Điện thoại",
        "1;Nguyễn Văn Đức;5/6/80;Nam;Phường Vị Tân;0912.345.678",
        "2;Huỳnh Thị Thuỳ;12-5-1983;Nữ;Phòng Nội vụ;+84 912 345 679",
    ]
    reading = read("\n".join(map(as_vni, lines)).encode(encoding))
    assert in_order(reading)
    assert people(reading, "gender", "birth", "office_text", "phone") == [
        ("Nguyễn Văn Đức", "m", "1980-06-05", "Phường Vị Tân", "0912345678"),
        ("Huỳnh Thị Thuỳ", "f", "1983-05-12", "Phòng Nội vụ", "0912345679"),
    ]


def test_split_names_dates_in_parts_and_crosses_below_merged_titles():
    reading = read_lines(
        ["STT", "Họ và tên", None, "Ngày, tháng, năm sinh", None, None, "Giới tính", None, "Liên hệ", None],
        [None, "Họ đệm", "Tên", "Ngày", "Tháng", "Năm", "Nam", "Nữ", "Điện thoại", "Email"],
        [f"({n})" for n in range(1, 11)],
        [1, "Nguyễn Thị Ngọc", "Ánh", 5, 6, 1980, None, "X", "84912345678", "anh@x.example"],
        [2, "Danh", "Út", "00", "00", 1975, "x", None, 912345678, None],
        ["Cộng: 2"],
        merges=("B1:C1", "D1:F1", "G1:H1", "I1:J1", "A1:A2"),
    )
    assert in_order(reading)
    assert people(reading, "gender", "birth", "phone") == [
        ("Nguyễn Thị Ngọc Ánh", "f", "1980-06-05", "0912345678"),
        ("Danh Út", "m", "1975", "0912345678"),
    ]


def test_two_lists_on_one_sheet_with_their_columns_in_another_order():
    reading = read_lines(
        ["DANH SÁCH 1"], HEADER, [1, "Lê Thử An", "Văn thư", "Phường I"], ["Tổng số: 1 người"], [],
        ["DANH SÁCH 2"], ["Đơn vị", "Ngày sinh", "Họ và tên", "STT"],
        ["Phường III", dt.date(1983, 7, 8), "Lê Thử Bình", 1], ["-nt-", "5/6/1982", "Lê Thử Châu", 2],
    )  # fmt: skip
    assert people(reading, "position", "office_text", "birth") == [
        ("Lê Thử An", "Văn thư", "Phường I", None),
        ("Lê Thử Bình", None, "Phường III", "1983-07-08"),
        ("Lê Thử Châu", None, "Phường III", "1982-06-05"),
    ]


def test_a_second_list_beside_the_first_is_said_and_gives_nobody_its_telephone():
    """Fails without `_beside`: the first person gets the telephone of the one beside, who is lost without a word."""
    title = ["STT", "Họ và tên", "Điện thoại", "Đơn vị"]
    reading = read_lines(
        [*title, None, *title],
        [1, "Lê Thử An", None, "Phường I", None, 3, "Lê Thử Châu", "0912345678", "Phường III"],
        [2, "Lê Thử Bình", "0912345679", "Phường I", None, 4, "Lê Thử Dung", None, "Phường III"],
    )
    assert people(reading, "phone", "office_text") == [
        ("Lê Thử An", None, "Phường I"),
        ("Lê Thử Bình", "0912345679", "Phường I"),
    ]
    assert (len(reading.notes), reading.rows[0].raw["Họ và tên"]) == (1, "Lê Thử An")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (29221, "1980-01-01"), (1980, "1980"), ("1980", "1980"), ("tháng 5/1980", "1980-05"), ("00/00/1975", "1975"),
        ("05.6.80", "1980-06-05"), (dt.datetime(1980, 6, 5, 13, 30), "1980-06-05"), ("sinh năm 1977", "1977"),
        ("Ngày 5 tháng 6 năm 1980", "1980-06-05"), ("05061980", "1980-06-05"), ("..../6/1980", "1980-06"),
        ("05 / 06 / 1980", "1980-06-05"), ("5.6.1980.", "1980-06-05"),
    ],
)  # fmt: skip
def test_dates_as_serials_texts_and_parts_stand_in_one_column(written, kept):
    reading = read_lines(["TT", "Họ và tên", "Ngày sinh"], [1, "Lê Thử An", written], [2, "Lê Thử Bình", "1981"])
    assert people(reading, "birth") == [("Lê Thử An", kept), ("Lê Thử Bình", "1981")]


@pytest.mark.parametrize("written", ["13/13/1980", "5/13/1980", "29/02/1981", "5-6-1980 (âm lịch)", "26-27/5/1980"])
def test_a_date_that_is_none_or_two_is_asked(written):
    row = read_lines(["TT", "Họ và tên", "Ngày sinh"], [1, "Lê Thử An", written]).rows[0]
    assert (row.birth, len(row.problems)) == (None, 1)


# Word


def test_a_word_table_whose_header_stands_again_on_the_next_page():
    data = word(
        [HEADER, ["1", "Ông Lê Thử An", "Chủ tịch", "UBND Phường I"], ["2", "Bà Lê Thử Bình", "-nt-", "“"]],
        [HEADER, ["3", "Đ/c Lê Thử Châu", "Kế toán", "Phường III"], ["4", "Lê Thử Dung", "Văn thư", "Như trên"]],
    )
    reading = read(data)
    assert in_order(reading)
    assert people(reading, "position", "office_text", "sheet", "row") == [
        ("Lê Thử An", "Chủ tịch", "UBND Phường I", "1", 2),
        ("Lê Thử Bình", "Chủ tịch", "UBND Phường I", "1", 3),
        ("Lê Thử Châu", "Kế toán", "Phường III", "2", 2),
        ("Lê Thử Dung", "Văn thư", "Phường III", "2", 3),
    ]


@pytest.mark.parametrize("written", [str, as_tcvn3, as_vni])
def test_a_word_table_that_goes_on_without_a_header_loses_nobody(written):
    """Fails without `going_on`: whoever stands in the second and third part is lost."""
    parts = [
        [HEADER, ["I", "Phòng Nội vụ", "", ""], ["1", "Lê Thử Ẩn", "Chủ tịch", ""]],
        [["2", "Lê Thử Bình", "Văn thư", ""], ["3", "Lê Thử Châu", "Văn thư", "Phường III"]],
        [["4", "Lê Thử Đức", "Văn thư", "nt"]],
    ]
    reading = read(word(*[[[written(cell) for cell in line] for line in part] for part in parts]))
    assert people(reading, "office_text", "sheet", "row") == [
        ("Lê Thử Ẩn", "Phòng Nội vụ", "1", 3),
        ("Lê Thử Bình", "Phòng Nội vụ", "2", 1),
        ("Lê Thử Châu", "Phường III", "2", 2),
        ("Lê Thử Đức", "Phường III", "3", 1),
    ]


@pytest.mark.parametrize(
    "other",
    [
        [["TM. ỦY BAN NHÂN DÂN", "Lê Thử Ký", "", ""]],
        [["STT", "Nội dung", "Người", "Giờ"], ["2", "Khai mạc", "Lê Thử Ký", "8"]],
        [["1", "Khai mạc", "Lê Thử Ký", "8"]],
        [["2", "Khai mạc"]],
    ],
)
def test_another_word_table_is_not_taken_for_the_list_going_on(other):
    """Take the numbers, or the width, out of `going_on` and people are invented."""
    assert people(read(word([HEADER, ["1", "Lê Thử An", "Văn thư", "Phường I"]], other))) == [("Lê Thử An",)]


# Text files


def test_tabs_in_utf_16_with_lines_inside_a_cell_and_lost_zeros():
    text = (
        "Danh sách\t\t\n\n"
        "STT\tHọ và tên\tSinh ngày\tĐơn vị\tGiới tính\tSố CCCD\n"
        "1\tLê Thử An\t5/6/1980\tPhường I\tNam\t"
        '\'093080000001\n2\tLê Thử Bình\t1981\t"Phường\nIII"\tNữ\t93181000002\n'
    )
    reading = read(text.encode("utf-16"))
    assert in_order(reading)
    assert people(reading, "office_text", "citizen_id") == [
        ("Lê Thử An", "Phường I", "093080000001"),
        ("Lê Thử Bình", "Phường III", "093181000002"),
    ]


def test_code_page_1258_has_its_tones_behind_the_letters():
    text = "STT;Họ và tên;Chức vụ;Đơn vị\n1;Nguyễn Thị Ửng;Phó Trưởng phòng;Phòng Nội vụ\n2;Đỗ Văn Khoẻ;;“\n"
    marks = dict(zip("\u0300\u0301\u0303\u0309\u0323", b"\xcc\xec\xde\xd2\xf2", strict=True))
    data = bytearray()
    for letter in text:
        parts = as_nfd(letter)
        tone = next((mark for mark in marks if mark in parts), "")
        base = unicodedata.normalize("NFC", parts.replace(tone, "") if tone else parts)
        data += base.encode("cp1258") + (bytes([marks[tone]]) if tone else b"")
    assert people(read(bytes(data)), "position", "office_text") == [
        ("Nguyễn Thị Ửng", "Phó Trưởng phòng", "Phòng Nội vụ"),
        ("Đỗ Văn Khoẻ", None, "Phòng Nội vụ"),
    ]


# Sheets


def test_a_hidden_sheet_and_notes_of_twenty_thousand_letters_change_nothing():
    book = openpyxl.Workbook()
    for line in ([*HEADER, "Ghi chú"], [1, "Lê Thử An", None, "Phường I", "g" * 20_000]):
        book.active.append(line)
    hidden = book.create_sheet("Cũ")
    hidden.sheet_state = "veryHidden"
    hidden.append(HEADER)
    hidden.append([1, "Người Giả Ẩn", None, "Phường I"])
    reading = read(saved(book))
    assert (people(reading), reading.hidden_sheets) == ([("Lê Thử An",)], ("Cũ",))


def test_numbers_made_by_a_formula_and_a_sum_below():
    reading = read_lines(
        HEADER, [1, "Lê Thử An", None, "Phường I"], ["=A2+1", "Lê Thử Bình", None, "Phường I"],
        ["=SUM(A2:A3)", "Tổng cộng"],
    )  # fmt: skip
    assert people(reading) == [("Lê Thử An",), ("Lê Thử Bình",)]
    assert in_order(reading)


def test_totals_of_groups_in_the_middle_are_nobody():
    """Fails without `_of_a_group`: "Cộng I" is a person."""
    reading = read_lines(
        ["STT", "Họ và tên", "Chức vụ", "Số lượng"], ["A", "KHỐI CƠ QUAN"], ["I", "Phòng Nội vụ", None, 2],
        [1, "Lê Thử An", "Văn thư"], [None, "Cộng I", None, 2], ["II", "Phường I", None, 1],
        [1, "Tống Thử Cộng", "Văn thư"], [None, "Cộng Phường I", None, 1], ["Tổng cộng (A): 2 người"],
    )  # fmt: skip
    assert people(reading, "office_text") == [("Lê Thử An", "Phòng Nội vụ"), ("Tống Thử Cộng", "Phường I")]


def test_totals_at_the_end_of_a_page_and_a_header_on_the_next():
    title = ["STT", "Họ và tên", "Số điện thoại", "Đơn vị"]
    reading = read_lines(
        title, [1, "Lê Thử An", "0912345678", "Phường I"], [None, "Cộng trang 1", 1], [None, "Mang sang trang 2", 1],
        title, [2, "Lê Thử Bình", "+84.912.345.679", "“"], [3, "Lê Thử Châu", "(+84) 912 345 670", "-nt-"],
    )  # fmt: skip
    assert in_order(reading)
    assert people(reading, "phone", "office_text") == [
        ("Lê Thử An", "0912345678", "Phường I"),
        ("Lê Thử Bình", "0912345679", "Phường I"),
        ("Lê Thử Châu", "0912345670", "Phường I"),
    ]


@pytest.mark.parametrize(
    ("male", "female", "gender", "problems"),
    [("X", None, "m", 0), (None, "✓", "f", 0), ("0", 1, "f", 0), ("-", "Nữ", "f", 0), ("x", "x", None, 1)],
)
def test_the_sex_is_a_sign_in_one_of_two_columns(male, female, gender, problems):
    row = read_lines(
        ["STT", "Họ và tên", "Giới tính", None], [None, None, "Nam", "Nữ"], [1, "Lê Thử An", male, female],
        merges=("C1:D1", "A1:A2", "B1:B2"),
    ).rows[0]  # fmt: skip
    assert (row.gender, len(row.problems)) == (gender, problems)


def test_the_title_of_the_law_on_identity_cards_is_a_name():
    reading = read_lines(["Số TT", "Họ, chữ đệm và tên khai sinh", "Số CCCD/Mã định danh"], [1, "Lê Thử An", None])
    assert people(reading) == [("Lê Thử An",)]


# Names


@pytest.mark.parametrize(
    ("written", "name", "position"),
    [
        ("Đ/c: Lê Thử An", "Lê Thử An", None), ("BS.CKI Lê Thử An", "Lê Thử An", None),
        ("PGS.TS. Lê Thử An", "Lê Thử An", None), ("ThS Lê Thử An", "Lê Thử An", None),
        ("Ts. Bà Lê Thử An", "Lê Thử An", None),
        ("1. Lê Thử An", "Lê Thử An", None), ("- Lê Thử An", "Lê Thử An", None),
        ("Lê Thử An\nPhó Chủ tịch", "Lê Thử An", "Phó Chủ tịch"), ("Lê Thử\nAn", "Lê Thử An", None),
        ("Lê Thử\nTrưởng", "Lê Thử Trưởng", None), ("Lê Thử An, Tổ Trưởng", "Lê Thử An", "Tổ Trưởng"),
        ("Lê Thử An - Phó Chủ Tịch", "Lê Thử An", "Phó Chủ Tịch"), ("Và Bá Thử", "Và Bá Thử", None),
    ],
)  # fmt: skip
def test_what_stands_around_a_name_is_no_part_of_it(written, name, position):
    assert name_of([written]) == (name, position, None)


@pytest.mark.parametrize(
    "written",
    ["Lê Thử An; Lê Thử Bình", "Lê Thử An và Lê Thử Bình", "Lê Thử An/Lê Thử Bình", "nt", "“", "Chưa cử", "Chưa Cử"],
)
def test_two_people_in_a_cell_or_nobody_are_asked_and_nothing_is_lost(written):
    """Fails without `_is_person`: Lê Thử Bình is the position of Lê Thử An."""
    assert name_of([written]) == (written, None, "name_odd")
    assert read_lines(HEADER, [1, written, None, "Phường I"]).rows[0].problems


@pytest.mark.parametrize("text", ["Cộng I", "CỘNG A", "Cộng Phường I", "Tổng nhóm B", "Cộng dồn", "Mang sang trang 2"])
def test_totals_of_parts_are_totals(text):
    assert totals(text)


@pytest.mark.parametrize("text", ["Cong Phuong", "Công Phượng", "Cộng Vi", "Tống Xuân I", "Cong Vi", "Mang Sang"])
def test_names_that_look_like_totals_are_people(text):
    assert not totals(text)


# Signs of repetition, in any combination


DITTO = st.sampled_from(["nt", "-nt-", "NT", "Như trên", "như trên", '"', "”", "“", "〃", "- nt -"])


@given(st.lists(st.one_of(DITTO, st.sampled_from(["Phường I", "Phòng Nội vụ", "Xã Vị Tân"])), min_size=1, max_size=8))
def test_a_sign_of_repetition_says_what_stands_above_however_far(offices):
    offices = ["Phường VII", *offices]
    lines = [[n, f"Lê Thử {'ABCDEGHIK'[n - 1]}n", "Văn thư", office] for n, office in enumerate(offices, 1)]
    wanted = []
    for office in offices:
        wanted.append(wanted[-1] if is_ditto(office) else office)
    assert [row.office_text for row in read(workbook([HEADER, *lines])).rows] == wanted


def test_a_sign_of_repetition_with_nothing_above_says_nothing_of_its_own():
    """Fails when the office is left empty: that of the upload would be taken in silence."""
    [row] = read_lines(HEADER, [1, "Lê Thử An", "nt", "“"]).rows
    assert (row.office_text, row.position) == ("như trên", None)


def test_a_sign_of_repetition_below_a_group_means_the_group():
    reading = read_lines(
        HEADER, [1, "Lê Thử An", "Văn thư", "Phường I"], ["II", "Phòng Nội vụ"], [2, "Lê Thử Bình", "Văn thư", "“"]
    )
    assert people(reading, "office_text") == [("Lê Thử An", "Phường I"), ("Lê Thử Bình", "Phòng Nội vụ")]

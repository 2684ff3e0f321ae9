import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.constants.citizen_digits import PROVINCE_CODES
from courses.constants.partial_dates import PartialDate
from courses.readers.fields import birth_of, citizen_of, email_of, gender_of, mark_of, name_of, phone_of
from courses.readers.words import CapitalsLost, Fault
from courses.tests.readers.books import CLASS_DAY


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("05/06/1980", "1980-06-05"),
        ("5/6/1980", "1980-06-05"),
        ("05.06.1980", "1980-06-05"),
        ("05-06-1980", "1980-06-05"),
        ("5 / 6 / 1980", "1980-06-05"),
        ("'05/06/1980", "1980-06-05"),
        ("ngày 05 tháng 6 năm 1980", "1980-06-05"),
        ("Sinh ngày 5/6/1980", "1980-06-05"),
        ("1980-06-05", "1980-06-05"),
        ("1980-06-05 00:00:00", "1980-06-05"),
        ("05061980", "1980-06-05"),
        ("05/06/80", "1980-06-05"),
        ("05/06/04", "2004-06-05"),
        ("tháng 6/1980", "1980-06"),
        ("tháng 6 năm 1980", "1980-06"),
        ("06/1980", "1980-06"),
        ("00/06/1980", "1980-06"),
        ("00/00/1980", "1980"),
        ("1980", "1980"),
        ("Năm 1980", "1980"),
        (1980.0, "1980"),
        (29377.0, "1980-06-05"),
        (dt.datetime(1980, 6, 5), "1980-06-05"),
        (dt.date(1980, 6, 5), "1980-06-05"),
    ],
)
def test_a_date_of_birth_is_read_with_what_is_known_of_it(cell, read):
    birth, problem = birth_of(cell, CLASS_DAY)
    assert (birth.iso(), problem) == (read, None)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("31/02/1984", "birth_impossible"),
        ("29/02/1981", "birth_impossible"),
        ("06/26/1980", "birth_impossible"),  # the American order is not guessed
        ("05/13/1980", "birth_impossible"),
        ("05/00/1980", "birth_impossible"),
        ("03/77", "birth_unreadable"),
        ("05/06/12", "birth_unreadable"),  # 110 or 10 years old
        ("26-27/5/1980", "birth_unreadable"),
        ("năm Tý", "birth_unreadable"),
        ("19740226", "birth_impossible"),
        (True, "birth_unreadable"),
        (3.0, "birth_unreadable"),
        ("05/06/2020", "birth_far"),
        ("1880", "birth_far"),
        (dt.datetime(1905, 6, 7), "birth_far"),  # 1985 typed into a cell that shows dates
    ],
)
def test_a_date_that_is_none_is_a_problem_and_not_a_date(cell, problem):
    assert birth_of(cell, CLASS_DAY) == (None, problem)


@pytest.mark.parametrize("cell", [None, "", " ", "-", "không rõ"])
def test_an_empty_date_is_no_problem(cell):
    assert birth_of(cell, CLASS_DAY) == (None, None)


def test_a_date_shown_as_a_year_is_a_year():
    assert birth_of(dt.datetime(1985, 1, 1), CLASS_DAY, "year")[0].iso() == "1985"
    assert birth_of(dt.datetime(1985, 3, 1), CLASS_DAY, "month")[0].iso() == "1985-03"


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        (["Nguyễn Văn Thử"], "Nguyễn Văn Thử"),
        (["NGUYỄN VĂN THỬ"], "Nguyễn Văn Thử"),
        (["nguyễn văn thử"], "Nguyễn Văn Thử"),
        (["Nguyễn Văn", "Thử"], "Nguyễn Văn Thử"),
        (["  Nguyễn\u00a0Văn\nThử\u200b "], "Nguyễn Văn Thử"),
        (["'Nguyễn Văn Thử"], "Nguyễn Văn Thử"),
        (["Ông Nguyễn Văn Thử"], "Nguyễn Văn Thử"),
        (["BÀ NGUYỄN THỊ THỬ"], "Nguyễn Thị Thử"),
        (["Đ/c Nguyễn Văn Thử"], "Nguyễn Văn Thử"),
        (["Đ/c: Ông Nguyễn Văn Thử"], "Nguyễn Văn Thử"),
        (["Đồng chí Nguyễn Văn Thử"], "Nguyễn Văn Thử"),
        (["Ths. Nguyễn Văn Thử"], "Nguyễn Văn Thử"),
        (["Ông Thị Thử"], "Ông Thị Thử"),  # a family name
        (["Anh Thử"], "Anh Thử"),
        (["H'Hen Niê"], "H'Hen Niê"),
        (["Danh Út"], "Danh Út"),
        ([CapitalsLost("nguyễn văn út")], "Nguyễn Văn Út"),
    ],
)
def test_a_name_is_cleaned_and_keeps_what_belongs_to_it(cells, name):
    assert name_of(cells) == (name, None, None)


@pytest.mark.parametrize("cell", ["Nguyễn Văn Thử - Phó Chủ tịch", "Nguyễn Văn Thử, Phó Chủ tịch"])
def test_a_position_behind_a_name_is_told_apart(cell):
    assert name_of([cell]) == ("Nguyễn Văn Thử", "Phó Chủ tịch", None)


@pytest.mark.parametrize("cell", ["0912345678", "Nguyễn Văn Thử 2", "=A1", "một hai ba bốn năm sáu bảy tám chín"])
def test_what_is_no_name_is_a_problem(cell):
    assert name_of([cell])[2] == "name_odd"


@pytest.mark.parametrize("cell", ["Nguyễn 王 Thử", "Нгуен Ван Тху"])
def test_a_name_that_no_paper_can_print_is_a_problem(cell):
    assert name_of([cell]) == (cell, None, "name_unprintable")


def test_a_missing_name_is_a_problem_and_a_formula_one_of_its_own():
    assert name_of([None, " "]) == (None, None, "name_missing")
    assert name_of([Fault("formula")]) == (None, None, None)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("0912345678", "0912345678"),
        (912345678.0, "0912345678"),
        ("912345678", "0912345678"),
        ("+84912345678", "0912345678"),
        ("84912345678", "0912345678"),
        ("+84 (0)912 345 678", "0912345678"),
        ("0912.345.678", "0912345678"),
        ("0912 345 678", "0912345678"),
        ("(091) 2345678", "0912345678"),
        ("'0912345678", "0912345678"),
        ("ĐT: 0912345678", "0912345678"),
        ("0912345678 (Zalo)", "0912345678"),
        ("0912345678 - 02932197061", "0912345678"),
        ("02932197061 / 0912345678", "0912345678"),
        ("02932197061-0912345678", "0912345678"),
        ("0912345678; 0987654321", "0912345678"),
        ("0912 345 678 hoặc 0987 654 321", "0912345678"),
        ("0912345678 0987654321", "0912345678"),
        ("02932197061", "02932197061"),
        (2932197061.0, "02932197061"),
    ],
)
def test_a_telephone_number_is_zero_and_nine_digits(cell, number):
    assert phone_of(cell) == (number, None)


@pytest.mark.parametrize("cell", ["12345", "09123456789012", "091234567x", "xin số sau", "01234567890", 9.1e17])
def test_a_broken_telephone_number_is_a_problem(cell):
    assert phone_of(cell) == (None, "phone_broken")


def test_a_citizen_number_stands_as_it_is_written():
    assert citizen_of("093 178 000 001") == ("093178000001", None)
    assert citizen_of("'093178000001") == ("093178000001", None)


def test_a_lost_zero_is_put_back_only_when_the_row_confirms_the_number():
    born = PartialDate(dt.date(1978, 1, 1), "year")
    assert citizen_of(93178000001.0, "f", born) == ("093178000001", None)
    assert citizen_of(93178000001.0, None, born) == ("093178000001", None)
    assert citizen_of("1178000001", "f", born) == ("001178000001", None)
    for gender, birth in (("m", born), ("f", PartialDate(dt.date(1979, 1, 1), "year")), ("f", None)):
        assert citizen_of(93178000001.0, gender, birth) == (None, "citizen_zeros")
    assert citizen_of("97178000001", "f", born) == (None, "citizen_zeros")  # 097 is no province


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("12345", "citizen_broken"),
        ("9.3E+10", "citizen_broken"),
        ("0931780000011", "citizen_broken"),
        ("361234567", "citizen_old"),
    ],
)
def test_a_broken_citizen_number_is_a_problem(cell, problem):
    assert citizen_of(cell) == (None, problem)


@pytest.mark.parametrize(
    ("cell", "gender"), [("Nam", "m"), ("NỮ", "f"), ("nu", "f"), ("Ông", "m"), ("Bà", "f"), ("", None), (None, None)]
)
def test_sex_is_read_from_its_column(cell, gender):
    assert gender_of(cell) == (gender, None)


def test_zero_and_one_state_no_sex():
    assert gender_of(1.0) == (None, "gender_unclear")


def test_ticks():
    assert [mark_of(cell) for cell in ("x", "X", "✓", 1.0, "", "0", 1985.0)] == [
        True,
        True,
        True,
        True,
        False,
        False,
        None,
    ]


def test_email():
    assert email_of(" Thu@vithanh.example ") == ("Thu@vithanh.example", None)
    assert email_of("mailto:a.b@vithanh.example; c@vithanh.example") == ("a.b@vithanh.example", None)
    assert email_of("thu@vithanh") == (None, "email_broken")
    assert email_of("không có") == (None, None)


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 99),
    st.integers(0, 3),
    st.integers(0, 99),
    st.integers(0, 999_999),
    st.sampled_from(["m", "f", None]),
    st.none() | st.dates(dt.date(1940, 1, 1), dt.date(2008, 1, 1)),
    st.sampled_from(["day", "month", "year"]),
    st.booleans(),
)
def test_lost_zeros_come_back_only_when_province_sex_and_year_of_the_row_agree(
    province, century, year, serial, gender, day, precision, as_number
):
    """What the row does not state cannot agree: without a date of birth nothing is put back."""
    number = f"{province:03d}{century}{year:02d}{serial:06d}"
    first = day and {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[precision]
    birth = first and PartialDate(first, precision)
    lost = number.lstrip("0")
    agree = (
        number[:3] in PROVINCE_CODES
        and birth is not None
        and birth.first.year == 1900 + 100 * (century // 2) + year
        and gender in (None, "mf"[century % 2])
    )
    assert citizen_of(float(lost) if as_number else lost, gender, birth) == (
        (number, None) if agree else (None, "citizen_zeros")
    )


@pytest.mark.parametrize(
    "cell", ["Ba: HUYNH VAN THU", "Ong Huynh Van Thu", "D/c Huynh Van Thu", "Dong chi Huynh Van Thu"]
)
def test_what_stands_before_a_name_without_marks_has_none_either(cell):
    assert name_of([cell]) == ("Huynh Van Thu", None, None)


@pytest.mark.parametrize("name", ["Ong Thi Thu", "Ba Thu", "Chi Van Thu"])
def test_ong_and_ba_without_marks_are_names_before_a_middle_name_or_a_single_word(name):
    assert name_of([name]) == (name, None, None)


@pytest.mark.parametrize(
    "cell", ["DT: 0943210584", "sdt 0943210584", "Dien thoai: 0943.210.584", "co quan 02933876543 - 0943210584"]
)
def test_words_beside_a_telephone_number_may_lack_their_marks(cell):
    assert phone_of(cell) == ("0943210584", None)

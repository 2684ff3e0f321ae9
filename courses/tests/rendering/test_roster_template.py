import datetime as dt
import io

import openpyxl
import pytest

from courses.models import Course, Office
from courses.readers.limited import NotRead, read_in_child
from courses.rendering.roster_template import CHOICES_SHEET, COLUMNS, HEADER_ROW, SHEET, roster_template

COURSE = Course(code="THU", title="Tập huấn thử", starts_on=dt.date(2022, 6, 14), ends_on=dt.date(2022, 6, 16))
#: As typed, left to right; the office is typed only where it does not stand there beforehand.
PEOPLE = (
    (1, "Ngô Thử An", "05/06/1980", "Nam", "Phó Chủ tịch", "0900000001", "thu.an@example.vn", "093080000001", ""),
    (2, "Đặng Thị Thử", "1979", "Nữ", "Công chức Văn phòng", "0900000002", "", "001179000002", "ăn chay"),
    ("", "Lê Giả", "", "", "", "", "", "", ""),
)


def filled_in(template: bytes, office: str | None) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(template))
    sheet = book[SHEET]
    for row, (number, name, birth, sex, position, phone, email, citizen, note) in enumerate(PEOPLE, HEADER_ROW + 1):
        typed = (number, name, birth, sex, position, office, phone, email, citizen, note)
        for column, value in enumerate(typed, 1):
            if value not in ("", None):
                sheet.cell(row, column).value = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def said(row) -> tuple:
    birth = row.birth.iso() if row.birth else None
    return row.full_name, birth, row.gender, row.position, row.office_text, row.phone, row.email, row.citizen_id


def expected(office: str) -> list[tuple]:
    return [
        ("Ngô Thử An", "1980-06-05", "m", "Phó Chủ tịch", office, "0900000001", "thu.an@example.vn", "093080000001"),
        ("Đặng Thị Thử", "1979", "f", "Công chức Văn phòng", office, "0900000002", None, "001179000002"),
        ("Lê Giả", None, None, None, office, None, None, None),
    ]


@pytest.mark.parametrize("name", ["Phường Thử Một", "Văn phòng HĐND và UBND", "Ban Tổ chức", "=Đơn vị lạ"])
def test_filled_in_for_an_office_it_is_read_entirely_right(name):
    reading = read_in_child(filled_in(roster_template(COURSE, Office(name=name)), None), on=COURSE.starts_on)
    assert [said(row) for row in reading.rows] == expected(name)
    assert [row.problems for row in reading.rows] == [(), (), ()]
    assert (reading.notes, reading.hidden_sheets) == ((), ())


def test_without_an_office_it_offers_all_of_them_and_is_read_entirely_right():
    names = [f"Phường Thử {n}" for n in range(1, 41)]
    template = roster_template(COURSE, offices=names)
    reading = read_in_child(filled_in(template, "Phường Thử 7"), on=COURSE.starts_on)
    assert [said(row) for row in reading.rows] == expected("Phường Thử 7")
    assert (reading.notes, reading.hidden_sheets) == ((), (CHOICES_SHEET,))
    book = openpyxl.load_workbook(io.BytesIO(template))
    assert [cell.value for cell in book[CHOICES_SHEET]["A"]] == names
    lists = [v.formula1 for v in book[SHEET].data_validations.dataValidation if v.type == "list"]
    assert sorted(lists) == ['"Nam,Nữ"', f"'{CHOICES_SHEET}'!$A$1:$A$40"]


def test_dates_telephones_and_citizen_numbers_are_text_so_that_first_zeros_stay():
    sheet = openpyxl.load_workbook(io.BytesIO(roster_template(COURSE, Office(name="Phường Thử"))))[SHEET]
    titles = [title for title, _width in COLUMNS]
    assert [cell.value for cell in sheet[HEADER_ROW]] == titles
    for row in (HEADER_ROW + 1, HEADER_ROW + 500):
        formats = {title: sheet.cell(row, column).number_format for column, title in enumerate(titles, 1)}
        assert [title for title, shown in formats.items() if shown == "@"] == ["Ngày sinh", "Số điện thoại", "Số CCCD"]


def test_an_empty_template_holds_nobody():
    with pytest.raises(NotRead) as refused:
        read_in_child(roster_template(COURSE, Office(name="Phường Thử")), on=COURSE.starts_on)
    assert refused.value.code == "no_people"

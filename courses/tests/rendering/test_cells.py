"""What is typed anywhere can be written into a file, and stays text in every spreadsheet."""

import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from courses.models import Course, Office
from courses.rendering.cells import neutral, writable
from courses.rendering.roster import RosterLine, roster_book
from courses.rendering.roster_template import roster_template

#: No file of a spreadsheet may hold them.
UNWRITABLE = "\x00\x0b\x1f\ud800\ufffe\uffff"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_text_that_a_spreadsheet_would_compute_gets_an_apostrophe_in_a_csv(begin):
    """Fails when a sign is taken out of the list."""
    assert neutral(f"{begin}cmd|'/c calc'!A1") == f"'{begin}cmd|'/c calc'!A1"
    assert neutral(f"\ufffe{begin}1") == f"'{begin}1"


@pytest.mark.parametrize("value", ["Phường III", "", None, -3, 1.5, "a=b", "𠀀\ue000"])
def test_other_values_stay_as_they_are(value):
    assert neutral(value) == value


def test_what_xml_cannot_hold_is_left_out():
    assert writable(f"Ngô{UNWRITABLE} Thử") == "Ngô Thử"


def test_a_roster_with_such_texts_is_given_back():
    """Take `writable` out of `_cell` or `_sheet_name` and no file is written, or none that opens."""
    line = RosterLine(f"Tờ{UNWRITABLE}", {f"Họ tên{UNWRITABLE}": f"Ngô{UNWRITABLE} Thử"}, f"Xem{UNWRITABLE}")
    sheet = load_workbook(io.BytesIO(roster_book([line], remarks="Nhận xét"))).active
    assert [[cell.value for cell in row] for row in sheet] == [["Họ tên", "Nhận xét"], ["Ngô Thử", "Xem"]]


def test_the_form_to_fill_in_is_written_whatever_the_class_and_the_offices_are_called():
    """Take `put` out of the template and the page of the class answers with an error."""
    day = dt.date(2024, 5, 6)
    course = Course(title=f"Lớp{UNWRITABLE} thử", starts_on=day, ends_on=day)
    office = Office(name=f"＝Phường{UNWRITABLE}")
    book = load_workbook(io.BytesIO(roster_template(course, office)))
    assert (book.active["A2"].value, book.active["F7"].value) == ("Lớp thử", "＝Phường")
    book = load_workbook(io.BytesIO(roster_template(course, offices=[office.name])))
    assert book.worksheets[1]["A1"].value == "＝Phường"

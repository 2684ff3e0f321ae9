"""Tables as files: what is text stays text in every spreadsheet."""

import csv
import io

import pytest
from openpyxl import load_workbook

from courses.rendering.tables import csv_table, neutral, xlsx_table

ROWS = [("Đơn vị", "Số người"), ("=1+1", 2), ("Phường Hỏa Lựu", None)]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_text_that_a_spreadsheet_would_compute_gets_an_apostrophe(begin):
    """Fails when a sign is taken out of the list."""
    assert neutral(f"{begin}cmd|'/c calc'!A1") == f"'{begin}cmd|'/c calc'!A1"


@pytest.mark.parametrize("value", ["Phường III", "", None, -3, 1.5, "a=b"])
def test_other_values_stay_as_they_are(value):
    assert neutral(value) == value


def test_a_csv_has_its_mark_and_its_letters():
    content = csv_table(ROWS)
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig")))) == [
        ["Đơn vị", "Số người"], ["'=1+1", "2"], ["Phường Hỏa Lựu", ""]
    ]  # fmt: skip


def test_a_workbook_has_numbers_as_numbers_and_no_formula():
    sheet = load_workbook(io.BytesIO(xlsx_table(ROWS, title="Bảng thử có tên rất dài hơn ba mươi mốt chữ"))).active
    assert [[(cell.value, cell.data_type) for cell in row] for row in sheet] == [
        [("Đơn vị", "s"), ("Số người", "s")], [("'=1+1", "s"), (2, "n")], [("Phường Hỏa Lựu", "s"), (None, "n")]
    ]  # fmt: skip
    assert sheet.title == "Bảng thử có tên rất dài hơn ba mươi mốt chữ"[:31]


def test_a_workbook_without_rows_has_its_header():
    sheet = load_workbook(io.BytesIO(xlsx_table(ROWS[:1], title="Thử"))).active
    assert [[cell.value for cell in row] for row in sheet] == [["Đơn vị", "Số người"]]

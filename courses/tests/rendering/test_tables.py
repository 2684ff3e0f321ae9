"""Tables as files: what is text stays text in every spreadsheet."""

import csv
import io

from openpyxl import load_workbook

from courses.rendering.tables import csv_table, xlsx_table

ROWS = [("Đơn vị", "Số người"), ("=1+1", 2), ("Phường Hỏa Lựu", None)]


def test_a_csv_has_its_mark_and_its_letters():
    content = csv_table(ROWS)
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig")))) == [
        ["Đơn vị", "Số người"], ["'=1+1", "2"], ["Phường Hỏa Lựu", ""]
    ]  # fmt: skip


def test_what_a_workbook_cannot_hold_is_left_out():
    book = xlsx_table([("Đơn vị",), ("Phường\ufffe Một\x0b",)], title="Bảng\uffff")
    sheet = load_workbook(io.BytesIO(book)).active
    assert (sheet.title, sheet["A2"].value) == ("Bảng", "Phường Một")


def test_a_workbook_has_numbers_as_numbers_and_no_formula():
    sheet = load_workbook(io.BytesIO(xlsx_table(ROWS, title="Bảng thử có tên rất dài hơn ba mươi mốt chữ"))).active
    assert [[(cell.value, cell.data_type) for cell in row] for row in sheet] == [
        [("Đơn vị", "s"), ("Số người", "s")], [("=1+1", "s"), (2, "n")], [("Phường Hỏa Lựu", "s"), (None, "n")]
    ]  # fmt: skip
    assert sheet.title == "Bảng thử có tên rất dài hơn ba mươi mốt chữ"[:31]


def test_a_workbook_without_rows_has_its_header():
    sheet = load_workbook(io.BytesIO(xlsx_table(ROWS[:1], title="Thử"))).active
    assert [[cell.value for cell in row] for row in sheet] == [["Đơn vị", "Số người"]]

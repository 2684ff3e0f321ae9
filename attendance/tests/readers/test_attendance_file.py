"""Files of attendance read back: our own, one edited by hand, ones that are none."""

import datetime as dt
import io

import openpyxl
import pytest

from attendance.readers.attendance_file import ReadColumn, read_marks
from attendance.rendering.attendance_workbook import AttendanceFile, FiledColumn, FiledPerson, attendance_workbook
from courses.readers.limited import NotRead

DAY = dt.date(2026, 6, 4)
FILE = AttendanceFile(
    superior="UBND TỈNH THỬ",
    body="ỦY BAN NHÂN DÂN THÀNH PHỐ THỬ",
    code="LOP-1",
    title="Lớp thử =1+1",
    starts_on=DAY,
    ends_on=DAY + dt.timedelta(days=1),
    columns=(
        FiledColumn(DAY, "S", (1, 0, 1, 0)),
        FiledColumn(DAY, "C", (1, 1, 0, 0)),
        FiledColumn(DAY + dt.timedelta(days=1), "S", (0, 0, 0, 1)),
    ),
    people=(
        FiledPerson(1, "Ngô Thử An", "Chuyên viên", "Phường Thử", ("x", "P", ""), (1, 1, 0, 1)),
        FiledPerson(None, "=Ngô Giả", "-Phó", "@Phường", ("K", "xT", "–"), (1, 0, 1, 0)),
    ),
)


def edited(*changes) -> bytes:
    """The file with cells changed: (cell, value)."""
    book = openpyxl.load_workbook(io.BytesIO(attendance_workbook(FILE)))
    for cell, value in changes:
        book.active[cell] = value
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_our_own_file_says_when_read_what_was_written():
    [read] = read_marks(attendance_workbook(FILE)).sheets
    assert read.columns == (
        ReadColumn(4, DAY, "S", "04/06/2026 S"),
        ReadColumn(5, DAY, "C", "04/06/2026 C"),
        ReadColumn(6, DAY + dt.timedelta(days=1), "S", "05/06/2026 S"),
    )
    assert [(row.row, row.number, row.name, row.cells) for row in read.rows] == [
        (10, 1, "Ngô Thử An", {4: "x", 5: "P"}),
        (11, None, "=Ngô Giả", {4: "K", 5: "xT", 6: "–"}),
    ]


def test_no_cell_is_a_formula_and_the_page_prints_on_a4_with_its_titles_repeated():
    sheet = openpyxl.load_workbook(io.BytesIO(attendance_workbook(FILE))).active
    assert "f" not in {cell.data_type for row in sheet for cell in row}
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$8:$9"
    assert [sheet.cell(8, 5).value, sheet.cell(9, 5).value, sheet.cell(9, 6).value] == ["04/06/2026", "S", "C"]
    assert [str(box) for box in sheet.merged_cells.ranges if str(box).startswith("E8")] == ["E8:F8"]


def test_a_date_typed_as_a_date_and_words_for_the_halves_are_understood():
    [read] = read_marks(
        edited(("E8", dt.datetime(2026, 6, 4)), ("E9", "Sáng"), ("F9", "chiều"), ("G8", "31/02/2026"))
    ).sheets
    assert [(column.date, column.title) for column in read.columns] == [(DAY, "S"), (DAY, "C"), (None, "S")]
    assert read.columns[2].words == "31/02/2026 S"


def test_a_formula_in_a_cell_is_nothing_that_was_said():
    [row, _other] = read_marks(edited(("E10", "=1+1"))).sheets[0].rows
    assert row.cells[4] is None


def test_totals_notes_signatures_and_column_numbers_are_no_people():
    [read] = read_marks(edited(("B20", "Ngô Thử Ký"), ("A21", "3"), ("B21", "(2)"))).sheets
    assert [row.name for row in read.rows] == ["Ngô Thử An", "=Ngô Giả"]


def test_a_numbered_row_that_lost_its_name_is_still_a_row():
    [read] = read_marks(edited(("B10", None), ("A11", "hai"))).sheets
    assert [(row.number, row.number_text, row.name) for row in read.rows] == [(1, "1", ""), (None, "hai", "=Ngô Giả")]


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty"), (b"%PDF-1.7 x", "not_a_table"), (b"PK\x03\x04 cut", "damaged"), (b"a,b\n1,2\n", "no_table")],
)
def test_what_is_no_such_file_is_refused_in_words(data, code):
    with pytest.raises(NotRead) as refused:
        read_marks(data)
    assert refused.value.code == code


def test_every_sheet_with_a_list_is_read_and_the_others_are_named():
    book = openpyxl.load_workbook(io.BytesIO(attendance_workbook(FILE)))
    first = book.active
    second = book.copy_worksheet(first)
    second.title, second["B10"] = "Ngày 2", "Ngô Thử Bình"
    empty = book.copy_worksheet(first)
    empty.title = "Mẫu"
    empty.delete_rows(10, 20)
    book.create_sheet("Ghi chú")["A1"] = "Cảm ơn"
    book.create_sheet("Trống")
    hidden = book.copy_worksheet(first)
    hidden.title, hidden.sheet_state = "Nháp", "hidden"
    kept = io.BytesIO()
    book.save(kept)
    read = read_marks(kept.getvalue())
    assert [sheet.name for sheet in read.sheets] == [first.title, "Ngày 2"]
    assert [sheet.rows[0].name for sheet in read.sheets] == ["Ngô Thử An", "Ngô Thử Bình"]
    assert (read.others, read.hidden) == (("Mẫu", "Ghi chú"), ("Nháp",))


def test_a_text_file_is_one_list_whatever_its_delimiter_could_be():
    text = "STT;Họ và tên;04/06/2026\n;;S\n1;Ngô Thử An, chị;x\n"
    read = read_marks(text.encode())
    assert [(len(sheet.rows), sheet.rows[0].cells) for sheet in read.sheets] == [(1, {2: "x"})]
    assert read.others == ()

"""A list as Excel and as Word: the same heads, the same lines, amounts with dots."""

import datetime as dt
import io
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pypdfium2
import pytest
from docx import Document
from openpyxl import load_workbook

from attendance.rendering.list_excel import list_excel
from attendance.rendering.list_paper import HEADS, SIGNERS, Head, Line, ListPaper, said
from attendance.rendering.list_word import list_word
from attendance.rules.lists import Col
from courses.rendering.word_pdf import pdf_of

AT = dt.datetime(2026, 6, 5, tzinfo=dt.UTC)
MONEY = Head("Thành tiền", 25, "right", money=True)
PAPER = ListPaper(
    superior="UBND TỈNH THỬ",
    body="ỦY BAN NHÂN DÂN PHƯỜNG THỬ",
    place_and_date="Vị Thanh, ngày 05 tháng 6 năm 2026",
    title="Danh sách thử",
    subtitle="Lớp thử",
    heads=(*HEADS[Col.NUMBER], *HEADS[Col.NAME], *HEADS[Col.BIRTH_YEAR], Head("Số tiết", 15), MONEY),
    lines=(
        Line(("I. Phòng Thử",), "group"),
        Line((1, "=Ngô Thử", "1980", "", Decimal("2.50"), 1_200_000)),
        Line(("Tổng cộng", Decimal("2.50"), 1_200_000), "total"),
    ),
    below=("Bằng chữ: …",),
    signers=SIGNERS["money"],
    landscape=False,
    to_sign=True,
    day=dt.date(2026, 6, 5),
)


def test_every_column_has_its_head():
    assert set(HEADS) == set(Col.values)


def test_numbers_are_written_as_offices_write_them():
    plain = Head("STT", 10)
    assert [said(1_200_000, MONEY), said(1200, plain), said(Decimal("2.50"), plain), said("x", MONEY)] == [
        "1.200.000", "1200", "2,5", "x"
    ]  # fmt: skip


def test_excel_has_amounts_as_numbers_and_heads_over_each_other():
    sheet = load_workbook(io.BytesIO(list_excel(PAPER))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=7, max_row=11)]
    assert rows == [
        ["STT", "Họ và tên", "Năm sinh", None, "Số tiết", "Thành tiền"],
        [None, None, "Nam", "Nữ", None, None],
        ["I. Phòng Thử", None, None, None, None, None],
        [1, "=Ngô Thử", "1980", None, 2.5, 1_200_000],
        ["Tổng cộng", None, None, None, 2.5, 1_200_000],
    ]
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A7:A8", "B7:B8", "C7:D7", "E7:E8", "F7:F8", "A9:F9", "A11:D11"} <= merged
    assert sheet["F10"].number_format.startswith("[$-42A]#,##0")
    assert "f" not in {cell.data_type for row in sheet for cell in row}


def test_who_signs_stands_in_one_row_that_no_page_parts():
    sheet = load_workbook(io.BytesIO(list_excel(PAPER))).active
    last = [cell.value.split("\n")[0] for cell in sheet[sheet.max_row] if cell.value]
    assert last == ["NGƯỜI LẬP", "KẾ TOÁN", "THỦ TRƯỞNG ĐƠN VỊ"]


def test_a_list_goes_on_one_page_or_on_as_many_as_it_needs():
    lines = (Line((1, "Ngô Thử", "1980", "", Decimal(1), 1)),)
    for count, pages in ((12, 1), (40, 0)):
        many = ListPaper(**{**PAPER.__dict__, "lines": lines * count})
        setup = load_workbook(io.BytesIO(list_excel(many))).active.page_setup
        assert (setup.fitToWidth, setup.fitToHeight) == (1, pages)


def test_a_list_of_one_column_has_room_for_three_who_sign():
    sheet = load_workbook(
        io.BytesIO(list_excel(ListPaper(**{**PAPER.__dict__, "heads": HEADS[Col.NAME], "lines": ()})))
    ).active
    assert len([cell for cell in sheet[sheet.max_row] if cell.value]) == 3


def test_word_has_the_same_and_is_the_same_for_the_same_list():
    content = list_word(PAPER)
    assert content == list_word(PAPER)
    table = Document(io.BytesIO(content)).tables[1]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["STT", "Họ và tên", "Năm sinh", "Năm sinh", "Số tiết", "Thành tiền"],
        ["STT", "Họ và tên", "Nam", "Nữ", "Số tiết", "Thành tiền"],
        ["I. Phòng Thử"] * 6,
        ["1", "=Ngô Thử", "1980", "", "2,5", "1.200.000"],
        ["Tổng cộng"] * 4 + ["2,5", "1.200.000"],
    ]


@pytest.mark.parametrize(("landscape", "lines"), [(True, 8), (False, 17)])
def test_who_signs_stands_on_the_page_of_the_date_and_of_how_many_there_are(landscape, lines):
    """Take the keeping together out and the date, or the sentence, stays behind on the first page."""
    people = tuple(Line((n, "Ngô Thử", "1980", "", Decimal(2), 1_200_000)) for n in range(lines))
    paper = replace(PAPER, lines=people, landscape=landscape, below=("Danh sách có nhiều người./.",))
    pages = pypdfium2.PdfDocument(pdf_of(list_word(paper), title="x", author="x", timestamp=AT))
    assert len(pages) == 2
    last = pages[1].get_textpage().get_text_range()
    assert all(words in last for words in ("nhiều người", "ngày 05 tháng 6 năm 2026", "KẾ TOÁN"))


def test_libreoffice_reads_the_word_file_and_says_what_our_pdf_says(office):
    ours = pdf_of(list_word(PAPER), title="x", author="x", timestamp=AT)
    said = [letters_of(pdf) for pdf in (ours, office({"list.docx": list_word(PAPER)})["list.docx"])]
    assert said[0] == said[1]


def letters_of(pdf):
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    return Counter("".join(text.split()))


def test_a_row_has_room_for_words_that_do_not_fill_their_lines():
    long = "Trung tâm Phục vụ hành chính công phường Vị Thanh"
    texts = (long, ("a " * len(long))[: len(long)])
    lines = tuple(Line((text, "", "", "", 1, 1)) for text in texts)
    narrow = replace(PAPER, heads=(Head("Đơn vị", 12), *PAPER.heads[1:]), lines=lines)
    sheet = load_workbook(io.BytesIO(list_excel(narrow))).active
    first = next(cell.row for cell in sheet["A"] if cell.value == long)
    assert sheet.row_dimensions[first].height > sheet.row_dimensions[first + 1].height


def test_the_name_of_a_place_stands_on_one_line():
    long = replace(PAPER, body="Ủy ban nhân dân phường Vị Thanh")
    assert "ỦY BAN NHÂN DÂN\nPHƯỜNG VỊ THANH" in Document(io.BytesIO(list_word(long))).tables[0].cell(0, 0).text
    sheet = load_workbook(io.BytesIO(list_excel(long))).active
    assert sheet["A2"].value == "ỦY BAN NHÂN DÂN\nPHƯỜNG VỊ THANH"


def test_a_name_that_no_paper_can_print_keeps_nobodys_list():
    """Take `with_stand_ins` out and nobody of the class gets a PDF."""
    lines = (Line((1, "Ngô ☺ Thử", "", "", Decimal(1), 1)),)
    content = list_word(ListPaper(**{**PAPER.__dict__, "lines": lines}))
    assert Document(io.BytesIO(content)).tables[1].rows[2].cells[1].text == "Ngô □ Thử"

"""The sheet that is signed, as PDF and as Word: both say the same."""

import datetime as dt
import io
from dataclasses import replace

import docx
import pypdfium2
import zxingcpp
from docx.oxml.ns import qn

from attendance.rendering.certificate import read_back
from attendance.rendering.sign_in_sheet import BLANK_ROWS, SheetPerson, SignInSheet, draw_sign_in_sheets
from attendance.rendering.sign_in_word import word_sign_in_sheets

NOW = dt.datetime(2026, 6, 5, 6, tzinfo=dt.UTC)
SHEET = SignInSheet(
    superior="UBND tỉnh Thử",
    body="Ủy ban nhân dân thành phố Thử",
    course_code="LOP-1",
    course_title="Cải cách hành chính",
    course_kind="tập huấn",
    half="morning",
    date=dt.date(2026, 6, 5),
    place="Hội trường Thử",
    people=tuple(SheetPerson(n, f"Ngô Thử Người{n}", "Chuyên viên", "Phường Thử") for n in (1, 2, 4)),
    address="https://taphuan.example.vn/admin/attendance/attendancesheet/12/paper?place=3",
)
LONG = replace(SHEET, people=tuple(SheetPerson(n, f"Ngô Thử {n}", "Chuyên viên", "Phòng") for n in range(1, 501)))
SAID = [
    "UBND TỈNH THỬ",
    "DANH SÁCH HỌC VIÊN KÝ TÊN/ĐIỂM DANH",
    "Lớp tập huấn: Cải cách hành chính",
    "Buổi sáng, ngày 05 tháng 6 năm 2026",
    "Địa điểm: Hội trường Thử",
    "Ngô Thử Người4",
    "Tổng số: 03",
    "Vắng không phép:",
    "Người điểm danh",
    "Xác nhận của Ban Tổ chức",
]


def pdf(*sheets):
    return draw_sign_in_sheets(sheets, timestamp=NOW)


def word(*sheets):
    return docx.Document(io.BytesIO(word_sign_in_sheets(sheets)))


def words_of(document):
    return " ".join(node.text or "" for node in document.element.body.iter(qn("w:t")))


def test_both_files_say_all_that_offices_put_on_the_sheet():
    drawn, written = read_back(pdf(SHEET)), words_of(word(SHEET))
    for sentence in SAID:
        assert sentence in drawn, sentence
        assert sentence in written, sentence


def test_the_qr_on_the_paper_holds_the_address_of_the_sheet():
    bitmap = pypdfium2.PdfDocument(pdf(SHEET))[0].render(scale=3, grayscale=True)
    picture = memoryview(bitmap.buffer).cast("B", (bitmap.height, bitmap.stride))
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [SHEET.address]
    assert [part.partname for part in word(SHEET).part.package.iter_parts() if "media" in part.partname]


def test_the_head_stands_on_each_page_and_each_sheet_counts_its_own_pages():
    document = pypdfium2.PdfDocument(pdf(replace(LONG, people=LONG.people[:60]), SHEET))
    texts = [page.get_textpage().get_text_range() for page in document]
    assert all("Họ và tên" in text for text in texts)
    assert [text.split("Trang ")[1].split()[0] for text in texts] == ["1/3", "2/3", "3/3", "1/1"]
    table = word(SHEET).tables[-2]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_each_section_of_the_word_file_begins_its_pages_once_and_in_the_order_of_the_schema():
    for section in word(SHEET, LONG, SHEET).sections:
        names = [child.tag.split("}")[1] for child in section._sectPr]
        assert names.count("pgNumType") == 1
        assert names.index("pgMar") < names.index("pgNumType") < names.index("cols")
        assert "PAGE" in section.footer._element.xml


def test_blank_rows_follow_the_people_and_two_calls_have_two_columns():
    table = word(replace(SHEET, two_calls=True)).tables[-2]
    assert len(table.rows) == 1 + len(SHEET.people) + BLANK_ROWS
    assert [cell.text for cell in table.rows[0].cells][4:] == ["Ký tên (đầu buổi)", "Ký tên (sau giải lao)"]
    assert [cell.text for cell in table.rows[3].cells][:2] == ["4", "Ngô Thử Người4"]
    assert [cell.text for cell in table.rows[-1].cells] == [""] * 6
    assert "(sau giải lao)" in read_back(pdf(replace(SHEET, two_calls=True)))


def test_five_hundred_people_fit_and_a_list_without_anybody_too():
    assert "Tổng số: 500" in read_back(pdf(LONG, replace(SHEET, people=())))
    assert len(word(LONG).tables[-2]._tbl.tr_lst) == 1 + 500 + BLANK_ROWS


def test_a_letter_that_the_font_lacks_breaks_no_sheet():
    """Fails with a Refusal when nothing stands for such a letter."""
    odd = replace(SHEET, people=(SheetPerson(1, "Ngô 字 Thử 𠀀", "a\u200bb\x07", "ខ"),))
    assert "Ngô _ Thử _" in read_back(pdf(odd))
    assert "Ngô 字 Thử 𠀀" in words_of(word(odd))

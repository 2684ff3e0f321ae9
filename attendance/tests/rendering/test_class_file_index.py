"""The index of a class file: numbers and dates are never broken in two."""

import datetime as dt

import pypdfium2

from attendance.rendering.class_file_index import IndexLine, word_index
from courses.rendering.word_pdf import pdf_of
from courses.tests.rendering.decree import check

AT = dt.datetime(2026, 6, 5, tzinfo=dt.UTC)
BODY = "ỦY BAN NHÂN DÂN\nPHƯỜNG THỬ"
LINE = IndexLine("123/KH-UBND", "05/06/2026", "Kế hoạch. Mở lớp", "Phòng Thử", "Bản đã ký")


def test_numbers_and_dates_stand_on_one_line_and_the_margins_are_those_of_the_decree():
    word = word_index(
        superior="UBND TỈNH THỬ",
        body=BODY,
        place_and_date="Vị Thanh, ngày 05 tháng 6 năm 2026",
        course="Lớp thử",
        folders=[("1 Văn bản của lớp", [LINE] * 40)],
    )
    pdf = pdf_of(word, title="Mục lục hồ sơ", author="x", timestamp=AT)
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    assert (text.count("123/KH-UBND"), text.count("05/06/2026")) == (40, 40)
    wrong = check(pdf, kind="list", body=BODY.replace("\n", " "))
    assert [said for said in wrong if "DANH SÁCH" not in said] == [], "its title is another"

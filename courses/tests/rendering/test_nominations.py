import datetime as dt

import pypdfium2
import pytest

from courses.rendering.nominations import NamedPerson, NominationList, draw_nominations

MOMENT = dt.datetime(2026, 6, 1, 8, 30, 15, 123_456, tzinfo=dt.UTC)
PEOPLE = (
    NamedPerson("Ngô Thử Một", "Chủ tịch", "m", "1975", "Tất cả"),
    NamedPerson("Ngô Thử Hai", "Văn thư", "f", "1980", "A"),
)


def lines_of(**fields) -> list[str]:
    values = {
        "superior": "Ủy ban nhân dân thành phố Thử",
        "body": "Ủy ban nhân dân Phường Thử",
        "office": "Phường Thử",
        "course_title": "Tập huấn cải cách hành chính",
        "people": PEOPLE,
    }
    document = pypdfium2.PdfDocument(draw_nominations(NominationList(**{**values, **fields}), timestamp=MOMENT))
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return [" ".join(line.split()) for line in text.splitlines()]


def text_of(**fields) -> str:
    return " ".join(lines_of(**fields))


def test_the_list_says_all_that_an_appendix_to_a_letter_says():
    text = text_of(letter_number="12/UBND-VX", letter_date=dt.date(2026, 6, 5), has_blocks=True)
    for words in (
        "ỦY BAN NHÂN DÂN THÀNH PHỐ THỬ",
        "ỦY BAN NHÂN DÂN PHƯỜNG THỬ",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "DANH SÁCH",
        "Cử cán bộ, công chức, viên chức tham dự lớp tập huấn cải cách hành chính",
        "(Kèm theo Công văn số 12/UBND-VX ngày 05 tháng 6 năm 2026 của Phường Thử)",
        "Danh sách có 02 người./.",
        "Người lập biểu",
        "THỦ TRƯỞNG ĐƠN VỊ",
        "Khối nội dung",
        "Ngô Thử Một",
    ):
        assert words in text, words


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("Ủy ban nhân dân Phường Vị Thanh", "PHƯỜNG VỊ THANH"),
        ("Ủy ban nhân dân thành phố Thử Thách", "THÀNH PHỐ THỬ THÁCH"),
        ("Phòng Văn hóa - Xã hội phường Vị Thanh", "PHƯỜNG VỊ THANH"),
        ("Đảng ủy các cơ quan Đảng xã Thử Thách Bắc", "XÃ THỬ THÁCH BẮC"),
    ],
)
def test_the_name_of_a_place_stands_on_one_line(body, place):
    """As it is broken by words, "PHƯỜNG VỊ" stood above "THANH" (tried)."""
    assert [line for line in lines_of(body=body, superior="") if place in line]


def test_a_place_with_a_name_longer_than_a_line_is_broken():
    body = "Ủy ban nhân dân xã Thử Thách Thật Là Dài Hơn Một Dòng Chữ In"
    assert "XÃ THỬ THÁCH THẬT LÀ DÀI HƠN MỘT DÒNG CHỮ IN" in text_of(body=body)


def test_without_a_number_there_is_room_to_write_it_and_blocks_are_left_out_where_there_is_one():
    text = text_of()
    assert "Công văn số ……/…… ngày …… tháng …… năm ……" in text
    assert "Khối nội dung" not in text


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Lớp bồi dưỡng văn thư", "tham dự lớp bồi dưỡng văn thư"),
        ("Kỹ năng số", "tham dự lớp tập huấn: Kỹ năng số"),
    ],
)
def test_the_class_is_named_once(title, said):
    assert said in text_of(course_title=title)


def test_it_is_the_same_file_each_time():
    facts = NominationList("A", "B", "C", "Lớp thử", PEOPLE)
    assert draw_nominations(facts, timestamp=MOMENT) == draw_nominations(facts, timestamp=MOMENT)


def test_a_strange_sign_of_old_data_is_seen_and_keeps_nobody_from_the_list():
    """Take the stand-ins out of `draw_nominations` and the whole list is refused because of one name."""
    people = (*PEOPLE, NamedPerson("Ngô 漢 Thử", "Văn thư 😀"))
    lines = text_of(people=people, course_title="Lớp thử ❤\ufe0f")
    for words in ("Ngô Thử Một", "Ngô □ Thử", "Văn thư □", "Lớp thử □".lower(), "03 người"):
        assert words in lines, words

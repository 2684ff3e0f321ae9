"""The looks of a certificate: size, blanks, signers, emblem; the test sheet."""

import io
import itertools
import re
import struct
import zlib
from dataclasses import fields, replace

import pypdfium2
import pytest

from attendance.constants import Size
from attendance.rendering.certificate import (
    CertificateFacts,
    draw_certificate,
    missing_facts,
    picture_certificate,
    printed,
    read_back,
)
from attendance.rendering.look import Look, draw_test_sheet, emblem_of, most_offset
from attendance.tests.rendering.test_certificate import ADDRESS, FACTS, LONG, SHORT, boxes
from courses.constants.errors import Refusal

TWO = {"second_lines": ("TL. CHỦ TỊCH", "TRƯỞNG PHÒNG NỘI VỤ"), "second_signer": "Lê Thị Giả"}
#: As a certificate's facts were frozen before there were templates.
FROZEN = (
    '{"birth":"1975-06-05","blocks":[],"code":"ABCDEFGHJKMNPQRSTUVW","course_kind":"tập huấn","course_title":"Văn thư",'
    '"decision_date":"","decision_number":"","ends_on":"2022-06-17","full_name":"Nguyễn Thị Mẫu","gender":"f",'
    '"grade":"","issued_on":"2022-06-20","issuing_body":"Ủy ban nhân dân thành phố Vị Thanh","number":"015/2022/GCN",'
    '"office":"Phòng Nội vụ","periods":24,"place":"Vị Thanh","position":"Chuyên viên","serial":"",'
    '"sign_lines":["CHỦ TỊCH"],"signer":"Trần Văn Thử","starts_on":"2022-06-15","superior_body":"",'
    '"title":"Giấy chứng nhận"}'
)
SIZES = {Size.A4: (842, 595), Size.A5: (595, 420)}


def png(width: int, height: int, *, pixel: bytes = b"\xa0\x12\x17\xff") -> io.BytesIO:
    """A picture of one colour."""
    rows = b"".join(b"\0" + pixel * width for _ in range(height))
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


def of_look(facts, look):
    return replace(facts, serial="A 000123" if look.on_blanks else "", **(TWO if look.two_signers else {}))


VARIANTS = [
    Look(size=size, on_blanks=blanks, two_signers=two, offset_x=3.5 if blanks else 0, offset_y=-2 if blanks else 0)
    for size, blanks, two in itertools.product(Size, (False, True), (False, True))
]


@pytest.mark.parametrize("look", VARIANTS, ids=str)
@pytest.mark.parametrize("facts", [FACTS, LONG, SHORT], ids=["usual", "long", "short"])
def test_every_fact_can_be_read_in_each_look(facts, look):
    facts = of_look(facts, look)
    pdf = draw_certificate(facts, verify_url=ADDRESS, look=look)
    assert missing_facts(pdf, facts, verify_url=ADDRESS, look=look) == []
    document = pypdfium2.PdfDocument(pdf)
    assert [tuple(round(side) for side in page.get_size()) for page in document] == [SIZES[look.size]]
    document.close()
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert re.search(rb"/MarkInfo\s*<<\s*/Marked true", pdf)


@pytest.mark.parametrize("look", VARIANTS, ids=str)
def test_no_line_stands_on_another_one_in_any_look(look):
    for facts in (FACTS, LONG):
        runs = boxes(draw_certificate(of_look(facts, look), verify_url=ADDRESS, look=look))
        assert len(runs) > 12
        for (text, left, bottom, right, top), (other, left2, bottom2, right2, top2) in itertools.combinations(runs, 2):
            apart = min(right, right2) <= max(left, left2) or min(top, top2) - max(bottom, bottom2) < 1.5
            assert apart, (text, other)


@pytest.mark.parametrize("look", VARIANTS, ids=str)
def test_another_address_and_another_second_signer_are_noticed_in_each_look(look):
    facts = of_look(FACTS, look)
    pdf = draw_certificate(facts, verify_url=ADDRESS, look=look)
    elsewhere = ADDRESS.replace("TUVW", "TUVX")
    assert missing_facts(pdf, facts, verify_url=elsewhere, look=look) == [elsewhere]
    other = replace(facts, second_signer="Phạm Giả Danh")
    assert missing_facts(pdf, other, verify_url=ADDRESS, look=look) == ["Phạm Giả Danh"]


@pytest.mark.parametrize("look", [look for look in VARIANTS if not look.offset_x], ids=str)
def test_the_part_in_which_the_qr_is_read_holds_all_of_it_and_nothing_else(look):
    """A word or a rule of the frame in it and each paper takes twice as long to be read back."""
    width, height = SIZES[look.size]
    left, bottom, right, top = look.qr_crop
    document = pypdfium2.PdfDocument(draw_certificate(of_look(LONG, look), verify_url=ADDRESS, look=look))
    inside = []
    for thing in document[0].get_objects():
        x, y, x2, y2 = thing.get_bounds()
        if x < width - right and x2 > left and y < height - top and y2 > bottom:
            inside.append(left < x and x2 < width - right and bottom < y and y2 < height - top)
    document.close()
    assert inside == [True, True]  # its white ground and its dark squares


def test_a_bought_blank_gets_neither_frame_nor_what_stands_on_it():
    look = Look(on_blanks=True)
    text = read_back(draw_certificate(FACTS, verify_url=ADDRESS, look=look))
    for words in ("GIẤY CHỨNG NHẬN", "CỘNG HÒA", "Độc lập"):
        assert words not in text
    assert "GIẤY CHỨNG NHẬN" not in printed(FACTS, verify_url=ADDRESS, look=look)
    assert "Nguyễn Thị Mẫu" in text


def test_words_on_a_blank_are_moved_right_and_down_by_millimetres():
    still, moved = (
        {text.strip(): box for text, *box in boxes(draw_certificate(FACTS, verify_url=ADDRESS, look=look))}
        for look in (Look(on_blanks=True), Look(on_blanks=True, offset_x=10, offset_y=5))
    )
    millimetre = 72 / 25.4
    for text, box in still.items():
        assert moved[text][0] - box[0] == pytest.approx(10 * millimetre, abs=0.1)
        assert box[1] - moved[text][1] == pytest.approx(5 * millimetre, abs=0.1)


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize(("across", "down"), [(-1, -1), (-1, 1), (1, -1), (1, 1)])
def test_words_moved_as_far_as_they_may_be_stay_on_the_sheet(size, across, down):
    x, y = most_offset(size)
    look = Look(size=size, on_blanks=True, two_signers=True, offset_x=across * x, offset_y=down * y)
    facts = of_look(LONG, look)
    pdf = draw_certificate(facts, verify_url=ADDRESS, look=look)
    assert missing_facts(pdf, facts, verify_url=ADDRESS, look=look) == []
    width, height = SIZES[size]
    for text, left, bottom, right, top in boxes(pdf):
        assert 0 < left < right < width, text
        assert 0 < bottom < top < height, text


def test_both_signers_begin_at_the_same_height():
    facts = replace(FACTS, **TWO)
    runs = {
        text.strip(): box
        for text, *box in boxes(draw_certificate(facts, verify_url=ADDRESS, look=Look(two_signers=True)))
    }
    assert runs["TL. CHỦ TỊCH"][3] == pytest.approx(runs["TM. ỦY BAN NHÂN DÂN"][3], abs=2)
    assert runs["Lê Thị Giả"][1] == pytest.approx(runs["Trần Văn Thử"][1], abs=3)
    assert runs["TL. CHỦ TỊCH"][0] < runs["TM. ỦY BAN NHÂN DÂN"][0]


@pytest.mark.parametrize(
    "title",
    ["Chứng chỉ", "Giấy xác nhận hoàn thành khóa học", "Giấy chứng nhận hoàn thành chương trình bồi dưỡng lý luận"],
)
def test_a_long_title_is_printed_smaller(title):
    facts = replace(FACTS, title=title)
    for size in Size:
        look = Look(size=size)
        pdf = draw_certificate(facts, verify_url=ADDRESS, look=look)
        assert missing_facts(pdf, facts, verify_url=ADDRESS, look=look) == []


@pytest.mark.parametrize("two", [False, True])
@pytest.mark.parametrize("size", range(50, 401, 50))
def test_on_the_small_sheet_too_growing_text_is_refused_before_it_overlaps_or_leaves_the_frame(size, two):
    look = Look(size=Size.A5, two_signers=two)
    facts = replace(of_look(LONG, look), course_title=("Ấn Ộc Gỹ " * 80)[:size].strip())
    try:
        runs = boxes(draw_certificate(facts, verify_url=ADDRESS, look=look))
    except Refusal:
        assert size > 150
        return
    frame = 10.7 * 72 / 25.4
    for text, left, bottom, right, top in runs:
        assert frame < left < right < 595 - frame, text
        assert frame < bottom < top < 420 - frame, text
    for (text, left, bottom, right, top), (other, left2, bottom2, right2, top2) in itertools.combinations(runs, 2):
        apart = min(right, right2) <= max(left, left2) or min(top, top2) - max(bottom, bottom2) < 1.5
        assert apart, (text, other)


@pytest.mark.parametrize("name", ["number", "issuing_body", "place", "full_name", "course_title", "signer"])
def test_what_each_paper_must_say_and_is_not_known_stops_it(name):
    with pytest.raises(Refusal):
        draw_certificate(replace(FACTS, **{name: " "}), verify_url=ADDRESS)


def test_a_look_for_two_signers_is_not_drawn_with_one():
    with pytest.raises(Refusal):
        draw_certificate(FACTS, verify_url=ADDRESS, look=Look(two_signers=True))


def test_facts_frozen_before_there_were_templates_still_load_and_say_the_same():
    facts = CertificateFacts.from_json(FROZEN)
    said = printed(facts, verify_url=ADDRESS)
    assert said[1:7] == [
        "GIẤY CHỨNG NHẬN",
        "Cấp cho bà:",
        "Nguyễn Thị Mẫu",
        "Sinh ngày 05 tháng 6 năm 1975",
        "Chức vụ: Chuyên viên",
        "Đơn vị: Phòng Nội vụ",
    ]
    assert (facts.second_signer, facts.second_lines, facts.closing, facts.completed) == ("", (), "", "Đã hoàn thành")


def test_the_words_of_a_template_stand_before_and_after_the_class():
    facts = replace(FACTS, completed="Đã tham gia đầy đủ", closing="Đạt yêu cầu.", addressed="Xác nhận")
    said = printed(facts, verify_url=ADDRESS)
    title = said.index(facts.course_title)
    assert said[title - 1] == "Đã tham gia đầy đủ lớp tập huấn:"
    assert said.index("Đạt yêu cầu.") > title
    assert "Xác nhận bà:" in said
    assert missing_facts(draw_certificate(facts, verify_url=ADDRESS), facts, verify_url=ADDRESS) == []


@pytest.mark.parametrize("look", VARIANTS, ids=str)
def test_the_file_tells_of_the_person_no_more_than_the_number(look):
    facts = of_look(FACTS, look)
    document = pypdfium2.PdfDocument(draw_certificate(facts, verify_url=ADDRESS, look=look))
    data = document.get_metadata_dict(skip_empty=True)
    document.close()
    assert data["Title"] == "Giấy chứng nhận số 015/2022/GCN"
    for value in (facts.full_name, "1975", facts.position, facts.office):
        assert value not in str({name: said for name, said in data.items() if "Date" not in name})


# Text is text (SECURITY.md, T11)

PAYLOADS = [
    '#read("/etc/passwd")',
    '#image("/etc/hostname")',
    '#import "@preview/cetz:0.3.0"',
    '#include "certificate.typ"',
    '"); #panic(sys.inputs) //',
    '\\")); #panic(1) //',
    "file:///etc/passwd http://127.0.0.1:9/x",
    "{{ 7*7 }} {% load x %} ${7*7}",
    "<script>alert(1)</script>",
    "\\input{/etc/passwd}",
    "$ integral $ *đậm* _nghiêng_ `mã` @ref <nhãn>",
]
TEXTS = [
    field.name
    for field in fields(CertificateFacts)
    if field.type in ("str", str) and field.name not in ("code", "issued_on", "starts_on", "ends_on", "birth", "gender")
    if field.name not in ("decision_date", "course_kind")
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_looks_like_code_is_printed_as_it_stands_in_every_text_field(payload):
    look = Look(two_signers=True)
    for field in TEXTS:
        facts = replace(FACTS, **TWO | {field: payload})
        pdf = draw_certificate(facts, verify_url=ADDRESS, look=look)
        assert missing_facts(pdf, facts, verify_url=ADDRESS, look=look) == [], field
        assert b"root:x:0" not in pdf
    lines = replace(FACTS, sign_lines=(payload,), blocks=(payload,), second_lines=(payload,), second_signer=payload)
    pdf = draw_certificate(lines, verify_url=ADDRESS, look=look)
    assert missing_facts(pdf, lines, verify_url=ADDRESS, look=look) == []


# Emblems


def test_an_emblem_stands_on_the_paper_and_not_on_a_blank():
    emblem = emblem_of(png(600, 300).getvalue())
    pdf = draw_certificate(FACTS, verify_url=ADDRESS, look=Look(emblem=emblem))
    assert missing_facts(pdf, FACTS, verify_url=ADDRESS) == []

    def pictures(content):
        document = pypdfium2.PdfDocument(content)
        kinds = [item.type for item in document[0].get_objects(max_depth=5)]
        document.close()
        return kinds.count(3)  # FPDF_PAGEOBJ_IMAGE

    on_blank = draw_certificate(FACTS, verify_url=ADDRESS, look=Look(emblem=emblem, on_blanks=True))
    assert (pictures(pdf), pictures(on_blank)) == (1, 0)
    assert re.search(rb"/Alt", pdf)


def test_an_emblem_is_drawn_anew_and_small():
    raw = png(900, 600).getvalue() + b"<script>hidden</script>"
    drawn = emblem_of(raw)
    assert struct.unpack(">II", drawn[16:24]) == (240, 160)
    assert b"hidden" not in drawn


def huge():
    content = bytearray(png(1, 1).getvalue())
    content[16:24] = struct.pack(">II", 60_000, 60_000)
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        png(20, 20).getvalue()[:50],
        b"\xff\xd8\xff\xe0\x00",
        huge(),
        png(1, 1).getvalue() + b"0" * 3_000_000,
    ],
    ids=["empty", "gif", "svg", "cut off", "cut jpeg", "60,000 dots", "3 MB"],
)
def test_what_is_no_small_picture_is_refused(content):
    with pytest.raises(Refusal):
        emblem_of(content)


# The test sheet


@pytest.mark.parametrize("size", Size)
def test_the_test_sheet_says_what_it_is_and_how_far_it_is_moved(size):
    pdf = draw_test_sheet(size, 2.5, -3)
    text = read_back(pdf)
    assert "IN THỬ" in text
    assert "Lệch phải 2,5 mm, lệch lên 3 mm" in text
    words = " ".join(text.split())
    assert "vạch dọc số 0 phải trùng mép trái, vạch ngang số 10 phải cách mép trên đúng 10 mm của phôi" in words
    document = pypdfium2.PdfDocument(pdf)
    assert [tuple(round(side) for side in page.get_size()) for page in document] == [SIZES[size]]
    document.close()


@pytest.mark.parametrize(
    ("offset", "said", "line"),
    [
        (0, "A4 ngang. Không lệch.", "vạch số 0 phải trùng mép trái và mép trên"),
        (-10, "Lệch trái 10 mm", "vạch dọc số 10 phải cách mép trái đúng 10 mm"),
        (-12.5, "Lệch trái 12,5 mm", "vạch dọc số 20 phải cách mép trái đúng 20 mm"),
    ],
)
def test_the_line_that_meets_the_edge_of_the_blank_is_on_the_test_sheet(offset, said, line):
    words = " ".join(read_back(draw_test_sheet(Size.A4, offset, 0)).split())
    assert said in words
    assert line in words


def test_a_picture_of_the_paper_is_refused_as_the_paper_is():
    assert picture_certificate(FACTS, verify_url=ADDRESS).startswith(b"\x89PNG")
    with pytest.raises(Refusal):
        picture_certificate(replace(FACTS, full_name="Nguyễn ☃"), verify_url=ADDRESS)

"""Templates filled: what comes out is the same each time and whole; what may not be said is refused with a sentence."""

import io
import struct
import zlib

import pytest
from django.utils import translation
from docx import Document
from docx.shared import Mm

from courses.constants.errors import Refusal
from courses.rendering.official import CENTRE, Column, OfficialPaper
from courses.rendering.word import Picture, fill
from courses.rules import word_tags


def png(width: int = 4) -> bytes:
    rows = b"".join(b"\0" + b"\x80" * width for _ in range(width))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, width, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    chunks = (struct.pack(">I", len(d)) + name + d + struct.pack(">I", zlib.crc32(name + d)) for name, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def saying(*paragraphs: str) -> bytes:
    document, out = Document(), io.BytesIO()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


def _text(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def _refusal(*paragraphs: str, **fields) -> str:
    with pytest.raises(Refusal) as refused:
        fill(saying(*paragraphs), fields)
    return str(refused.value)


@pytest.fixture(scope="module")
def template() -> bytes:
    paper = OfficialPaper(title="Danh sách")
    paper.head(body="{{ co_quan }}", number="Số: {{ so }}", place_and_date="{{ noi_ngay }}")
    paper.title("DANH SÁCH", "{{ ve_viec }}")
    paper.paragraph("{%p if ghi_chu %}")
    paper.paragraph("Ghi chú: {{ ghi_chu }}")
    paper.paragraph("{%p endif %}")
    row = ["{{ loop.index }}", "{{ nguoi.ho_ten }}", "{{ nguoi.don_vi|upper }}"]
    columns = [Column("STT", 12, CENTRE), Column("Họ và tên", 60), Column("Đơn vị", 60)]
    paper.table(columns, ["{%tr for nguoi in danh_sach %}", row, "{%tr endfor %}"])
    paper.picture_line("{{ ma_qr }}")
    return paper.as_bytes()


def _fields(**changed):
    people = [{"ho_ten": name, "don_vi": "Phòng Kinh tế"} for name in ("Nguyễn Thị Ánh Thử", "Kpă H'Thử")]
    given = {"co_quan": "ỦY BAN NHÂN DÂN\nPHƯỜNG VỊ THANH", "so": "05/KH-UBND", "ve_viec": "Lớp “A & B” <năm 2026>"}
    given |= {"noi_ngay": "Vị Thanh, ngày 05 tháng 6 năm 2026", "ghi_chu": "", "ma_qr": Picture(png(), 25)}
    return given | {"danh_sach": people} | changed


def test_fields_lists_and_pictures_stand_in_the_places_of_their_tags(template):
    data = fill(template, _fields())
    text = _text(data)
    for words in ("Nguyễn Thị Ánh Thử", "Kpă H'Thử", "PHÒNG KINH TẾ", "Lớp “A & B” <năm 2026>", "Số: 05/KH-UBND"):
        assert words in text
    assert "{" not in text
    assert "Ghi chú" not in text
    assert "ỦY BAN NHÂN DÂN\nPHƯỜNG VỊ THANH" in text
    shape = Document(io.BytesIO(data)).inline_shapes[0]
    assert shape.width == Mm(25)
    assert "Ghi chú: mang theo thẻ" in _text(fill(template, _fields(ghi_chu="mang theo thẻ")))


def test_the_same_fields_are_the_same_bytes(template):
    assert fill(template, _fields()) == fill(template, _fields())


def test_nobody_is_named_who_changed_the_template():
    document, out = Document(), io.BytesIO()
    document.core_properties.last_modified_by = "Nguyễn Thử"
    document.save(out)
    assert Document(io.BytesIO(fill(out.getvalue(), {}))).core_properties.last_modified_by == ""


def test_rules_become_as_long_as_the_words_that_were_filled_in(template):
    def rules(data: bytes) -> list[int]:
        body = Document(io.BytesIO(data)).element.body
        return [int(one) for one in body.xpath(".//w:pPr[w:pStyle[@w:val='DuongKeNgan']]/w:ind/@w:left")]

    short, long = rules(fill(template, _fields())), rules(fill(template, _fields(ve_viec="Lớp tập huấn " * 4)))
    assert short[0] == long[0]  # of the body
    assert short[1] > long[1]


def test_words_of_people_are_no_tags_and_lose_what_cannot_be_seen(template):
    text = _text(
        fill(template, _fields(so="{{ co_quan }}{% for x in y %}", ve_viec="Lớp\u200b một\x07\x0c\ud800 hai\ufffe"))
    )
    assert "Số: {{ co_quan }}{% for x in y %}" in text
    assert "Lớp một hai" in text


@pytest.mark.parametrize(
    "tag",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ ten.__class__ }}",
        "{{ ten._rieng }}",
        "{{ ten['__class__'] }}",
        "{{ ten|attr('__class__') }}",
        "{% for i in range(10**9) %}x{% endfor %}",
        "{% for i in ten.split() %}x{% endfor %}",
        "{{ 'a'*10**9 }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 2**99999999 }}",
        "{{ '%099999999d' % 1 }}",
        "{{ ten|center(999999999) }}",
        "{{ ten.upper() }}",
        "{{ cycler('a') }}",
        "{{ lipsum(1000) }}",
        "{{ namespace(a=1) }}",
        "{{ dict(a=1) }}",
        "{{ joiner() }}",
        "{{ self.__init__ }}",
        "{{ [1, 2, 3] }}",
        "{{ ten[0:9] }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% extends 'x' %}",
        "{% from 'os' import system %}",
        "{% set x = 1 %}",
        "{% macro a() %}{% endmacro %}",
        "{% with a = 1 %}{% endwith %}",
        "{% block a %}{% endblock %}",
        "{% raw %}x{% endraw %}",
        "{% filter upper %}x{% endfilter %}",
        "{% for a in danh_sach recursive %}{{ loop(a) }}{% endfor %}",
        "{% for a in danh_sach %}{% for b in danh_sach %}x{% endfor %}{% endfor %}",
        "{{r ten }}",
        "{% cellbg ten %}",
        "{%- if ten -%}x{% endif %}",
    ],
)
def test_what_only_a_program_would_say_is_refused(tag):
    sentence = _refusal("Trước", tag, ten="x", danh_sach=[{"ten": "y"}] * 3)
    assert " ".join(tag.split())[:20] in sentence


@pytest.mark.parametrize(
    ("paragraphs", "named"),
    [
        (["Lớp {{ ten_lop"], ("{{ ten_lop", "not closed")),
        (["Lớp {{ ten_lop", "}} và"], ("{{ ten_lop", "not closed")),
        (["{% for a in danh_sach %}", "x"], ("{% for a in danh_sach %}", "never ended")),
        (["x{% endfor %}"], ("{% endfor %}", "never begun")),
        (["{%p if ten %}", "x", "{% endif %}"], ("{% endif %}", "never begun")),
        (["Kính gửi {%p if ten %}", "x", "{%p endif %}"], ("Kính gửi {%p if ten %}", "alone")),
        (["Ngày {{ ngay ky }} nay"], ("Ngày {{ ngay ky }} nay", "not written right")),
        (["Ngày {{ ngay_ky }} nay"], ("ngay_ky", "Ngày {{ ngay_ky }} nay", "There is no field")),
        (["{% for a in danh_sach %}{{ a.tuoi }}{% endfor %}"], ("tuoi", "There is no field")),
    ],
)
def test_a_faulty_template_is_refused_with_its_tag_and_its_place(paragraphs, named):
    with translation.override("en"):
        sentence = _refusal(*paragraphs, ten="x", danh_sach=[{"ten": "y"}])
    for words in named:
        assert words in sentence


def test_texts_and_rows_have_no_parts_but_their_fields():
    """Else a method of Python would be written onto the paper, and a field called "items" would never be found."""
    for tag, name in (("{{ ten.upper }}", "upper"), ("{% for a in danh_sach %}{{ a.keys }}{% endfor %}", "keys")):
        assert f"“{name}”" in _refusal(tag, ten="x", danh_sach=[{"ten": "y"}])
    data = fill(
        saying("{% for a in danh_sach %}{{ loop.index }}{{ a.items }}{% endfor %}"), {"danh_sach": [{"items": "y"}]}
    )
    assert _text(data) == "1y"


def test_what_is_no_word_file_is_refused():
    with pytest.raises(Refusal):
        fill(b"PK\x03\x04 nothing", {})


def test_the_file_does_not_grow_without_end(monkeypatch):
    monkeypatch.setattr(word_tags, "_MOST_LETTERS", 20_000)
    with translation.override("en"):
        rows = [{"ten": "Nguyễn Văn Thử " * 50}] * 100
        assert "far too large" in _refusal("{% for a in danh_sach %}{{ a.ten }}{% endfor %}", danh_sach=rows)


def test_a_sign_that_somebody_typed_makes_no_cells_one():
    """Only templates do; fails where the words of people are taken for the sign of a template (`OF_ABOVE`)."""
    paper = OfficialPaper(title="Thử")
    rows = ["{%tr for nguoi in danh_sach %}", "{%tr endfor %}"]
    paper.table([Column("Chức vụ", 60)], [[rows[0]], ["{{ nguoi.chuc_vu }}"], [rows[1]]])
    word = fill(paper.as_bytes(), {"danh_sach": [{"chuc_vu": "Trưởng phòng"}, {"chuc_vu": "↑"}, {"chuc_vu": "Hai\n↑"}]})
    xml = Document(io.BytesIO(word)).element.xml
    assert "vMerge" not in xml
    assert xml.count("↑") == 2

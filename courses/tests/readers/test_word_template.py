# ruff: noqa: E501
"""Templates that offices put back: real .docx files, and ones made by hand to harm."""

import io
import time
import zipfile

import pytest
from django.utils import translation
from docx import Document

from courses.constants.errors import Refusal
from courses.readers import limited
from courses.readers.unreadable import Unreadable
from courses.readers.word_template import answer_asked, read_template
from courses.rendering.official import Column, OfficialPaper
from courses.rendering.word import Picture, fill

pytestmark = pytest.mark.usefixtures("english")
FIELDS = {
    "ten_lop": "Kỹ năng số",
    "co_quan": "ỦY BAN NHÂN DÂN",
    "so_nguoi": 2,
    "co_phu_luc": True,
    "ma_qr": Picture(b"", 20),
    "danh_sach": [{"ho_ten": "Trần Thử", "don_vi": "Phòng Thử", "buoi": [{"ngay": "01/6"}]}],
    "noi_nhan": ["Như trên"],
}


def saying(*paragraphs: str, header: str = "") -> bytes:
    document, out = Document(), io.BytesIO()
    for text in paragraphs:
        document.add_paragraph(text)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    document.save(out)
    return out.getvalue()


def with_part(data: bytes, name: str, content: bytes | str, *, instead: tuple[str, str] | None = None) -> bytes:
    """The file with one more part, or with other words in one that is there."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in parts.namelist():
            text = parts.read(one)
            if one == name and instead:
                assert instead[0].encode() in text
                text = text.replace(instead[0].encode(), instead[1].encode())
            archive.writestr(one, text)
        if not instead:
            archive.writestr(name, content)
    return out.getvalue()


def changed(name: str, old: str, new: str, data: bytes = b"") -> bytes:
    return with_part(data or saying("{{ ten_lop }}"), name, b"", instead=(old, new))


def refusal(data: bytes) -> str:
    """The sentence by which a file is refused, in English."""
    started = time.monotonic()
    with translation.override("en"), pytest.raises(Refusal) as refused:
        read_template(data, FIELDS)
    assert time.monotonic() - started < 10
    return str(refused.value)


def judged(data: bytes) -> dict:
    """What the child would say, said in this process, which takes a tenth of the time."""
    return answer_asked(data, {"fields": {**FIELDS, "ma_qr": ""}})


def codes(data: bytes) -> list[str]:
    try:
        return [code for code, _params in judged(data)["faults"]]
    except Unreadable as refused:
        return [refused.code]


def test_a_template_of_the_builder_is_read_and_names_its_fields():
    paper = OfficialPaper(title="Danh sách")
    paper.head(body="{{ co_quan }}")
    paper.title("DANH SÁCH", "{{ ten_lop|upper }}")
    paper.paragraph("{%p if co_phu_luc and not so_nguoi == 0 %}")
    paper.paragraph("Có {{ so_nguoi }} người.")
    paper.paragraph("{%p endif %}")
    row = ["{{ nguoi.ho_ten }}{% if loop.last %}.{% endif %}", "{% for b in nguoi.buoi %}{{ b.ngay }}{% endfor %}"]
    paper.table(
        [Column("Họ và tên", 50), Column("Buổi", 50)], ["{%tr for nguoi in danh_sach %}", row, "{%tr endfor %}"]
    )
    paper.picture_line("{{ ma_qr }}")
    paper.signing(
        powers="CHỦ TỊCH", name="x", recipients=["{%p for nơi in noi_nhan %}", "- {{ nơi }};", "{%p endfor %}"]
    )
    used = read_template(paper.as_bytes(), FIELDS)
    assert used == {"co_quan", "ten_lop", "co_phu_luc", "so_nguoi", "danh_sach", "ma_qr", "noi_nhan"}


def test_word_cuts_tags_into_pieces_and_bends_quotation_marks():
    document, out = Document(), io.BytesIO()
    paragraph = document.add_paragraph("Lớp {")
    for piece in ("{ ten", "_l", "op", " }", "} và {% if so_nguoi == ", "“", "2", "” %}hai{% endif %}"):
        paragraph.add_run(piece).bold = True
    document.save(out)
    assert judged(out.getvalue())["used"] == ["so_nguoi", "ten_lop"]
    assert "Lớp Kỹ năng số" in Document(io.BytesIO(fill(out.getvalue(), FIELDS))).paragraphs[0].text


def test_all_wrong_names_are_told_with_the_nearest_known_ones():
    sentence = refusal(
        saying("Lớp {{ ten_lopp }} mở tại", "{% for a in danh_sach %}{{ a.hoten }}{% endfor %}", "{{ xyz }}")
    )
    for words in (
        "“ten_lopp”",
        "Is “ten_lop” meant?",
        "“a.hoten”",
        "Is “ho_ten” meant?",
        "no field “xyz”",
        "Lớp {{ ten_lopp }}",
    ):
        assert words in sentence


@pytest.mark.parametrize(
    ("paragraph", "code"),
    [
        ("{{ danh_sach }}", "no_text"),
        ("{% for a in ten_lop %}x{% endfor %}", "no_list"),
        ("{% for a in danh_sach %}{{ a }}{% endfor %}", "no_text"),
        ("{{ a.ho_ten }}", "unknown"),
        ("{{ loop.index }}", "unknown"),
        ("{% for a in danh_sach %}{{ loop.cycle }}{% endfor %}", "unknown"),
        ("{{ ten_lop|replace('a', 'b') }}", "filter"),
        ("{{ ten_lop is mapping }}", "filter"),
        ("{{ ten_lop.upper() }}", "forbidden"),
        ("{{ range(10) }}", "forbidden"),
        ("{{ ten_lop.__class__ }}", "private"),
        (
            "{% for a in danh_sach %}{% for b in a.buoi %}{% for c in b.x %}x{% endfor %}{% endfor %}{% endfor %}",
            "loops",
        ),
        ("{% for a in danh_sach %}{% for b in danh_sach %}x{% endfor %}{% endfor %}", "loop_list"),
        ("{% include 'x' %}", "kind"),
        ("{{ ten_lop", "half"),
        ("{% if ten_lop %}x", "not_ended"),
    ],
)
def test_tags_that_may_not_be(paragraph, code):
    assert codes(saying(paragraph))[0] == code
    assert codes(saying("{{ ten_lop }}", header=paragraph))[0] == code


def test_a_row_with_a_tag_holds_nothing_else():
    document, out = Document(), io.BytesIO()
    cells = document.add_table(1, 2).rows[0].cells
    cells[0].text, cells[1].text = "{%tr for a in danh_sach %}", "{{ a.ho_ten }} {%tr endfor %}"
    document.save(out)
    assert codes(out.getvalue())[:2] == ["alone", "alone"]


def test_a_template_that_breaks_apart_when_there_is_nothing_is_refused():
    """It holds together as long as what is asked for is there."""
    document, out = Document(), io.BytesIO()
    document.add_paragraph("a {% if co_phu_luc %}")
    document.add_table(1, 2).rows[0].cells[0].text = "b {% endif %}"
    document.save(out)
    assert "Kỹ" not in Document(io.BytesIO(fill(out.getvalue(), FIELDS))).paragraphs[0].text
    assert codes(out.getvalue()) == ["structure"]
    with pytest.raises(Refusal):
        fill(out.getvalue(), {**FIELDS, "co_phu_luc": False})


RELS = "word/_rels/document.xml.rels"
LINK = '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}" TargetMode="External"/></Relationships>'
DOCTYPE = '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
LOL = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
BODY = "<w:body>"


def _in_body(xml: str) -> bytes:
    return changed("word/document.xml", BODY, BODY + xml)


def _linked(kind: str, target: str) -> bytes:
    return changed(RELS, "</Relationships>", LINK.format(kind, target))


def _field(instruction: str) -> str:
    return f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{instruction}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'


HARM = {
    "vba part": (lambda: with_part(saying("x"), "word/vbaProject.bin", b"\xd0\xcf"), "macros"),
    "docm": (
        lambda: changed(
            "[Content_Types].xml",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            "application/vnd.ms-word.document.macroEnabled.main+xml",
        ),
        "macros",
    ),
    "dotx": (lambda: changed("[Content_Types].xml", "wordprocessingml.document.main", "wordprocessingml.template.main"), "old_format"),
    "doctype": (lambda: with_part(saying("x"), "customXml/item9.xml", DOCTYPE), "doctype"),
    "doctype in UTF-16": (lambda: with_part(saying("x"), "customXml/item9.xml", DOCTYPE.replace("UTF-8", "UTF-16").encode("utf-16")), "doctype"),
    "laughs": (lambda: with_part(saying("x"), "word/x.xml", f'<!DOCTYPE a [<!ENTITY l0 "ha">{LOL}]><a>&l11;</a>'), "doctype"),
    "attached template": (lambda: _linked("attachedTemplate", "file:///C:/x.dotm"), "linked"),
    "picture from the network": (lambda: _linked("image", "http://10.0.0.1/x.png"), "linked"),
    "link to a share": (lambda: _linked("hyperlink", "file://server/x"), "linked"),
    "script": (lambda: _linked("hyperlink", "javascript:alert(1)"), "linked"),
    "altChunk": (lambda: _in_body('<w:altChunk r:id="rId1"/>'), "embedded"),
    "aFChunk": (lambda: changed(RELS, "</Relationships>", LINK.format("aFChunk", "x.html")), "embedded"),
    "object": (lambda: _in_body("<w:p><w:r><w:object/></w:r></w:p>"), "embedded"),
    "embedded": (lambda: with_part(saying("x"), "word/embeddings/oleObject1.bin", b"x"), "embedded"),
    "activeX": (lambda: with_part(saying("x"), "word/activeX/activeX1.xml", b"<a/>"), "embedded"),
    "INCLUDETEXT": (lambda: _in_body(_field(' INCLUDETEXT "C:\\\\x.txt" ')), "field"),
    "DDEAUTO": (lambda: _in_body('<w:p><w:fldSimple w:instr="DDEAUTO c x"/></w:p>'), "field"),
    "field within a field": (lambda: _in_body(_field("PAGE").replace("PAGE</w:instrText></w:r>", 'PAGE</w:instrText></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>LINK</w:instrText></w:r>')), "field"),
    "field over paragraphs": (
        lambda: _in_body(_field("PAGE").replace("</w:instrText></w:r>", "</w:instrText></w:r></w:p><w:p><w:r><w:instrText>LINK</w:instrText></w:r>")),
        "field",
    ),
    "tag that takes a field apart": (
        lambda: _in_body(_field("PAGE</w:instrText></w:r><w:r><w:t>{{ ten</w:t></w:r><w:r><w:t>_lop }}</w:t></w:r><w:r><w:instrText>LINK")),
        "field_tags",
    ),
    "tag in a field": (lambda: _in_body(_field("PAGE {{ ten_lop }}")), "place"),
    "comment from a property": (lambda: _in_body('<w:p w:rsidR="{#"><w:r><w:t>#}</w:t></w:r></w:p>'), "place"),
    "tracked": (lambda: _in_body('<w:p><w:ins w:id="1" w:author="a"><w:r><w:t>x</w:t></w:r></w:ins></w:p>'), "tracked"),
    "two of one name": (lambda: with_part(saying("x"), "Word/document.xml", b"<a/>"), "damaged"),
    "header under another ending": (
        lambda: changed(
            "[Content_Types].xml",
            "</Types>",
            '<Override PartName="/word/h.txt" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/></Types>',
            with_part(saying("x"), "word/h.txt", DOCTYPE),
        ),
        "doctype",
    ),
    "broken XML": (lambda: with_part(saying("x"), "word/x.xml", b"<a>"), "damaged"),
    "cut short": (lambda: saying("x")[:-200], "damaged"),
    "Excel": (lambda: with_part(b"PK\x05\x06" + b"\0" * 18, "xl/workbook.xml", b"<a/>"), "no_word"),
    "text": (lambda: b"Ho ten; Don vi", "no_word"),
    "web page": (lambda: b"<html></html>", "web_page"),
    "old Word": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "WordDocument".encode("utf-16-le") + b"\0\0", "old_format"),
    "bomb": (lambda: with_part(saying("x"), "word/media/x.bin", b"\0" * 60_000_000), "bomb"),
    "large part": (lambda: with_part(saying("x"), "word/x.xml", b"<a>" + b" " * 5_000_000 + b"</a>"), "bomb"),
    "nothing": (lambda: b"\0\0", "empty"),
}  # fmt: skip


@pytest.mark.parametrize("name", HARM)
def test_files_made_to_harm_are_found(name):
    make, code = HARM[name]
    assert codes(make())[:1] == [code]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("attached template", "linked to another file (“file:///C:/x.dotm”)"),
        ("bomb", "far too large"),
        ("web page", "not a Word file"),
        ("DDEAUTO", "field “DDEAUTO”"),
    ],
)
def test_the_child_refuses_with_a_sentence(name, words):
    assert words in refusal(HARM[name][0]())


def test_an_empty_file_is_refused():
    assert "empty" in refusal(b"")


def test_the_number_of_the_page_may_stand_beside_a_tag():
    assert codes(_in_body(_field("PAGE").replace("</w:p>", "<w:r><w:t>/ {{ ten_lop }}</w:t></w:r></w:p>"))) == []


def test_a_link_to_a_page_may_stay():
    assert judged(_linked("hyperlink", "https://vithanh.example/")) == {"faults": [], "used": ["ten_lop"]}


def test_a_file_larger_than_a_template_is_not_even_given_to_the_child(monkeypatch):
    monkeypatch.setattr(limited.subprocess, "run", None)
    assert "larger than 5 MB" in refusal(b"PK" + b"x" * 6_000_000)


def test_what_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr("courses.readers.word_template._SECONDS", 0.2)
    assert "took too long" in refusal(saying("x"))


def test_notes_hold_no_tags():
    note = '<w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:comment w:id="0"><w:p><w:r><w:t>{{ ten_lop }}</w:t></w:r></w:p></w:comment></w:comments>'
    data = with_part(saying("x"), "word/comments.xml", note)
    kind = '<Override PartName="/word/comments.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"/></Types>'
    data = changed("[Content_Types].xml", "</Types>", kind, data)
    link = LINK.format("comments", "comments.xml").replace(' TargetMode="External"', "")
    assert codes(changed(RELS, "</Relationships>", link, data)) == ["place"]


@pytest.mark.parametrize(
    "tag",
    [
        "{{ danh_sach|join(danh_sach|join(danh_sach|join)) }}",
        '{{ ten_lop|join("------")|join("------") }}',
        "{{ ten_lop|default(danh_sach|join) }}",
    ],
)
def test_no_line_of_a_template_can_grow_beyond_all_memory(tag):
    """With 500 people the first is 37 GB; fails without `_filtered`."""
    assert "forbidden" in codes(saying(tag))
    assert codes(saying('{{ noi_nhan|join("; ") }} {{ ten_lop|default("…") }}')) == []


_FIELD = (
    '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{}</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p><w:sectPr'
)
_SHAPE = (
    '<w:p><w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">'
    '<v:shape><v:imagedata {}="http://127.0.0.1/a.png"/></v:shape></w:pict></w:r></w:p><w:sectPr'
)


@pytest.mark.parametrize(
    "instead",
    [
        _FIELD.format('HYPERLINK "file:///c:/a.exe"'),
        _FIELD.format('HYPERLINK "\\\\host\\share\\a.exe"'),
        _SHAPE.format("src"),
        _SHAPE.format("o:href"),
        '<w:mailMerge><w:connectString w:val="Provider=a"/></w:mailMerge><w:sectPr',
    ],
)
def test_what_word_would_fetch_without_a_relation_is_refused(instead):
    """Fails without `_look_at_what_is_fetched`, the first two without `_FIELD_LINK`."""
    assert codes(changed("word/document.xml", "<w:sectPr", instead)) == ["linked"]
    for harmless in ('HYPERLINK "https://example.org" \\t "_blank"', 'HYPERLINK \\l "_Toc1"'):
        assert codes(changed("word/document.xml", "<w:sectPr", _FIELD.format(harmless))) == []


def test_parts_that_load_programs_of_the_office_and_strict_files_are_refused():
    relation = (
        '<Relationship Id="x" Type="http://schemas.microsoft.com/office/2011/relationships/webextensiontaskpanes" '
        'Target="webextensions/taskpanes.xml"/></Relationships>'
    )
    assert codes(changed("word/_rels/document.xml.rels", "</Relationships>", relation)) == ["embedded"]
    strict = '<w:p xmlns:s="http://purl.oclc.org/ooxml/wordprocessingml/main"><s:r/></w:p><w:sectPr'
    assert codes(changed("word/document.xml", "<w:sectPr", strict)) == ["old_format"]


def test_a_small_file_with_a_picture_of_many_dots_is_refused():
    """109 kB of PNG, of which drawing the PDF would make a gigabyte; fails without `_look_at_picture`."""
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (30_000).to_bytes(4) * 2
    assert codes(with_part(saying("{{ ten_lop }}"), "word/media/image9.png", head)) == ["bomb"]
    jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08" + (60_000).to_bytes(2) * 2
    assert codes(with_part(saying("{{ ten_lop }}"), "word/media/image9.jpg", jpeg)) == ["bomb"]
    small = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (3_000).to_bytes(4) * 2
    assert codes(with_part(saying("{{ ten_lop }}"), "word/media/image9.png", small)) == []

"""Word files as PDFs: held word by word against what LibreOffice makes of the same files."""

import ctypes
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator

import pypdfium2
import pytest
from docx import Document
from docx.enum.section import WD_SECTION
from docx.oxml.ns import nsdecls, qn
from pypdfium2 import raw

from courses.constants.errors import Refusal
from courses.constants.printing import STAND_IN
from courses.rendering.official import Column, OfficialPaper
from courses.rendering.word_pdf import not_drawn, pdf_of
from courses.rendering.word_pdf.parts import MOST_LETTERS, MOST_LETTERS_EACH_PAGE, MOST_XML
from courses.tests.rendering.decree import check
from courses.tests.rendering.test_official import HEAD, RIGHT
from courses.tests.rendering.word_samples import (
    PAPERS,
    as_bytes,
    field,
    letter,
    new,
    pictures,
    xml,
)

pytestmark = pytest.mark.usefixtures("english")
WHEN = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
TWO_MILLIMETRES = 2 / 25.4 * 72
SIGNS = {0xF0B7: "•", 0xF0A7: "▪"}


@pytest.fixture(scope="module")
def by_libreoffice(office):
    """Name of a paper → (its Word file, the PDF that LibreOffice makes of it); one call for all."""
    files = {f"{name}.docx": as_bytes(build()) for name, build in PAPERS.items()}
    drawn = office(files)
    return {name: (files[f"{name}.docx"], drawn[f"{name}.docx"]) for name in PAPERS}


def words_of(pdf) -> Iterator[list[tuple[str, float, float, float]]]:
    """Page by page its words with x, y (from the top) and size; without the dots of leaders."""
    x, y = ctypes.c_double(), ctypes.c_double()
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        letters, words, open_word = page.get_textpage(), [], False
        for index in range(letters.count_chars()):
            sign = chr(raw.FPDFText_GetUnicode(letters, index)).translate(SIGNS)
            if sign == "\u200b":  # where a word wider than its line was broken
                continue
            if sign.isspace() or sign == "\ufffe" or raw.FPDFText_IsGenerated(letters, index) == 1:
                open_word = False
                continue
            raw.FPDFText_GetCharOrigin(letters, index, x, y)
            at = x.value, page.get_height() - y.value
            if open_word and abs(words[-1][2] - at[1]) < 0.5:
                words[-1] = (words[-1][0] + sign, *words[-1][1:])
            else:
                words.append((sign, *at, round(raw.FPDFText_GetFontSize(letters, index), 1)))
                open_word = True
        yield sorted(
            (word for word in words if not re.fullmatch(r"\.+", word[0])), key=lambda word: (round(word[2]), word[1])
        )
    document.close()


def draw(word, **more):
    return pdf_of(word, title="Bản mẫu", author="Sở Nội vụ mẫu", timestamp=WHEN, **more)


@pytest.mark.parametrize("name", PAPERS)
def test_each_word_stands_on_the_page_and_place_where_libreoffice_puts_it(by_libreoffice, name):
    word, theirs = by_libreoffice[name]
    wanted, found = list(words_of(theirs)), list(words_of(draw(word)))
    assert [[one[0] for one in page] for page in found] == [[one[0] for one in page] for page in wanted]
    wrong = [
        (number, ours, other)
        for number, (page, their_page) in enumerate(zip(found, wanted, strict=True), 1)
        for ours, other in zip(page, their_page, strict=True)
        if abs(ours[1] - other[1]) > TWO_MILLIMETRES
        or abs(ours[2] - other[2]) > TWO_MILLIMETRES
        or abs(ours[3] - other[3]) > 0.15
    ]
    assert not wrong


@pytest.mark.parametrize("kind", RIGHT)
def test_papers_of_our_builder_are_drawn_as_the_decree_wants_them(kind):
    assert check(draw(RIGHT[kind]()), kind=kind, landscape=kind == "list", body=HEAD["body"]) == []


def test_the_same_file_gives_the_same_archival_bytes():
    word = as_bytes(letter())
    pdf = draw(word)
    assert pdf == draw(word)
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf


# What Word resolves, apart from LibreOffice


def letters_with(pdf, text):
    """The fonts of the page's text objects that hold this text."""
    document = pypdfium2.PdfDocument(pdf)
    found = []
    for page in document:
        letters = page.get_textpage()
        at = letters.get_text_range().find(text)
        if at >= 0:
            name = ctypes.create_string_buffer(100)
            raw.FPDFText_GetFontInfo(letters, at, name, 100, ctypes.c_int())
            found.append(name.value.decode())
    document.close()
    return found


def test_bold_letters_in_a_bold_style_are_switched_back():
    document = new()
    document.styles["Title"].font.bold = True
    strong = document.styles.add_style("Dam", 2)
    strong.font.bold = True
    paragraph = document.add_paragraph("mot ", style="Title")
    paragraph.add_run("hai ", style="Dam")
    paragraph.add_run("ba").bold = True
    pdf = draw(as_bytes(document))
    assert [letters_with(pdf, word)[0].endswith("Bold") for word in ("mot", "hai", "ba")] == [True, False, True]


def test_pages_of_a_section_are_counted():
    document = new()
    document.add_page_break()
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.footer.is_linked_to_previous = False
    field(section.footer.paragraphs[0], "SECTIONPAGES")
    for _number in range(2):
        document.add_page_break()
    pages = list(words_of(draw(as_bytes(document))))
    assert [[word[0] for word in page] for page in pages] == [[], [], ["3"], ["3"], ["3"]]


def test_changes_are_drawn_as_accepted():
    document = new()
    paragraph = document.add_paragraph("còn ")
    paragraph._p.append(xml('<w:del w:id="1" w:author="x"><w:r><w:delText>mất</w:delText></w:r></w:del>'))
    paragraph._p.append(xml('<w:ins w:id="2" w:author="x"><w:r><w:t>thêm</w:t></w:r></w:ins>'))
    paragraph._p.get_or_add_pPr().append(xml('<w:rPr><w:del w:id="3" w:author="x"/></w:rPr>'))
    document.add_paragraph(" nối")
    assert text_of(draw(as_bytes(document))) == "còn thêm nối"


def text_of(pdf):
    return " ".join(word[0] for page in words_of(pdf) for word in page)


def test_spaces_tabs_and_breaks_that_hold_words_apart_stay():
    document = new()
    document.add_paragraph("  a   b ").add_run(" c\u00a0d").add_break()
    document.paragraphs[0].add_run("e")
    (page,) = words_of(draw(as_bytes(document)))
    first, second, third, fourth, last = page
    space = 13 / 4  # of Tinos
    assert round(first[1] - last[1]) == round(2 * space)
    assert round(second[1] - first[1]) == round(3 * space + 13 * 0.444)
    assert (third[0], fourth[0]) == ("c", "d")


# Letters and pictures


def test_a_letter_that_the_font_lacks_is_refused_or_replaced():
    document = new()
    document.add_paragraph("Nguyễn 中 Mẫu")
    with pytest.raises(Refusal, match="中"):
        draw(as_bytes(document))
    assert text_of(draw(as_bytes(document), instead=STAND_IN)) == "Nguyễn □ Mẫu"


def test_signs_of_words_own_fonts_are_drawn_as_ordinary_ones():
    document = new()
    document.add_paragraph()._p.append(xml('<w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>'))
    assert text_of(draw(as_bytes(document))) == "□"


def test_a_damaged_picture_is_refused():
    word = changed(as_bytes(pictures()), "word/media/image1.png", lambda data: data[:40] + b"\0" * 40)
    with pytest.raises(Refusal, match="picture"):
        draw(word)


# Files of others


def changed(word, name, change):
    """The Word file with one part changed or put in."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for part in old.namelist():
            made.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return target.getvalue()


def body(inner):
    """A Word file with this body."""
    start = f'<w:document {nsdecls("w", "r", "wp", "a", "pic")} xmlns:v="urn:schemas-microsoft-com:vml"><w:body>'
    return changed(as_bytes(new()), "word/document.xml", lambda _: f"{start}{inner}</w:body></w:document>".encode())


@pytest.mark.parametrize(
    "word",
    [
        b"",
        b"PK\3\4",
        b"%PDF-1.7",
        as_bytes(new())[:-200],
        changed(as_bytes(new()), "word/document.xml", lambda data: data[:-9]),
        changed(as_bytes(new()), "word/styles.xml", lambda data: b"<a>"),
        changed(
            as_bytes(new()),
            "word/document.xml",
            lambda data: data.replace(
                b"<w:document", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document', 1
            ),
        ),
        changed(
            as_bytes(new()),
            "word/document.xml",
            lambda data: data.replace(b"</w:body>", b"<w:x/>" * (MOST_XML // 6) + b"</w:body>"),
        ),
    ],
    ids=["empty", "start", "pdf", "cut", "broken", "styles", "entity", "huge"],
)
def test_what_is_no_sound_word_file_is_refused(word):
    with pytest.raises(Refusal):
        draw(word)


def test_more_letters_than_can_be_drawn_in_time_are_refused():
    """A template of 12 kB, repeated for 500 people, took 104 s and 5 GB; fails without the count in `WordFile.part`."""
    long, heading = new(), new()
    for _n in range(4):
        long.add_paragraph("a" * (MOST_LETTERS // 4 + 1))
    heading.sections[0].header.paragraphs[0].text = "a" * (MOST_LETTERS_EACH_PAGE + 1)
    for document in (long, heading):
        with pytest.raises(Refusal):
            draw(as_bytes(document))


def nested(depth):
    inner = "<w:p><w:r><w:t>trong</w:t></w:r></w:p>"
    for _level in range(depth):
        inner = f"<w:tbl><w:tr><w:tc>{inner}<w:p/></w:tc></w:tr></w:tbl>"
    return body(inner)


def test_tables_in_tables_are_drawn_so_deep_and_no_deeper():
    assert text_of(draw(nested(2))) == "trong"
    for depth in (4, 50):
        with pytest.raises(Refusal):
            draw(nested(depth))


def test_a_file_without_measure_is_refused(monkeypatch):
    monkeypatch.setattr("courses.rendering.word_pdf.body.MOST_BLOCKS", 50)
    assert draw(body("<w:p/>" * 50))
    with pytest.raises(Refusal):
        draw(body("<w:p/>" * 51))


@pytest.mark.parametrize(
    "inner",
    [
        "",
        "<w:tbl/>",
        "<w:tbl><w:tr/></w:tbl>",
        '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="9999999"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>',
        '<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr></w:tc></w:tr><w:tr><w:trPr><w:gridBefore w:val="3"/></w:trPr>'
        "<w:tc><w:p/></w:tc></w:tr></w:tbl>",
        '<w:p><w:pPr><w:pStyle w:val="none"/><w:spacing w:line="x" w:before="-9" w:after="1e999"/>'
        '<w:ind w:left="nan"/>'
        '<w:numPr><w:numId w:val="777"/></w:numPr></w:pPr><w:r><w:rPr><w:sz w:val="0"/><w:color w:val="zz"/></w:rPr>'
        '<w:t>x</w:t><w:fldChar w:fldCharType="end"/><w:sym/></w:r></w:p>',
        '<w:p><w:r><w:t>x</w:t></w:r></w:p><w:sectPr><w:pgSz w:w="0" w:h="-5"/>'
        '<w:pgMar w:left="99999" w:right="99999"/>'
        '<w:pgNumType w:start="a"/></w:sectPr>',
        '<w:p><w:r><w:drawing><wp:inline><wp:extent cx="-1" cy="x"/><a:blip r:embed="none"/></wp:inline></w:drawing>'
        "</w:r></w:p>",
    ],
)
def test_odd_files_are_drawn_all_the_same(inner):
    assert draw(body(inner)).startswith(b"%PDF")


# What is not drawn


def test_the_heading_of_a_group_is_never_the_last_row_of_a_page():
    paper = OfficialPaper(title="Danh sách")
    groups = [[f"GROUP{number}", *([f"{number}", "a", "b"] for _ in range(1 + number % 3))] for number in range(40)]
    rows = [row for group in groups for row in group]
    paper.table([Column(name, 30) for name in "ABC"], [*rows, "LAST"], least_height=10)
    words = paper.as_bytes()
    pages = pypdfium2.PdfDocument(pdf_of(words, title="t", author="a", timestamp=WHEN))
    ends = [page.get_textpage().get_text_bounded().split()[-1] for page in pages]
    assert len(ends) > 4
    assert not [word for word in ends if word.startswith("GROUP")]
    assert (
        sum(
            row.find(f".//{qn('w:keepNext')}") is not None
            for row in Document(io.BytesIO(words)).element.iter(qn("w:tr"))
        )
        == 41
    )


def test_looks_of_single_rows_by_a_table_style_are_named():
    document = new()
    document.add_table(2, 2, style="Light Grid Accent 1")
    (said,) = not_drawn(as_bytes(document))
    assert said.startswith("Looks of single rows")


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        ("<w:p><w:r><w:pict><v:shape><w:txbxContent/></v:shape></w:pict></w:r></w:p>", ["Text boxes", "Drawn lines"]),
        ("<w:p><w:r><w:pict><v:line/></w:pict></w:r></w:p>", ["Drawn lines"]),
        (
            '<w:p><w:r><w:drawing><wp:anchor><a:blip r:embed="rId9"/></wp:anchor></w:drawing></w:r></w:p>',
            ["Pictures around", "Pictures other"],
        ),
        ("<w:p><w:r><w:object/></w:r></w:p>", ["Embedded"]),
        ('<w:p><w:r><w:footnoteReference w:id="1"/></w:r></w:p>', ["Footnotes"]),
        ('<w:p><w:r><w:commentReference w:id="1"/></w:r></w:p>', ["Comments"]),
        ('<w:p><w:ins w:id="1"><w:r><w:t>x</w:t></w:r></w:ins></w:p>', ["Tracked changes"]),
        ('<w:p><w:fldSimple w:instr=" DATE "/></w:p>', ["Fields"]),
        ('<w:p><w:fldSimple w:instr=" PAGE "/></w:p>', []),
        ('<w:sectPr><w:cols w:num="2"/></w:sectPr>', ["Text in columns"]),
        (
            '<w:tbl><w:tr><w:tc><w:tcPr><w:textDirection w:val="btLr"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>',
            ["Text turned"],
        ),
        ("<w:sectPr><w:pgBorders/></w:sectPr>", ["Borders of pages"]),
    ],
)
def test_what_is_not_drawn_is_named(inner, said):
    found = not_drawn(body(inner))
    assert [words for words, start in zip(found, said, strict=True) if not words.startswith(start)] == []


@pytest.mark.parametrize("name", PAPERS)
def test_what_officials_papers_use_is_drawn(name):
    assert [words for words in not_drawn(as_bytes(PAPERS[name]())) if not words.startswith("Tracked")] == []

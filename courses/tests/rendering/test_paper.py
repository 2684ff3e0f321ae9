import datetime as dt
import hashlib
import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pypdfium2
import pytest

from courses.constants.errors import Refusal
from courses.rendering import paper

WHEN = dt.datetime(2022, 6, 20, tzinfo=dt.UTC)
FONTS = Path(paper.__file__).parent / "fonts"
TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set text(font: "Tinos", fallback: false, lang: "vi")
#for text in data.texts { par(text) }
#if data.at("too_long", default: "") != "" { panic("does not fit: " + data.too_long) }
"""
VOWELS = "aăâeêioôơuưy"
TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
LETTERS = [unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES] + list("bcdđghklmnpqrstvx")
LETTERS += [letter.upper() for letter in LETTERS]


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "papers" / "plain.typ"
    path.parent.mkdir()
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def text_of(pdf):
    document = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return text


def test_the_same_data_gives_the_same_bytes(template):
    first = paper.draw(template, {"texts": ["Vị Thanh"]}, timestamp=WHEN)
    assert first == paper.draw(template, {"texts": ["Vị Thanh"]}, timestamp=WHEN)


def test_a_paper_is_tagged_archival_pdf_in_vietnamese(template):
    pdf = paper.draw(template, {"texts": ["Vị Thanh"]}, timestamp=WHEN)
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert re.search(rb"/MarkInfo\s*<<\s*/Marked true", pdf)
    assert re.search(rb"/Lang\s*\(vi", pdf)


def test_every_vietnamese_letter_is_drawn_and_read_back_in_all_four_faces(template):
    assert len(set(LETTERS)) == 178  # 72 vowels with their tones and 17 consonants, in both cases
    template.write_text(
        TEMPLATE.replace("{ par(text) }", "{ par(text); par(strong(text)); par(emph(text)); par(strong(emph(text))) }"),
        encoding="utf-8",
    )
    text = text_of(paper.draw(template, {"texts": [" ".join(LETTERS)]}, timestamp=WHEN))
    assert text.split() == LETTERS * 4


def test_decomposed_text_is_drawn_composed(template):
    decomposed = unicodedata.normalize("NFD", "Nguyễn Thị Mẫu")
    assert text_of(paper.draw(template, {"texts": [decomposed]}, timestamp=WHEN)).strip() == "Nguyễn Thị Mẫu"


def test_letters_that_cannot_be_seen_leave_no_trace(template):
    hidden = paper.draw(template, {"texts": ["Nguyễn\u200b Thị\u00ad\tMẫu"]}, timestamp=WHEN)
    assert hidden == paper.draw(template, {"texts": ["Nguyễn Thị Mẫu"]}, timestamp=WHEN)


@pytest.mark.parametrize("letter", ["☃", "😀", "中"])
def test_a_letter_that_the_font_lacks_is_refused_by_name(template, letter):
    with pytest.raises(Refusal) as refused:
        paper.draw(template, {"texts": ["Vị Thanh", f"Nguyễn {letter} Mẫu"]}, timestamp=WHEN)
    assert f"“{letter}”" in str(refused.value)
    assert f"“Nguyễn {letter} Mẫu”" in str(refused.value)


def test_a_text_too_long_for_its_place_is_refused_by_name(template):
    with pytest.raises(Refusal, match="“Văn phòng rất dài”"):
        paper.draw(template, {"texts": [], "too_long": "Văn phòng rất dài"}, timestamp=WHEN)


def test_a_fault_of_the_template_is_not_blamed_on_the_person(template):
    template.write_text("#nothing-of-this-name", encoding="utf-8")
    with pytest.raises(paper.typst.TypstError):
        paper.draw(template, {}, timestamp=WHEN)


@pytest.mark.parametrize(
    "words",
    [
        '#read("/etc/passwd")',
        "file:///etc/passwd",
        '#import "@preview/cetz:0.3.0"',
        "*bold* _emph_ $x$ `raw` <label> @ref // comment",
        '"; panic("x")',
        "<svg onload=alert(1)>",
    ],
)
def test_words_in_the_data_are_only_words(template, words):
    assert text_of(paper.draw(template, {"texts": [words]}, timestamp=WHEN)).strip() == words


@pytest.mark.parametrize(
    "reach", ['read("/etc/passwd")', 'read("../outside.txt")', 'image("http://127.0.0.1:9/x.png")']
)
def test_a_template_reaches_nothing_outside_its_folder(template, reach):
    (template.parent.parent / "outside.txt").write_text("secret", encoding="utf-8")
    template.write_text(f"#{reach}", encoding="utf-8")
    with pytest.raises(paper.typst.TypstError):
        paper.draw(template, {}, timestamp=WHEN)


def test_papers_are_drawn_in_threads_at_once(template):
    def drawn(number):
        return text_of_number(paper.draw(template, {"texts": [f"Số {number}"]}, timestamp=WHEN))

    def text_of_number(pdf):
        return hashlib.sha256(pdf).hexdigest()

    one_by_one = [drawn(number) for number in range(24)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(drawn, range(24))) == one_by_one


def test_the_fonts_are_those_that_came():
    listed = dict(re.findall(r"\| (\S+\.ttf) \| (\w{64}) \|", (FONTS / "VENDORED.md").read_text(encoding="utf-8")))
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FONTS.glob("*.ttf")} == listed


def test_a_picture_of_the_page_is_as_fine_as_asked_for_and_a_letter_that_the_font_lacks_is_refused(template):
    """A picture has no standard of its own. Fails when the PDF is not drawn before."""
    template.write_text("#set page(width: 72pt, height: 144pt, margin: 0pt)\n" + TEMPLATE, encoding="utf-8")
    picture = paper.draw_picture(template, {"texts": ["Ô"]}, dots=100, timestamp=WHEN)
    assert (picture[:4], picture[16:20], picture[20:24]) == (b"\x89PNG", (100).to_bytes(4), (200).to_bytes(4))
    with pytest.raises(Refusal):
        paper.draw_picture(template, {"texts": ["𠮷"]}, dots=100, timestamp=WHEN)
    instead = paper.draw_picture(template, {"texts": ["𠮷"]}, dots=100, timestamp=WHEN, instead="_")
    assert instead == paper.draw_picture(template, {"texts": ["_"]}, dots=100, timestamp=WHEN)


def test_a_letter_that_the_template_itself_lacks_is_told_and_not_sought_in_the_data_for_ever(template):
    """Fails, by never ending, without the look whether anything was replaced."""
    template.write_text(TEMPLATE + "\n𠮷", encoding="utf-8")
    with pytest.raises(Refusal, match="𠮷"):
        paper.draw(template, {"texts": ["Ô"]}, timestamp=WHEN, instead="_")


def test_all_letters_that_the_font_lacks_are_replaced_in_one_go(template, monkeypatch):
    """Drawn again for each, a text in another alphabet would take minutes."""
    drawn, typeset = [], paper._typeset
    monkeypatch.setattr(paper, "_typeset", lambda *given, **wanted: drawn.append(1) or typeset(*given, **wanted))
    found = paper.draw(template, {"texts": ["中文字 và 漢"]}, timestamp=WHEN, instead="□")
    assert len(drawn) == 2
    assert found == paper.draw(template, {"texts": ["□□□ và □"]}, timestamp=WHEN)


def test_a_mark_that_the_font_lacks_is_replaced_though_it_is_named_by_its_number(template):
    """A virama of Burmese; fails without `_as_written`, and with it no list with such a name came out."""
    found = paper.draw(template, {"texts": ["Ma \u1039 Ba"]}, timestamp=WHEN, instead="□")
    assert found == paper.draw(template, {"texts": ["Ma □ Ba"]}, timestamp=WHEN)
    with pytest.raises(Refusal, match="\u1039"):
        paper.draw(template, {"texts": ["Ma \u1039 Ba"]}, timestamp=WHEN)

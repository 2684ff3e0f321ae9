"""What can be printed, held to the font that prints it."""

import struct
import sys
from pathlib import Path

import pytest

from courses.constants.errors import Refusal
from courses.constants.names import clean_text
from courses.constants.printing import STAND_IN, refuse_unprintable, unprintable, with_stand_ins

FONTS = sorted((Path(__file__).parents[2] / "rendering" / "fonts").glob("*.ttf"))
VOWELS = "aăâeêioôơuưy"
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]


def letters_of(font: Path) -> set[int]:
    """The code points for which a TrueType font has a glyph: its character map of format 4 (OpenType, cmap)."""
    data = font.read_bytes()

    def words(at: int, number: int) -> tuple[int, ...]:
        return struct.unpack_from(f">{number}H", data, at)

    tables = {data[at : at + 4]: struct.unpack_from(">I", data, at + 8)[0] for at in _directory(data)}
    start = tables[b"cmap"] + struct.unpack_from(">I", data, tables[b"cmap"] + 8)[0]
    form, _length, _language, twice = words(start, 4)
    assert form == 4
    parts = twice // 2
    last, first = words(start + 14, parts), words(start + 16 + twice, parts)
    shift, away = words(start + 16 + 2 * twice, parts), start + 16 + 3 * twice
    found = set()
    for n, offset in enumerate(words(away, parts)):
        for code in range(first[n], last[n] + 1):
            at = away + 2 * n + offset + 2 * (code - first[n])
            if ((code + shift[n]) & 0xFFFF if not offset else words(at, 1)[0]) and code != 0xFFFF:
                found.add(code)
    return found


def _directory(data: bytes) -> range:
    return range(12, 12 + 16 * struct.unpack_from(">H", data, 4)[0], 16)


@pytest.mark.parametrize("font", FONTS, ids=lambda font: font.stem)
def test_the_paper_font_has_every_letter_that_passes(font):
    """Let one range of the predicate reach further (U+2066 to U+20FF) and the font lacks some of it."""
    passing = {code for code in range(sys.maxunicode + 1) if not unprintable(chr(code))}
    assert passing - letters_of(font) == set()
    assert len(passing) > 1_000


def test_all_that_is_written_in_vietnamese_passes():
    letters = "".join(clean_text(vowel + tone) for vowel in VOWELS for tone in TONES) + "bcdđghklmnpqrstvxfjwz"
    signs = "0123456789 .,;:!?'\"’‘“”()[]/&-–—…+%@#*_=°½×№₫≥≤→•"
    for text in (letters, letters.upper(), signs, "H'Hen Niê Kđăm", "Trưởng phòng (Tổ 1/KV.II) – 50%"):
        assert unprintable(text) == "", text
        refuse_unprintable(text)
        assert with_stand_ins(text) == text


@pytest.mark.parametrize(
    ("text", "signs", "shown"),
    [
        ("Văn thư 😀", "😀", f"Văn thư {STAND_IN}"),
        ("👩\u200d💻 Ngô Thử", "👩💻", f"{STAND_IN} Ngô Thử"),
        ("王 Thử", "王", f"{STAND_IN} Thử"),
        ("\uf0b7 Chuyên viên", "\uf0b7", f"{STAND_IN} Chuyên viên"),
        ("Thử ❤\ufe0f An", "❤\ufe0f", f"Thử {STAND_IN} An"),
    ],
)
def test_what_no_paper_can_print_is_named_and_has_a_visible_sign_in_its_place(text, signs, shown):
    assert unprintable(clean_text(text)) == signs
    assert with_stand_ins(text) == shown
    with pytest.raises(Refusal) as refused:
        refuse_unprintable("Thử", text)
    assert signs in str(refused.value.sentence)

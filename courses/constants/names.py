"""Names of people: cleaning, parts, capitals, and the keys for searching and for order.

The order is that of CLDR for Vietnamese (what ICU's `vi` gives), written as digits, so that
Python, SQLite and PostgreSQL sort it alike under any collation.
"""

import re
import unicodedata
from functools import lru_cache

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_PUNCTUATION = "_-–—,;:!?….'‘’\"“”()[]{}@*/\\&#%`^+<=>|~$"
_TONES = {"\u0300": "02", "\u0309": "03", "\u0303": "04", "\u0301": "05", "\u0323": "06"}
_OTHER_MARK = "07"
_LETTER_MARKS = {"\u0306", "\u0302", "\u031b"}  # breve, circumflex, horn: they make another letter
_END = "00"
# Converted texts carry Icelandic and African letters that look exactly like the Vietnamese one.
_LOOK_ALIKES = str.maketrans({"Ð": "Đ", "Ɖ": "Đ", "ð": "đ"})
_USUAL_MARKS = re.compile("[\u0300-\u0303\u0306\u0309\u031b\u0323]")  # all are combining ones
_WORD_START = re.compile(r"(?:^|(?<=[\s'’.(/-]))\w")


def nfc(text: str) -> str:
    """Composed form (NFC), in which everything is stored and compared."""
    return unicodedata.normalize("NFC", text)


def clean_text(text: str) -> str:
    """One line as it is stored: NFC, single plain spaces, nothing that cannot be seen.

    Tabs, line ends and odd spaces become a space; control, format and unassigned characters (U+200B,
    U+FEFF, U+00AD, U+FFFE, direction marks) go. In TCVN3 text U+00AD is the letter ư: decode such text first.
    """
    if not text.isprintable():
        text = "".join(map(_visible, text))
    text = nfc(" ".join(text.split()))
    # Looking for what hardly any text has takes a tenth of replacing it.
    return text.translate(_LOOK_ALIKES) if "Ð" in text or "ð" in text or "Ɖ" in text else text


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Cn"} else character


def split_name(full: str) -> tuple[str, str, str]:
    """(family, middle, given) by the usual rule: first word, what lies between, last word.

    A single word is a given name. The parts are a first guess that people may correct (Khmer and
    Hoa names, given names of two words).
    """
    words = clean_text(full).split(" ")
    family = words[0] if len(words) > 1 else ""
    return family, " ".join(words[1:-1]), words[-1]


def join_name(family: str, middle: str, given: str) -> str:
    """The full name as it is written: family, middle, given."""
    return " ".join(part for part in (family, middle, given) if part)


def personal_name_case(name: str) -> str:
    """A name all in capitals or all in small letters gets a capital a word; others keep theirs.

    A capital also follows an apostrophe and a hyphen (H'Hen Niê).
    """
    name = nfc(name)
    if not (name.isupper() or name.islower()):
        return name
    return _WORD_START.sub(lambda start: start[0].upper(), name.lower())


def search_key(text: str) -> str:
    """What is typed to find a name: small letters without marks, đ as d, single spaces."""
    plain = unicodedata.normalize("NFD", clean_text(text).lower()).replace("đ", "d")
    plain = _USUAL_MARKS.sub("", plain)
    return plain if plain.isascii() else "".join(c for c in plain if not unicodedata.combining(c))


def sort_key(family: str, middle: str, given: str) -> str:
    """Digits only; sorting by them puts people by given, then family, then middle name.

    Each part is a key of its own: letters, then tones from left to right (none < huyền < hỏi <
    ngã < sắc < nặng), then small before capital, a whole level before the next. Two digits a
    letter and level; at the end of a level those that say "no tone" and "small" are left out.
    """
    return _END.join([_part_key(given), _part_key(family), _part_key(middle)])


@lru_cache(maxsize=4096)  # a few hundred words make up nearly all names
def _part_key(part: str) -> str:
    weights = [_WEIGHTS[character] for character in nfc(part)]
    letters = "".join([letter for letter, _tone, _capital in weights])
    # No weight but the common one, 01, ends in 0 or 1.
    tones = "".join([tone for _letter, tone, _capital in weights]).rstrip("01")
    capitals = "".join([capital for _letter, _tone, capital in weights]).rstrip("01")
    return f"{letters}{_END}{tones}{_END}{capitals}"


def _weights(character: str) -> tuple[str, str, str]:
    """The weights of one NFC character on the three levels.

    Letters of other alphabets stand after z in the order of their code points.
    """
    if character.isspace():
        return "02", "01", "01"
    base, *marks = list(unicodedata.normalize("NFD", character))
    if unicodedata.combining(base):
        return "", _TONES.get(base, _OTHER_MARK), ""
    letter, tone = base.lower(), "01"
    for mark in marks:
        changed = nfc(letter + mark) if mark in _LETTER_MARKS else letter
        if changed in _LETTERS and changed != letter:
            letter = changed
        else:
            tone = _TONES.get(mark, _OTHER_MARK)
    capital = "02" if base != base.lower() else "01"
    return _PRIMARY_WEIGHTS.get(letter) or f"98{ord(letter[0]):08d}", tone, capital


_PRIMARY_WEIGHTS = {c: f"{n:02d}" for n, c in enumerate(_PUNCTUATION + "0123456789" + _LETTERS, 3)}


class _Weights(dict):
    """Weights by character, worked out beforehand for those of Vietnamese names."""

    def __init__(self):
        vowels = {nfc(vowel + tone) for vowel in "aăâeêioôơuưy" for tone in ("", *_TONES)}
        known = vowels | set(_PRIMARY_WEIGHTS) | {" "}
        super().__init__((c, _weights(c)) for c in known | {c.upper() for c in known})

    def __missing__(self, character: str) -> tuple[str, str, str]:
        return _weights(character)


_WEIGHTS = _Weights()

"""Cells as text, and Vietnamese words taken apart into letters and tone."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from courses.constants.names import clean_text, search_key

_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_NOT_WORD = re.compile(r"[\W_]+")


#: The stages ask for the same cells again and again.
_clean = lru_cache(maxsize=50_000)(clean_text)


@dataclass(frozen=True)
class Fault:
    """A cell that has no value to read: a formula nobody calculated, or an error such as #N/A."""

    kind: str  # "formula" | "error"


class CapitalsLost(str):
    """Text from an encoding that has no capitals with marks (TCVN3): its small letters say nothing."""

    __slots__ = ()


Value = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | Fault | None


def is_empty(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not _clean(value))


def text_of(value: Value) -> str:
    """The cell as one clean line, numbers without the ".0" that spreadsheets add; '' for a fault."""
    if value is None or isinstance(value, Fault):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    # A leading apostrophe is how Excel is told that digits are text; it is not part of them.
    return _clean(str(value)).lstrip("'’").strip()


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Small letters without marks, words parted by one space: what column names are compared on."""
    return _NOT_WORD.sub(" ", search_key(text)).strip()


@lru_cache(maxsize=20_000)
def marked_words(text: str) -> tuple[str, ...]:
    """The words in small letters with their marks."""
    return tuple(_NOT_WORD.sub(" ", _clean(text).lower()).split())


@lru_cache(maxsize=20_000)
def letters_and_tone(word: str) -> tuple[tuple[str, ...], str]:
    """A syllable as (letters with their hats and horns, tone): hoà and hòa are one, as are lý and lí.

    The tone is '' for none. Final y after a consonant counts as i.
    """
    letters: list[str] = []
    tone = ""
    for character in unicodedata.normalize("NFD", word.lower()):
        if character in _TONES:
            tone = character
        elif unicodedata.combining(character) and letters:
            letters[-1] += character
        else:
            letters.append(character)
    if len(letters) > 1 and letters[-1] == "y" and letters[-2][0] not in "aeiou":
        letters[-1] = "i"
    return tuple(letters), tone


def same_but_for_missing_marks(written: str, known: str) -> bool:
    """True when `written` is `known`, or is it with some marks left out. A wrong mark is not a missing one."""
    if written == known:
        return True
    letters, tone = letters_and_tone(written)
    right_letters, right_tone = letters_and_tone(known)
    return (
        len(letters) == len(right_letters)
        and tone in ("", right_tone)
        and all(map(_same_letter, letters, right_letters))
    )


def _same_letter(written: str, known: str) -> bool:
    return written == known or (len(written) == 1 and written == known[0]) or (written == "d" and known == "đ")

"""What is typed from a signed sheet: "có mặt hết, trừ 4, 17, 23". Pure: no database, no clock."""

import re
from collections.abc import Collection, Iterable, Iterator

from django.utils.translation import gettext as _

from attendance.constants import MarkState
from courses.constants.errors import Refusal
from courses.constants.names import nfc

#: How offices abbreviate what is written behind a number; marks of two-row tables (P, K, v) are among them.
_WORDS = {
    MarkState.EXCUSED: ("p", "cp", "phép", "có phép", "vắng có phép"),
    MarkState.ABSENT: ("k", "kp", "v", "vắng", "không phép", "vắng không phép"),
    MarkState.LATE: ("m", "t", "muộn", "trễ", "đi muộn", "đến muộn", "đi trễ", "đến trễ"),
    MarkState.LEFT_EARLY: ("s", "sớm", "về sớm"),
}
STATES = {word: state for state, words in _WORDS.items() for word in words}
_WORD = "|".join(sorted(map(re.escape, STATES), key=len, reverse=True))
_ITEM = re.compile(
    rf"(?P<first>\d{{1,6}})(?:\s*[-–—]\s*(?P<last>\d{{1,6}}))?"
    rf"(?:\s*\(\s*(?P<inside>{_WORD})\s*\)|\s*(?P<behind>{_WORD}))?(?!\w)"
)
_BEFORE = re.compile(r"\s*(?:có\s+mặt\s+(?:hết|đủ|đầy\s+đủ|tất\s+cả)|đủ)?[\s,;:.]*(?:(?:chỉ\s+)?trừ|vắng)?[\s:]*")
_BETWEEN = re.compile(r"(?:[\s,;.+]|và\b)+")
#: How many numbers a sentence names.
_MOST_NAMED = 10


def read_exceptions(text: str, numbers: Collection[int], *, call: int = 1) -> dict[int, MarkState]:
    """The numbers on the sheet that were not simply present, with what the text says of each; all others are present.

    `numbers` are those on the sheet. A number alone is absent; behind it, with or without brackets, stands what it was
    else: P excused, M (or T) late, S left early, K absent; 4-7 are four people. At the second call (`call` 2) there are
    only people who were not found any more. Refusal, naming the numbers or the words, when something is not on the
    sheet, is named twice or cannot be read: nothing is guessed.
    """
    said: dict[int, MarkState] = {}
    twice: list[int] = []
    unknown: list[int] = []
    for item in _items(text):
        word = item["inside"] or item["behind"] or ""
        if word and call == 2:
            raise Refusal(
                _(
                    "“%(text)s”: at the second call only the numbers of people who were not found are typed, without "
                    "letters."
                )
                % {"text": item[0]}
            )
        found, missing = _numbers(item, numbers)
        unknown += missing
        for number in found:
            if number in said:
                twice.append(number)
            said[number] = STATES[word] if word else MarkState.ABSENT
    if unknown:
        raise Refusal(_("Not on this sheet: %(numbers)s. Please look at the numbers again.") % _named(unknown))
    if twice:
        raise Refusal(_("Named more than once: %(numbers)s. Please leave each number once.") % _named(twice))
    return said


def _items(text: str) -> Iterator[re.Match]:
    """The numbers and ranges of a text with their letters, in order. Refusal at the first that cannot be read."""
    text = nfc(text).casefold()
    at = _end(_BEFORE, text, 0)
    while (at := _end(_BETWEEN, text, at)) < len(text):
        item = _ITEM.match(text, at)
        if item is None or (item["last"] and int(item["last"]) < int(item["first"])):
            raise Refusal(
                _(
                    "“%(text)s” cannot be read. Please type the numbers with commas between them: 4, 17P, 23T, 30S or "
                    "4-7 (P excused, T late, S left early; a number alone is absent without leave)."
                )
                % {"text": re.split(r"[,;\n]", text[at:], maxsplit=1)[0][:40]}
            )
        yield item
        at = item.end()


def _end(pattern: re.Pattern, text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _numbers(item: re.Match, numbers: Collection[int]) -> tuple[list[int], list[int]]:
    """Those of a number or a range that are on the sheet, and the others: of a range its ends, and each one that is
    missing between the first and the last of the sheet."""
    first, last = int(item["first"]), int(item["last"] or item["first"])
    there = set(numbers)
    found = sorted(number for number in there if first <= number <= last)
    between = range(max(first, min(there, default=0)), min(last, max(there, default=0)) + 1)
    missing = {number for number in (first, last) if number not in there}
    return found, sorted(missing | (set(between) - there))


def _named(numbers: Iterable[int]) -> dict[str, str]:
    several = sorted(set(numbers))
    more = " …" if len(several) > _MOST_NAMED else ""
    return {"numbers": ", ".join(map(str, several[:_MOST_NAMED])) + more}

"""Amounts in words: known ones, and all others by reading them back."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.constants.money_words import MOST, in_words, money_in_words, with_dots

KNOWN = {
    0: "không",
    1: "một",
    4: "bốn",
    5: "năm",
    10: "mười",
    11: "mười một",
    14: "mười bốn",
    15: "mười lăm",
    20: "hai mươi",
    21: "hai mươi mốt",
    24: "hai mươi tư",
    25: "hai mươi lăm",
    31: "ba mươi mốt",
    44: "bốn mươi tư",
    55: "năm mươi lăm",
    100: "một trăm",
    101: "một trăm lẻ một",
    104: "một trăm lẻ bốn",
    105: "một trăm lẻ năm",
    110: "một trăm mười",
    111: "một trăm mười một",
    115: "một trăm mười lăm",
    121: "một trăm hai mươi mốt",
    1000: "một nghìn",
    1001: "một nghìn không trăm lẻ một",
    1010: "một nghìn không trăm mười",
    1100: "một nghìn một trăm",
    10_000: "mười nghìn",
    15_015: "mười lăm nghìn không trăm mười lăm",
    21_021: "hai mươi mốt nghìn không trăm hai mươi mốt",
    105_000: "một trăm lẻ năm nghìn",
    1_000_000: "một triệu",
    1_000_005: "một triệu không trăm lẻ năm",
    1_005_000: "một triệu không trăm lẻ năm nghìn",
    1_200_000: "một triệu hai trăm nghìn",
    1_000_000_000: "một tỷ",
    1_000_000_001: "một tỷ không trăm lẻ một",
    5_004_003_002: "năm tỷ không trăm lẻ bốn triệu không trăm lẻ ba nghìn không trăm lẻ hai",
    110_000_000_010: "một trăm mười tỷ không trăm mười",
    MOST: "chín trăm chín mươi chín tỷ chín trăm chín mươi chín triệu "
    "chín trăm chín mươi chín nghìn chín trăm chín mươi chín",
}


@pytest.mark.parametrize(("amount", "words"), KNOWN.items())
def test_known_amounts(amount, words):
    assert in_words(amount) == words
    assert read_back(words) == amount


@given(st.integers(0, MOST) | st.integers(0, 1999) | st.integers(0, 10**6).map(lambda n: n * 1000))
def test_every_amount_is_read_back(amount):
    assert read_back(in_words(amount)) == amount


def test_amounts_of_the_whole_range_are_read_back():
    chance = random.Random(8)
    for length in range(1, 13):
        for _ in range(500):
            digits = "".join(chance.choice("0000123456789") for _ in range(length))
            assert read_back(in_words(int(digits))) == int(digits)


@pytest.mark.parametrize("amount", [-1, MOST + 1])
def test_other_amounts_are_refused(amount):
    with pytest.raises(ValueError, match="only amounts"):
        in_words(amount)


def test_on_papers():
    assert money_in_words(1_200_000) == "Một triệu hai trăm nghìn đồng chẵn./."
    assert money_in_words(1_200_500) == "Một triệu hai trăm nghìn năm trăm đồng./."
    assert money_in_words(0) == "Không đồng./."
    assert [with_dots(n) for n in (0, 999, 1000, 1_200_000)] == ["0", "999", "1.000", "1.200.000"]


# A reader of its own: a grammar of how amounts are said in the South, nothing of which is taken from the code.

_ONE_TO_NINE = ["một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]
_AFTER_MUOI = ["một", "hai", "ba", "bốn", "lăm", "sáu", "bảy", "tám", "chín"]
_AFTER_MUOI_MANY = ["mốt", "hai", "ba", "tư", "lăm", "sáu", "bảy", "tám", "chín"]
_HUNDREDS = r"(?:(?P<hundreds>không|một|hai|ba|bốn|năm|sáu|bảy|tám|chín) trăm)?"
_REST = (
    r"(?: ?(?:(?P<odd>lẻ) (?P<after_odd>\w+)|(?P<ten>mười)(?: (?P<after_ten>\w+))?"
    r"|(?P<tens>\w+) mươi(?: (?P<after_tens>\w+))?|(?P<alone>\w+)))?"
)
_SAID = re.compile(_HUNDREDS + _REST)


def read_back(words: str) -> int:
    if words == "không":
        return 0
    value, left = 0, f" {words}"
    for scale, power in ((" tỷ", 9), (" triệu", 6), (" nghìn", 3), ("", 0)):
        before, found, after = left.partition(scale) if scale else (left, "x", "")
        if found and before:
            value += _group_read_back(before.strip(), first=not value) * 10**power
            left = after
    assert not left
    return value


def _group_read_back(said: str, *, first: bool) -> int:
    found = _SAID.fullmatch(said)
    assert found, said
    assert first or found["hundreds"], f"a later group says its hundreds: {said}"
    assert not (first and found["hundreds"] == "không"), said
    value = 100 * ["không", *_ONE_TO_NINE].index(found["hundreds"]) if found["hundreds"] else 0
    if found["odd"]:
        assert found["hundreds"], said
        value += 1 + _ONE_TO_NINE.index(found["after_odd"])
    elif found["ten"]:
        value += 10 + (1 + _AFTER_MUOI.index(found["after_ten"]) if found["after_ten"] else 0)
    elif found["tens"]:
        value += 10 * (1 + _ONE_TO_NINE.index(found["tens"]))
        value += 1 + _AFTER_MUOI_MANY.index(found["after_tens"]) if found["after_tens"] else 0
        assert found["tens"] != "một", said
    elif found["alone"]:
        assert not found["hundreds"], said
        value += 1 + _ONE_TO_NINE.index(found["alone"])
    assert value, f"a group that is nought is not said: {said}"
    return value

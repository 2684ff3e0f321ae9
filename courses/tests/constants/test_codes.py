import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.constants.codes import ALPHABET, LENGTH, grouped, is_well_formed, new_code, normalise

BODIES = st.lists(st.sampled_from(ALPHABET), min_size=LENGTH - 1, max_size=LENGTH - 1).map("".join)


def _code(body):
    """The one code that begins with `body`."""
    return next(body + letter for letter in ALPHABET if is_well_formed(body + letter))


def test_new_codes_are_well_formed_random_and_hold_eighty_bits():
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(is_well_formed(code) for code in codes)
    assert math.log2(len(ALPHABET)) * (LENGTH - 1) >= 80


def test_no_letter_looks_like_another():
    assert not set("0O1IL") & set(ALPHABET)
    assert len(set(ALPHABET)) == len(ALPHABET) == 31


@given(BODIES)
def test_each_beginning_has_exactly_one_check_letter(body):
    assert sum(is_well_formed(body + letter) for letter in ALPHABET) == 1


@given(BODIES)
def test_every_single_wrong_letter_is_caught(body):
    code = _code(body)
    for place in range(LENGTH):
        wrong = [code[:place] + letter + code[place + 1 :] for letter in ALPHABET if letter != code[place]]
        assert not any(map(is_well_formed, wrong))


@given(BODIES)
def test_every_swap_of_two_letters_is_caught(body):
    """More than neighbours: the weights are all different modulo a prime."""
    code = _code(body)
    for one in range(LENGTH):
        for other in range(one + 1, LENGTH):
            swapped = list(code)
            swapped[one], swapped[other] = swapped[other], swapped[one]
            assert code[one] == code[other] or not is_well_formed("".join(swapped))


def test_a_code_is_shown_in_groups_of_four():
    assert grouped("ABCDEFGHJKMNPQRSTUVW") == "ABCD-EFGH-JKMN-PQRS-TUVW"


@given(BODIES)
def test_a_code_is_read_however_it_is_typed(body):
    code = _code(body)
    shown = grouped(code)
    typed = [
        shown,
        shown.lower(),
        f"  {shown.replace('-', ' ')}\n",
        shown.replace("-", " – "),
        shown.replace("-", "\u2011"),
    ]
    typed += [shown.replace("-", "−"), "\u200b" + shown, "".join(chr(ord(c) + 0xFEE0) for c in code)]
    assert {normalise(text) for text in typed} == {code}


@pytest.mark.parametrize(
    "text", ["", "-", "ABCD", "A" * 19, "2" * 21, "O" * 20, "Ơ" * 20, "\x00" * 20, "x" * 1_000_000]
)
def test_what_is_no_code_is_not_taken_for_one(text):
    assert not is_well_formed(normalise(text))

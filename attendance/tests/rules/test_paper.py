"""Reading what is typed from a signed sheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.constants import MarkState
from attendance.rules.paper import read_exceptions
from courses.constants.errors import Refusal

pytestmark = pytest.mark.usefixtures("english")
ON_SHEET = range(1, 31)
A, P, M, S = MarkState.ABSENT, MarkState.EXCUSED, MarkState.LATE, MarkState.LEFT_EARLY


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", {}),
        ("Có mặt hết", {}),
        ("có mặt đủ.", {}),
        ("có mặt hết, trừ 4, 17, 23", {4: A, 17: A, 23: A}),
        ("trừ: 4; 17\n23.", {4: A, 17: A, 23: A}),
        ("vắng 4 và 17", {4: A, 17: A}),
        ("4-7", {4: A, 5: A, 6: A, 7: A}),
        ("4 – 6P", {4: P, 5: P, 6: P}),
        ("4P, 17 (P), 9M 12S, 13K", {4: P, 17: P, 9: M, 12: S, 13: A}),
        ("4 có phép, 9 đi muộn, 10 đến trễ, 12 về sớm, 13 không phép", {4: P, 9: M, 10: M, 12: S, 13: A}),
        ("co\u0301 mặt hết, trừ 4 phe\u0301p", {4: P}),
    ],
)
def test_what_offices_write_is_understood(text, said):
    assert read_exceptions(text, ON_SHEET) == said


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("4, 31, 99P", "Not on this sheet: 31, 99."),
        ("28-32", "Not on this sheet: 31, 32|Not on this sheet: 32"),
        ("1-999999", "Not on this sheet: 999999"),
        ("4, 17, 4P, 16-18", "Named more than once: 4, 17."),
        ("4, Ông Thử, 9", "“ông thử” cannot be read"),
        ("7-4", "“7-4” cannot be read"),
        ("4x", "“4x” cannot be read"),
        ("1234567", "cannot be read"),
    ],
)
def test_what_is_unknown_double_or_unreadable_is_named_and_nothing_is_guessed(text, sentence):
    with pytest.raises(Refusal, match=sentence):
        read_exceptions(text, ON_SHEET)


def test_a_gap_inside_a_range_is_named():
    with pytest.raises(Refusal, match=r"Not on this sheet: 5\."):
        read_exceptions("4-6", [4, 6])


def test_the_second_call_knows_only_who_was_not_found():
    assert read_exceptions("trừ 4, 6-7", ON_SHEET, call=2) == {4: A, 6: A, 7: A}
    with pytest.raises(Refusal, match="“17p”: at the second call"):
        read_exceptions("4, 17P", ON_SHEET, call=2)


LETTERS = {A: ("", "K", " (k)"), P: ("P", "(P)", " có phép"), M: ("M", " (muộn)"), S: ("s", " về sớm")}


@given(
    st.dictionaries(st.sampled_from(list(ON_SHEET)), st.sampled_from(list(LETTERS))),
    st.sampled_from([", ", ";", "\n", " , ", ",,"]),
    st.sampled_from(["", "có mặt hết, trừ ", "Trừ: ", "CÓ MẶT ĐỦ TRỪ\n"]),
    st.data(),
)
def test_whatever_is_written_is_read_back(said, between, before, data):
    items = [f"{number}{data.draw(st.sampled_from(LETTERS[state]))}" for number, state in said.items()]
    assert read_exceptions(before + between.join(items), ON_SHEET) == said


@given(st.text(alphabet="0123456789 ,;-–()pPmMkKsSv\nvàtrừcó", max_size=40))
def test_any_text_is_read_or_refused_and_only_numbers_of_the_sheet_come_out(text):
    try:
        said = read_exceptions(text, ON_SHEET)
    except Refusal:
        return
    assert set(said) <= set(ON_SHEET)
    assert all(str(number) in text or "-" in text or "–" in text for number in said)

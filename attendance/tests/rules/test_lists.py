"""What can be chosen for a list, how amounts are typed, how periods are shared."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.forms.lists import usual_choice
from attendance.rules.lists import (
    MOST_COLUMNS,
    MOST_RATE,
    Col,
    Column,
    ListChoice,
    ListKind,
    Signing,
    amount_of,
    check_choice,
    placed,
    read_money,
    read_periods,
    shared_periods,
    total_of,
    without_class,
)
from courses.constants.errors import Refusal
from courses.constants.money_words import MOST, with_dots


@pytest.mark.parametrize("kind", ListKind.values)
def test_a_kept_choice_is_what_was_chosen(kind):
    choice = replace(usual_choice(kind), rate=120_000, signers=(Signing("Kế toán", "Ngô Thử"),), excused=True)
    assert ListChoice.from_json(choice.as_json()) == choice


def test_a_kept_choice_of_another_version_opens_without_what_is_not_known():
    said = {"columns": [["name", ""], ["blood group", ""], ["", "Ký"]], "who": "friends", "colour": "red"}
    assert ListChoice.from_json(said) == ListChoice(columns=(Column("name"), Column("", "Ký")))


def test_a_list_on_a4_has_room_for_so_many_columns():
    many = replace(usual_choice("people"), columns=tuple(Column(key) for key in Col.values))
    with pytest.raises(Refusal):
        check_choice(many)
    check_choice(replace(many, columns=many.columns[:MOST_COLUMNS]))


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("1200000", 1_200_000), ("1.200.000", 1_200_000), (" 1 200 000 ", 1_200_000), ("1,200,000", 1_200_000), ("0", 0),
     ("500", 500)],
)  # fmt: skip
def test_money_is_read_as_it_is_typed(typed, amount):
    assert read_money(typed) == amount


@pytest.mark.parametrize(
    "typed", ["", "1.20", "1.2000", "12.00.000", "-1", "1e6", "１００", "1.200,50", "1..000", "50.000.001", "9" * 9000]
)
def test_other_money_is_refused(typed):
    with pytest.raises(Refusal):
        read_money(typed)


@given(st.integers(0, MOST_RATE))
def test_money_with_dots_is_read_back(amount):
    assert read_money(with_dots(amount)) == amount


def test_periods_are_read_with_a_comma_or_a_point():
    assert [read_periods(text) for text in ("4", "2,5", "1.25", "0")] == [4, Decimal("2.5"), Decimal("1.25"), 0]
    for text in ("", "201", "1,234", "-1", "4h", "９"):
        with pytest.raises(Refusal):
            read_periods(text)


@given(st.integers(1, 12), st.integers(1, 30))
def test_shared_periods_add_up_to_those_of_the_half_day(periods, speakers):
    shared = shared_periods(periods, list(range(speakers)))
    assert sum(shared.values()) == periods
    assert max(shared.values()) - min(shared.values()) <= Decimal("0.01")


def test_amounts_are_whole():
    assert [amount_of(Decimal("1.33"), 50), amount_of(Decimal("0.01"), 50), amount_of(3, 7)] == [67, 1, 21]


def test_a_sum_that_has_no_words_is_refused():
    assert total_of([MOST]) == MOST
    with pytest.raises(Refusal):
        total_of([MOST, 1])


@pytest.mark.parametrize(
    ("typed", "order"),
    [("1234", "abcd"), ("1134", "bacd"), ("3234", "bcad"), ("1211", "cdab"), ("1294", "abdc"), ("    ", "abcd"),
     ("1x34", "abcd")],
)  # fmt: skip
def test_a_column_stands_where_its_number_says(typed, order):
    assert "".join(placed(zip("abcd", typed, strict=True))) == order


def test_a_line_that_names_the_class_is_not_kept_for_others():
    choice = replace(usual_choice("people"), subtitle="Lớp CCHC-2022, đợt 1")
    assert without_class(choice, "cchc-2022", "Tập huấn").subtitle == ""
    assert without_class(choice, "X-1", "Tập huấn thử").subtitle == choice.subtitle


@pytest.mark.parametrize(
    "said",
    [
        None,
        ["people"],
        "x",
        {"columns": "name", "signers": 3, "title": ["x"], "rate": "9" * 30, "landscape": "yes", "kind": ["people"]},
        {"columns": [["name"], ["name", 1], [["name"], ""], 7, {"a": 1}], "signers": [["x"], [1, 2]], "rate": True},
        {"columns": {"name": ""}, "who": {}, "excused": None, "subtitle": 1.5, "unknown": {"deep": []}},
    ],
)
def test_a_form_that_was_spoilt_opens_as_far_as_it_can_be_read(said):
    """Fails, by an error, when what stands in the row is taken as it is."""
    assert ListChoice.from_json(said) == ListChoice()


def test_a_form_that_was_spoilt_has_no_more_columns_and_signers_than_can_be_chosen():
    found = ListChoice.from_json({"columns": [["name", ""]] * 10_000, "signers": [["Ký", ""]] * 10_000})
    assert (len(found.columns), len(found.signers)) == (16, 3)

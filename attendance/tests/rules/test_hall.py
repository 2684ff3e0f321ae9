import datetime as dt
from collections import Counter
from dataclasses import dataclass

import pytest

from attendance.rules.hall import LOTS, code_at, half_day_of_code, lot_of, seconds_left
from attendance.rules.scans import SHORT_LENGTH

START = dt.datetime(2026, 6, 5, 0, 30, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Half:
    pk: int
    starts_at: dt.datetime = START
    ends_at: dt.datetime = START + dt.timedelta(hours=4)


def after(seconds: float) -> dt.datetime:
    return START + dt.timedelta(seconds=seconds)


def test_a_code_is_good_while_it_is_shown_and_20_seconds_more_and_is_refused_after_40():
    code = code_at(7, START)
    assert [half_day_of_code(code, [Half(7)], after(s)) is not None for s in (0, 19.9, 20, 39.9, 40, 60)] == [
        *[True] * 4,
        *[False] * 2,
    ]
    assert half_day_of_code(code, [Half(7)], after(-0.1)) is None


def test_any_number_of_screens_agree_and_half_days_differ():
    codes = {code_at(pk, START) for pk in range(1, 200)}
    assert len(codes) == 199
    assert {len(code) for code in codes} == {SHORT_LENGTH}
    assert code_at(7, after(19)) == code_at(7, START) != code_at(7, after(20))


@pytest.mark.parametrize(("hours", "taken"), [(-3.1, False), (-2.9, True), (4.9, True), (5.1, False)])
def test_a_code_long_before_or_after_its_half_day_is_none(hours, taken):
    moment = after(hours * 3600)
    assert (half_day_of_code(code_at(7, moment), [Half(7)], moment) is not None) == taken


def test_the_screen_knows_how_long_its_code_goes_on():
    assert seconds_left(after(0)) == 20
    assert seconds_left(after(15)) == pytest.approx(5)


def test_the_code_of_another_half_day_and_what_is_no_code_is_none():
    for code in (code_at(8, START), "", "ü" * 6, "ABCDEF"):
        assert half_day_of_code(code, [Half(7)], START) is None


def test_codes_fall_evenly_into_the_lots_in_which_wrong_ones_are_counted():
    lots = Counter(lot_of(code_at(pk, START)) for pk in range(LOTS * 100))
    assert set(lots) == set(range(LOTS))
    assert max(lots.values()) < 200

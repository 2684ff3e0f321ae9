import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.rules.yearly import Attended, Year, periods_of

DAY = dt.datetime(2026, 6, 5, tzinfo=dt.UTC)


def at(session, begins, ends, periods=4):
    return Attended(session, periods, DAY + dt.timedelta(hours=begins), DAY + dt.timedelta(hours=ends))


@pytest.mark.parametrize(
    ("attended", "periods"),
    [
        ([], 0),
        ([at(1, 7, 11), at(2, 13, 17, 3)], 7),
        ([at(1, 7, 11), at(1, 7, 11)], 4),
        ([at(1, 7, 11), at(2, 8, 12, 5)], 5),
        ([at(1, 7, 9, 2), at(2, 9, 11, 2)], 4),
        ([at(1, 7, 9, 2), at(2, 8, 10, 3), at(3, 9, 11, 2)], 3),
        ([Attended(1, 4), at(2, 7, 11)], 8),
    ],
    ids=["nothing", "two", "one twice", "two at once", "one after the other", "a chain", "at a time nobody entered"],
)
def test_periods_of_half_days_each_once(attended, periods):
    assert periods_of(attended) == periods


half_days = st.builds(at, st.integers(1, 6), st.integers(0, 20), st.integers(21, 24), st.integers(1, 5))


@given(st.lists(half_days), st.randoms(use_true_random=False))
def test_the_order_and_a_repetition_change_nothing(attended, random):
    once = list({one.session: one for one in attended}.values())
    shuffled = once + once
    random.shuffle(shuffled)
    assert periods_of(shuffled) == periods_of(once)


@pytest.mark.parametrize(("periods", "missing"), [(0, 40), (36, 4), (40, 0), (44, 0)])
def test_what_is_missing_is_never_less_than_nothing(periods, missing):
    assert Year(periods, 40).missing == missing

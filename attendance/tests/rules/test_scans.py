import datetime as dt
from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from attendance.rules.scans import half_day_at, moment_of, short_code

UTC = dt.UTC
DAY = dt.datetime(2026, 6, 5, tzinfo=UTC)


def at(hours: float) -> dt.datetime:
    return DAY + dt.timedelta(hours=hours)


@dataclass(frozen=True)
class Half:
    name: str
    starts_at: dt.datetime
    ends_at: dt.datetime


MORNING, AFTERNOON = Half("morning", at(7.5), at(11.5)), Half("afternoon", at(13.5), at(17))
NEXT_DAY = Half("next day", at(31.5), at(35.5))


@pytest.mark.parametrize("off", [-24, -12, -5, -1, 0, 1, 5, 12, 24])
@pytest.mark.parametrize("waited", [0, 0.25, 6])
def test_a_phone_whose_clock_is_wrong_says_when_it_was_by_how_long_ago_it_was(off, waited):
    happened = at(7.4)
    received = happened + dt.timedelta(hours=waited)
    said, sent = happened + dt.timedelta(hours=off), received + dt.timedelta(hours=off)
    assert moment_of(said, sent=sent, received=received) == happened


@pytest.mark.parametrize("jump", [-24, -3, 3, 24])
def test_a_server_whose_clock_jumps_leaves_a_scan_where_it_was_or_as_long_ago_as_it_was(jump):
    """Forward: the phone knows that it was right, and is believed. Back: that would lie in the time to come, and what
    counts is that it was ten minutes ago."""
    ten_minutes = dt.timedelta(minutes=10)
    happened = at(7.4)
    received = happened + ten_minutes + dt.timedelta(hours=jump)
    moment = moment_of(happened, sent=happened + ten_minutes, received=received, off=dt.timedelta(0))
    assert moment == (happened if jump > 0 else received - ten_minutes)


def test_a_half_day_across_midnight_is_one():
    night = Half("night", at(22), at(26))
    assert [half_day_at(at(hour), [night, NEXT_DAY]) for hour in (21.5, 23.99, 24, 25.9)] == [night] * 4
    assert half_day_at(at(29), [night, NEXT_DAY]) == NEXT_DAY


def test_a_phone_whose_clock_was_put_back_before_sending_saw_nobody_in_the_time_to_come():
    assert moment_of(at(9), sent=at(8), received=at(10)) == at(10)


HOURS = st.floats(-72, 72).map(lambda hours: dt.timedelta(hours=hours))


@given(off=HOURS, put=HOURS, waited=st.floats(0, 48).map(lambda hours: dt.timedelta(hours=hours)))
@example(off=dt.timedelta(0), put=dt.timedelta(hours=3), waited=dt.timedelta(hours=1))
@example(off=dt.timedelta(0), put=dt.timedelta(hours=-3), waited=dt.timedelta(hours=1))
def test_a_clock_that_was_set_before_sending_changes_nothing_where_it_is_known_how_wrong_it_was(off, put, waited):
    """Of whom nobody knows by how much the clock was off when the scan was taken, `put` cannot be told from waiting."""
    happened = at(7.4)
    received = happened + waited
    said, sent = happened + off, received + off + put
    assert moment_of(said, sent=sent, received=received, off=off) == happened
    assert moment_of(said, sent=sent, received=received) == min(happened - put, received)


@pytest.mark.parametrize("off", [dt.timedelta(hours=-6), dt.timedelta(days=-40_000), dt.timedelta(days=500)])
def test_what_a_phone_believes_of_its_clock_is_not_believed_when_it_leads_into_the_time_to_come_or_far_back(off):
    assert moment_of(at(7), sent=at(8), received=at(10), off=off) == at(9)


def test_a_phone_that_heard_the_time_a_moment_late_saw_nobody_in_the_time_to_come():
    off = dt.timedelta(seconds=-2)
    assert moment_of(at(10), sent=at(10), received=at(10), off=off) == at(10)


def test_a_clock_that_was_set_by_years_says_nothing_about_when_something_was():
    assert moment_of(at(0) - dt.timedelta(days=20_000), sent=at(8), received=at(10)) == at(10)
    off = dt.timedelta(days=-20_000)
    assert moment_of(at(7) + off, sent=at(8), received=at(10), off=off) == at(7)


@pytest.mark.parametrize(
    ("hour", "half_day"),
    [
        (4.4, None),
        (4.5, "morning"),
        (7.5, "morning"),
        (11.5, "morning"),
        (11.6, "afternoon"),
        (13, "afternoon"),
        (17, "afternoon"),
        (17.9, "afternoon"),
        (18.1, None),
        (28.5, "next day"),
        (36.4, "next day"),
        (36.6, None),
    ],
)
def test_whoever_comes_comes_to_the_half_day_that_has_not_ended_or_has_just_ended(hour, half_day):
    found = half_day_at(at(hour), [NEXT_DAY, AFTERNOON, MORNING])
    assert (found.name if found else None) == half_day


def test_at_a_door_of_the_morning_alone_who_comes_at_its_end_comes_to_the_morning():
    assert half_day_at(at(12), [MORNING]) == MORNING
    assert half_day_at(at(12.6), [MORNING]) is None
    assert half_day_at(at(9), []) is None


def test_letters_that_look_alike_are_the_same_in_a_short_code():
    assert short_code(" o1-i l a b ") == "0111AB"
    assert short_code("uvw-xyz") == "VVWXYZ"

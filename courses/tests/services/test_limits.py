import datetime as dt

import pytest

from courses.constants.clock import set_clock
from courses.services.limits import count_failure, is_shut

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2022, 6, 14, 5, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _clock():
    set_clock(NOON)


def test_ten_failures_shut_a_key_and_no_other():
    for _failure in range(10):
        assert not is_shut("thing", "a")
        count_failure("thing", "a")
    assert is_shut("thing", "a")
    assert not is_shut("thing", "b")
    assert not is_shut("other thing", "a")


def test_a_key_opens_as_its_oldest_failure_becomes_five_minutes_old():
    for number in range(10):
        set_clock(NOON + dt.timedelta(seconds=10 * number))
        count_failure("thing", "a")
    set_clock(NOON + dt.timedelta(seconds=299))
    assert is_shut("thing", "a")
    set_clock(NOON + dt.timedelta(seconds=300))
    assert not is_shut("thing", "a")
    count_failure("thing", "a")
    assert is_shut("thing", "a")


def test_failures_on_a_shut_key_prolong_nothing():
    for _failure in range(10):
        count_failure("thing", "a")
    set_clock(NOON + dt.timedelta(minutes=4))
    for _failure in range(30):
        count_failure("thing", "a")
    set_clock(NOON + dt.timedelta(minutes=5))
    assert not is_shut("thing", "a")


def test_any_text_can_be_a_key():
    for key in ("", "đ" * 5000, "\ud800", "a b:c"):
        count_failure("thing", key)
        assert not is_shut("thing", key)

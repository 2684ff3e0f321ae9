import datetime as dt

import pytest

from courses.constants import clock


@pytest.fixture(autouse=True)
def _running_clock():
    yield
    clock.set_clock(None)


def test_the_clock_runs_in_utc():
    before = dt.datetime.now(dt.UTC)
    assert before <= clock.now() <= dt.datetime.now(dt.UTC)
    assert clock.now().utcoffset() == dt.timedelta(0)


def test_today_is_the_day_in_viet_nam():
    clock.set_clock(dt.datetime(2022, 6, 14, 16, 59, tzinfo=dt.UTC))
    assert clock.today() == dt.date(2022, 6, 14)
    clock.set_clock(dt.datetime(2022, 6, 14, 17, 0, tzinfo=dt.UTC))
    assert clock.today() == dt.date(2022, 6, 15)


def test_a_set_time_without_an_offset_is_that_of_viet_nam():
    clock.set_clock(dt.datetime(2022, 6, 15, 7, 30))
    assert clock.now() == dt.datetime(2022, 6, 15, 0, 30, tzinfo=dt.UTC)


def test_a_file_moves_the_time_of_a_running_server_only_when_the_settings_name_it(tmp_path, settings):
    file = tmp_path / "clock"
    settings.CLOCK_FILE = str(file)
    assert clock.now().year >= 2024
    file.write_text("2022-06-15T07:30\n")
    assert clock.now() == dt.datetime(2022, 6, 15, 0, 30, tzinfo=dt.UTC)
    file.write_text("2022-06-16T00:00+00:00")
    assert clock.now() == dt.datetime(2022, 6, 16, tzinfo=dt.UTC)
    settings.CLOCK_FILE = ""
    assert clock.now().year >= 2024

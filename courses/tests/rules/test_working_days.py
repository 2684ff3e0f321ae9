import datetime as dt

import pytest

from courses.rules.working_days import after_working_days, working_days_late

FRIDAY = dt.date(2026, 6, 12)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (FRIDAY, 0, FRIDAY),
        (FRIDAY, 1, dt.date(2026, 6, 15)),
        (FRIDAY, 5, dt.date(2026, 6, 19)),
        (dt.date(2026, 6, 13), 1, dt.date(2026, 6, 15)),
        (dt.date(2026, 6, 15), 5, dt.date(2026, 6, 22)),
        (dt.date(2026, 12, 31), 1, dt.date(2027, 1, 1)),  # a holiday, which is not known
    ],
)
def test_working_days_are_monday_to_friday_and_the_first_day_is_not_counted(start, days, due):
    assert after_working_days(start, days) == due


@pytest.mark.parametrize(("today", "late"), [(11, 0), (12, 0), (13, 0), (14, 0), (15, 1), (19, 5), (20, 5), (22, 6)])
def test_how_late_something_is_counts_working_days_after_the_day(today, late):
    assert working_days_late(FRIDAY, dt.date(2026, 6, today)) == late

"""Working days: Monday to Friday. Holidays are not known here, and pages that show a day say so. Pure."""

import datetime as dt

_SATURDAY = 5


def after_working_days(start: dt.date, days: int) -> dt.date:
    """The day by which so many working days after `start` are over; `start` itself is not counted.

    Friday and one day is Monday. With 0 days it is `start`.
    """
    day = start
    while days > 0:
        day += dt.timedelta(days=1)
        days -= day.weekday() < _SATURDAY
    return day


def working_days_late(due: dt.date, today: dt.date) -> int:
    """How many working days lie after `due`, up to and with `today`; 0 when it is not over."""
    span = (due + dt.timedelta(days=n) for n in range(1, (today - due).days + 1))
    return sum(day.weekday() < _SATURDAY for day in span)

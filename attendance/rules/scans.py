"""What a phone read at a door: when that was by the server's clock, and which half-day it belongs to. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

#: People come this long before a half-day begins, and are still let in this long after it has ended.
BEFORE, AFTER = timedelta(hours=3), timedelta(hours=1)
#: A clock that is off by more is told so on the phone.
CLOCK_IS_WRONG = timedelta(minutes=5)
#: A clock that is off by more says nothing about when something was.
_FARTHEST = timedelta(days=400)
#: The letters of short codes, those of Crockford's base 32: no i, l, o, u, which are read as what they look like.
SHORT_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SHORT_LENGTH = 6
_LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


class HalfDayTimes(Protocol):
    starts_at: datetime
    ends_at: datetime


T = TypeVar("T", bound=HalfDayTimes)


def moment_of(said: datetime, *, sent: datetime, received: datetime, off: timedelta | None = None) -> datetime:
    """When it happened by the server's clock; never later than `received`.

    `said` and `sent` are by the phone's clock, which may be hours wrong. By how much it was ahead when it said so is
    `off`, as the phone had last heard it from the server: that holds, whatever was done to the clock since. Where it
    was not heard, or is not to be believed, what counts is how long ago it was by the phone's clock; and where that
    says nothing either, it was now.
    """
    if off is not None and received - _FARTHEST < said - off <= received + CLOCK_IS_WRONG:
        return min(said - off, received)
    return min(received - (sent - said), received) if abs(sent - said) < _FARTHEST else received


def half_day_at(moment: datetime, half_days: Iterable[T]) -> T | None:
    """The half-day to which somebody comes who is let in at that moment: the one that has not ended and opens next or
    is open, else the one that has just ended; None when none is near."""
    in_order = sorted(half_days, key=lambda half_day: half_day.starts_at)
    ahead = [half_day for half_day in in_order if moment <= half_day.ends_at]
    if ahead and moment >= ahead[0].starts_at - BEFORE:
        return ahead[0]
    over = [half_day for half_day in in_order if half_day.ends_at < moment <= half_day.ends_at + AFTER]
    return over[-1] if over else None


def short_code(typed: str) -> str:
    """What was typed as a short code is written: capitals, without spaces and hyphens, no letters that look alike."""
    return "".join(letter for letter in typed.upper() if letter.isalnum()).translate(_LOOK_ALIKE)


def grouped_short(short: str) -> str:
    """A short code as it is printed and read out: in two groups."""
    return " ".join(filter(None, [short[: SHORT_LENGTH // 2], short[SHORT_LENGTH // 2 :]]))

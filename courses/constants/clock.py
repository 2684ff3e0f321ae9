"""The only place where the project reads the time, so that a test can set it."""

import datetime as dt
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
#: In which a class can lie; another year is mistyped.
YEARS = range(2000, 2101)

_set: dt.datetime | None = None


def now() -> dt.datetime:
    """This moment in UTC, always aware."""
    if _set is not None:
        return _set
    clock_file = getattr(settings, "CLOCK_FILE", None)
    if clock_file:
        return _from_file(Path(clock_file)) or dt.datetime.now(dt.UTC)
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The calendar day in Việt Nam."""
    return now().astimezone(VIETNAM).date()


def set_clock(value: dt.datetime | None) -> None:
    """Stop the clock of this process at `value`; None lets it run again. For tests.

    A time without an offset is the time in Việt Nam.
    """
    global _set
    _set = None if value is None else _utc(value)


@contextmanager
def stopped_at(value: dt.datetime):
    """The clock of this process stands at `value` inside the block: the demo writes what happened long ago."""
    global _set
    before = _set
    set_clock(value)
    try:
        yield
    finally:
        _set = before


def _from_file(path: Path) -> dt.datetime | None:
    """The ISO time in the file, None while there is no file or it is empty.

    A server that runs for browser tests has `settings.CLOCK_FILE`; no other one has.
    """
    try:
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    return _utc(dt.datetime.fromisoformat(text)) if text else None


def _utc(value: dt.datetime) -> dt.datetime:
    if value.tzinfo is None:
        value = value.replace(tzinfo=VIETNAM)
    return value.astimezone(dt.UTC)

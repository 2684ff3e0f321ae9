"""Who is expected at a half-day. Pure: no database, no clock."""

from collections.abc import Collection
from datetime import datetime

from attendance.rules.eligibility import serves


def is_expected(
    starts_at: datetime,
    session_blocks: Collection[int],
    *,
    owed: Collection[int],
    first: datetime | None = None,
    until: datetime | None = None,
    stands_in: bool | None = None,
) -> bool:
    """Whether somebody on the roll of a class is expected at the half-day that begins at `starts_at`.

    `first`: when the first half-day of somebody begins who replaces another in a class under way; `until`: the same of
    whoever replaced this person, who is expected before it. `stands_in`: None for who is registered for the class,
    else whether the stand-in is one at this half-day.
    """
    if stands_in is not None:
        return stands_in
    if (first and starts_at < first) or (until and starts_at >= until):
        return False
    return serves(session_blocks, owed)

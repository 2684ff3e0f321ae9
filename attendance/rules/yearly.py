"""Periods (tiết) that somebody attended in a year. Pure: no database, no clock."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any


@dataclass(frozen=True, slots=True)
class Attended:
    """A half-day at which somebody was. `session`: its id; two of the same are one, however the person was listed.
    `starts_at`, `ends_at`: when the person sat there, as times or in seconds; None for one made up at a time that
    nobody entered."""

    session: int
    periods: int
    starts_at: Any = None
    ends_at: Any = None

    def overlaps(self, other: "Attended") -> bool:
        if not (self.starts_at and self.ends_at and other.starts_at and other.ends_at):
            return False
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def periods_of(attended: Iterable[Attended]) -> int:
    """The periods of these half-days, each once. Of two that overlap in time, in two classes, the one that gives more
    counts: nobody sits in two halls at once."""
    counted: list[Attended] = []
    once = {one.session: one for one in attended}.values()
    if _one_after_the_other(once):
        return sum(one.periods for one in once)
    for one in sorted(once, key=lambda one: (-one.periods, one.session)):
        if not any(one.overlaps(other) for other in counted):
            counted.append(one)
    return sum(one.periods for one in counted)


def _one_after_the_other(attended: Collection[Attended]) -> bool:
    """Whether surely none overlaps another: nearly always, and told much faster than by looking at each pair."""
    timed = [(one.starts_at, one.ends_at) for one in attended if one.starts_at and one.ends_at]
    timed.sort()
    return all(before[1] <= after[0] for before, after in pairwise(timed))


@dataclass(frozen=True, slots=True)
class Year:
    """Periods attended in a year, those aimed at, and those still missing (never below 0)."""

    periods: int
    target: int

    @property
    def missing(self) -> int:
        return max(self.target - self.periods, 0)

"""How fast the product is beside what it is compared with; `make bench` prints one JSON object a line.

Each module with a `run()` that yields `Result`s is run in a process and on a database of its own: a SQLite file in a
temporary folder, or a PostgreSQL server where the module says `DATABASE = "postgres"`. Nothing of an installation is
read or written. Both sides of a comparison are timed alternately in the same process, and the ratio is the median of
the ratios, so that a machine that is busy for a while slows both.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Literal


@dataclass(frozen=True)
class Result:
    """`ratio` is ours to the other, and `goal` what it may at most or must at least be, as `bound` says.

    With a time of the same work for both, `unit` is "s"; with a count, `other` is the count allowed.
    """

    name: str
    ours: float
    other: float
    unit: str
    ratio: float
    goal: float
    bound: Literal["at most", "at least"]

    @property
    def ok(self) -> bool:
        return self.ratio <= self.goal if self.bound == "at most" else self.ratio >= self.goal

    def line(self) -> dict:
        rounded = {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(self).items()}
        return {**rounded, "ok": self.ok}


def seconds(act: Callable[[], object]) -> float:
    """How long `act` took by the clock."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def alternately(ours: Callable[[], float], other: Callable[[], float], rounds: int) -> list[tuple[float, float]]:
    """What both give, taken in turn; each side begins every second round. Both give a time or a rate."""
    pairs = []
    for number in range(rounds):
        if number % 2:
            theirs = other()
            pairs.append((ours(), theirs))
        else:
            mine = ours()
            pairs.append((mine, other()))
    return pairs


def compared(
    name: str, pairs: list[tuple[float, float]], *, unit: str, goal: float, bound: Literal["at most", "at least"]
) -> Result:
    """The medians of both sides and of the ratios of pairs taken together."""
    mine, theirs = (median(side) for side in zip(*pairs, strict=True))
    return Result(name, mine, theirs, unit, median(a / b for a, b in pairs), goal, bound)

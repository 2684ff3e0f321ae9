"""Five hundred scans that a phone kept while it had no network, taken at once, on SQLite."""

from collections.abc import Iterator

from benchmarks import Result
from benchmarks._doors import BATCH, Doors, queued


def run() -> Iterator[Result]:
    yield queued(Doors(BATCH), "SQLite")

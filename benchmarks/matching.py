"""A dry run: 10,000 rows, half of them people who are known, held against 100,000 known trainees.

Beside django-import-export's dry run, which asks for each row; it is given fewer of the same rows, and rows a second
are compared.
"""

from collections.abc import Iterator

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import Result, alternately, compared, seconds
from benchmarks._classes import TraineeResource, course, dataset, offices, rows, trainee_values
from courses.constants.actors import SYSTEM
from courses.models import Trainee
from courses.services.rosters.matching import match_people
from courses.services.rosters.offices import match_offices

KNOWN, ROWS, ROWS_OF_THE_OTHER, ROUNDS = 100_000, 10_000, 600, 3
MOST_QUERIES, TIMES = 12, 8


def run() -> Iterator[Result]:
    at = offices()
    lop = course("DO-DOI-CHIEU", at[0])
    Trainee.objects.bulk_create((Trainee(**values) for values in trainee_values(at, KNOWN)), batch_size=2_000)
    # Half are known, half come after the last who is.
    read = rows(at, ROWS, first=KNOWN - ROWS // 2)
    theirs = dataset(trainee_values(at, ROWS_OF_THE_OTHER, first=KNOWN - ROWS_OF_THE_OTHER // 2))

    def judged(some: list) -> list:
        return match_people(lop, match_offices(some, lop, None), actor=SYSTEM)

    for count in (100, ROWS):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            decisions = [verdict.decision for verdict in judged(read[(ROWS - count) // 2 : (ROWS + count) // 2])]
        if sorted(map(decisions.count, set(decisions))) != [count // 2] * 2:
            raise RuntimeError("the people were not matched as they are known")
        name = f"queries of a dry run of {count:,} rows against {KNOWN:,} trainees"
        yield Result(name, len(asked), MOST_QUERIES, "queries", len(asked) / MOST_QUERIES, 1, "at most")

    def ours() -> float:
        return ROWS / seconds(lambda: judged(read))

    def import_export() -> float:
        def dry_run() -> None:
            outcome = TraineeResource().import_data(theirs, dry_run=True, raise_errors=True)
            if outcome.totals["new"] != ROWS_OF_THE_OTHER // 2:
                raise RuntimeError("the other knew other people")

        return ROWS_OF_THE_OTHER / seconds(dry_run)

    yield compared(
        f"dry run of {ROWS:,} rows ({ROWS_OF_THE_OTHER} for django-import-export) against {KNOWN:,} trainees",
        alternately(ours, import_export, ROUNDS),
        unit="rows/s",
        goal=TIMES,
        bound="at least",
    )

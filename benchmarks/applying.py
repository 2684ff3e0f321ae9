"""Applying 10,000 rows: people, registrations, rows and log.

Beside a bare `bulk_create` of the people and registrations, and beside django-import-export as it comes, which is given
fewer of the same rows and writes the people and their registrations.
"""

import io
from collections.abc import Iterator
from itertools import count

import openpyxl
from django.db import transaction

from benchmarks import Result, alternately, compared, seconds
from benchmarks._classes import (
    RegistrationResource,
    TraineeResource,
    course,
    dataset,
    offices,
    registrations,
    trainee_values,
)
from benchmarks._people import HEADER, as_cells, people
from courses.constants.actors import SYSTEM
from courses.models import Office, Registration, Trainee
from courses.services.rosters.applying import apply_batch
from courses.services.rosters.reading import read_roster

ROWS, ROWS_OF_THE_OTHER, ROUNDS = 10_000, 400, 2
PART_OF_BARE, TIMES = 0.4, 20


class Rounds:
    """Each call takes people whom nobody knows yet, into a class of its own."""

    def __init__(self) -> None:
        self.at: list[Office] = offices()
        self.number = count(1)

    def apply(self) -> float:
        """Rows a second."""
        number = next(self.number)
        lop = course(f"DO-{number}", self.at[0])
        batch = read_roster(lop, self._workbook(number), "ds.xlsx", actor=SYSTEM)
        outcome = None

        def act() -> None:
            nonlocal outcome
            outcome = apply_batch(batch, actor=SYSTEM, decisions={})

        taken = seconds(act)
        if outcome is None or outcome.registered != ROWS:
            raise RuntimeError(f"{outcome} instead of {ROWS} people")
        return ROWS / taken

    def bare(self) -> float:
        """Rows a second; what each column holds was made before the clock starts."""
        number = next(self.number)
        lop = course(f"DO-{number}", self.at[0])
        values = list(trainee_values(self.at, ROWS, first=number * ROWS))

        @transaction.atomic
        def act() -> None:
            made = Trainee.objects.bulk_create(Trainee(**one) for one in values)
            Registration.objects.bulk_create(
                Registration(
                    course=lop, trainee=t, office=t.office, office_name=t.office.name, position=t.position,
                    state="confirmed",
                ) for t in made
            )  # fmt: skip

        return ROWS / seconds(act)

    def import_export(self) -> float:
        """Rows a second."""
        number = next(self.number)
        lop = course(f"DO-{number}", self.at[0])
        values = list(trainee_values(self.at, ROWS_OF_THE_OTHER, first=number * ROWS))
        people, theirs = dataset(values), registrations(lop, values)

        def act() -> None:
            for resource, rows in ((TraineeResource(), people), (RegistrationResource(), theirs)):
                if resource.import_data(rows, raise_errors=True).totals["new"] != ROWS_OF_THE_OTHER:
                    raise RuntimeError("the other knew them already")

        return ROWS_OF_THE_OTHER / seconds(act)

    def _workbook(self, number: int) -> bytes:
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("DS")
        sheet.append(HEADER)
        for n, person in enumerate(people(ROWS, [office.name for office in self.at], first=number * ROWS), 1):
            sheet.append(as_cells(n, person))
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()


def run() -> Iterator[Result]:
    rounds = Rounds()
    bare = alternately(rounds.apply, rounds.bare, ROUNDS)
    yield compared(
        f"applying {ROWS:,} rows beside a bare bulk_create", bare, unit="rows/s", goal=PART_OF_BARE, bound="at least"
    )
    others = [(mine, rounds.import_export()) for mine, _bare in bare]
    name = f"applying {ROWS:,} rows beside django-import-export ({ROWS_OF_THE_OTHER} rows)"
    yield compared(name, others, unit="rows/s", goal=TIMES, bound="at least")

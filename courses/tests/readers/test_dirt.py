# ruff: noqa: E501
"""Rosters with any combination of the dirt of real ones are read as a person would read them."""

from hypothesis import HealthCheck, given, settings

from courses.readers.words import fold
from courses.tests.readers.books import read
from courses.tests.readers.dirty import Wanted, rosters

MANY = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
FIELDS = ("full_name", "gender", "birth", "position", "phone", "email", "citizen_id")


def said(data: bytes, wanted: list[Wanted]) -> list[list]:
    """The rows as lists; of an office's words the ones that were wanted, when they end so (before them stands "II.")."""
    rows = []
    for n, row in enumerate(read(data).rows):
        values = [row.birth.iso() if f == "birth" and row.birth else getattr(row, f) for f in FIELDS]
        office = wanted[n].office_text if n < len(wanted) else None
        ends = fold(row.office_text or "").endswith(fold(office or ""))
        fault = n < len(wanted) and wanted[n].fault
        problems = ["fault"] * bool(row.problems) if fault else row.problems
        rows.append([*values, office if ends else row.office_text, *problems])
    return rows


def expected(wanted: list[Wanted]) -> list[list]:
    return [[*(getattr(one, f) for f in FIELDS), one.office_text, *["fault"] * one.fault] for one in wanted]


@MANY
@given(rosters())
def test_any_combination_of_dirt_is_read_as_a_person_reads_it(roster):
    data, wanted = roster
    assert said(data, wanted) == expected(wanted)

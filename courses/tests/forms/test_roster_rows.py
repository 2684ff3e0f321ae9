"""The form of a row starts from what was read, else from what the file says."""

import pytest

from courses.constants.actors import SYSTEM
from courses.forms.roster_rows import RowForm
from courses.services.rosters.reading import read_roster
from courses.services.rosters.rows import open_rows
from courses.services.rosters.taking import explain_columns
from courses.tests.listing import World
from courses.tests.services.rosters.test_taking import ODD, SAID, unread


@pytest.fixture
def world(db):
    return World()


def test_a_cell_that_cannot_be_read_starts_from_the_words_of_the_column_that_a_person_explained(world):
    """Fails when the cells are found by `field_of` alone: the field for the date is empty then."""
    explain_columns(unread(world), actor=SYSTEM, meanings=SAID)
    wrong = ODD.replace(b"05/06/1980", b"31/02/1980")
    batch = read_roster(world.course, wrong, "a.csv", actor=SYSTEM)
    assert RowForm(row=open_rows(batch)[0], course=world.course).initial["birth"] == "31/02/1980"

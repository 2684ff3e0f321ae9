"""The whole class as a table: whom it holds, what each cell says, what it costs."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.constants import MarkState
from attendance.readers.attendance_file import read_marks
from attendance.rendering.attendance_workbook import attendance_workbook
from attendance.reports.attendance_file import file_of, meant_by
from attendance.reports.table import counts_of, table_of
from attendance.services.in_place import replace_from
from attendance.services.make_up import credit_make_up
from attendance.services.sheets import close_sheet
from attendance.tests.records import Class
from courses.constants.choices import SessionState
from courses.models import Session
from courses.tests.planning import AFTERNOON, FIRST_DAY, make_session, make_trainee

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    return Class()


def shown(table):
    return [[cell.state if cell.expected else "-" for cell in line.cells] for line in table.lines]


def test_people_stand_in_protocol_order_with_a_cell_for_each_half_day(lop):
    [later] = lop.people(1, office=lop.other_ward)
    one, two = lop.people(2, blocks=[lop.a])
    lop.mark(lop.general, MarkState.LATE, two)
    table = table_of(lop.course)
    assert [line.registration for line in table.lines] == [one, two, later]
    assert shown(table) == [["", "", "-"], [MarkState.LATE, "", "-"], ["", "", ""]]
    assert [column.title for column in table.columns] == ["S", "C", "S"]


def test_a_cancelled_half_day_is_shown_and_nobody_is_expected_there(lop):
    lop.people(1)
    Session.objects.filter(pk=lop.first.pk).update(state=SessionState.CANCELLED, required=False)
    table = table_of(lop.course)
    assert [column.cancelled for column in table.columns] == [False, True, False]
    assert shown(table) == [["", "-", ""]]
    assert len(table.held) == 2


def test_who_has_no_mark_on_a_closed_sheet_is_absent_there_without_one(lop):
    one, _two = lop.people(2)
    lop.mark(lop.general, MarkState.PRESENT, one)
    close_sheet(lop.general, actor=lop.organiser, expected_version=0)
    table = table_of(lop.course)
    cell = table.lines[1].cells[0]
    assert (cell.state, cell.says, cell.derived) == ("", MarkState.ABSENT, True)
    assert counts_of(line.cells[0] for line in table.lines) == {"there": 1, "excused": 0, "absent": 1, "unmarked": 0}


def test_two_half_days_of_one_afternoon_are_told_apart_by_their_titles(lop):
    make_session(lop.course, hours=AFTERNOON, blocks=[lop.b])
    assert [column.title for column in table_of(lop.course).columns] == ["S", "C 1", "C 2", "S"]


def test_the_table_of_five_hundred_people_and_six_half_days_costs_what_that_of_five_costs(lop):
    """Seven of the eight queries that it may take."""
    make_session(lop.course, day=FIRST_DAY + dt.timedelta(days=1), hours=AFTERNOON)
    make_session(lop.course, day=FIRST_DAY + dt.timedelta(days=2))
    make_session(lop.course, day=FIRST_DAY + dt.timedelta(days=2), hours=AFTERNOON)
    costs = []
    for more in (5, 495):
        people = lop.people(more)
        lop.mark(lop.general, MarkState.PRESENT, *people, submission=uuid4())
        with CaptureQueriesContext(connection) as queries:
            table = table_of(lop.course)
        costs.append(len(queries))
    assert (len(table.lines), len(table.columns)) == (500, 6)
    assert costs == [7, 7]


def test_a_half_day_made_up_by_somebody_who_came_later_is_shown_and_counted_in_table_and_file(lop):
    """Who was not marked there stays as not expected; the file read back says nothing new."""
    one, other = lop.people(2)
    new = []
    for person, name in ((one, "Ngô Thử Thay"), (other, "Ngô Thử Thế")):
        said = {"by": make_trainee(lop.ward, name), "actor": lop.organiser, "why": "ốm", "submission": uuid4()}
        new.append(replace_from(person, lop.first, **said))
    act = {"attended": None, "document": "1", "actor": lop.organiser, "act": uuid4()}
    credit_make_up(new[0], lop.general, **act)
    lines = {line.registration: line.cells[0] for line in table_of(lop.course).lines}
    cells = [lines[registration] for registration in new]
    assert [(cell.expected, cell.says) for cell in cells] == [(False, MarkState.PRESENT), (False, "")]
    assert counts_of(lines.values()) == {"there": 1, "excused": 0, "absent": 0, "unmarked": 2}
    file = file_of(lop.course)
    assert {person.name: person.signs[0] for person in file.people if "Th" in person.name.split()[-1]} == {
        "Ngô Thử Thay": "x", "Ngô Thử Thế": "–"
    }  # fmt: skip
    meant = meant_by(lop.course, read_marks(attendance_workbook(file)))
    assert (meant.states[lop.general.pk], meant.problems) == ({}, [])

"""The whole class as a table: whom it holds, what each cell says, what it costs."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.constants import MarkState
from attendance.reports.table import counts_of, table_of
from attendance.services.sheets import close_sheet
from attendance.tests.records import Class
from courses.constants.choices import SessionState
from courses.models import Session
from courses.tests.planning import AFTERNOON, FIRST_DAY, make_session

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

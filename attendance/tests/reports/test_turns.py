"""Turns counted in SQL are those of the board and of the table, whatever has happened in the class."""

import datetime as dt
import random
from collections import Counter
from uuid import uuid4

import pytest

from attendance.constants import Claim, MarkState, Way
from attendance.reports.board import board_of, half_days_of
from attendance.reports.class_papers.results import results_of
from attendance.reports.table import counts_of, table_of
from attendance.reports.turns import SAYS, counted_as, turns_of
from attendance.services.in_place import replace_from
from attendance.services.ledger import Said, lock_sheet, write
from attendance.services.sheets import close_sheet
from attendance.tests.records import Class
from courses.constants.choices import RegistrationState, SessionState
from courses.constants.clock import set_clock
from courses.models import Course, Session
from courses.services.registrations import withdraw
from courses.services.stand_ins import stand_in
from courses.tests.planning import AFTERNOON, make_session, make_trainee

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    """Blocks, leaves, disputes, people replaced, withdrawn and stood in for, a cancelled and a closed half-day."""
    lop = Class()
    chance = random.Random(8)
    people = lop.people(5) + lop.people(4, blocks=[lop.a]) + lop.people(4, blocks=[lop.b], office=lop.other_ward)
    make_session(lop.course, day=lop.course.ends_on, hours=AFTERNOON)
    gone = make_session(lop.course, day=lop.course.ends_on)
    Session.objects.filter(pk=gone.pk).update(state=SessionState.CANCELLED, required=False)
    lop.on_leave = people[6]
    lop.mark(lop.general, MarkState.PRESENT, *chance.sample(people, 6))
    lop.mark(lop.first, MarkState.ABSENT, people[5])
    lop.mark(lop.second, MarkState.EXCUSED, people[9])
    said = [Said(people[1].pk, Claim.NOT_SEEN, Claim.NOT_SEEN)]
    lop.mark(lop.general, MarkState.PRESENT, people[1])
    write(lock_sheet(lop.general), lop.general, said, actor=lop.organiser, way=Way.PAPER, act=uuid4())
    instead = make_trainee(lop.ward, "Ngô Thử Thay")
    stand_in(people[0], by=instead, sessions=[lop.first], actor=lop.organiser, why="ốm")
    after = make_trainee(lop.other_ward, "Ngô Thử Sau")
    replace_from(people[10], lop.first, by=after, why="chuyển công tác", actor=lop.organiser, submission=uuid4())
    withdraw(people[3], actor=lop.organiser)
    close_sheet(lop.general, actor=lop.organiser, expected_version=0, unsettled=True)
    return lop


def counted(lop, **where):
    found = Counter()
    turns = turns_of(Course.objects.filter(pk=lop.course.pk)).filter(**where)
    for turn in turns.values_list("known", "closed", "begun"):
        found[counted_as(*turn)] += 1
    return found


def test_each_half_day_counts_as_its_board_does(lop):
    for half_day in half_days_of(lop.course.pk):
        board = board_of(half_day.session)
        found = counted(lop, half_day=half_day.session.pk)
        assert found.total() == len(board.people)
        assert found["there"] == len(board.there)
        assert found["excused"] == len(board.excused)
        assert found["absent"] + found["unmarked"] == len(board.missing)
        for office in board.offices:
            of_office = counted(lop, half_day=half_day.session.pk, office=office.office.pk)
            assert (of_office.total(), of_office["there"]) == (office.expected, office.there)


def test_all_half_days_count_as_the_table_does(lop):
    cells = [cell for line in table_of(lop.course).lines for cell in line.cells if cell.expected]
    assert counted(lop) == Counter({what: number for what, number in counts_of(cells).items() if number})
    assert {"there", "excused", "absent", "unmarked"} == set(counted(lop))


def test_a_half_day_is_to_come_until_the_moment_it_begins_as_in_the_report_on_the_class(lop):
    """What was marked or closed before that counts all the same."""
    last = half_days_of(lop.course.pk)[-1].session
    lop.mark(last, MarkState.EXCUSED, lop.on_leave)
    for at, what in ((last.starts_at - dt.timedelta(seconds=1), "to_come"), (last.starts_at, "unmarked")):
        set_clock(at)
        here, report = counted(lop, half_day=last.pk), results_of(lop.course, at=at).presence
        assert here == {"excused": 1, what: here.total() - 1}
        begun = counted(lop) - (here if what == "to_come" else Counter())
        assert begun.total() == report.expected
        assert {what: begun[what] for what in ("there", "excused", "absent", "unmarked")} == {
            "there": report.there, "excused": report.excused, "absent": report.absent, "unmarked": report.unmarked
        }  # fmt: skip


def test_what_the_columns_say_is_said_alike_in_sql_and_in_python(lop):
    set_clock(half_days_of(lop.course.pk)[-1].session.starts_at - dt.timedelta(minutes=1))
    turns = turns_of(Course.objects.filter(pk=lop.course.pk))
    for what, condition in SAYS.items():
        rows = turns.filter(condition).values_list("known", "closed", "begun")
        assert {counted_as(*turn) for turn in rows} == {what}
        assert len(rows) == counted(lop)[what]


def test_nobody_is_counted_in_another_class_or_in_one_without_half_days(lop):
    other = Class(code="LOP-2")
    other.people(2)
    assert turns_of(Course.objects.filter(pk=other.course.pk)).count() == 6
    other.course.sessions.all().delete()
    assert not turns_of(Course.objects.filter(pk=other.course.pk)).exists()
    assert not turns_of(Course.objects.none()).filter(state=RegistrationState.CONFIRMED).exists()

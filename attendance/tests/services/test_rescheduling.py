"""A half-day is moved or cancelled, also after somebody was marked: the record follows whatever the way in."""

import datetime as dt
from uuid import uuid4

import pytest

from attendance.constants import Claim, LeaveState, MarkState, Way
from attendance.models import Event, LeaveRequest, Mark, Sheet
from attendance.reports.roll import roll_of
from attendance.reports.verdicts import verdict_of
from attendance.reports.waiting import waiting_at
from attendance.services.leave import ask_for_leave
from attendance.services.ledger import Said, lock_sheet, write
from attendance.services.merging import merge_trainees
from attendance.services.sheets import close_sheet, reopen_sheet
from attendance.tests.records import Class
from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, SessionState
from courses.constants.errors import Refusal
from courses.models import ActionLog, Course, Session
from courses.services.schedule import reschedule_session, set_session
from courses.tests.parallel import at_once
from courses.tests.planning import FIRST_DAY, make_course, make_office, make_session, organiser_of

pytestmark = pytest.mark.usefixtures("english")
PRESENT, LATE, ABSENT = MarkState.PRESENT, MarkState.LATE, MarkState.ABSENT
NEXT_DAY = FIRST_DAY + dt.timedelta(days=1)


@pytest.fixture
def lop(db):
    return Class()


def move(lop, date=FIRST_DAY, begins=dt.time(9), ends=dt.time(11, 30), **fields):
    return reschedule_session(
        lop.general, actor=lop.organiser, why="Hội trường bận", date=date, begins=begins, ends=ends, **fields
    )


def cancel(lop):
    return reschedule_session(lop.general, actor=lop.organiser, why="Bão", cancelled=True)


def states(lop):
    return dict(Mark.objects.filter(session=lop.general).order_by().values_list("registration_id", "state"))


def scanned(lop, registration, minutes):
    """At the door, so many minutes after the planned beginning."""
    sheet = lock_sheet(lop.general)
    at = lop.general.starts_at + dt.timedelta(minutes=minutes)
    said = Said(registration.pk, Claim.SEEN, "door", happened_at=at)
    return write(sheet, lop.general, [said], actor=SYSTEM, way=Way.DOOR, act=uuid4())


def test_at_another_hour_of_the_half_day_marks_stay_and_who_was_late_is_reckoned_anew(lop):
    one, two = lop.people(2)
    scanned(lop, one, 60)
    lop.mark(lop.general, PRESENT, two)
    assert states(lop) == {one.pk: LATE, two.pk: PRESENT}
    moved = move(lop)
    assert (moved.state, moved.sequence) == (SessionState.MOVED, 1)
    assert states(lop) == {one.pk: PRESENT, two.pk: PRESENT}


def test_at_another_day_what_was_said_is_taken_back_and_stays_in_the_history(lop):
    [person] = lop.people(1)
    lop.mark(lop.general, PRESENT, person)
    lop.mark(lop.general, ABSENT, person, shown=PRESENT)
    move(lop, date=NEXT_DAY, begins=dt.time(13, 30), ends=dt.time(17))
    assert states(lop) == {}
    claims = Event.objects.filter(session=lop.general).order_by("pk").values_list("claim", flat=True)
    assert sorted(claims) == sorted([Claim.SEEN, Claim.DECISION, Claim.UNDO, Claim.UNDO])
    assert "moved from 07:30 05/06/2026 to 13:30 06/06/2026" in Event.objects.filter(claim=Claim.UNDO).first().note


def test_an_accepted_leave_was_for_the_old_time_and_waits_again(lop):
    [person] = lop.people(1)
    request = ask_for_leave(person, [lop.general], reason="Việc nhà", actor=lop.organiser)
    LeaveRequest.objects.filter(pk=request.pk).update(state=LeaveState.ACCEPTED)
    move(lop)
    assert LeaveRequest.objects.get().state == LeaveState.ACCEPTED
    move(lop, date=NEXT_DAY, begins=dt.time(13, 30), ends=dt.time(17))
    assert LeaveRequest.objects.get().state == LeaveState.ASKED


def test_a_cancelled_half_day_counts_for_nothing_and_counts_again_when_it_takes_place(lop):
    [person] = lop.people(1)
    lop.mark(lop.general, PRESENT, person)
    before = verdict_of(person)
    cancel(lop)
    assert (states(lop), Session.objects.get(pk=lop.general.pk).required) == ({person.pk: PRESENT}, False)
    assert verdict_of(person).possible == before.possible - 1
    with pytest.raises(Refusal, match="cancelled"):
        lop.mark(lop.general, ABSENT, person, shown=PRESENT)
    move(lop, begins=dt.time(7, 30), ends=dt.time(11))
    again = Session.objects.get(pk=lop.general.pk)
    assert (again.state, again.required, again.sequence) == (SessionState.MOVED, True, 2)
    assert verdict_of(person) == before


def test_what_waits_of_another_day_waits_no_more(lop):
    [person] = lop.people(1)
    close_sheet(lop.general, actor=lop.organiser, expected_version=0)
    lop.mark(lop.general, PRESENT, person)
    with pytest.raises(Refusal, match="reopen it with the reason"):
        move(lop)
    reopen_sheet(lop.general, actor=lop.organiser, why="Dời buổi")
    assert len(waiting_at(lop.general)) == 1
    move(lop, date=NEXT_DAY, begins=dt.time(13, 30), ends=dt.time(17))
    assert (waiting_at(lop.general), states(lop)) == ([], {})


def test_it_follows_also_when_the_plan_is_changed_by_its_own_form(lop):
    [person] = lop.people(1)
    lop.mark(lop.general, PRESENT, person)
    set_session(
        Session.objects.get(pk=lop.general.pk),
        actor=lop.organiser,
        date=NEXT_DAY,
        begins=dt.time(13, 30),
        ends=dt.time(17),
    )
    assert (states(lop), Session.objects.get(pk=lop.general.pk).state) == ({}, SessionState.MOVED)


def test_moved_twice_to_the_same_time_it_is_moved_once_and_the_class_grows_with_it(lop):
    last = lop.course.ends_on + dt.timedelta(days=3)
    for _again in range(2):
        move(lop, date=last)
    assert Course.objects.get(pk=lop.course.pk).ends_on == last
    assert ActionLog.objects.filter(action="reschedule").count() == 1
    assert roll_of(Session.objects.get(pk=lop.general.pk)).expected == 0


def test_without_a_reason_nothing_is_moved(lop):
    with pytest.raises(Refusal, match="write why"):
        reschedule_session(lop.general, actor=lop.organiser, why=" ", cancelled=True)


def test_a_draft_that_is_planned_anew_was_never_moved(db):
    session = make_session(make_course(make_office("x"), state=CourseState.DRAFT))
    set_session(session, actor=SYSTEM, date=FIRST_DAY, begins=dt.time(8), ends=dt.time(11))
    assert Session.objects.get().state == SessionState.PLANNED
    assert not Sheet.objects.exists()  # which would keep it from being deleted


@pytest.mark.django_db(transaction=True)
def test_who_marks_while_it_is_moved_marks_either_before_or_after():
    lop = Class()
    [person] = lop.people(1)

    def move_it():
        move(lop, date=NEXT_DAY, begins=dt.time(13, 30), ends=dt.time(17))

    def mark():
        try:
            lop.mark(lop.general, PRESENT, person)
        except Refusal:
            return

    at_once(move_it, mark)
    session = Session.objects.get(pk=lop.general.pk)
    undone = Event.objects.filter(claim=Claim.UNDO).count()
    assert session.date == NEXT_DAY
    assert (len(states(lop)), undone) in ((0, 1), (1, 0))


def test_what_was_entered_about_a_row_that_was_merged_is_taken_back_from_the_one_that_remains(lop):
    """Fails when the undo is written about the row that went: the mark of the one that remains stays."""
    organiser = organiser_of(lop.host, lop.ward)
    first, second = lop.people(2)
    lop.mark(lop.general, PRESENT, second)
    merge_trainees(first.trainee, second.trainee, actor=organiser)
    assert states(lop) == {first.pk: PRESENT}
    move(lop, date=lop.course.ends_on)
    assert states(lop) == {}

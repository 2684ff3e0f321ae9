import datetime as dt

import pytest
from django.utils import translation

from attendance.constants import LeaveState
from attendance.models import LeaveRequest
from attendance.services.leave import ask_for_leave, half_days_of
from attendance.tests.records import Class
from courses.constants.actors import Actor
from courses.constants.choices import CourseState, FilePurpose
from courses.constants.clock import set_clock
from courses.constants.errors import Refusal
from courses.models import ActionLog, Course, OfficeAnswer
from courses.services.registrations import withdraw
from courses.tests.planning import FIRST_DAY

pytestmark = pytest.mark.django_db
JPG = b"\xff\xd8\xff\xe0 anh"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def lop():
    made = Class()
    set_clock(dt.datetime.combine(FIRST_DAY, dt.time(9)))
    return made


def link(lop, office=None):
    answer = OfficeAnswer.objects.get(course=lop.course, office=office or lop.ward)
    return Actor("office", answer_id=answer.pk, office_id=answer.office_id, course_id=answer.course_id)


def test_an_office_reports_half_days_with_a_paper_once(lop):
    [person] = lop.people(1)
    ask = [lop.general, lop.second]
    first = ask_for_leave(person, ask, reason="ốm", actor=link(lop))
    again = ask_for_leave(person, ask, reason="ốm", actor=link(lop), paper=JPG)
    assert again == first
    request = LeaveRequest.objects.get()
    assert (request.state, request.by_link, request.asked_by_id) == (LeaveState.ASKED, True, None)
    assert set(request.sessions.all()) == set(ask)
    assert (request.paper.purpose, request.paper.media_type) == (FilePurpose.LEAVE, "image/jpeg")
    entry = ActionLog.objects.get(action="ask leave")
    assert entry.actor_kind == "office"
    assert entry.changes["answer"] == [None, link(lop).answer_id]
    assert "ốm" not in str(entry.changes)  # a reason may be about health: it stands in the part that can be erased


def test_only_half_days_that_the_person_owes_are_asked_for(lop):
    [person] = lop.people(1, blocks=[lop.a])
    assert half_days_of(person) == [lop.general, lop.first]
    for sessions, sentence in (([lop.second], "not for this person"), ([], "at least one")):
        with pytest.raises(Refusal, match=sentence):
            ask_for_leave(person, sessions, reason="ốm", actor=link(lop))


def test_nothing_is_reported_for_others_for_who_left_or_when_all_is_over(lop):
    """Without `check_replacing` the first and the last pass."""
    [person] = lop.people(1)
    lop.people(1, office=lop.other_ward)
    with pytest.raises(Refusal, match="own office"):
        ask_for_leave(person, [lop.general], reason="ốm", actor=link(lop, lop.other_ward))
    with pytest.raises(Refusal, match="PDF, JPG or PNG"):
        ask_for_leave(person, [lop.general], reason="ốm", actor=link(lop), paper=b"<html>")
    actor = link(lop)
    withdraw(person, actor=lop.organiser)
    with pytest.raises(Refusal, match="not on the list"):
        ask_for_leave(person, [lop.general], reason="ốm", actor=actor)
    [person] = lop.people(1)
    Course.objects.update(state=CourseState.CONCLUDED)
    with pytest.raises(Refusal, match="concluded"):
        ask_for_leave(person, [lop.general], reason="ốm", actor=lop.organiser)
    Course.objects.update(state=CourseState.RUNNING)
    set_clock(dt.datetime.combine(FIRST_DAY + dt.timedelta(days=2), dt.time(9)))
    with pytest.raises(Refusal, match="last half-day"):
        ask_for_leave(person, [lop.general], reason="ốm", actor=actor)

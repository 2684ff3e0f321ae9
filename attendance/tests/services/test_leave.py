import datetime as dt
from uuid import uuid4

import pytest
from django.utils import translation

from attendance.constants import LeaveState, MarkState, Way
from attendance.models import Event, LeaveRequest, Mark
from attendance.reports.waiting import waiting_at
from attendance.services.leave import answer_leave, ask_for_leave, half_days_of
from attendance.services.ledger import decide, undo_entries, undo_last_act
from attendance.services.sheets import close_sheet, reopen_sheet
from attendance.tests.records import Class
from courses.constants.actors import Actor
from courses.constants.choices import CourseState, FilePurpose, SessionState
from courses.constants.clock import set_clock
from courses.constants.errors import Refusal
from courses.models import ActionLog, Course, OfficeAnswer, Session
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


# The answer


def ask(lop, person, *sessions, **fields):
    return ask_for_leave(person, sessions, reason="ốm", actor=lop.organiser, **fields)


def answer(lop, request, accept=True, words="", actor=None, act=None):
    return answer_leave(request, accept=accept, answer=words, actor=actor or lop.organiser, act=act or uuid4())


def states(person):
    return dict(Mark.objects.filter(registration=person).order_by().values_list("session_id", "state"))


def test_an_accepted_request_excuses_in_each_of_its_half_days_by_its_paper_and_is_logged(lop):
    [person] = lop.people(1)
    request = ask(lop, person, lop.general, lop.second, paper=JPG)
    done = answer(lop, request, words="Đồng ý 012345678901")
    assert done.written == [lop.general, lop.second]
    assert states(person) == {lop.general.pk: MarkState.EXCUSED, lop.second.pk: MarkState.EXCUSED}
    request.refresh_from_db()
    assert (request.state, request.answered_by_id) == (LeaveState.ACCEPTED, lop.organiser.user_id)
    assert "012345678901" not in request.answer
    said = Event.objects.filter(registration=person).order_by("pk")
    assert [(e.claim, e.way, e.paper_id, e.note) for e in said] == [("excused", Way.LEAVE, request.paper_id, "")] * 2
    entry = ActionLog.objects.get(action="answer leave")
    assert entry.changes["state"] == [LeaveState.ASKED, LeaveState.ACCEPTED]
    assert "Đồng ý" not in str(entry.changes)


def test_accepted_twice_writes_nothing_twice(lop):
    [person] = lop.people(1)
    request = ask(lop, person, lop.general)
    act = uuid4()
    for again in (act, act, uuid4()):
        answer(lop, request, act=again)
    assert Event.objects.count() == 1
    assert ActionLog.objects.filter(action="answer leave").count() == 1


def test_refusing_needs_a_reason_and_says_nothing_in_the_ledger(lop):
    [person] = lop.people(1)
    request = ask(lop, person, lop.general)
    with pytest.raises(Refusal, match="why the absence is not accepted"):
        answer(lop, request, accept=False, words="  ")
    answer(lop, request, accept=False, words="thiếu giấy")
    request.refresh_from_db()
    assert (request.state, request.answer) == (LeaveState.REFUSED, "thiếu giấy")
    assert not Event.objects.exists()


def test_an_answer_can_be_changed_and_what_it_excused_is_taken_back_and_comes_again(lop):
    [person] = lop.people(1)
    request = ask(lop, person, lop.general)
    answer(lop, request)
    for _twice in range(2):
        answer(lop, request, accept=False, words="nhầm người")
        assert states(person) == {}
    answer(lop, request)
    assert states(person) == {lop.general.pk: MarkState.EXCUSED}
    assert Event.objects.count() == 3


def test_a_half_day_that_another_accepted_request_covers_stays_excused(lop):
    [person] = lop.people(1)
    one, other = ask(lop, person, lop.general), ask(lop, person, lop.general, lop.second)
    answer(lop, one)
    answer(lop, other)
    answer(lop, other, accept=False, words="chỉ một buổi")
    assert states(person) == {lop.general.pk: MarkState.EXCUSED}


def test_only_an_organiser_of_the_class_answers_and_only_while_it_is_under_way(lop):
    [person] = lop.people(1)
    request = ask(lop, person, lop.general)
    for actor in (link(lop), lop.officer, Class(code="LOP-2").organiser):
        with pytest.raises(Refusal):
            answer(lop, request, actor=actor)
    Course.objects.filter(pk=lop.course.pk).update(state=CourseState.CONCLUDED)
    with pytest.raises(Refusal):
        answer(lop, request)
    request.refresh_from_db()
    assert request.state == LeaveState.ASKED


def test_an_organiser_of_another_host_asks_for_nobody(lop):
    [person] = lop.people(1)
    with pytest.raises(Refusal):
        ask_for_leave(person, [lop.general], reason="ốm", actor=Class(code="LOP-2").organiser)


def test_on_a_closed_sheet_the_leave_waits_for_a_decision_and_the_answer_says_so(lop):
    [person] = lop.people(1)
    request = ask(lop, person, lop.general, lop.second)
    close_sheet(lop.general, actor=lop.organiser, expected_version=0)
    done = answer(lop, request)
    assert (done.proposed, done.written) == ([lop.general], [lop.second])
    assert states(person) == {lop.second.pk: MarkState.EXCUSED}
    [waiting] = waiting_at(lop.general)
    reopen_sheet(lop.general, actor=lop.organiser, why="giấy đến sau")
    decide(lop.general, person, MarkState.EXCUSED, actor=lop.organiser, act=uuid4(), names=waiting.event)
    assert states(person)[lop.general.pk] == MarkState.EXCUSED


def test_a_half_day_that_was_cancelled_meanwhile_is_passed_over(lop):
    [person] = lop.people(1)
    request = ask(lop, person, lop.general, lop.second)
    Session.objects.filter(pk=lop.second.pk).update(state=SessionState.CANCELLED, required=False)
    assert answer(lop, request).passed_over == [lop.second]
    assert states(person) == {lop.general.pk: MarkState.EXCUSED}


def test_somebody_who_was_seen_is_disputed_until_somebody_decides(lop):
    [person] = lop.people(1)
    lop.mark(lop.general, MarkState.PRESENT, person)
    request = ask(lop, person, lop.general)
    answer(lop, request)
    assert states(person) == {lop.general.pk: MarkState.DISPUTED}
    answer(lop, request, accept=False, words="đã có mặt")
    assert states(person) == {lop.general.pk: MarkState.PRESENT}


def test_who_has_left_the_list_can_be_refused_but_not_excused(lop):
    [person] = lop.people(1)
    request = ask(lop, person, lop.general)
    withdraw(person, actor=lop.organiser)
    with pytest.raises(Refusal, match="not on the list"):
        answer(lop, request)
    answer(lop, request, accept=False, words="đã rút tên")


# What an accepted request wrote


def test_the_entry_of_an_accepted_leave_is_not_taken_back_beside_its_request(lop):
    """Fails without `_check_no_leave`: the request would stay accepted and excuse nothing."""
    [person] = lop.people(1)
    request = ask(lop, person, lop.general, lop.second)
    act = uuid4()
    answer(lop, request, act=act)
    event = Event.objects.get(session=lop.general)
    attempts = (
        lambda: undo_entries(lop.general, [event.pk], actor=lop.organiser, act=uuid4()),
        lambda: undo_last_act(lop.general, actor=lop.organiser, act=uuid4()),
        lambda: lop.mark(lop.general, "", person, shown=MarkState.EXCUSED),
    )
    for attempt in attempts:
        with pytest.raises(Refusal, match="results of the class"):
            attempt()
    assert states(person) == {lop.general.pk: MarkState.EXCUSED, lop.second.pk: MarkState.EXCUSED}
    answer(lop, request, accept=False, words="nhầm người")
    assert states(person) == {}


def test_what_really_was_is_still_marked_over_an_accepted_leave(lop):
    [person] = lop.people(1)
    answer(lop, ask(lop, person, lop.general))
    lop.mark(lop.general, MarkState.PRESENT, person, shown=MarkState.EXCUSED)
    assert states(person) == {lop.general.pk: MarkState.PRESENT}
    assert undo_last_act(lop.general, actor=lop.organiser, act=uuid4()) == [person.pk]
    assert states(person) == {lop.general.pk: MarkState.EXCUSED}


def test_a_leave_whose_request_is_accepted_no_more_is_taken_back(lop):
    [person] = lop.people(1)
    request = ask(lop, person, lop.general)
    answer(lop, request)
    LeaveRequest.objects.update(state=LeaveState.ASKED)
    undo_entries(lop.general, [Event.objects.get().pk], actor=lop.organiser, act=uuid4())
    assert states(person) == {}


# By the person


def own(person):
    return Actor("trainee", trainee_id=person.trainee_id)


def ask_as(lop, person, *sessions, reason="ốm", actor=None):
    return ask_for_leave(person, sessions, reason=reason, actor=actor or own(person))


def test_a_person_asks_for_own_half_days_once_and_it_is_said_that_the_person_asked(lop):
    [person] = lop.people(1)
    assert ask_as(lop, person, lop.first) == ask_as(lop, person, lop.first)
    request = LeaveRequest.objects.get()
    assert (request.by_trainee, request.by_link, request.asked_by_id) == (True, False, None)
    assert ActionLog.objects.get(action="ask leave").actor_kind == "trainee"


def test_a_person_asks_for_nobody_else_without_a_reason_or_in_a_class_that_is_over(lop):
    """Fails without `_check_own`."""
    person, other = lop.people(2)
    with pytest.raises(Refusal, match="by the person alone"):
        ask_as(lop, person, lop.first, actor=own(other))
    with pytest.raises(Refusal, match="why you cannot come"):
        ask_as(lop, person, lop.first, reason="")
    Course.objects.update(state=CourseState.CONCLUDED)
    with pytest.raises(Refusal, match="concluded"):
        ask_as(lop, person, lop.first)


def test_a_person_asks_for_what_is_not_over_yet(lop):
    """The half-day that is on can still be asked for; once it has ended, its organisers say what was."""
    [person] = lop.people(1)
    ask_as(lop, person, lop.general)
    set_clock(lop.first.ends_at)
    with pytest.raises(Refusal, match="is over"):
        ask_as(lop, person, lop.first)


def test_a_person_asks_again_only_for_what_was_not_accepted(lop):
    """Fails without `_check_not_asked`: a button pressed in anger would fill the organiser's list."""
    [person] = lop.people(1)
    request = ask_as(lop, person, lop.first)
    with pytest.raises(Refusal, match="asked for"):
        ask_as(lop, person, lop.first, lop.second, reason="khác")
    answer(lop, request, accept=False, words="thiếu giấy")
    again = ask_as(lop, person, lop.first, reason="có giấy")
    answer(lop, again)
    with pytest.raises(Refusal, match="asked for"):
        ask_as(lop, person, lop.first, reason="khác nữa")
    assert LeaveRequest.objects.count() == 2

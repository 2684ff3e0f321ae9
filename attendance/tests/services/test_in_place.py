"""Somebody comes instead: what the plan says of it stands in courses.tests.services.test_stand_ins.

Each fails when its guard is taken out: tried with who was there, and with the three refusals of merging."""

import datetime as dt
from uuid import uuid4

import pytest

from attendance.constants import MarkState
from attendance.models import Certificate, Event, Mark
from attendance.reports.naming import candidates_of
from attendance.reports.papers import candidates
from attendance.reports.people import classes_of
from attendance.reports.persons import person_of
from attendance.reports.roll import expected_people, roll_of
from attendance.reports.verdicts import verdict_of
from attendance.services.in_place import end_stand_in_at, replace_from, stand_in_at
from attendance.services.leave import half_days_of
from attendance.services.ledger import decide
from attendance.services.merging import merge_trainees, undo_merge
from attendance.services.sheets import close_sheet
from attendance.tests.records import Class, prepared
from courses.constants.actors import Actor
from courses.constants.choices import CourseState, RegistrationState
from courses.constants.errors import Refusal
from courses.models import Course, Registration
from courses.services.nominations import NewPerson
from courses.services.registrations import register
from courses.tests.planning import make_course, make_session, make_trainee, organiser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


class World(Class):
    def __init__(self):
        super().__init__()
        self.organiser = organiser_of(self.host, self.ward, self.other_ward)
        [self.an] = self.people(1)
        self.other = make_trainee(self.ward, "Ngô Thử Thay")

    def stands_in(self, *sessions, by=None, instead_of=None, **fields):
        values = {"actor": self.organiser, "why": "họp", "submission": uuid4(), **fields}
        return stand_in_at(instead_of or self.an, sessions or [self.general], by=by or self.other, **values)

    def replaces(self, session, **fields):
        values = {"by": self.other, "actor": self.organiser, "why": "ốm", "submission": uuid4(), **fields}
        return replace_from(self.an, session, **values)


@pytest.fixture
def lop():
    return World()


def states(session):
    return dict(Mark.objects.filter(session=session).order_by().values_list("registration_id", "state"))


def expected(session):
    return {registration.pk for registration in expected_people(session)}


def test_a_stand_in_is_expected_at_those_half_days_alone_and_present_in_the_same_step(lop):
    submission = uuid4()
    for _twice in range(2):
        there = lop.stands_in(present_at=lop.general, submission=submission)
    assert states(lop.general) == {there.pk: MarkState.PRESENT}
    assert Event.objects.count() == 1
    assert expected(lop.general) == {lop.an.pk, there.pk}
    assert expected(lop.first) == {lop.an.pk}
    assert half_days_of(there) == [lop.general]


def test_the_presence_of_a_stand_in_never_counts_for_the_other(lop):
    lop.stands_in(lop.general, lop.first, lop.second, present_at=lop.general)
    close_sheet(lop.general, actor=lop.organiser, expected_version=0)
    verdict = verdict_of(Registration.objects.get(pk=lop.an.pk))
    assert (verdict.earned, verdict.attended) == (False, 0)


def test_a_stand_in_gets_no_paper_and_stands_on_no_list_of_results(lop):
    there = lop.stands_in(lop.general, lop.first, lop.second)
    for session in lop.sessions:
        lop.mark(session, MarkState.PRESENT, there)
    assert [candidate.registration for candidate in candidates(lop.course)] == [lop.an]
    prepared(lop)
    assert not Certificate.objects.filter(registration=there).exists()


def test_a_stand_in_keeps_marks_of_the_own_and_a_page_of_the_person_says_for_whom(lop):
    there = lop.stands_in(present_at=lop.general)
    page = person_of(lop.other, lop.organiser)
    assert (page.classes, page.left, page.stood_in) == ([], [], [there])
    assert classes_of(lop.other, Actor("trainee", trainee_id=lop.other.pk)) == []


def test_who_was_there_needs_nobody_instead(lop):
    lop.mark(lop.general, MarkState.PRESENT, lop.an)
    with pytest.raises(Refusal, match="was marked present"):
        lop.stands_in(lop.general)
    with pytest.raises(Refusal, match="was marked present"):
        lop.replaces(lop.general)
    assert Registration.objects.count() == 1
    assert lop.stands_in(lop.first)


def test_on_a_closed_sheet_the_stand_in_is_entered_and_the_mark_waits(lop):
    close_sheet(lop.general, actor=lop.organiser, expected_version=0)
    there = lop.stands_in(present_at=lop.general)
    assert states(lop.general) == {}
    assert Event.objects.get(registration=there).proposal


def test_a_stand_in_entered_by_mistake_goes_with_the_mark_and_nothing_goes_from_a_closed_sheet(lop):
    there = lop.stands_in(lop.general, lop.first, present_at=lop.general)
    end_stand_in_at(there, lop.general, actor=lop.organiser, act=uuid4())
    assert (states(lop.general), expected(lop.general)) == ({}, {lop.an.pk})
    there = lop.stands_in(lop.general, present_at=lop.general)
    close_sheet(lop.general, actor=lop.organiser, expected_version=0)
    with pytest.raises(Refusal):
        end_stand_in_at(there, lop.general, actor=lop.organiser, act=uuid4())


def test_who_comes_from_a_half_day_on_is_expected_from_then_and_the_other_until_then(lop):
    lop.mark(lop.general, MarkState.PRESENT, lop.an)
    new = lop.replaces(lop.first, present=True)
    assert (expected(lop.general), expected(lop.first), expected(lop.second)) == ({lop.an.pk}, {new.pk}, {new.pk})
    assert states(lop.first) == {new.pk: MarkState.PRESENT}
    assert states(lop.general) == {lop.an.pk: MarkState.PRESENT}
    lop.an.refresh_from_db()
    assert (lop.an.state, lop.an.replaced_by, half_days_of(lop.an)) == (RegistrationState.REPLACED, new, [lop.general])
    assert half_days_of(new) == [lop.first, lop.second]


def test_the_same_page_again_replaces_once(lop):
    submission = uuid4()
    new = NewPerson("Ngô Thử Mới", "Chuyên viên")
    made = {lop.replaces(lop.general, by=new, submission=submission, present=True).pk for _twice in range(2)}
    assert len(made) == 1
    assert Event.objects.count() == 1


def test_nobody_comes_instead_in_a_class_that_is_over_nor_by_another_host(lop):
    with pytest.raises(Refusal):
        lop.replaces(lop.first, actor=Class(code="LOP-2").organiser)
    Course.objects.filter(pk=lop.course.pk).update(state=CourseState.CONCLUDED)
    for act in (lambda: lop.replaces(lop.first), lambda: lop.stands_in(lop.first)):
        with pytest.raises(Refusal, match="concluded"):
            act()


def test_the_roll_says_for_whom_somebody_stands_in_at_the_same_number_of_queries(lop, django_assert_num_queries):
    for count in (1, 2):
        for person in lop.people(count):
            lop.stands_in(by=make_trainee(lop.ward, f"Ngô Thử {person.pk}"), instead_of=person)
        with django_assert_num_queries(4):
            lines = [line for office in roll_of(lop.general).offices for line in office.lines]
            names = [
                line.registration.stand_in_for.trainee.full_name for line in lines if line.registration.stand_in_for
            ]
    assert len(names) == 3


def test_who_stands_in_in_another_class_is_busy_only_then(lop):
    lop.stands_in(lop.general)
    elsewhere = make_course(lop.host, "LOP-2", state=CourseState.RUNNING)
    Course.objects.filter(pk=elsewhere.pk).update(ends_on=elsewhere.ends_on + dt.timedelta(days=9))
    elsewhere.refresh_from_db()
    make_session(elsewhere)
    later = make_session(elsewhere, day=lop.second.date + dt.timedelta(days=3))
    [found] = [c for c in candidates_of(elsewhere, lop.ward).candidates if c.trainee == lop.other]
    assert [session.date for session in found.busy] == [lop.general.date]
    assert later not in found.busy


# Two rows that are one person


def test_two_rows_that_stood_in_for_one_person_become_one_stand_in_and_two_again(lop):
    twin = make_trainee(lop.ward, "Ngô Thử Thay Hai")
    one, two = (
        lop.stands_in(lop.general, present_at=lop.general),
        lop.stands_in(lop.first, by=twin, present_at=lop.first),
    )
    merge = merge_trainees(lop.other, twin, actor=lop.organiser)
    one.refresh_from_db()
    assert set(one.sessions.all()) == {lop.general, lop.first}
    assert (expected(lop.first), states(lop.first)) == ({lop.an.pk, one.pk}, {one.pk: MarkState.PRESENT})
    undo_merge(merge, actor=lop.organiser)
    two.refresh_from_db()
    assert (two.state, two.trainee) == (RegistrationState.CONFIRMED, twin)
    assert (set(one.sessions.all()), set(two.sessions.all())) == ({lop.general}, {lop.first})
    assert states(lop.first) == {two.pk: MarkState.PRESENT}


def test_who_is_on_the_list_and_who_stands_in_there_cannot_be_one_person(lop):
    twin = make_trainee(lop.ward, "Ngô Thử Thay Hai")
    register(lop.course, twin, actor=lop.organiser)
    lop.stands_in(lop.general)
    with pytest.raises(Refusal, match="stands in"):
        merge_trainees(lop.other, twin, actor=lop.organiser)


def test_two_who_stand_in_for_two_at_one_half_day_cannot_be_one_person(lop):
    twin, [binh] = make_trainee(lop.ward, "Ngô Thử Thay Hai"), lop.people(1)
    lop.stands_in(lop.general)
    lop.stands_in(lop.general, by=twin, instead_of=binh)
    with pytest.raises(Refusal, match="same half-day"):
        merge_trainees(lop.other, twin, actor=lop.organiser)


def test_a_decision_about_a_stand_in_is_the_stand_ins_alone(lop):
    there = lop.stands_in(lop.general)
    decide(lop.general, there, MarkState.LATE, actor=lop.organiser, act=uuid4())
    assert states(lop.general) == {there.pk: MarkState.LATE}

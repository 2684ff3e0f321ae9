"""A paper that was prepared in the place of an issued one: what its holder has earned is not lost on the way."""

import datetime as dt
from decimal import Decimal

import pytest

from attendance.constants import CertificateState, Examination, MarkState, Revocation
from attendance.models import Certificate
from attendance.reports.handing_over import prepared_of
from attendance.services.course_rules import set_rule
from attendance.services.ending import confirm_lost, issue_replacing, reissue_paper, revoke_paper
from attendance.services.handing_over import void_paper, void_unearned
from attendance.services.overrides import set_special_case, take_back_special_case
from attendance.services.register import issue_papers
from attendance.services.scores import ScoresRefused, enter_scores
from attendance.tests.records import Class, prepared
from courses.constants.choices import CourseState, RegistrationState
from courses.constants.errors import Refusal
from courses.models import Course, Registration
from courses.services.registrations import set_blocks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def lop():
    return Class()


def issued(lop) -> Certificate:
    prepared(lop)
    issue_papers(lop.course, actor=lop.officer)
    return Certificate.objects.get()


def test_the_number_in_the_place_of_an_issued_paper_is_not_made_void(lop):
    """Else its holder, who earned it, has no paper in force, and none can stand in its place any more."""
    lop.attended(1)
    paper = issued(lop)
    new = reissue_paper(paper, lop.order, why="Sai tên", actor=lop.officer)
    with pytest.raises(Refusal):
        void_paper(new, actor=lop.officer, why="In hỏng")
    new.refresh_from_db()
    assert new.state == CertificateState.PREPARED
    assert issue_replacing(new, actor=lop.officer).state == CertificateState.ISSUED


def test_nor_by_making_void_all_that_was_not_earned(lop):
    """Fails when only the numbers that are made void one by one are looked at."""
    [person] = lop.people(1)
    set_special_case(person, why="Ốm", document="12/QĐ", decided_by="Ngô Thử Ký", actor=lop.officer)
    new = reissue_paper(issued(lop), lop.order, why="Sai tên", actor=lop.officer)
    Course.objects.update(state=CourseState.CONCLUDED)
    Registration.objects.update(state=RegistrationState.WITHDRAWN)
    assert prepared_of(lop.course) == []
    assert [result.certificate for result in void_unearned(lop.course, actor=lop.officer)] == [None]
    new.refresh_from_db()
    assert new.state == CertificateState.PREPARED


def test_it_is_issued_before_it_is_revoked(lop):
    lop.attended(1)
    new = reissue_paper(issued(lop), lop.order, why="Sai tên", actor=lop.officer)
    said = {"ground": Revocation.FRAUD, "document": "45/QĐ-UBND", "document_date": dt.date(2026, 6, 11)}
    with pytest.raises(Refusal, match="issue it first"):
        revoke_paper(new, actor=lop.officer, **said)
    issue_replacing(new, actor=lop.officer)
    assert revoke_paper(new, actor=lop.officer, **said).state == CertificateState.REVOKED


def test_it_says_no_other_course_than_that_which_was_earned(lop):
    """It is issued without judging again. Fails when all facts are drawn anew: a block that somebody was moved to, and
    never attended, would be on a valid paper."""
    [person] = lop.attended(1, blocks=[lop.a])
    paper = issued(lop)
    set_blocks(person, [lop.b], actor=lop.organiser)
    new = reissue_paper(paper, lop.order, why="Sai tên", actor=lop.officer)
    assert (new.facts["blocks"], new.facts["periods"]) == (paper.facts["blocks"], paper.facts["periods"])
    lop.mark(lop.second, MarkState.PRESENT, person)
    again = reissue_paper(new, lop.order, why="Sai khối", actor=lop.officer)
    assert again.facts["blocks"] == ["Khối B"]


def test_the_decision_that_it_rests_on_is_not_taken_back_meanwhile(lop):
    """It is issued without judging again. Fails when only papers that are issued themselves are looked at."""
    [person] = lop.people(1)
    set_special_case(person, why="Ốm", document="12/QĐ", decided_by="Ngô Thử Ký", actor=lop.officer)
    new = reissue_paper(issued(lop), lop.order, why="Sai tên", actor=lop.officer)
    with pytest.raises(Refusal):
        take_back_special_case(person, why="Nhầm", actor=lop.officer)
    again = reissue_paper(new, lop.order, why="Sai lần nữa", actor=lop.officer)
    with pytest.raises(Refusal):
        take_back_special_case(person, why="Nhầm", actor=lop.officer)
    assert issue_replacing(again, actor=lop.officer).state == CertificateState.ISSUED


@pytest.fixture
def tested(lop):
    """(the class, its one person, who has nine points and a paper that says so)"""
    grades = [[8, "Giỏi"], [5, "Đạt"]]
    set_rule(lop.course, actor=lop.organiser, test=Examination.TEST, scale=Decimal(10), pass_mark=5, grades=grades)
    [person] = lop.attended(1)
    enter_scores(lop.course, {person.pk: Decimal(9)}, actor=lop.officer)
    return lop, person, issued(lop)


def test_points_that_are_put_right_meanwhile_do_not_leave_the_old_grade_on_it(tested):
    lop, person, paper = tested
    new = reissue_paper(paper, lop.order, why="Sai điểm", actor=lop.officer)
    enter_scores(lop.course, {person.pk: Decimal(6)}, actor=lop.officer)
    with pytest.raises(Refusal, match="another grade"):
        issue_replacing(new, actor=lop.officer)
    again = reissue_paper(new, lop.order, why="Sai điểm", actor=lop.officer)
    assert issue_replacing(again, actor=lop.officer).facts["grade"] == "Đạt"


@pytest.mark.parametrize("points", [Decimal(3), None])
def test_points_do_not_fall_below_the_mark_to_pass_while_it_waits(tested, points):
    lop, person, paper = tested
    reissue_paper(paper, lop.order, why="Sai tên", actor=lop.officer)
    with pytest.raises(ScoresRefused):
        enter_scores(lop.course, {person.pk: points}, actor=lop.officer)


def test_points_stay_while_the_confirmation_of_a_lost_paper_waits(tested):
    lop, person, paper = tested
    confirm_lost(paper, lop.order, actor=lop.officer)
    with pytest.raises(ScoresRefused):
        enter_scores(lop.course, {person.pk: Decimal(6)}, actor=lop.officer)

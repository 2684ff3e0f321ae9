"""Handing papers over against a signature, taking a slip back on the day, and numbers that become void."""

import datetime as dt

import pytest

from attendance.constants import CertificateState, MarkState
from attendance.models import Certificate, RegisterBook
from attendance.services.handing_over import hand_over, take_back_handing_over, void_paper, void_unearned
from attendance.services.register import issue_papers, prepare_paper
from attendance.services.sheets import close_sheet
from attendance.tests.records import AFTERWARDS, ISSUED_ON, Class, numbers, officer_of, prepared
from courses.constants.choices import CourseState
from courses.constants.clock import set_clock
from courses.constants.errors import Refusal
from courses.models import ActionDetail, ActionLog, Course
from courses.services.registrations import withdraw

pytestmark = pytest.mark.django_db
TODAY = AFTERWARDS.date()


@pytest.fixture
def lop():
    return Class()


def issued(lop, count=2):
    lop.attended(count)
    prepared(lop)
    return [result.certificate for result in issue_papers(lop.course, actor=lop.officer)]


def handed(lop, papers, **fields):
    fields = {"on": TODAY, "actor": lop.officer} | fields
    return hand_over(lop.course, [paper.pk for paper in papers], **fields)


def states():
    return list(Certificate.objects.order_by("number").values_list("state", flat=True))


# Handing over


def test_ticked_papers_are_handed_over_on_a_day_to_their_people_or_somebody_for_them(lop):
    first, second, third = issued(lop, 3)
    assert handed(lop, [first]) == [first]
    assert handed(lop, [second, third], on=dt.date(2026, 6, 11), to="Ngô Thử Nhận Thay") == [second, third]
    rows = Certificate.objects.order_by("number").values_list("state", "handed_on", "handed_to", "handed_by")
    assert list(rows) == [
        ("handed_over", TODAY, "", lop.officer.user_id),
        ("handed_over", dt.date(2026, 6, 11), "Ngô Thử Nhận Thay", lop.officer.user_id),
        ("handed_over", dt.date(2026, 6, 11), "Ngô Thử Nhận Thay", lop.officer.user_id),
    ]
    assert ActionLog.objects.filter(action="hand over").count() == 3
    assert ActionDetail.objects.filter(entry__action="hand over").count() == 2


def test_handed_over_again_it_stays_as_it_was_noted(lop):
    papers = issued(lop)
    handed(lop, papers, on=ISSUED_ON)
    assert handed(lop, papers, to="Ai đó") == []
    assert set(Certificate.objects.values_list("handed_on", "handed_to")) == {(ISSUED_ON, "")}
    assert ActionLog.objects.filter(action="hand over").count() == 2


@pytest.mark.parametrize("on", [dt.date(2026, 6, 9), dt.date(2026, 6, 13)])
def test_a_day_before_the_issue_or_still_to_come_is_refused(lop, on):
    papers = issued(lop)
    with pytest.raises(Refusal):
        handed(lop, papers, on=on)
    assert states() == ["issued", "issued"]


def test_what_is_not_issued_is_refused_and_then_nothing_is_noted(lop):
    papers = issued(lop)
    lop.attended(1)
    [waiting] = [result.certificate for result in prepared(lop)][-1:]
    with pytest.raises(Refusal, match=waiting.facts["number"]):
        handed(lop, [*papers, waiting])
    assert states() == ["issued", "issued", "prepared"]


def test_papers_of_another_class_are_left_alone(lop):
    papers = issued(lop)
    other = Class(code="LOP-2")
    assert hand_over(other.course, [paper.pk for paper in papers], actor=other.officer, on=TODAY) == []
    assert states() == ["issued", "issued"]


def test_a_slip_is_taken_back_on_its_day_and_both_entries_stay(lop):
    [paper] = issued(lop, 1)
    handed(lop, [paper], to="Nhầm người")
    for _again in (1, 2):
        take_back_handing_over(paper, actor=lop.officer)
        paper.refresh_from_db()
        assert (paper.state, paper.handed_on, paper.handed_to, paper.handed_by) == ("issued", None, "", None)
    assert ActionLog.objects.filter(action="hand over").count() == 2
    handed(lop, [paper])
    set_clock(AFTERWARDS + dt.timedelta(days=1))
    with pytest.raises(Refusal):
        take_back_handing_over(paper, actor=lop.officer)
    assert states() == ["handed_over"]


# Void


def test_what_was_not_earned_becomes_void_with_its_reason_keeps_its_number_and_the_next_one_follows(lop):
    [earned] = lop.attended(1)
    [lost] = lop.people(1)
    prepared(lop)
    lop.mark(lop.general, MarkState.ABSENT, lost)
    Course.objects.update(state=CourseState.CONCLUDED)
    results = void_unearned(lop.course, actor=lop.officer)
    kept, gone = sorted(results, key=lambda result: result.registration.pk)
    assert (kept.certificate, gone.certificate.number) == (None, 2)
    paper = Certificate.objects.get(registration=lost)
    assert (paper.state, paper.ended_by_id, paper.ended_at is not None) == ("void", lop.officer.user_id, True)
    assert "05/06/2026" in paper.ended_why
    assert void_unearned(lop.course, actor=lop.officer)[0].certificate is None
    assert (numbers(), RegisterBook.objects.get().last_number) == ([1, 2], 2)
    assert ActionLog.objects.filter(action="void").count() == 1
    assert Certificate.objects.get(registration=earned).state == "prepared"


def test_nothing_becomes_void_by_itself_before_the_last_sheet_is_closed(lop):
    [lost] = lop.people(1)
    prepared(lop)
    lop.mark(lop.general, MarkState.ABSENT, lost)
    for session in lop.sessions:
        with pytest.raises(Refusal):
            void_unearned(lop.course, actor=lop.officer)
        close_sheet(session, actor=lop.organiser, expected_version=0)
    [result] = void_unearned(lop.course, actor=lop.officer)
    assert result.certificate.state == CertificateState.VOID


def test_who_can_still_earn_it_keeps_the_number_unless_the_officer_gives_a_reason(lop):
    [still] = lop.people(1)
    paper = prepare_paper(still, lop.order, actor=lop.officer)
    Course.objects.update(state=CourseState.RUNNING)
    lop.course.refresh_from_db()
    for session in lop.sessions:
        lop.mark(session, MarkState.PRESENT, still)
        close_sheet(session, actor=lop.organiser, expected_version=0)
    [result] = void_unearned(lop.course, actor=lop.officer)
    assert result.certificate is None
    assert states() == ["prepared"]
    with pytest.raises(Refusal):
        void_paper(paper, actor=lop.officer, why="  ")
    void_paper(paper, actor=lop.officer, why="Sai họ tên trên giấy")
    void_paper(paper, actor=lop.officer, why="lần nữa")
    assert Certificate.objects.get().ended_why == "Sai họ tên trên giấy"
    new = prepare_paper(still, lop.order, actor=lop.officer)
    assert (new.number, states()) == (2, ["void", "prepared"])


def test_who_has_left_the_class_is_among_those_without(lop):
    [gone] = lop.attended(1)
    prepared(lop)
    withdraw(gone, actor=lop.organiser, why="Chuyển công tác")
    for session in lop.sessions:
        close_sheet(session, actor=lop.organiser, expected_version=0)
    [result] = void_unearned(lop.course, actor=lop.officer)
    assert result.certificate.state == CertificateState.VOID


def test_an_issued_paper_never_becomes_void(lop):
    [paper] = issued(lop, 1)
    with pytest.raises(Refusal):
        void_paper(paper, actor=lop.officer, why="Nhầm")
    assert states() == ["issued"]


def test_only_officers_of_the_host_act(lop):
    [paper] = issued(lop, 1)
    for stranger in (lop.organiser, officer_of(lop.ward)):
        for act in (
            lambda: handed(lop, [paper], actor=stranger),
            lambda: take_back_handing_over(paper, actor=stranger),
            lambda: void_paper(paper, actor=stranger, why="x"),
            lambda: void_unearned(lop.course, actor=stranger),
        ):
            with pytest.raises(Refusal):
                act()
    assert states() == ["issued"]

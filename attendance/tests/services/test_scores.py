"""Points of a test: entered for many at once or for none, and never under an issued paper."""

from decimal import Decimal

import pytest

from attendance.constants import CertificateState, Examination
from attendance.models import Certificate, Completion, Score
from attendance.reports.papers import candidates
from attendance.reports.verdicts import verdict_of
from attendance.services.course_rules import set_rule
from attendance.services.register import issue_paper, issue_papers
from attendance.services.scores import ScoresRefused, enter_scores
from attendance.tests.records import Class, officer_of, prepared
from attendance.tests.services.test_marking_beside import one_inside_the_other
from courses.constants.actors import NOBODY
from courses.constants.errors import Refusal
from courses.models import ActionDetail, ActionLog, Registration
from courses.services.registrations import withdraw

pytestmark = pytest.mark.usefixtures("english")
GRADES = [("9", "Giỏi"), ("7", "Khá"), ("5", "Đạt")]


@pytest.fixture
def lop(db):
    lop = Class()
    set_rule(lop.course, actor=lop.organiser, test=Examination.TEST, grades=GRADES)
    return lop


def entered(lop, points, actor=None):
    return enter_scores(lop.course, points, actor=actor or lop.officer)


def standing():
    return dict(Score.objects.order_by().values_list("registration_id", "points"))


def test_points_are_entered_changed_and_taken_out_and_logged_from_old_to_new(lop):
    one, two = lop.attended(2)
    assert not verdict_of(one).earned
    assert entered(lop, {one.pk: Decimal("7.5"), two.pk: Decimal(4)}) == {one.pk: Decimal("7.5"), two.pk: Decimal(4)}
    assert (verdict_of(one).earned, verdict_of(one).grade, verdict_of(two).can_still) == (True, "Khá", False)
    entered(lop, {one.pk: None, two.pk: Decimal("9")})
    assert standing() == {two.pk: Decimal(9)}
    logged = ActionDetail.objects.filter(entry__action="enter score").order_by("pk")
    assert [(detail.entry.subject_id, detail.changes["points"]) for detail in logged] == [
        (one.pk, [None, "7.5"]), (two.pk, [None, "4"]), (one.pk, ["7.5", None]), (two.pk, ["4", "9"])
    ]  # fmt: skip


def test_the_same_points_twice_are_harmless(lop):
    [person] = lop.attended(1)
    entered(lop, {person.pk: Decimal("7.50")})
    assert entered(lop, {person.pk: Decimal("7.5")}) == {}
    assert ActionLog.objects.filter(action="enter score").count() == 1


def test_one_wrong_keeps_all_out_and_each_has_a_sentence(lop):
    """Fails when what is right is written before the rest is looked at."""
    good, above, below, gone = lop.attended(4)
    withdraw(gone, actor=lop.organiser)
    foreign = Class(code="LOP-2").attended(1)[0]
    points = {good.pk: 5, above.pk: Decimal("10.01"), below.pk: Decimal(-1), gone.pk: 5, foreign.pk: 5}
    with pytest.raises(ScoresRefused) as refused:
        entered(lop, {pk: Decimal(value) for pk, value in points.items()})
    assert refused.value.sentences == {
        above.pk: "10.01 is not between 0 and 10.",
        below.pk: "-1 is not between 0 and 10.",
        gone.pk: "This person is not on the list of the class any more.",
        foreign.pk: "This person is not on the list of the class any more.",
    }
    assert standing() == {}


def test_points_under_an_issued_paper_stay_and_it_is_said_what_to_do(lop):
    """Fails without `_wrong` looking for papers."""
    [person] = lop.attended(1)
    entered(lop, {person.pk: Decimal(8)})
    prepared(lop)
    issue_papers(lop.course, actor=lop.officer)
    assert entered(lop, {person.pk: Decimal(8)}) == {}
    with pytest.raises(ScoresRefused, match="revoke the certificate or issue it anew first"):
        entered(lop, {person.pk: Decimal(9)})
    assert standing() == {person.pk: Decimal(8)}


@pytest.mark.parametrize("who", ["organiser", "foreign", "nobody"])
def test_only_the_hosts_officers_enter_points(lop, who):
    [person] = lop.attended(1)
    actor = {"organiser": lop.organiser, "foreign": officer_of(lop.ward), "nobody": NOBODY}[who]
    with pytest.raises(Refusal, match="Only a certificate officer"):
        entered(lop, {person.pk: Decimal(5)}, actor)
    assert standing() == {}


def test_a_class_without_a_test_takes_no_points(lop):
    [person] = lop.attended(1)
    set_rule(lop.course, actor=lop.organiser, test=Examination.NONE)
    with pytest.raises(Refusal, match="has no test or essay"):
        entered(lop, {person.pk: Decimal(5)})


def test_the_grade_is_a_fact_of_the_paper_and_waits_for_the_points(lop):
    """Fails when `prepare_paper` does not look at `grade_open`: the frozen paper would say no grade for ever."""
    [person] = lop.attended(1)
    [result] = prepared(lop)
    assert (result.certificate, "enter the results of the test first" in result.sentence) == (None, True)
    [candidate] = candidates(lop.course, lop.order)
    assert (candidate.is_due, candidate.hindrance) == (False, result.sentence)
    entered(lop, {person.pk: Decimal(7)})
    [result] = prepared(lop)
    assert result.certificate.facts["grade"] == "Khá"


def test_a_prepared_paper_whose_grade_has_changed_since_is_not_issued(lop):
    """Fails when `issue_paper` does not compare the grades."""
    [person] = lop.attended(1)
    entered(lop, {person.pk: Decimal(7)})
    prepared(lop)
    entered(lop, {person.pk: Decimal(9)})
    [result] = issue_papers(lop.course, actor=lop.officer)
    assert (result.certificate, "another grade" in result.sentence) == (None, True)
    assert Certificate.objects.get().state == CertificateState.PREPARED
    entered(lop, {person.pk: Decimal("7.25")})
    assert issue_papers(lop.course, actor=lop.officer)[0].certificate.state == CertificateState.ISSUED
    assert Completion.objects.get().earned


def test_points_of_a_registration_that_went_into_another_hold_for_it(lop):
    kept, gone = lop.attended(2)
    entered(lop, {gone.pk: Decimal(8)})
    Registration.objects.filter(pk=gone.pk).update(merged_into=kept, state="withdrawn")
    assert verdict_of(kept).points == Decimal(8)
    entered(lop, {kept.pk: Decimal(6)})
    assert verdict_of(kept).points == Decimal(6)
    entered(lop, {kept.pk: None})
    assert verdict_of(kept).points is None


def test_entering_costs_the_same_for_one_and_for_three(lop, django_assert_num_queries):
    for count in (1, 3):
        people = lop.attended(count)
        with django_assert_num_queries(13):
            entered(lop, {person.pk: Decimal(6) for person in people})


@pytest.mark.django_db(transaction=True)
def test_points_entered_while_the_paper_is_issued_come_too_late(english):
    """Fails on PostgreSQL without the lock of the registrations in `enter_scores`: it would rest on bad points."""
    lop, person, paper = class_with_prepared_paper()
    raised = one_inside_the_other(
        lambda: issue_paper(paper, actor=lop.officer), lambda: entered(lop, {person.pk: Decimal(1)})
    )
    assert [type(error) for error in raised] == [ScoresRefused]
    assert (standing(), Certificate.objects.get().state) == ({person.pk: Decimal(8)}, CertificateState.ISSUED)


@pytest.mark.django_db(transaction=True)
def test_a_paper_is_issued_on_the_points_that_were_being_entered(english):
    lop, person, paper = class_with_prepared_paper()
    raised = one_inside_the_other(
        lambda: entered(lop, {person.pk: Decimal(1)}), lambda: issue_paper(paper, actor=lop.officer)
    )
    assert ["not passed" in str(error) or "không đạt" in str(error) for error in raised] == [True]
    assert (standing(), Certificate.objects.get().state) == ({person.pk: Decimal(1)}, CertificateState.PREPARED)


def class_with_prepared_paper():
    lop = Class()
    set_rule(lop.course, actor=lop.organiser, test=Examination.TEST)
    [person] = lop.attended(1)
    entered(lop, {person.pk: Decimal(8)})
    return lop, person, prepared(lop)[0].certificate

"""The rule a class is held under: kept by version, set by those who may while they may."""

from decimal import Decimal

import pytest

from attendance.constants import Examination, MarkState
from attendance.models import Completion, CourseRule
from attendance.reports.verdicts import rules_of
from attendance.services.course_rules import Lost, lost_by_rule, set_rule
from attendance.services.register import issue_papers
from attendance.services.scores import enter_scores
from attendance.tests.records import Class, prepared
from courses.constants.choices import CourseState
from courses.constants.errors import Refusal
from courses.models import ActionLog

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def lop(db):
    return Class()


def test_a_rule_is_kept_by_version_and_the_same_rule_again_is_none(lop):
    [person] = lop.people(1)
    lop.mark(lop.general, MarkState.PRESENT, person)
    lop.mark(lop.first, MarkState.PRESENT, person)
    lop.mark(lop.second, MarkState.ABSENT, person)
    assert prepared(lop)[0].certificate is None
    rule = set_rule(lop.course, actor=lop.organiser, share=60)
    assert set_rule(lop.course, actor=lop.organiser, share=60) == rule
    assert prepared(lop)[0].certificate.number == 1
    assert Completion.objects.get().rule == rule
    musts = set_rule(lop.course, actor=lop.organiser, share=60, must_attend=[lop.second])
    assert musts.version == 2
    [result] = issue_papers(lop.course, actor=lop.officer)
    assert result.certificate is None


def test_a_rule_is_refused_for_a_concluded_class_for_others_and_with_half_days_of_others(lop):
    foreign = Class(code="LOP-2")
    with pytest.raises(Refusal, match="half-days of this class only"):
        set_rule(lop.course, actor=lop.organiser, share=60, must_attend=[foreign.general])
    with pytest.raises(Refusal, match="cannot be changed any more"):
        set_rule(lop.course, actor=foreign.organiser, share=60)
    lop.course.state = CourseState.CONCLUDED
    lop.course.save()
    with pytest.raises(Refusal, match="cannot be changed any more"):
        set_rule(lop.course, actor=lop.organiser, share=60)


def test_a_test_with_grades_is_part_of_the_version_and_what_is_left_out_stays(lop):
    graded = {"test": Examination.TEST, "scale": 100, "pass_mark": 50, "grades": [("85.50", " Giỏi "), (50, "Đạt")]}
    rule = set_rule(lop.course, actor=lop.organiser, share=80, **graded)
    assert rule.grades == [["85.5", "Giỏi"], ["50", "Đạt"]]
    assert set_rule(lop.course, actor=lop.organiser, **graded) == rule
    assert set_rule(lop.course, actor=lop.organiser, share=80) == rule
    again = set_rule(lop.course, actor=lop.organiser, share=90)
    assert (again.version, again.test, again.scale, again.grades) == (2, Examination.TEST, 100, rule.grades)
    _row, held = rules_of([lop.course.pk])[lop.course.pk]
    assert held.grades == ((Decimal("85.5"), "Giỏi"), (Decimal(50), "Đạt"))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"pass_mark": 11}, "cannot lie above the highest mark"),
        ({"pass_mark": -1}, "cannot lie above the highest mark"),
        ({"grades": [(11, "Giỏi")]}, "11 is not between 0 and 10"),
        ({"grades": [(-1, "Giỏi")]}, "-1 is not between 0 and 10"),
        ({"grades": [(5, "Đạt"), (8, "Giỏi")]}, "from the highest down: Giỏi"),
        ({"grades": [(8, "Khá"), (8, "Giỏi")]}, "from the highest down: Giỏi"),
        ({"grades": [(8, " ")]}, "the words of each grade"),
    ],
)
def test_a_test_that_nobody_could_be_judged_by_is_refused(lop, fields, sentence):
    with pytest.raises(Refusal, match=sentence):
        set_rule(lop.course, actor=lop.organiser, test=Examination.ESSAY, **fields)
    assert not CourseRule.objects.exists()


def test_the_highest_mark_does_not_fall_below_points_that_somebody_has(lop):
    [person] = lop.people(1)
    set_rule(lop.course, actor=lop.organiser, test=Examination.TEST, scale=100)
    enter_scores(lop.course, {person.pk: Decimal(72)}, actor=lop.officer)
    with pytest.raises(Refusal, match="72 points already"):
        set_rule(lop.course, actor=lop.organiser, scale=10)


def test_what_another_rule_would_take_away_is_known_before_and_changes_nothing(lop):
    lop.attended(2)
    [third] = lop.people(1)
    lop.mark(lop.general, MarkState.PRESENT, third)
    assert lost_by_rule(lop.course, actor=lop.organiser, share=80) == Lost(0, 0)
    assert lost_by_rule(lop.course, actor=lop.organiser, test=Examination.TEST) == Lost(2, 2)
    assert not CourseRule.objects.exists()
    assert not ActionLog.objects.filter(action="set rule").exists()
    set_rule(lop.course, actor=lop.organiser, share=30)
    assert lost_by_rule(lop.course, actor=lop.organiser, share=100) == Lost(1, 0)

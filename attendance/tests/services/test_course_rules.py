"""The rule a class is held under: kept by version, set by those who may while they may."""

import pytest

from attendance.constants import MarkState
from attendance.models import Completion
from attendance.services.course_rules import set_rule
from attendance.services.register import issue_papers
from attendance.tests.records import Class, prepared
from courses.constants.choices import CourseState
from courses.constants.errors import Refusal

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

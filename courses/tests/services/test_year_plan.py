"""A line of the plan gets its class once, of its own host."""

import pytest
from django.db import IntegrityError, transaction

from courses.constants.errors import Refusal
from courses.models import ActionLog, PlannedClass
from courses.services.year_plan import link_class
from courses.tests.planning import make_course, make_office, organiser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def host():
    return make_office("A")


@pytest.fixture
def planned(host):
    return PlannedClass.objects.create(host=host, year=2026, title="Lớp thử")


def test_a_line_gets_its_class_and_twice_is_harmless(host, planned):
    course, actor = make_course(host), organiser_of(host)
    assert link_class(planned, course, actor=actor).course == course
    assert link_class(planned, course, actor=actor).course == course
    assert ActionLog.objects.get(action="link class").changes == {"course": [None, course.pk]}


def test_a_line_keeps_its_class_and_a_class_its_line(host, planned):
    course, actor = make_course(host), organiser_of(host)
    link_class(planned, course, actor=actor)
    with pytest.raises(Refusal):
        link_class(planned, make_course(host, "LOP-2"), actor=actor)
    with pytest.raises(Refusal):
        link_class(PlannedClass.objects.create(host=host, year=2027, title="Lớp khác"), course, actor=actor)
    planned.refresh_from_db()
    assert planned.course == course


@pytest.mark.parametrize("wrong", [{"month": 0}, {"month": 13}, {"year": 1999}, {"year": 2101}])
def test_a_line_is_of_a_month_and_of_a_year_of_our_time(host, planned, wrong):
    """Without the constraint of the table the row is written."""
    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedClass.objects.filter(pk=planned.pk).update(**wrong)


def test_a_class_stands_in_the_plan_once(host, planned):
    link_class(planned, course := make_course(host), actor=organiser_of(host))
    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedClass.objects.create(host=host, year=2027, title="Lớp khác", course=course)


def test_another_host_has_no_part_in_it(host, planned):
    other = make_office("B")
    with pytest.raises(Refusal):
        link_class(planned, make_course(other, "LOP-2"), actor=organiser_of(host))
    with pytest.raises(Refusal):
        link_class(planned, make_course(host), actor=organiser_of(other))
    planned.refresh_from_db()
    assert planned.course is None

import datetime as dt

import pytest

from attendance.models import Grant, PassCode
from attendance.reports.passes import courses_without_passes
from attendance.services.hall import open_grant
from attendance.services.passes import give_passes
from attendance.tasks.housekeeping import give_passes_where_missing, tidy_grants
from attendance.tests.records import Class
from courses.constants.choices import CourseState
from courses.constants.clock import now, set_clock
from courses.constants.task_words import TASK_WORDS
from courses.models import BackgroundTask, Course
from courses.services.registrations import withdraw
from courses.tasks.housekeeping import DUE, look_at_the_clock

pytestmark = pytest.mark.django_db


def test_the_classes_under_way_in_which_somebody_lacks_a_pass_are_found_in_one_query(django_assert_num_queries):
    """Fails when the states of classes or the roll are not asked."""
    lop, over, full, gone = Class(), Class(code="LOP-2"), Class(code="LOP-3"), Class(code="LOP-4")
    for one in (lop, over, full, gone):
        [person] = one.people(1)
    Course.objects.filter(pk=over.course.pk).update(state=CourseState.CONCLUDED)
    give_passes(full.course)
    withdraw(person, actor=gone.organiser)
    with django_assert_num_queries(1):
        assert courses_without_passes() == [lop.course.pk]


def test_within_a_minute_who_came_into_a_class_has_a_short_code_and_then_nothing_is_enqueued():
    lop = Class()
    lop.people(3)
    look_at_the_clock()
    assert BackgroundTask.objects.filter(task_path=give_passes_where_missing.module_path).count() == 1
    give_passes_where_missing.call()
    give_passes_where_missing.call()
    assert PassCode.objects.filter(course=lop.course).count() == 3
    BackgroundTask.objects.all().delete()
    look_at_the_clock()
    assert not BackgroundTask.objects.filter(task_path=give_passes_where_missing.module_path).exists()


def test_each_task_that_falls_due_has_its_words_and_rights_of_the_hall_are_dropped():
    """The tasks of both apps: a person reads their words in the list of background work."""
    assert {due.task.func.__name__ for due in DUE} <= set(TASK_WORDS)
    lop = Class()
    open_grant(lop.general, browser="b")
    set_clock(now() + dt.timedelta(days=40))
    tidy_grants.call()
    assert Grant.objects.count() == 0

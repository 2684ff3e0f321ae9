import datetime as dt

import pytest

from courses.constants.clock import set_clock
from courses.models import BackgroundTask, DueThing
from courses.tasks.housekeeping import DUE, Due, look_at_the_clock, tidy_tasks


@pytest.mark.django_db
def test_each_day_what_is_due_is_enqueued_once_by_the_day_in_viet_nam():
    set_clock(dt.datetime(2026, 11, 25, 23, 59))
    look_at_the_clock()
    look_at_the_clock()
    assert BackgroundTask.objects.count() == len(DUE)
    set_clock(dt.datetime(2026, 11, 26, 0, 0))
    look_at_the_clock()
    assert BackgroundTask.objects.count() == 2 * len(DUE)
    assert DueThing.objects.filter(key__startswith="tidy tasks").count() == 2


def test_what_is_due_each_hour_has_a_key_an_hour():
    hourly = Due("thử", tidy_tasks, slot="%Y-%m-%dT%H")
    assert hourly.key(dt.datetime(2026, 11, 25, 3, 30, tzinfo=dt.UTC)) == "thử 2026-11-25T10"

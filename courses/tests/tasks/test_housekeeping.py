import datetime as dt

import pytest

from courses.constants.clock import set_clock
from courses.models import BackgroundTask, DueThing
from courses.tasks import housekeeping
from courses.tasks.housekeeping import DUE, Due, look_at_the_clock, tidy_tasks


@pytest.mark.django_db
def test_each_day_what_is_due_is_enqueued_once_by_the_day_in_viet_nam():
    set_clock(dt.datetime(2026, 11, 25, 23, 59))
    look_at_the_clock()
    look_at_the_clock()
    daily = sum(due.wanted() for due in DUE)
    assert BackgroundTask.objects.count() == daily
    set_clock(dt.datetime(2026, 11, 26, 0, 0))
    look_at_the_clock()
    assert BackgroundTask.objects.count() == 2 * daily
    assert DueThing.objects.filter(key__startswith="tidy tasks").count() == 2


def test_what_is_due_each_hour_has_a_key_an_hour():
    hourly = Due("thử", tidy_tasks, slot="%Y-%m-%dT%H")
    assert hourly.key(dt.datetime(2026, 11, 25, 3, 30, tzinfo=dt.UTC)) == "thử 2026-11-25T10"


@pytest.mark.django_db
def test_what_has_nothing_to_do_is_not_enqueued_and_is_later_in_the_same_span(monkeypatch):
    """Fails when `wanted` is not asked."""
    wanted: list[str] = []
    monkeypatch.setattr(housekeeping, "DUE", [Due("thử", tidy_tasks, wanted=lambda: bool(wanted))])
    look_at_the_clock()
    assert (BackgroundTask.objects.count(), DueThing.objects.count()) == (0, 0)
    wanted.append("có việc")
    look_at_the_clock()
    assert BackgroundTask.objects.count() == 1

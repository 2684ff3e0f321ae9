import datetime as dt
from uuid import UUID

import pytest
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from courses.constants.actors import SYSTEM
from courses.constants.errors import Refusal
from courses.constants.task_words import DIED, LOST, TOO_LONG
from courses.models import ActionLog, BackgroundTask, DueThing, TaskRun
from courses.services.background import (
    MOST_TRIES,
    WHEN_GIVEN_UP,
    beat,
    do_once,
    fail_task,
    finish_task,
    forget_old_tasks,
    put_back_task,
    take_up_lost_tasks,
    trace_without_values,
    try_again,
    work_waits_unheard,
)
from courses.tests.background import claimed
from courses.tests.parallel import at_once

given_up = []


@task()
def nothing(number: int = 0) -> None:
    """Does nothing."""


@task()
def raises(number: int) -> None:
    raise ValueError("Ngô Thử Bí Mật")


def enqueued(number: int = 7) -> BackgroundTask:
    return BackgroundTask.objects.get(pk=nothing.enqueue(number).id)


def state(row) -> str:
    return BackgroundTask.objects.get(pk=row.pk).status


def ago(**span) -> dt.datetime:
    return timezone.now() - dt.timedelta(**span)


def silent_for(row, **span) -> None:
    TaskRun.objects.filter(pk=row.pk).update(beat_at=ago(**span))
    BackgroundTask.objects.filter(pk=row.pk).update(started_at=ago(**span))


def ready_now(row) -> None:
    BackgroundTask.objects.filter(pk=row.pk).update(run_after=ago(seconds=1))


@pytest.mark.django_db
def test_what_ends_well_is_kept_as_done_by_the_worker_that_holds_it_alone():
    """Without the look at the run's worker in `_held` a worker that was given up would finish the other's task."""
    row = enqueued()
    claimed(row, "a/1")
    assert finish_task(row.pk, "b/1") is False
    assert state(row) == "RUNNING"
    assert finish_task(row.pk, "a/1") is True
    assert state(row) == "SUCCESSFUL"
    assert fail_task(row.pk, "a/1", reason=DIED) is False
    assert state(row) == "SUCCESSFUL"


@pytest.mark.django_db
def test_what_fails_is_tried_five_times_ever_later_and_then_given_up_for_all_to_see():
    row = enqueued()
    pauses = []
    for number in range(1, MOST_TRIES + 1):
        assert claimed(row, f"a/{number}").tries == number
        assert fail_task(row.pk, f"a/{number}", reason="builtins.ValueError", where="somewhere") is True
        if state(row) == "READY":
            again = BackgroundTask.objects.get(pk=row.pk)
            pauses.append(round((again.run_after - timezone.now()).total_seconds()))
            assert not BackgroundTask.objects.ready().exists()
            ready_now(row)
    assert pauses == [2, 4, 8, 16]
    failed = BackgroundTask.objects.failed().get()
    assert (failed.exception_class_path, failed.traceback) == ("builtins.ValueError", "somewhere")
    assert failed.finished_at is not None


@pytest.mark.django_db
@pytest.mark.parametrize("reason", [TOO_LONG, "builtins.MemoryError"])
def test_what_goes_beyond_its_limits_is_tried_once_more(reason):
    row = enqueued()
    claimed(row, "a/1")
    fail_task(row.pk, "a/1", reason=reason)
    assert state(row) == "READY"
    claimed(row, "a/2")
    fail_task(row.pk, "a/2", reason=reason)
    assert state(row) == "FAILED"


@pytest.mark.django_db
def test_what_is_given_up_is_put_in_order_by_its_module_whatever_goes_wrong_there(monkeypatch):
    row = enqueued(41)
    given_up.clear()

    def put_in_order(number):
        given_up.append(number)
        raise LookupError("Ngô Thử Bí Mật")

    monkeypatch.setitem(WHEN_GIVEN_UP, nothing.module_path, put_in_order)
    claimed(row, "a/1")
    TaskRun.objects.update(tries=MOST_TRIES)
    fail_task(row.pk, "a/1", reason=DIED)
    assert given_up == [41]
    assert state(row) == "FAILED"


@pytest.mark.django_db
def test_a_silent_worker_loses_its_task_after_a_minute_and_one_that_is_heard_keeps_it():
    heard, silent = enqueued(), enqueued()
    claimed(heard, "a/1")
    claimed(silent, "b/1")
    silent_for(silent, seconds=59)
    silent_for(heard, seconds=90)
    assert beat(heard.pk, "a/1") is True
    assert take_up_lost_tasks("c", "c/1") == 0
    silent_for(silent, seconds=61)
    assert take_up_lost_tasks("c", "c/1") == 1
    assert (state(heard), state(silent)) == ("RUNNING", "READY")
    assert take_up_lost_tasks("c", "c/1") == 0
    # The worker was only asleep: what it says now no longer counts.
    claimed(silent, "c/1")
    assert beat(silent.pk, "b/1") is False
    assert finish_task(silent.pk, "b/1") is False


@pytest.mark.django_db
def test_a_worker_under_the_same_name_knows_after_twenty_seconds():
    row = enqueued()
    claimed(row, "a/1")
    silent_for(row, seconds=21)
    assert take_up_lost_tasks("b", "b/1") == 0
    assert take_up_lost_tasks("a", "a/1") == 0  # itself
    assert take_up_lost_tasks("a", "a/2") == 1


@pytest.mark.django_db
def test_a_task_just_claimed_anew_is_not_taken_for_lost_by_its_old_life_sign():
    row = enqueued()
    claimed(row, "a/1")
    silent_for(row, seconds=70)
    take_up_lost_tasks("b", "b/1")
    BackgroundTask.objects.get(pk=row.pk).claim("b/1")  # and not yet begun
    assert take_up_lost_tasks("c", "c/1") == 0


@pytest.mark.django_db
def test_a_worker_killed_between_claiming_and_beginning_leaves_nothing_running_for_ever():
    row = enqueued()
    BackgroundTask.objects.get(pk=row.pk).claim("a/1")
    assert take_up_lost_tasks("b", "b/1") == 0
    BackgroundTask.objects.filter(pk=row.pk).update(started_at=ago(seconds=61))
    assert take_up_lost_tasks("b", "b/1") == 1
    assert state(row) == "READY"


@pytest.mark.django_db
def test_a_task_whose_worker_dies_each_time_is_given_up():
    row = enqueued()
    for number in range(MOST_TRIES):
        claimed(row, f"a{number}/1")
        silent_for(row, seconds=61)
        take_up_lost_tasks("b", "b/1")
    assert BackgroundTask.objects.failed().get().exception_class_path == LOST


@pytest.mark.django_db
def test_what_failed_waits_behind_what_has_not_been_tried():
    """The library serves what has a time first, and what is to be tried again has one: without less priority a row of
    failing tasks would keep all others waiting."""
    failing = enqueued()
    claimed(failing, "a/1")
    fail_task(failing.pk, "a/1", reason="builtins.ValueError")
    ready_now(failing)
    fresh = enqueued()
    assert [row.pk for row in BackgroundTask.objects.ready().order_by(*DBTaskResult._meta.ordering)] == [
        fresh.pk,
        failing.pk,
    ]


@pytest.mark.django_db
def test_what_was_put_back_counts_as_never_begun():
    row = enqueued()
    claimed(row, "a/1")
    put_back_task(row.pk, "a/1")
    assert (state(row), TaskRun.objects.get().tries) == ("READY", 0)
    assert BackgroundTask.objects.ready().count() == 1


@pytest.mark.django_db
def test_a_failed_task_is_tried_again_with_all_its_tries_and_only_a_failed_one():
    row = enqueued()
    with pytest.raises(Refusal):
        try_again(row, actor=SYSTEM)
    claimed(row, "a/1")
    TaskRun.objects.update(tries=MOST_TRIES)
    fail_task(row.pk, "a/1", reason=DIED)
    again = try_again(row, actor=SYSTEM)
    assert (again.status, again.exception_class_path, again.finished_at) == ("READY", "", None)
    assert TaskRun.objects.get().tries == 0
    assert list(ActionLog.objects.values_list("action", "batch")) == [("try again", UUID(str(row.pk)))]
    with pytest.raises(Refusal):
        try_again(row, actor=SYSTEM)


@pytest.mark.django_db
def test_waiting_work_is_told_of_when_no_worker_was_heard_for_a_minute():
    assert work_waits_unheard() == 0
    row = enqueued()
    assert work_waits_unheard() == 0  # it has only just come
    BackgroundTask.objects.update(enqueued_at=ago(seconds=61))
    assert work_waits_unheard() == 1
    other = enqueued()
    claimed(other, "a/1")
    assert work_waits_unheard() == 0  # a worker is busy with something else
    silent_for(other, seconds=61)
    assert work_waits_unheard() == 1
    claimed(row, "a/1")
    assert work_waits_unheard() == 0


@pytest.mark.django_db(transaction=True)
def test_what_is_due_is_enqueued_once_by_however_many_workers():
    """Without the constraint on the key of `DueThing` it would be as many."""
    done = at_once(*[lambda: do_once("thử 2026-11-25", nothing)] * 6)
    assert sorted(done) == [False] * 5 + [True]
    assert BackgroundTask.objects.count() == 1
    assert do_once("thử 2026-11-26", nothing) is True


@pytest.mark.django_db
def test_what_ended_well_a_month_ago_is_forgotten_and_what_failed_is_not():
    old, fresh, failed = enqueued(), enqueued(), enqueued()
    for row in (old, fresh, failed):
        claimed(row, "a/1")
    finish_task(old.pk, "a/1")
    finish_task(fresh.pk, "a/1")
    TaskRun.objects.filter(pk=failed.pk).update(tries=MOST_TRIES)
    fail_task(failed.pk, "a/1", reason=DIED)
    BackgroundTask.objects.exclude(pk=fresh.pk).update(finished_at=ago(days=31))
    DueThing.objects.create(key="alt", at=ago(days=31))
    forget_old_tasks()
    assert set(BackgroundTask.objects.values_list("pk", flat=True)) == {fresh.pk, failed.pk}
    assert TaskRun.objects.count() == 2
    assert not DueThing.objects.exists()


def test_a_trace_says_where_and_nothing_of_what_the_exceptions_quote():
    try:
        try:
            int("Ngô Thử Bí Mật")
        except ValueError as error:
            raise LookupError("093080000001") from error
    except LookupError as error:
        trace = trace_without_values(error)
    assert "test_background.py" in trace
    assert "builtins.ValueError" in trace
    assert "builtins.LookupError" in trace
    # The lines of the source are shown, and they are the program's own.
    assert trace.count("Bí Mật") == trace.count('int("Ngô Thử Bí Mật")')

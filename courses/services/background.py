"""What becomes of background tasks beside being run: heard of, lost, tried again, given up, done when due.

The queue is the library's. Its worker leaves a task that it was killed over running for ever; here a task has a run
with the life signs of its worker, and whoever sees that a worker has fallen silent puts its task back. Times are the
database's, since clocks of machines differ. A task can be run more than once, so each is harmless when repeated.
"""

import logging
import traceback
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus
from django_tasks.base import DEFAULT_TASK_PRIORITY, TASK_MIN_PRIORITY, Task
from django_tasks_db.models import DBTaskResult

from courses.constants.actors import Actor
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.task_words import LOST, TOO_LONG
from courses.models import BackgroundTask, DueThing, TaskRun
from courses.services.records import log_action

logger = logging.getLogger(__name__)

MOST_TRIES = 5
#: A task that hangs or takes too much memory would do so again; it is tried once more, since a computer may have slept.
MOST_TRIES_BEYOND_LIMITS = 2
SECONDS_BETWEEN_BEATS = 5
SILENCE = timedelta(seconds=60)
#: A worker that is started again under its name knows sooner that the one before it is gone.
SILENCE_OF_PREDECESSOR = timedelta(seconds=20)
KEPT_FOR = timedelta(days=30)

#: What is to be put in order when a task is given up for good: {path of the task: function of its arguments}. Filled by
#: the module of the task.
WHEN_GIVEN_UP: dict[str, Callable] = {}


def begin_task(task_id: UUID, worker: str) -> None:
    """A worker has claimed the task: one more try, heard of now."""
    with transaction.atomic():
        run, _created = TaskRun.objects.select_for_update().get_or_create(task=task_id)
        run.tries += 1
        run.worker, run.beat_at = worker, Now()
        run.save()


def beat(task_id: UUID, worker: str) -> bool:
    """A life sign. False when the task has been given to another worker meanwhile."""
    return bool(TaskRun.objects.filter(task=task_id, worker=worker).update(beat_at=Now()))


def finish_task(task_id: UUID, worker: str) -> bool:
    """The task has ended well. False when it is no longer this worker's."""
    with transaction.atomic():
        task, _run = _held(task_id, worker)
        if task is None:
            return False
        task.set_successful(None)
    return True


def fail_task(task_id: UUID, worker: str, *, reason: str, where: str = "") -> bool:
    """The task has failed: it is tried again after a while, or after its last try ends as failed, with what its module
    wants put in order. False when it is no longer this worker's.

    `reason` is the path of an exception's class, or one of `task_words`; `where` a trace without values.
    """
    with transaction.atomic():
        task, run = _held(task_id, worker)
        if task is None:
            return False
        beyond = reason in (TOO_LONG, "builtins.MemoryError")
        if run.tries < (MOST_TRIES_BEYOND_LIMITS if beyond else MOST_TRIES):
            # The queue serves what has a time before what has none: without less priority poison would go first.
            lower = task.priority if reason == LOST else max(TASK_MIN_PRIORITY, task.priority - 10)
            _let_go(task_id, Now() + timedelta(seconds=2**run.tries), priority=lower)
            return True
        BackgroundTask.objects.filter(pk=task_id).update(
            status=TaskResultStatus.FAILED, finished_at=Now(), exception_class_path=reason, traceback=where
        )
        _put_in_order(task)
    logger.error("Task %s (%s) was given up after %d tries: %s", task_id, task.task_path, run.tries, reason)
    return True


def put_back_task(task_id: UUID, worker: str) -> None:
    """The worker is told to end before the task has: it is as if it had not been begun."""
    with transaction.atomic():
        task, run = _held(task_id, worker)
        if task is not None:
            TaskRun.objects.filter(pk=run.pk).update(tries=max(0, run.tries - 1))
            _let_go(task_id, Now(), priority=task.priority)


def take_up_lost_tasks(name: str, worker: str) -> int:
    """Puts back what workers left running that were not heard of for 60 s, or that had this worker's name before it;
    how many there were."""
    silent = [*_silent(SILENCE, Q()), *_silent(SILENCE_OF_PREDECESSOR, Q(worker__startswith=f"{name}/"))]
    lost = [(task, held_by) for task, held_by in dict(silent).items() if held_by != worker]
    never_begun = BackgroundTask.objects.running().filter(
        ~Exists(TaskRun.objects.filter(task=OuterRef("pk"))), started_at__lt=Now() - SILENCE
    )
    for task_id in never_begun.values_list("pk", flat=True):
        begin_task(task_id, "")
        lost.append((task_id, ""))
    return sum(fail_task(task_id, held_by, reason=LOST) for task_id, held_by in lost)


def _silent(silence: timedelta, which: Q) -> list[tuple[UUID, str]]:
    # The time of claiming too: the run of a task that was just claimed anew still has the old life sign.
    running = BackgroundTask.objects.running().filter(started_at__lt=Now() - silence)
    runs = TaskRun.objects.filter(which, beat_at__lt=Now() - silence, task__in=running.order_by().values("pk"))
    return list(runs.values_list("task", "worker"))


def _held(task_id: UUID, worker: str) -> tuple[DBTaskResult | None, TaskRun | None]:
    """The task and its run, locked, if it is running and this worker's. The run is locked first, always."""
    run = TaskRun.objects.select_for_update().filter(task=task_id, worker=worker).first()
    task = BackgroundTask.objects.running().filter(pk=task_id).first() if run else None
    return (task, run) if task else (None, None)


def _let_go(task_id: UUID, run_after, *, priority: int) -> None:
    rows = BackgroundTask.objects.filter(pk=task_id)
    rows.update(status=TaskResultStatus.READY, run_after=run_after, priority=priority)


def _put_in_order(task: DBTaskResult) -> None:
    try:
        import_string(task.task_path)  # its module says what is to be done
    except ImportError:
        return
    put_in_order = WHEN_GIVEN_UP.get(task.task_path)
    if put_in_order is None:
        return
    try:
        with transaction.atomic():
            put_in_order(*task.args_kwargs["args"])
    except Exception as error:  # the failure must be kept whatever else goes wrong
        logger.error("After giving up %s: %s\n%s", task.pk, class_path(error), trace_without_values(error))


def try_again(task: BackgroundTask, *, actor: Actor) -> BackgroundTask:
    """A failed task is put back with all its tries. Refusal when it has not failed."""
    with transaction.atomic():
        TaskRun.objects.select_for_update().filter(task=task.pk).first()
        again = (
            BackgroundTask.objects.failed()
            .filter(pk=task.pk)
            .update(
                status=TaskResultStatus.READY,
                priority=DEFAULT_TASK_PRIORITY,
                run_after=Now(),
                finished_at=None,
                exception_class_path="",
                traceback="",
            )
        )
        if not again:
            raise Refusal(_("This work has not failed; there is nothing to try again."))
        TaskRun.objects.filter(task=task.pk).update(tries=0)
        # The log refers to rows by number, and a task has none.
        log_action(actor, "try again", BackgroundTask(id=None), batch=task.pk)
    task.refresh_from_db()
    return task


def work_waits_unheard() -> int:
    """How many tasks have waited for more than a minute while no worker was heard of. (2 queries.)"""
    if TaskRun.objects.filter(beat_at__gte=Now() - SILENCE).exists():
        return 0
    due = BackgroundTask.objects.ready().filter(enqueued_at__lt=Now() - SILENCE)
    return due.exclude(run_after__gt=Now() - SILENCE, run_after__lt=Now()).count()


def do_once(key: str, task: Task) -> bool:
    """Enqueues a task that fell due, once, whichever worker sees first that it has; `key` names what and when."""
    with transaction.atomic():
        _thing, first = DueThing.objects.get_or_create(key=key, defaults={"at": now()})
        if first:
            task.enqueue()
    return first


def forget_old_tasks() -> None:
    """Deletes what ended well, and what was done when due, a month ago."""
    old = BackgroundTask.objects.successful().filter(finished_at__lt=Now() - KEPT_FOR)
    TaskRun.objects.filter(task__in=old.order_by().values("pk")).delete()
    old.delete()
    DueThing.objects.filter(at__lt=now() - KEPT_FOR).delete()


def class_path(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def trace_without_values(error: BaseException) -> str:
    """Where it went wrong, without what an exception says: that may quote names and numbers."""
    lines = traceback.format_tb(error.__traceback__)
    cause = error.__cause__ or error.__context__
    return "".join([*([trace_without_values(cause), "\n"] if cause else []), *lines, class_path(error), "\n"])

"""Running what was enqueued, in the process of the test."""

from uuid import uuid4

from courses.models import BackgroundTask, TaskRun
from courses.services.background import begin_task
from courses.tasks.runner import run_task


def run_waiting_tasks() -> int:
    """Runs each task that waits now, as a worker would; how many there were."""
    waiting = list(BackgroundTask.objects.ready().order_by("enqueued_at"))
    for task in waiting:
        task.claim(f"test/{uuid4().hex[:8]}")
        begin_task(task.pk, task.worker_ids[-1])
        run_task(task.pk, task.worker_ids[-1])
    return len(waiting)


def claimed(task: BackgroundTask, worker: str) -> TaskRun:
    """The run of a task that a worker has just taken."""
    BackgroundTask.objects.get(pk=task.pk).claim(worker)
    begin_task(task.pk, worker)
    return TaskRun.objects.get(pk=task.pk)

"""The child process in which tasks are run, one after another: it can hang, or be killed, and nothing else is.

Its parent (`worker`) writes the id of a claimed task and its own id on a line, and gets a line when this process is
there, and one when the task has ended, well or not. When the parent is gone the input ends, and so does this process,
at once, in the middle of a task too: another worker will take that up, and nothing is done by two.
"""

import logging
import os
import signal
import sys
import threading
from queue import SimpleQueue
from uuid import UUID

from django.db import connections

from courses.models import BackgroundTask
from courses.services.background import class_path, fail_task, finish_task, trace_without_values

try:
    import resource
except ImportError:  # Windows has no such limits; the parent's clock is the only one there
    resource = None  # type: ignore[assignment]

logger = logging.getLogger(__name__)

MEMORY = 1024 * 1024 * 1024
READY, ENDED, ENDED_AND_GONE = "ready", "ended", "gone"


def run_tasks_for_parent() -> None:
    """Runs what the parent asks for until it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    if resource is not None:
        _soft, most = resource.getrlimit(resource.RLIMIT_AS)
        memory = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold people's data
    # What a task prints must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    asked: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_listen, args=(asked,), daemon=True).start()
    answers.write(f"{READY}\n")
    answers.flush()
    while True:
        task_id, worker = asked.get().split()
        well = run_task(UUID(task_id), worker)
        connections.close_all()
        answers.write(f"{ENDED if well else ENDED_AND_GONE}\n")
        answers.flush()
        if not well:
            # What a failed task has left behind, memory above all, is no concern of the next.
            os._exit(0)


def _listen(asked: SimpleQueue) -> None:
    for line in sys.stdin:
        asked.put(line)
    os._exit(0)


def run_task(task_id: UUID, worker: str) -> bool:
    """Runs one claimed task and keeps how it ended; False when it failed."""
    try:
        row = BackgroundTask.objects.get(pk=task_id)
        row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
    except Exception as error:
        reason, where = class_path(error), trace_without_values(error)
        del error
        logger.error("Task %s failed: %s", task_id, reason)
        fail_task(task_id, worker, reason=reason, where=where)
        return False
    finish_task(task_id, worker)
    return True

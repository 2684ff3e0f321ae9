"""What falls due by the clock, whoever works: each minute every worker looks, and one of them enqueues it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localtime
from django_tasks import task
from django_tasks.base import Task

from courses.constants.clock import now
from courses.services.background import do_once, forget_old_tasks
from courses.services.rosters.dropping import drop_old_lists


@dataclass(frozen=True)
class Due:
    """`task` takes no argument. `slot`, a format of strftime, names the span of local time in which it is done once:
    "%Y-%m-%d" is once a day, "%Y-%m-%dT%H" once an hour. `wanted` is asked at each look, at the cost of a query: what
    has mostly nothing to do is not enqueued then."""

    name: str
    task: Task
    slot: str = "%Y-%m-%d"
    wanted: Callable[[], bool] = lambda: True

    def key(self, at: datetime) -> str:
        return f"{self.name} {localtime(at):{self.slot}}"


@task()
def tidy_tasks() -> None:
    forget_old_tasks()


@task()
def tidy_lists() -> None:
    drop_old_lists()


#: An app above appends its own where it declares its tasks.
DUE: list[Due] = [Due("tidy tasks", tidy_tasks), Due("tidy lists", tidy_lists)]


def look_at_the_clock() -> None:
    """Enqueues what has fallen due and was not yet. (1 query a due thing, on each later look.)"""
    at = now()
    for due in DUE:
        if due.wanted():
            do_once(due.key(at), due.task)

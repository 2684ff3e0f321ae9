"""The queue of an installation and the workers that a test starts, to be killed in the middle of what they do."""

import datetime as dt
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from courses.models import BackgroundTask, TaskRun
from tests.faults.installation import ALIAS


class Queue:
    """The queue of the installation, with its workers; at the end none of them is left."""

    def __init__(self, installation):
        self.installation, self.workers, self.number = installation, [], 0
        self.file = installation.data / "ran.txt"
        self.file.write_text("")
        BackgroundTask.objects.using(ALIAS).all().delete()
        TaskRun.objects.using(ALIAS).all().delete()

    def add(self, name: str, *arguments) -> tuple[int, DBTaskResult]:
        """Its number and its row."""
        self.number += 1
        row = DBTaskResult(
            task_path=f"tests.faults.poison.{name}",
            args_kwargs={"args": [self.number, *arguments], "kwargs": {}},
            backend_name="default",
        )
        row.save(using=ALIAS)
        return self.number, row

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen:
        """In a process group of its own."""
        with (self.installation.data / "work.log").open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "manage.py", "work", *arguments],
                cwd=settings.BASE_DIR,
                env={**self.installation.environment, **environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.workers.append(worker)
        return worker

    def said(self) -> Counter:
        """{"begun 1": how often, "ended 1": …}"""
        return Counter(self.file.read_text().splitlines())

    def wait_until(self, true, seconds: float = 60, *, every: float = 0.1) -> float:
        began = time.monotonic()
        while not true():
            assert time.monotonic() - began < seconds, (self.said(), self.states(), self.log()[-3000:])
            time.sleep(every)
        return time.monotonic() - began

    def states(self) -> Counter:
        return Counter(BackgroundTask.objects.using(ALIAS).values_list("status", flat=True))

    def state(self, row) -> str:
        return BackgroundTask.objects.using(ALIAS).get(pk=row.pk).status

    def tries(self, row) -> int:
        return TaskRun.objects.using(ALIAS).get(pk=row.pk).tries

    def let_pass(self, seconds: int) -> None:
        """Since anybody was heard of."""
        past = timezone.now() - dt.timedelta(seconds=seconds)
        TaskRun.objects.using(ALIAS).update(beat_at=past)
        BackgroundTask.objects.using(ALIAS).running().update(started_at=past)

    def hurry(self) -> None:
        """What is to be tried again after a while is due now."""
        at = timezone.now()
        later = (at, at + dt.timedelta(hours=1))  # what was not tried yet has the last moment of all
        BackgroundTask.objects.using(ALIAS).filter(status="READY", run_after__range=later).update(run_after=at)

    def log(self) -> str:
        return (self.installation.data / "work.log").read_text(encoding="utf-8")


def children_of(pid: int) -> list[int]:
    """Those that it has started, by whichever thread."""
    lines = (stat.read_text() for stat in Path("/proc").glob("[0-9]*/stat") if is_there(int(stat.parent.name)))
    return [int(line.split()[0]) for line in lines if int(line.rsplit(")", 1)[1].split()[1]) == pid]


def is_there(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False

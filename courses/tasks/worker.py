"""The worker: the library's loop, which claims tasks, with what the library lacks.

Each task is run in a child process (`runner`) that a thread of its own attends: it sends the life signs, ends the child
when its time is over, and says what became of the task when the child dies. There are a few such places, so that a task
that hangs keeps nobody waiting. Beside them a thread looks each ten seconds for what silent workers left behind, and
each minute at the clock.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from queue import Empty, SimpleQueue
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections
from django.utils.crypto import get_random_string
from django_tasks_db.compat import DEFAULT_TASK_BACKEND_ALIAS, DEFAULT_TASK_QUEUE_NAME
from django_tasks_db.management.commands.db_worker import Worker as LibraryWorker

from courses.constants.task_words import DIED, TOO_LONG
from courses.services.background import (
    SECONDS_BETWEEN_BEATS,
    beat,
    begin_task,
    fail_task,
    put_back_task,
    take_up_lost_tasks,
)
from courses.tasks.housekeeping import look_at_the_clock
from courses.tasks.runner import ENDED, READY

logger = logging.getLogger(__name__)

PLACES = 3
SECONDS_A_TASK = 15 * 60
SECONDS_TO_START = 120
SECONDS_TO_END = 30
SECONDS_BETWEEN_LOOKS = 10
#: A child that has nothing to do for as long is let go; it holds some 80 MB.
SECONDS_IDLE = 5 * 60


class Place:
    """Where one task at a time is run: a child process that is started when first needed, and attended by a thread."""

    def __init__(self, worker_id: str, seconds: float):
        self.worker_id, self.seconds = worker_id, seconds
        self.child: subprocess.Popen | None = None
        self.answers: SimpleQueue[str] = SimpleQueue()
        self.used_at = time.monotonic()
        self.told_to_end = False

    def attend(self, task_id: UUID) -> None:
        """Has the task run, and sees to it that its end, whatever it is, is kept."""
        self.used_at = time.monotonic()
        new = self._ask(task_id)
        # The time of a task begins when the child is there; on a busy computer that takes a while.
        until = time.monotonic() + (SECONDS_TO_START if new else self.seconds)
        while (answer := self._answer(min(SECONDS_BETWEEN_BEATS, until - time.monotonic()))) in (None, READY):
            if answer == READY:
                until = time.monotonic() + self.seconds
            elif time.monotonic() >= until:
                self.kill()
                fail_task(task_id, self.worker_id, reason=TOO_LONG)
                return
            if not _trying(beat, task_id, self.worker_id):
                logger.warning("Task %s could not be given a life sign.", task_id)
        self.used_at = time.monotonic()
        if answer == "":
            self.kill()
            if self.told_to_end:
                put_back_task(task_id, self.worker_id)
            else:
                fail_task(task_id, self.worker_id, reason=DIED)
        elif answer != ENDED:
            self.kill()

    def _ask(self, task_id: UUID) -> bool:
        """Asks the child, one that is started for it where there is none; whether it was."""
        new = False
        for _attempt in range(2):
            if self.child is None or self.child.poll() is not None:
                self._start()
                new = True
            try:
                self.child.stdin.write(f"{task_id} {self.worker_id}\n")
                self.child.stdin.flush()
            except OSError:  # it ended since it was last used
                self.kill()
            else:
                break
        return new

    def _start(self) -> None:
        self.answers = SimpleQueue()
        self.child = subprocess.Popen(  # noqa: S603
            [sys.executable, settings.BASE_DIR / "manage.py", "work", "--runner"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="ascii",
        )
        threading.Thread(target=_listen, args=(self.child, self.answers), daemon=True).start()

    def _answer(self, seconds: float) -> str | None:
        """The word of the child, "" when it has died, None when it is still at work."""
        try:
            return self.answers.get(timeout=max(0.01, seconds))
        except Empty:
            return None

    def kill(self) -> None:
        child, self.child = self.child, None
        if child is not None:
            child.kill()
            child.wait()

    def end(self) -> None:
        """Told to end in the middle of its task: the task is put back by who attends it."""
        self.told_to_end = True
        child = self.child
        if child is not None:
            child.kill()


def _listen(child: subprocess.Popen, answers: SimpleQueue) -> None:
    for line in child.stdout:
        answers.put(line.strip())
    answers.put("")


class Worker(LibraryWorker):
    """`name` is unique among the workers that run at the same time; one that is started again under its name takes up
    what it left. `parent`: it ends when its standard input does, or that process."""

    def __init__(
        self,
        *,
        name: str,
        places: int = PLACES,
        seconds: float = SECONDS_A_TASK,
        interval: float = 0.5,
        patience: float = SECONDS_TO_END,
        batch: bool = False,
        parent: int | None = None,
    ):
        super().__init__(
            queue_names=[DEFAULT_TASK_QUEUE_NAME],
            interval=interval,
            batch=batch,
            backend_name=DEFAULT_TASK_BACKEND_ALIAS,
            startup_delay=False,
            max_tasks=None,
            worker_id=f"{name[:40]}/{get_random_string(12)}",
            excluded_queue_names=[],
        )
        self.name, self.patience, self.parent = name[:40], patience, parent
        self.places = [Place(self.worker_id, seconds) for _ in range(places)]
        self.free: SimpleQueue[Place] = SimpleQueue()
        self.attending: list[threading.Thread] = []

    def shutdown(self, signum, frame) -> None:
        """What runs may end first; a second Ctrl-C does not wait."""
        if not self.running and signum == signal.SIGINT:
            self.patience = 0
        self.running = False

    def work(self) -> None:
        """Until it is told to end. A database that is away for a while is waited for."""
        for place in self.places:
            self.free.put(place)
        threading.Thread(target=self._look_around, daemon=True).start()
        if self.parent is not None:
            threading.Thread(target=self._watch_input, daemon=True).start()
        while self.running:
            try:
                self.run()
            except (DatabaseError, InterfaceError) as error:
                logger.warning("The database cannot be reached: %s. Trying again.", type(error).__name__)
                connections.close_all()
                time.sleep(2)
            else:
                break
        self._end()

    def run_task(self, db_task_result) -> None:
        """Hands a claimed task to a free place, and comes back when there is another."""
        begin_task(db_task_result.pk, self.worker_id)
        place = self.free.get()
        self.attending = [thread for thread in self.attending if thread.is_alive()]
        thread = threading.Thread(target=self._attend, args=(place, db_task_result.pk), daemon=True)
        self.attending.append(thread)
        thread.start()
        while self.free.empty() and (self.running or self.batch):
            time.sleep(0.05)

    def _attend(self, place: Place, task_id: UUID) -> None:
        _block_signals()
        try:
            place.attend(task_id)
        except (DatabaseError, InterfaceError, OSError) as error:
            # The task stays running and is heard of no more, so it is taken up again later.
            logger.warning("Task %s lost its worker: %s.", task_id, type(error).__name__)
            place.kill()
        finally:
            connections.close_all()
            self.free.put(place)

    def _look_around(self) -> None:
        _block_signals()
        minute = -1
        while self.running:
            if self.parent is not None and hasattr(os, "getppid") and os.getppid() != self.parent:
                self.running = False
            _trying(take_up_lost_tasks, self.name, self.worker_id)
            if minute != (minute := int(time.time() // 60)):
                _trying(look_at_the_clock)
            for place in self.places:
                if place.child and time.monotonic() - place.used_at > SECONDS_IDLE + place.seconds:
                    place.kill()
            connections.close_all()
            for _second in range(SECONDS_BETWEEN_LOOKS):
                if self.running:
                    time.sleep(1)

    def _watch_input(self) -> None:
        sys.stdin.read()
        self.running = False

    def _end(self) -> None:
        began = time.monotonic()
        while any(thread.is_alive() for thread in self.attending):
            if not self.batch and time.monotonic() - began >= self.patience:
                break
            time.sleep(0.05)
        self.running = False
        for place in self.places:
            place.end()
        for thread in self.attending:
            thread.join(timeout=5)
        for place in self.places:
            place.kill()  # and waited for, so that nothing of it is left


def _block_signals() -> None:
    """Signals are the main thread's; children that a thread starts have its mask, so Ctrl-C does not reach them."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _trying(what, *arguments):
    """Its answer, None when the database could not be reached."""
    try:
        return what(*arguments)
    except (DatabaseError, InterfaceError) as error:
        logger.warning("%s: %s.", what.__name__, type(error).__name__)
        connections.close_all()
        return None

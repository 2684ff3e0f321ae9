"""Workers that are killed, tasks that hang, raise or eat memory: others are done meanwhile, and each ends in a state
that can be seen. On both databases, with the processes that an installation has."""

import os
import signal

import pytest

from courses.constants.choices import BatchState
from courses.models import BackgroundTask, ImportBatch, TaskRun
from tests.faults.installation import ALIAS
from tests.faults.poison import NAME
from tests.faults.queue import children_of, is_there

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="kills are those of POSIX")]

#: They need ten on a machine of their own; it may be busy with other tests.
SECONDS_FOR_THE_OTHERS = 60


def test_a_worker_killed_in_the_middle_of_a_task_is_followed_by_another_that_does_it(queue):
    """Without `take_up_lost_tasks` it would run for ever; without `_listen` in the runner the child of the killed
    worker would go on, and two would do it."""
    number, row = queue.add("works", 8)  # longer than a child may outlive its worker, below
    worker = queue.start()
    queue.wait_until(lambda: queue.said()[f"begun {number}"])
    runners = children_of(worker.pid)
    assert runners
    worker.kill()
    worker.wait()
    queue.wait_until(lambda: not any(map(is_there, runners)), 5)
    queue.let_pass(61)
    queue.start()
    queue.wait_until(lambda: queue.state(row) == "SUCCESSFUL")
    assert queue.said() == {f"begun {number}": 2, f"ended {number}": 1}
    assert queue.tries(row) == 2


@pytest.mark.slow
def test_a_task_that_raises_one_that_hangs_and_one_that_eats_memory_stop_no_other(queue):
    """Without the child process the eater ends the worker; without its time the hanging one is never given up."""
    poison = [queue.add(name)[1] for name in ("raises", "hangs", "eats_memory")]
    sound = [queue.add("works", 0.1) for _ in range(5)]
    queue.start("--seconds=8")
    queue.wait_until(lambda: queue.said(), 120)
    queue.wait_until(lambda: all(queue.state(row) == "SUCCESSFUL" for _number, row in sound), SECONDS_FOR_THE_OTHERS)
    queue.wait_until(lambda: all(queue.state(row) == "FAILED" for row in poison), 180)
    assert [queue.tries(row) for row in poison] == [5, 2, 2]
    rows = [BackgroundTask.objects.using(ALIAS).get(pk=row.pk) for row in poison]
    assert [row.exception_class_path for row in rows] == ["builtins.LookupError", "too long", "builtins.MemoryError"]
    assert "poison.py" in rows[0].traceback
    assert NAME not in "".join(row.traceback for row in rows) + queue.log()


def test_two_workers_do_each_task_once(queue):
    rows = [queue.add("works", 0.02) for _ in range(60)]
    workers = [queue.start(), queue.start()]
    queue.wait_until(lambda: queue.states()["SUCCESSFUL"] >= 60, 90)
    assert all(queue.said()[f"{what} {number}"] == 1 for number, _row in rows for what in ("begun", "ended"))
    assert all(worker.poll() is None for worker in workers)
    by = (
        TaskRun.objects.using(ALIAS).filter(task__in=[row.pk for _number, row in rows]).values_list("worker", flat=True)
    )
    assert len(set(by)) == 2


def test_a_worker_that_is_told_to_end_lets_its_task_end_first(queue):
    number, row = queue.add("works", 3)
    worker = queue.start()
    queue.wait_until(lambda: queue.said()[f"begun {number}"])
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    assert queue.state(row) == "SUCCESSFUL"
    assert queue.said()[f"ended {number}"] == 1


def test_a_task_that_takes_longer_than_the_worker_can_wait_is_put_back_as_if_never_begun(queue):
    number, row = queue.add("works", 60)
    worker = queue.start("--patience=1")
    queue.wait_until(lambda: queue.said()[f"begun {number}"])
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    assert queue.state(row) == "READY"
    assert queue.tries(row) == 0


@pytest.mark.slow
def test_the_server_has_a_worker_that_is_begun_again_when_it_dies_and_ends_with_it(queue, server):
    _number, row = queue.add("works")
    server.start()
    queue.wait_until(lambda: queue.state(row) == "SUCCESSFUL")
    [worker] = workers_of(server)
    os.kill(worker, signal.SIGKILL)
    queue.wait_until(lambda: workers_of(server) not in ([worker], []))
    _number, row = queue.add("works")
    queue.wait_until(lambda: queue.state(row) == "SUCCESSFUL")
    [worker] = workers_of(server)
    # The server alone is killed, and can tell nobody.
    os.kill(server.process.pid, signal.SIGKILL)
    queue.wait_until(lambda: not is_there(worker), 30)
    os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait()


TAKE_IN = """
import django; django.setup()
from courses.constants.actors import SYSTEM
from courses.services.rosters.taking import take_in_roster
from courses.tasks.reading import read_roster_file
from courses.tests.listing import World, many
batch = take_in_roster(World().course, many(2500), "danh sach.csv", actor=SYSTEM)
read_roster_file.enqueue(batch.pk)
print(batch.pk)
"""


@pytest.mark.slow
def test_a_list_that_is_being_read_when_everything_is_killed_is_read_to_its_end_after_the_restart(queue, server):
    """Server, worker and the child that reads are killed at once; the worker beside the next server has the same name,
    so it need not wait for a whole minute."""
    pk = int(queue.installation.run("-c", TAKE_IN))
    batch = ImportBatch.objects.using(ALIAS).filter(pk=pk)
    server.start()
    queue.wait_until(lambda: TaskRun.objects.using(ALIAS).exists())
    server.kill()
    assert batch.get().state == BatchState.READING
    queue.let_pass(21)  # enough for the same name alone
    server.start()
    queue.wait_until(lambda: batch.get().state == BatchState.READ, 90)
    assert (batch.get().total, batch.get().done, batch.get().rows.using(ALIAS).count()) == (2500, 2500, 2500)
    assert queue.states()["FAILED"] == 0
    server.kill()


def workers_of(server) -> list[int]:
    """Processes of `manage.py work` whose parent is the server."""
    found = []
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as file:
                parent = int(file.read().rsplit(")", 1)[1].split()[1])
            with open(f"/proc/{pid}/cmdline") as file:
                command = file.read().split("\0")
        except OSError:
            continue
        if parent == server.process.pid and "work" in command:
            found.append(int(pid))
    return found

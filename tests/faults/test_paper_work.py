"""Work on the papers of a whole class whose processes are killed at random moments: begun again it does what is left,
each person has one paper, the register runs from 1 without a gap, and pressing again adds nothing.

Taken out the row of `_note`, or its transaction with the paper, and the count of the work is wrong; taken out the paper
that `prepare_paper` gives back, and there are more papers than people.
"""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings

from attendance.constants import WorkState
from attendance.models import Certificate, PaperBatch, PaperBatchRow, RegisterBook
from courses.models import ActionLog, BackgroundTask
from tests.faults.installation import ALIAS
from tests.faults.queue import Queue

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="kills are those of POSIX")]


def test_two_processes_at_the_same_work_killed_in_the_middle_are_followed_by_others_that_end_it(installation):
    kill_at_random(installation, people=60, kills=2)


@pytest.mark.slow
def test_three_hundred_papers_through_many_kills(installation):
    kill_at_random(installation, people=300, kills=25)


def kill_at_random(installation, *, people: int, kills: int) -> None:
    seed = int(os.environ.get("FAULTS_SEED") or time.time())
    print(f"FAULTS_SEED={seed}")
    rng = random.Random(seed)
    ground = installation.make_ground(classes=1, people=people)
    batch = int(installation.run("-m", "tests.faults.paper_worker", "note", *arguments(ground)))
    killed = 0
    while killed < kills:
        workers = [started(installation, batch) for _worker in range(2)]
        with installation.opened():
            before = done_of(batch)
            wanted = before + rng.randint(1, max(1, (people - before) // 3))
            while done_of(batch) < wanted and any(worker.poll() is None for worker in workers):
                time.sleep(rng.random() / 100)
        over = all(worker.poll() == 0 for worker in workers)
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        if over:
            break
        killed += 1
        installation.wait_until_let_go()
    assert killed
    installation.run("-m", "tests.faults.paper_worker", "go", str(batch), timeout=600)
    check(installation, ground, batch)
    # Pressing again: there is nothing left to be done.
    again = int(installation.run("-m", "tests.faults.paper_worker", "note", *arguments(ground)))
    installation.run("-m", "tests.faults.paper_worker", "go", str(again), timeout=600)
    check(installation, ground, again)


@pytest.mark.slow
def test_the_worker_of_the_site_killed_at_random_is_followed_by_another(installation, queue: Queue):
    people = 300
    ground = installation.make_ground(classes=1, people=people)
    batch = int(installation.run("-m", "tests.faults.paper_worker", "queue", *arguments(ground)))
    for share in (0.1, 0.35, 0.7):
        worker = queue.start()
        queue.wait_until(lambda share=share: done_of(batch) > share * people, 300)
        worker.kill()
        worker.wait()
        time.sleep(1)  # its child ends by itself
        queue.let_pass(61)
    queue.start()
    queue.wait_until(lambda: state_of(batch) == WorkState.DONE, 300)
    queue.wait_until(lambda: BackgroundTask.objects.using(ALIAS).filter(status="SUCCESSFUL").exists())
    look(ground, batch)


def arguments(ground: dict) -> list[str]:
    return [ground["username"], str(ground["signer"]), ground["issue_date"], str(ground["classes"][0]["course"])]


def started(installation, batch: int) -> subprocess.Popen:
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.paper_worker", "go", str(batch)],
        cwd=settings.BASE_DIR,
        env=installation.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout.readline() == "ready\n"
    return worker


def done_of(batch: int) -> int:
    return PaperBatch.objects.using(ALIAS).get(pk=batch).done


def state_of(batch: int) -> str:
    return PaperBatch.objects.using(ALIAS).get(pk=batch).state


def check(installation, ground: dict, batch: int) -> None:
    with installation.opened():
        look(ground, batch)


def look(ground: dict, batch: int) -> None:
    everybody = ground["classes"][0]["registrations"]
    work = PaperBatch.objects.using(ALIAS).get(pk=batch)
    rows = PaperBatchRow.objects.using(ALIAS).filter(batch=batch)
    assert (work.state, work.done, work.total) == (WorkState.DONE, len(everybody), len(everybody))
    assert sorted(rows.values_list("registration_id", "sentence")) == [(pk, "") for pk in everybody]
    papers = Certificate.objects.using(ALIAS).filter(registration__in=everybody).order_by("number")
    assert list(papers.values_list("number", flat=True)) == list(range(1, len(everybody) + 1))
    assert set(papers.values_list("registration_id", flat=True)) == set(everybody)
    assert RegisterBook.objects.using(ALIAS).get(issuer=ground["host"]).last_number == len(everybody)
    prepared = ActionLog.objects.using(ALIAS).filter(action="prepare", course_id=ground["classes"][0]["course"])
    assert prepared.count() == len(everybody)

"""Several processes prepare papers of one class at once, with repeats, and some of them fail on the way: the register
runs from 1 without a gap and nobody has two papers.

Taken out `@transaction.atomic` of `prepare_paper`, or the number read before it is written (`last_number + 1`), and
these tests fail.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import pytest
from django.conf import settings

from attendance.models import Certificate, Completion, RegisterBook
from courses.constants.choices import FilePurpose
from courses.models import ActionLog, File
from tests.faults.installation import ALIAS

pytestmark = pytest.mark.slow

WORKERS = 8
#: What `issuer.py` can make happen, at five points of the transaction.
FAULTS = ("drawing", "disk", "constraint", "killed", "cancelled")


def test_eight_processes_with_repeats_and_failures_number_forty_papers_without_a_gap(installation):
    number_at_once(installation, people=40)


@pytest.mark.slow
def test_eight_processes_with_repeats_and_failures_number_four_hundred_papers_without_a_gap(installation):
    number_at_once(installation, people=400)


def number_at_once(installation, *, people: int) -> None:
    if os.name != "posix":
        pytest.skip("SIGKILL is POSIX's")
    seed = int(os.environ.get("FAULTS_SEED") or time.time())
    print(f"FAULTS_SEED={seed}")
    rng = random.Random(seed)
    ground = installation.make_ground(classes=1, people=people)
    everybody = ground["classes"][0]["registrations"]
    answers = run(installation, ground, jobs_for(everybody, rng))
    with installation.opened():
        check(ground, everybody, answers)
    # Pressing once more gives everybody who went without a paper the next numbers.
    again = run(installation, ground, [[(pk, None) for pk in everybody]])
    assert {answer["number"] for answer in again} == set(range(1, people + 1))
    with installation.opened():
        check(ground, everybody, [*answers, *again])


def jobs_for(everybody: list[int], rng: random.Random) -> list[list[tuple[int, str | None]]]:
    """For each worker its requests: three in ten come twice, one in five fails."""
    wanted = everybody + rng.sample(everybody, len(everybody) * 3 // 10)
    rng.shuffle(wanted)
    faults = [name for name, _place in zip(cycle(FAULTS), range(len(wanted) // 5), strict=False)]
    jobs = list(zip(wanted, [*faults, *[None] * (len(wanted) - len(faults))], strict=True))
    rng.shuffle(jobs)
    return [jobs[place::WORKERS] for place in range(WORKERS)]


def run(installation, ground: dict, jobs: list[list]) -> list[dict]:
    """What the workers, one a list of jobs and all at once, answered; one that was killed is started again."""
    command = [
        sys.executable, "-m", "tests.faults.issuer",
        str(ground["signer"]), ground["issue_date"], str(ground["classes"][0]["course"]),
    ]  # fmt: skip

    def start() -> subprocess.Popen:
        return subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=installation.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    workers = [start() for _jobs in jobs]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"

    def work(worker: subprocess.Popen, own: list) -> list[dict]:
        found: list[dict] = []
        while True:
            printed, _none = worker.communicate(json.dumps(own[len(found) :]) + "\n", timeout=120)
            found += [json.loads(line) for line in printed.splitlines() if line != "ready"]
            if worker.returncode == 0:
                assert len(found) == len(own)
                return found
            assert worker.returncode == -signal.SIGKILL
            registration, fault = own[len(found)]
            assert fault == "killed"
            found.append({"registration": registration, "fault": fault, "number": None, "why": "killed"})
            worker = start()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [answer for found in pool.map(work, workers, jobs) for answer in found]


def check(ground: dict, everybody: list[int], answers: list[dict]) -> None:
    every = Certificate.objects.using(ALIAS).filter(registration__in=everybody).order_by("number")
    papers = {paper.registration_id: paper for paper in every.in_force()}
    numbers = list(every.values_list("number", flat=True))
    assert numbers == list(range(1, len(papers) + 1))
    book = RegisterBook.objects.using(ALIAS).get(issuer=ground["host"])
    assert book.last_number == len(papers)
    # What was said is so: a number is that person's, a failure has its reason.
    for answer in answers:
        if answer["number"] is None:
            assert answer["fault"], answer
            assert answer["why"], answer
        else:
            assert papers[answer["registration"]].number == answer["number"]
    assert set(papers) == {answer["registration"] for answer in answers if answer["number"]}
    # Which faults fall is chance; that some worker was killed or cancelled in the middle is not left to it.
    assert {"killed", "cancelled"} & {answer["why"] for answer in answers}
    # Nothing of a failed one is left.
    judged = Completion.objects.using(ALIAS).filter(registration__in=everybody)
    assert set(judged.values_list("registration", flat=True)) == set(papers)
    prepared = ActionLog.objects.using(ALIAS).filter(action="prepare", course_id=ground["classes"][0]["course"])
    assert Counter(prepared.values_list("subject_id", flat=True)) == Counter(paper.pk for paper in papers.values())
    files = File.objects.using(ALIAS).filter(purpose=FilePurpose.CERTIFICATE)
    assert not files.exclude(pk__in=Certificate.objects.using(ALIAS).order_by().values("pdf")).exists()

"""Ten thousand papers in one process, as the worker makes them: what it holds in memory does not grow with them.

Kept in a list what each paper was made of, and it is above the limit after some thousands.
"""

import os
import subprocess
import sys
import time

import pytest
from django.conf import settings

from tests.faults.test_paper_work import arguments, check, done_of

pytestmark = pytest.mark.skipif(os.name != "posix", reason="memory is asked for as POSIX has it")

PEOPLE = 10_000
MOST_MEGABYTES = 400


@pytest.mark.slow
def test_ten_thousand_papers_are_prepared_in_four_hundred_megabytes(installation):
    ground = installation.make_ground(classes=1, people=PEOPLE)
    batch = int(installation.run("-m", "tests.faults.paper_worker", "note", *arguments(ground)))
    command = [sys.executable, "-m", "tests.faults.paper_worker", "go", str(batch)]
    began = time.monotonic()
    worker = subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=installation.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    _pid, status, used = os.wait4(worker.pid, 0)
    assert status == 0, worker.stderr.read()
    megabytes = used.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    with installation.opened():
        print(
            f"{done_of(batch)} papers: {time.monotonic() - began:.0f} s by the clock, "
            f"{used.ru_utime + used.ru_stime:.0f} s of CPU, at most {megabytes:.0f} MB"
        )
    check(installation, ground, batch)
    assert megabytes < MOST_MEGABYTES

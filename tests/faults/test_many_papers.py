"""Ten thousand papers in one process, as the worker makes them: what it holds in memory does not grow with them.

A list that kept their bytes would hold 530 MB.
"""

import json
import os
import subprocess
import sys
import time

import pytest
from django.conf import settings

from tests.faults.test_paper_work import arguments, done_of, look

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is asked for as Linux has it")

PEOPLE = 10_000
MOST_MEGABYTES = 400


@pytest.mark.slow
def test_ten_thousand_papers_are_prepared_in_four_hundred_megabytes(installation):
    ground = json.loads(installation.run("-m", "tests.faults.ground", "1", str(PEOPLE), timeout=900))
    batch = int(installation.run("-m", "tests.faults.paper_worker", "note", *arguments(ground), timeout=900))
    command = [sys.executable, "-m", "tests.faults.paper_worker", "go", str(batch)]
    said, began = installation.data / "worker.log", time.monotonic()
    with said.open("wb") as log:
        worker = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=installation.environment, stdout=log, stderr=subprocess.STDOUT
        )
        _pid, status, used = os.wait4(worker.pid, 0)
    assert status == 0, said.read_text(encoding="utf-8")[-2000:]
    megabytes = int(said.read_text(encoding="utf-8").split()[-1])
    with installation.opened():
        print(
            f"{done_of(batch)} papers: {time.monotonic() - began:.0f} s by the clock, "
            f"{used.ru_utime + used.ru_stime:.0f} s of CPU, at most {megabytes:.0f} MB"
        )
        look(ground, batch)
    assert megabytes < MOST_MEGABYTES

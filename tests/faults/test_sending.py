"""Sending killed at random moments: each message arrives once, or is shown as unknown, and none arrives twice.

Taken out the commit of `sending` before the channel is touched, and a message arrives twice; taken out
`forget_the_lost`, and messages stand as being sent for ever.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
from django.conf import settings

from courses.constants.choices import MessageState
from courses.models import Message
from courses.tests.mail_server import MailServer
from tests.faults.installation import ALIAS

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="kills are those of POSIX")]

PEOPLE, KILLS = 70, 20


def test_a_sender_killed_twenty_times_delivers_nothing_twice_and_hides_nothing(installation):
    seed = int(os.environ.get("FAULTS_SEED") or time.time())
    print(f"FAULTS_SEED={seed}")
    rng = random.Random(seed)
    ground = installation.make_ground(classes=1, people=PEOPLE)
    with MailServer(seconds=0.03) as server:
        environment = {**installation.environment, "EMAIL_URL": server.url}
        noted = started(environment, "note", str(ground["classes"][0]["course"]))
        act = noted.communicate(timeout=120)[0].decode().strip()
        for _kill in range(KILLS):
            worker = started(environment, "go", act)
            with installation.opened():
                wanted = left_of(act) - rng.randint(1, 2)
                while left_of(act) > wanted and worker.poll() is None:
                    time.sleep(rng.random() / 100)
            time.sleep(rng.random() * 0.05)
            assert worker.poll() is None, "all was sent before the last kill: more people are needed"
            worker.send_signal(signal.SIGKILL)
            worker.communicate()
            installation.wait_until_let_go()
        for _again in range(2):
            assert started(environment, "go", act).wait(timeout=300) == 0
        with installation.opened():
            found = dict(Message.objects.using(ALIAS).filter(act=act).values_list("address", "state"))
        arrived = Counter(address for address, _mail in server.delivered)
    states = Counter(found.values())
    print(states)
    assert len(found) == PEOPLE
    assert set(arrived.values()) == {1}
    assert {address for address, state in found.items() if state == MessageState.SENT} <= set(arrived)
    assert set(states) <= {MessageState.SENT, MessageState.UNKNOWN}
    assert states[MessageState.UNKNOWN] <= KILLS


def started(environment: dict, *arguments: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.mail_worker", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
    )


def left_of(act: str) -> int:
    return Message.objects.using(ALIAS).filter(act=act, state=MessageState.QUEUED).count()

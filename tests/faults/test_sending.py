"""The worker killed at random moments while it sends: each message arrives once, or has failed, or is shown as unknown,
and none arrives twice.

Taken out the commit of `sending` before the channel is touched, and a message arrives twice; taken out
`forget_the_lost`, and messages stand as being sent for ever; taken out `give_up_sending`, and they wait for ever.
"""

import os
import random
import re
import signal
import time
from collections import Counter

import pytest
from django.urls import reverse

from courses.constants.choices import MessageState
from courses.models import BackgroundTask, Message
from courses.tasks.sending import send_approved
from courses.tests.mail_server import MailServer
from tests.faults.installation import ALIAS, Browser
from tests.faults.queue import children_of, is_there

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="kills are those of POSIX")]

#: A task is given up when it is killed for the fifth time, so that some acts come to their end and some do not.
CLASSES, PEOPLE, KILLS = 8, 20, 20
WORKER, GROUP = "the worker alone", "the worker and its child at once"


def test_a_worker_killed_twenty_times_delivers_nothing_twice_and_hides_nothing(queue, server):
    seed = int(os.environ.get("FAULTS_SEED") or time.time())
    print(f"FAULTS_SEED={seed}")
    rng = random.Random(seed)
    ground = queue.installation.make_ground(classes=CLASSES, people=PEOPLE)
    courses = [one["course"] for one in ground["classes"]]
    queue.installation.run("-m", "tests.faults.approving", *map(str, courses))
    messages = Message.objects.using(ALIAS).filter(course__in=courses)
    acts = BackgroundTask.objects.using(ALIAS).filter(task_path=send_approved.module_path)
    under_way = acts.filter(status__in=("READY", "RUNNING"))
    with MailServer(seconds=0.03) as mail:
        for kill in range(KILLS):
            worker = queue.start("--places=1", EMAIL_URL=mail.url)
            wanted = len(mail.delivered) + rng.randint(1, 3)
            hurried_until(queue, lambda wanted=wanted: len(mail.delivered) >= wanted)
            time.sleep(rng.random() * 0.05)
            killed(queue, worker, (WORKER, GROUP)[kill % 2])
            assert under_way.exists(), "all was sent before the last kill: more people are needed"
        queue.start("--places=1", EMAIL_URL=mail.url)
        hurried_until(queue, lambda: not under_way.exists())
        arrived = Counter(address for address, _mail in mail.delivered)
    found = dict(messages.values_list("address", "state"))
    of = {state: {address for address in found if found[address] == state} for state in MessageState}
    print(
        {state.value: len(addresses) for state, addresses in of.items() if addresses},
        Counter(acts.values_list("status", flat=True)),
    )
    assert len(found) == CLASSES * PEOPLE
    assert set(arrived.values()) == {1}
    assert set(found.values()) <= {MessageState.SENT, MessageState.FAILED, MessageState.UNKNOWN}
    assert of[MessageState.SENT] <= set(arrived)
    assert not of[MessageState.FAILED] & set(arrived)
    assert len(of[MessageState.UNKNOWN]) <= KILLS
    assert shown_as_unknown(queue.installation, server, ground) == of[MessageState.UNKNOWN]


def hurried_until(queue, true) -> None:
    def look() -> bool:
        queue.hurry()
        return true()

    queue.wait_until(look, every=0.01)


def killed(queue, worker, what: str) -> None:
    """The worker, and for those that come after it, a minute has passed without a word of it."""
    runners = children_of(worker.pid)
    assert worker.poll() is None
    if what == GROUP:
        os.killpg(worker.pid, signal.SIGKILL)
    else:
        worker.kill()
    worker.wait()
    queue.wait_until(lambda: not any(map(is_there, runners)), 5, every=0.01)
    queue.installation.wait_until_let_go()
    queue.let_pass(61)


def shown_as_unknown(installation, server, ground: dict) -> set[str]:
    """The addresses that an organiser finds in the outboxes of the classes under that state."""
    server.start()
    browser, shown = Browser(installation.port), set()
    browser.sign_in(ground["username"], ground["password"])
    for one in ground["classes"]:
        page = browser.get(reverse("admin:attendance_courseresult_messages", args=[one["course"]]) + "?state=unknown")
        assert page.status == 200
        if "?state=unknown" in page.text:  # else none is, and the page shows them all
            shown |= set(re.findall(r"nguoi[0-9]+@thu\.example", page.text))
    server.kill()
    return shown

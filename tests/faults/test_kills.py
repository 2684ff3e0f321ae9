"""SIGKILL of the whole process group at random moments of an act: what the client was told is there, nothing is half
done, numbers have no gap, and the site is open again within seconds.

A kill between two statements of an act is what `atomic` is for: without `@transaction.atomic` on `mark_by_hand`,
`apply_batch` or `prepare_paper` these tests fail.
"""

import os
import random
import threading
import time
from http.client import HTTPException

import pytest

from courses.guards import missing_guards
from tests.faults.acts import Importing, Issuing, Marking
from tests.faults.installation import ALIAS, Browser

pytestmark = pytest.mark.slow

#: The middle one of the starts after a kill; with everything, the database's own repair included.
SECONDS_TO_START_AGAIN = 10
ACTS = {"marking": Marking, "importing": Importing, "issuing": Issuing}
PEOPLE = 30


@pytest.fixture(scope="module")
def small_ground(installation):
    return installation.make_ground(classes=8, people=PEOPLE)


@pytest.fixture(scope="module")
def large_ground(installation):
    return installation.make_ground(classes=62, people=PEOPLE)


@pytest.mark.parametrize("name", ACTS)
def test_two_kills_lose_nothing_that_was_said_and_leave_nothing_half_done(installation, server, small_ground, name):
    kill_again_and_again(installation, server, small_ground, name, kills=2)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "kills"), [("marking", 30), ("importing", 20), ("issuing", 20)])
def test_many_kills_lose_nothing_that_was_said_and_leave_nothing_half_done(
    installation, server, large_ground, name, kills
):
    kill_again_and_again(installation, server, large_ground, name, kills=kills)


def kill_again_and_again(installation, server, ground: dict, name: str, *, kills: int) -> None:
    seed = int(os.environ.get("FAULTS_SEED") or time.time())
    print(f"FAULTS_SEED={seed}")
    rng = random.Random(seed)
    act, browser = ACTS[name](ground, rng), Browser(installation.port)
    started, took, cut = [], [0.5], 0
    if not server.runs:
        server.start()
    for kill in range(kills):
        if kill % 5 == 0:  # the password is asked again after five minutes; until then the session outlives the kills
            browser.sign_in(ground["username"], ground["password"])
        act.ready(browser)
        # A kill comes some time within two acts, however fast the machine is.
        cut += acts_until_killed(act, browser, server, took, delay=rng.uniform(0, 2 * max(took)))
        installation.wait_until_let_go()
        started.append(server.start())
        with installation.opened() as connection:
            check_database(connection)
            act.check()
    # What was cut off is taken up by pressing again, and goes through.
    act.act(browser)
    with installation.opened():
        act.check()
    assert "Traceback" not in server.printed()
    assert cut, "no kill met an act"
    assert sorted(started)[(kills - 1) // 2] <= SECONDS_TO_START_AGAIN
    print(f"{name}: {cut} of {kills} kills met an act; slowest start {max(started):.1f} s")


def acts_until_killed(act, browser, server, took: list[float], *, delay: float) -> bool:
    """Acts one after another, adding to `took` how long each was; kills everything in between. True when an act was
    under way."""
    failed: list[Exception] = []

    def go_on():
        try:
            while True:
                began = time.monotonic()
                act.act(browser)
                took.append(time.monotonic() - began)
        except Exception as error:
            failed.append(error)

    client = threading.Thread(target=go_on)
    client.start()
    time.sleep(delay)
    server.kill()
    client.join()
    if not isinstance(failed[0], (OSError, HTTPException)):
        raise failed[0]
    # A connection that was refused came after the kill.
    return not isinstance(failed[0], ConnectionRefusedError)


def check_database(connection) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert cursor.execute("PRAGMA foreign_key_check").fetchall() == []
    assert missing_guards(ALIAS) == []

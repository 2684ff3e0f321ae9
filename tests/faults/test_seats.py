"""Forty client processes take the last seats over HTTP by four ways at once: the office's page, the admin, an import,
and a replacement (T20). Never one too many, never a seat empty while somebody was refused, and every answer is a page
(200) or goes on to one (302): nobody is told of an error.

The fourth way stands in for the door: there is no door yet, so its replacement, which T20 names, is the office's page
*thay người*; it calls the service that the door is to call (`nominations.replace`). Once the door stands, its own
address belongs here.

Without `select_for_update` in `lock_course` the three rounds on PostgreSQL fail (tried: 19 people in 18 seats); on
SQLite every transaction begins by taking the one lock.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest

from courses.models import ImportRow, Registration
from tests.faults.installation import ALIAS, Browser
from tests.faults.seats_ground import CLIENTS, LIMIT, THERE

pytestmark = pytest.mark.slow

CLIENT = Path(__file__).with_name("client.py")
#: As a browser has it: the cookie and the field are the same.
TOKEN = "a" * 64
#: Two replacements bring somebody whom the page names at that very moment.
CONTESTED = 2


@pytest.fixture(scope="module")
def clients():
    """Forty processes, started once."""
    started = [
        subprocess.Popen([sys.executable, "-I", str(CLIENT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _client in range(4 * CLIENTS)
    ]
    yield started
    for process in started:
        process.stdin.close()
        process.wait(timeout=60)


def test_three_rounds_of_forty_at_once_fill_the_seats_and_no_more(installation, server, clients):
    take_seats(installation, server, clients, rounds=3)


@pytest.mark.slow
def test_thirty_rounds_of_forty_at_once_fill_the_seats_and_no_more(installation, server, clients):
    take_seats(installation, server, clients, rounds=30)


def take_seats(installation, server, clients, *, rounds: int) -> None:
    if os.name != "posix":
        pytest.skip("process groups are those of POSIX")
    ground = json.loads(installation.run("-m", "tests.faults.seats_ground", str(rounds), timeout=600))
    if not server.runs:
        server.start()
    browser = Browser(installation.port)
    for number, one in enumerate(ground["rounds"]):
        if number % 5 == 0:
            browser.sign_in(ground["username"], ground["password"])
        answers = at_once(installation.port, clients, jobs(one, browser))
        with installation.opened():
            check(one, answers)


def jobs(one: dict, browser: Browser) -> list[tuple[str, dict, str]]:
    """(path, fields, cookies) of each client, the four ways in turn."""
    office = f"/office/{one['token']}"
    link = f"csrftoken={TOKEN}"
    signed_in = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    token = browser.cookies["csrftoken"]
    newcomers = [*one["by_page"][:CONTESTED], *one["by_replacement"][CONTESTED:]]
    admin = "/admin/courses"
    ways = (
        [(f"{office}/name/", {"people": pk}, link) for pk in one["by_page"]],
        [(f"{admin}/registration/add/?course={one['course']}", {"trainee": pk}, signed_in) for pk in one["by_admin"]],
        [(f"{admin}/importbatch/{pk}/change/", {"apply": "1"}, signed_in) for pk in one["by_import"]],
        [
            (f"{office}/replace/{old}/", {"by": new, "why": "ốm", "submission": str(uuid4())}, link)
            for old, new in zip(one["there"], newcomers, strict=True)
        ],
    )
    return [
        (path, {**fields, "csrfmiddlewaretoken": token if cookies == signed_in else TOKEN}, cookies)
        for turn in zip(*ways, strict=True)
        for path, fields, cookies in turn
    ]


def at_once(port: int, clients: list[subprocess.Popen], wanted: list) -> list[dict]:
    """What each client was answered; all of them post at the same moment."""
    moment = time.time() + 0.5
    for process, (path, fields, cookies) in zip(clients, wanted, strict=True):
        job = {"port": port, "path": path, "fields": fields, "cookies": cookies, "at": moment}
        process.stdin.write(json.dumps(job) + "\n")
        process.stdin.flush()
    return [json.loads(process.stdout.readline()) for process in clients]


def check(one: dict, answers: list[dict]) -> None:
    assert {answer["status"] for answer in answers} <= {200, 302}, [
        a["text"][:500] for a in answers if a["status"] > 302
    ]
    page, admin, _imports, replacements = (answers[way::4] for way in range(4))
    active = Registration.objects.using(ALIAS).filter(course=one["course"]).active()
    there = set(active.values_list("trainee_id", flat=True))
    rows = ImportRow.objects.using(ALIAS).filter(batch__in=one["by_import"])
    imported = rows.filter(registration__isnull=False).count()
    refused = CLIENTS - imported
    for answer, person in [*zip(page, one["by_page"], strict=True), *zip(admin, one["by_admin"], strict=True)]:
        if answer["status"] == 302:
            assert person in there, "somebody was told to be on the list, and is not"
        else:
            refused += 1
    assert len(there) == active.count() <= LIMIT, "one too many"
    assert rows.count() == CLIENTS
    assert refused > 0, "the clients were too few to fill the class"
    assert len(there) == LIMIT, f"a seat is empty, and {refused} were refused"
    # A full class refuses no replacement; only who is already there, named by the page, comes instead of nobody.
    assert [a["status"] for a in replacements[CONTESTED:]] == [302] * (THERE - CONTESTED)
    gone = Registration.objects.using(ALIAS).filter(course=one["course"], state="replaced")
    assert gone.count() == sum(answer["status"] == 302 for answer in replacements)

"""Four doors let people in at a steady pace while an organiser takes the whole class out to Excel (T36)."""

import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings

from tests.faults.installation import Browser, Server

#: Scans a second of all doors together, for how long, and how many people there are to be taken out to Excel.
PACE, SECONDS, PEOPLE, DOORS = {"postgres": 50, "sqlite": 20}, 60, 5000, 4
P95, P99 = {"postgres": 0.3, "sqlite": 0.5}, 1.0
MOST_GROWTH = 1.1
MAKE = """
import datetime as dt, json, django
django.setup()
from attendance.reports.passes import passes_in_force
from attendance.services.doors import make_door
from courses.constants import links
from courses.constants.actors import SYSTEM
from courses.constants.clock import now
from courses.models import Course, Registration, Session
course = Course.objects.get(pk=%d)
begins = now()
session = Session.objects.create(course=course, date=begins.date(), half="morning", starts_at=begins,
                                 ends_at=begins + dt.timedelta(hours=4))
doors = [make_door(course, [session], name=f"Cửa {n}", until=session.ends_at, actor=SYSTEM) for n in range(4)]
people = Registration.objects.filter(course=course).order_by("pk").values_list("pk", flat=True)
print(json.dumps({"session": session.pk, "doors": [links.door_token(door.pk) for door in doors],
                  "codes": [one.code for one in passes_in_force(people).values()]}))
"""


@dataclass
class Phone:
    """A helper's phone that lets somebody else in whenever it is time, whatever became of the last one."""

    port: int
    path: str
    codes: list[str]
    took: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def let_in(self, *, every: float) -> None:
        device, began = str(uuid4()), time.monotonic()
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        for number, code in enumerate(self.codes):
            due = began + number * every
            time.sleep(max(0.0, due - time.monotonic()))
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            scan = {"id": str(uuid4()), "at": at, "code": code}
            body = json.dumps({"device": device, "sent": at, "holds_back": 0, "scans": [scan]})
            line.request("POST", self.path, body, {"Content-Type": "application/json"})
            answer = line.getresponse()
            told = answer.read().decode()
            # From when it was due: somebody who waits behind a slow answer waits, too.
            self.took.append(time.monotonic() - due)
            if answer.status != 200 or json.loads(told)["answers"][0]["answer"] != "on_time":
                self.wrong.append(f"{answer.status} {told[:200]}")


@pytest.mark.slow
def test_four_doors_go_on_letting_people_in_while_a_class_of_thousands_is_taken_out(installation, django_db_blocker):
    database = settings.TEST_DATABASE
    with django_db_blocker.unblock():
        ground = installation.make_ground(classes=1, people=PEOPLE)
        course = ground["classes"][0]["course"]
        made = json.loads(installation.run("-c", MAKE % course))
        server = Server(installation)
        server.start()
        try:
            organiser = Browser(installation.port)
            organiser.sign_in(ground["username"], ground["password"])
            each = PACE[database] * SECONDS // DOORS
            phones = [
                Phone(installation.port, f"/check-in/{door}/scans", made["codes"][number * each : (number + 1) * each])
                for number, door in enumerate(made["doors"])
            ]
            threads = [threading.Thread(target=phone.let_in, kwargs={"every": SECONDS / each}) for phone in phones]
            for thread in threads:
                thread.start()
            held = []
            while any(thread.is_alive() for thread in threads):
                take_out(organiser, course)
                held.append(memory_of(server))
            # Each thread of the server has made a file by then: what it needed for that is no growth later.
            taken_out, growth = len(held), held[-1] / held[len(held) // 2]
            with installation.opened() as connection, connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM attendance_mark WHERE session_id = %s", [made["session"]])
                [marks] = cursor.fetchone()
        finally:
            server.kill()
    took = sorted(one for phone in phones for one in phone.took)
    p95, p99 = took[int(len(took) * 0.95)], took[int(len(took) * 0.99)]
    print(f"{len(took)} scans, p95 {p95:.3f} s, p99 {p99:.3f} s, {taken_out} files, memory × {growth:.2f}")
    assert [phone.wrong for phone in phones] == [[], [], [], []]
    assert marks == len(took) == each * DOORS
    assert taken_out >= 4
    assert (p95 <= P95[database], p99 <= P99) == (True, True)
    assert growth < MOST_GROWTH


def take_out(organiser: Browser, course: int) -> None:
    answer = organiser.post(f"/admin/attendance/courseresult/{course}/table/export", {})
    assert answer.status == 200


def memory_of(server: Server) -> int:
    """Kilobytes that the processes of the server's group hold."""
    group, held = server.process.pid, 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if int((process / "stat").read_text().rsplit(")", 1)[1].split()[2]) == group:
                held += int((process / "smaps_rollup").read_text().split("Rss:")[1].split()[0])
        except OSError:
            continue
    return held

"""Organisers who mark at a steady pace over HTTP, and know what each of their clicks was answered."""

import random
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPException
from uuid import uuid4

from attendance.constants import MarkState
from attendance.models import Event, Mark
from tests.faults.installation import ALIAS, Browser

STATES = (MarkState.PRESENT, MarkState.LATE, MarkState.LEFT_EARLY, MarkState.EXCUSED, MarkState.ABSENT)
#: How long one waits for an answer, and before one presses again after none.
PATIENCE, BREATH = 30, 0.2
#: Somebody who is never answered by yes gives up, and the test says so.
PRESSES = 150


@dataclass
class Answered:
    """One answer, or none (status 0): when it came and how long it took, in seconds."""

    at: float
    took: float
    status: int


@dataclass
class Writer:
    """One organiser with people of his own, each click changing one of them; without a yes it is pressed again."""

    browser: Browser
    session: int
    known: dict[int, str]
    rng: random.Random
    clicks: dict[int, int] = field(default_factory=dict)
    answers: list[Answered] = field(default_factory=list)

    def write(self, *, every: float, until: float) -> None:
        due = time.monotonic()
        while time.monotonic() < until:
            self._click()
            due += every
            time.sleep(max(0.0, due - time.monotonic()))

    def _click(self) -> None:
        person = self.rng.choice(list(self.known))
        shown = self.known[person]
        wanted = self.rng.choice([state for state in STATES if state != shown])
        fields = {"submission": str(uuid4()), f"shown-{person}": shown, f"mark-{person}": wanted}
        for _press in range(PRESSES):
            if self._post(fields) == 302:
                break
            time.sleep(BREATH)
        else:
            raise AssertionError(f"no yes after {PRESSES} times: {self.answers[-3:]}")
        self.known[person] = wanted
        self.clicks[person] = self.clicks.get(person, 0) + 1

    def _post(self, fields: dict) -> int:
        began = time.monotonic()
        try:
            path = f"/admin/attendance/attendancesheet/{self.session}/change/"
            status = self.browser.post(path, fields).status
        except (OSError, HTTPException):
            status = 0
        self.answers.append(Answered(time.monotonic(), time.monotonic() - began, status))
        return status


def writers(ground: dict, ports: list[int], *, count: int, seed: int) -> list[Writer]:
    """So many organisers of the first class, on these ports in turn, each with a share of its people."""
    signed_in = {}
    for port in set(ports):
        signed_in[port] = Browser(port, patience=PATIENCE)
        signed_in[port].sign_in(ground["username"], ground["password"])
    one = ground["classes"][0]
    made = []
    for number in range(count):
        port = ports[number % len(ports)]
        browser = Browser(port, patience=PATIENCE)
        browser.cookies = dict(signed_in[port].cookies)
        known = dict.fromkeys(one["registrations"][number::count], MarkState.PRESENT)
        made.append(Writer(browser, one["session"], known, random.Random(seed + number)))
    return made


def write_together(everybody: list[Writer], *, per_second: float, seconds: float) -> list[threading.Thread]:
    """Starts them; together they click `per_second` times a second for so long."""
    until = time.monotonic() + seconds
    arguments = {"every": len(everybody) / per_second, "until": until}
    threads = [threading.Thread(target=writer.write, kwargs=arguments, daemon=True) for writer in everybody]
    for thread in threads:
        thread.start()
    return threads


def check_all_there(everybody: list[Writer]) -> int:
    """Every click that was answered by yes is there once, and the marks are what the last ones said; how many."""
    for writer in everybody:
        marks = Mark.objects.using(ALIAS).filter(session=writer.session, registration__in=writer.known)
        assert dict(marks.values_list("registration_id", "state")) == writer.known
        for person in writer.known:
            events = Event.objects.using(ALIAS).filter(session=writer.session, registration=person)
            assert events.count() == 1 + writer.clicks.get(person, 0)
    return sum(sum(writer.clicks.values()) for writer in everybody)

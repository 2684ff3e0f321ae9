"""Doors of a class under way."""

import datetime as dt
import time
from uuid import uuid4

from attendance.constants import SheetState
from attendance.models import Door, Sheet
from attendance.reports.passes import passes_in_force
from attendance.services.doors import make_door
from attendance.services.scans import Scan, take_scans
from benchmarks import Result, compared
from benchmarks._classes import course, offices, trainee_values
from benchmarks._reference import scaled
from courses.constants.actors import SYSTEM
from courses.constants.choices import RegistrationState
from courses.constants.clock import now
from courses.models import Registration, Session, Trainee

BATCH, ROUNDS = 500, 9
SCANS_A_SECOND = 5_000


class Doors:
    """A class of so many people; each door has a half-day of its own, in which nobody is known yet."""

    def __init__(self, people: int) -> None:
        at = offices()
        self.course = course("VAO-CUA", at[0])
        trainees = Trainee.objects.bulk_create(Trainee(**one) for one in trainee_values(at, people))
        made = Registration.objects.bulk_create(
            Registration(
                course=self.course,
                trainee=person,
                office=person.office,
                office_name=person.office.name,
                position=person.position,
                state=RegistrationState.CONFIRMED,
            )
            for person in trainees
        )
        self.ids = [registration.pk for registration in made]
        self.codes: list[str] = []

    def new(self) -> Door:
        begins = now()
        session = Session.objects.create(
            course=self.course,
            date=begins.date(),
            half="morning",
            starts_at=begins,
            ends_at=begins + dt.timedelta(hours=4),
        )
        Sheet.objects.create(session=session, state=SheetState.OPEN, opened_at=begins)
        door = make_door(self.course, [session], name="Cửa A", until=session.ends_at, actor=SYSTEM)
        self.codes = self.codes or [one.code for one in passes_in_force(self.ids).values()]
        return door

    def batch(self) -> float:
        """Queued scans taken a second, five hundred at once."""
        door, moment = self.new(), now()
        scans = [Scan(uuid4(), moment, code=code) for code in self.codes[:BATCH]]
        started = time.perf_counter()
        answers = take_scans(door, scans, device=uuid4(), sent=moment)
        took = time.perf_counter() - started
        if any(answer.reason for answer in answers):
            raise RuntimeError("not everybody was let in")
        return BATCH / took


def queued(doors: Doors, database: str) -> Result:
    """A batch as a phone sends it that had no network, beside the number of scans a second asked for."""
    doors.batch()
    pairs = [(doors.batch(), 1 / scaled(1 / SCANS_A_SECOND)) for _round in range(ROUNDS)]
    return compared(f"{BATCH} queued scans, {database}", pairs, unit="scans/s", goal=1.0, bound="at least")

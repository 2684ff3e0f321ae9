"""Saving 500 marks of one sheet, as the page does, beside a bare `bulk_create` of as many entries and marks."""

import datetime as dt
from collections.abc import Iterator
from itertools import count
from uuid import uuid4

from django.db import transaction

from attendance.constants import Claim, MarkState, Way
from attendance.models import Event, Mark
from attendance.services.ledger import Change, mark_by_hand
from benchmarks import Result, alternately, compared, seconds
from benchmarks._classes import DAY, course, offices, trainee_values
from courses.constants.actors import SYSTEM
from courses.constants.choices import RegistrationState
from courses.constants.clock import now
from courses.models import Registration, Session, Trainee
from courses.services.schedule import set_times

PEOPLE, ROUNDS = 500, 9
PART_OF_BARE = 0.3


class Rounds:
    """Each call marks everybody in a half-day of its own."""

    def __init__(self) -> None:
        at = offices()
        self.course = course("DIEM-DANH", at[0])
        people = Trainee.objects.bulk_create(Trainee(**one) for one in trainee_values(at, PEOPLE))
        self.registrations = Registration.objects.bulk_create(
            Registration(
                course=self.course,
                trainee=person,
                office=person.office,
                office_name=person.office.name,
                position=person.position,
                state=RegistrationState.CONFIRMED,
            )
            for person in people
        )
        self.hours = count()

    def _session(self) -> Session:
        session = Session(course=self.course)
        begins = dt.datetime.combine(DAY, dt.time(0, 10)) + dt.timedelta(minutes=10 * next(self.hours))
        set_times(session, date=DAY, begins=begins.time(), ends=(begins + dt.timedelta(minutes=9)).time())
        session.save()
        return session

    def marked(self) -> float:
        """Marks a second."""
        session = self._session()
        changes = [Change(registration.pk, "", MarkState.PRESENT) for registration in self.registrations]
        saved: dict[int, str] = {}

        def act() -> None:
            saved.update(mark_by_hand(session, changes, actor=SYSTEM, submission=uuid4()).saved)

        taken = seconds(act)
        if len(saved) != PEOPLE:
            raise RuntimeError(f"{len(saved)} instead of {PEOPLE} marks")
        return PEOPLE / taken

    def bare(self) -> float:
        """Marks a second."""
        session, at = self._session(), now()

        @transaction.atomic
        def act() -> None:
            Event.objects.bulk_create(
                Event(
                    session=session, registration=registration, claim=Claim.SEEN, says=MarkState.PRESENT, way=Way.HAND,
                    client_id=uuid4(), happened_at=at, arrived_at=at,
                ) for registration in self.registrations
            )  # fmt: skip
            Mark.objects.bulk_create(
                Mark(session=session, registration=registration, state=MarkState.PRESENT, since=at, updated_at=at)
                for registration in self.registrations
            )

        return PEOPLE / seconds(act)


def run() -> Iterator[Result]:
    rounds = Rounds()
    pairs = alternately(rounds.marked, rounds.bare, ROUNDS)
    name = f"saving {PEOPLE} marks of one sheet beside a bare bulk_create"
    yield compared(name, pairs, unit="marks/s", goal=PART_OF_BARE, bound="at least")

"""The whole set of papers of a class of a hundred people: each kind as Word and as PDF, with its figures, the links of
its offices as QR and a sheet to sign for each half-day, all in one ZIP.

The CPU time, beside what it may take where drawing a page takes 3 ms (`_reference`).
"""

import datetime as dt
import os
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import translation

from attendance.constants import Claim, Way
from attendance.models import Event
from attendance.rendering.paper_zip import zip_papers
from attendance.services.ledger import add_up_again, lock_sheet
from attendance.services.making_papers import whole_set
from benchmarks import Result, compared
from benchmarks._classes import DAY, course, offices, trainee_values
from benchmarks._reference import scaled
from courses.constants.clock import VIETNAM
from courses.models import (
    Block,
    Course,
    Heading,
    Office,
    OfficeAnswer,
    Place,
    Registration,
    Seats,
    Session,
    SessionTopic,
    Signer,
    Speaker,
    Topic,
    Trainee,
    Venue,
)
from courses.services.schedule import USUAL_HOURS, set_times

PEOPLE, DAYS, ROUNDS = 100, 3, 5
SET = 3.0


def run() -> Iterator[Result]:
    translation.activate("vi")
    found = _class()
    moment = dt.datetime.combine(DAY + dt.timedelta(days=DAYS), dt.time(9), VIETNAM)
    said: dict[str, Any] = {
        "with_links": True,
        "deciding": "Ủy ban nhân dân thành phố Thử",
        "bases": ("Căn cứ kết quả học tập",),
    }

    def ours() -> float:
        started = sum(os.times()[:4])  # with the processes that draw what is long
        for _piece in zip_papers(whole_set(found, at=moment, **said)):
            pass
        return sum(os.times()[:4]) - started

    ours()  # the wordings are built once a process
    pairs = [(ours(), scaled(SET)) for _round in range(ROUNDS)]
    yield compared(f"the papers of a class of {PEOPLE}, CPU", pairs, unit="s", goal=1.0, bound="at most")


@transaction.atomic
def _class() -> Course:
    invited = offices()
    host = invited[0]
    found = course("BO-GIAY", host)
    Course.objects.filter(pk=found.pk).update(ends_on=DAY + dt.timedelta(days=DAYS - 1))
    Heading.objects.create(office=host, superior="UBND tỉnh Thử", body="Ủy ban nhân dân thành phố Thử", place="Thử")
    Signer.objects.create(office=host, title="Chủ tịch", full_name="Ngô Thử Ký")
    Seats.objects.bulk_create(Seats(course=found, office=one, number=PEOPLE) for one in invited)
    OfficeAnswer.objects.bulk_create(OfficeAnswer(course=found, office=one) for one in invited)
    people = _people(found, invited)
    for session in _half_days(found, host):
        lock_sheet(session)
        Event.objects.bulk_create(
            Event(
                session=session, registration=person, claim=Claim.SEEN, way=Way.HAND, says="present",
                client_id=uuid4(), happened_at=session.starts_at, arrived_at=session.starts_at,
            )
            for person in people[:-5]
        )  # fmt: skip
        add_up_again(session, [person.pk for person in people])
    found.refresh_from_db()
    return found


def _people(found: Course, invited: list[Office]) -> list[Registration]:
    trainees = Trainee.objects.bulk_create(Trainee(**values) for values in trainee_values(invited, PEOPLE))
    return Registration.objects.bulk_create(
        Registration(
            course=found, trainee=one, office=one.office, office_name=one.office.name, position=one.position,
            state="confirmed",
        )
        for one in trainees
    )  # fmt: skip


def _half_days(found: Course, host: Office) -> Iterator[Session]:
    blocks = [Block.objects.create(course=found, code=code, title=f"Khối {code} để đo") for code in "AB"]
    speakers = [Speaker.objects.create(office=host, full_name=f"Ngô Thử Nói {code}") for code in "ABC"]
    venue = Venue.objects.create(office=host, name="Hội trường để đo")
    for number in range(2 * DAYS):
        begins, ends = list(USUAL_HOURS.values())[number % 2]
        session = Session(course=found)
        set_times(session, date=DAY + dt.timedelta(days=number // 2), begins=begins, ends=ends)
        session.save()
        topic = Topic.objects.create(block=blocks[number % 2], title=f"Chuyên đề để đo số {number}", order=number + 1)
        SessionTopic.objects.create(session=session, topic=topic, speaker=speakers[number % 3])
        Place.objects.create(session=session, venue=venue)
        yield session

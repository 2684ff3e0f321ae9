"""A certificate from the judging to the stored bytes, its reading back alone, the merging of two thousand frozen pages,
and the answer to somebody who checks one.

Each is the CPU time of one, beside what it may take where drawing a page takes 3 ms; on a slower machine as much more
(`_reference`). Drawing alone, also beside WeasyPrint, is in `drawing`, signing and validating in `signing`; that memory
does not grow with the number of papers, in `tests/faults/test_many_papers.py`.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from statistics import median
from tempfile import TemporaryFile
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from attendance.constants import BatchWork, MarkState
from attendance.models import Certificate
from attendance.rendering.certificate import CertificateFacts, merge_into, missing_facts
from attendance.reports.papers import Order, verify_url
from attendance.services.ledger import Change, mark_by_hand
from attendance.services.paper_work import go_on, start_work
from benchmarks import Result, compared
from benchmarks._classes import DAY, course, offices, trainee_values
from benchmarks._reference import scaled
from courses.constants.actors import SYSTEM
from courses.constants.choices import HalfDay, RegistrationState
from courses.constants.clock import VIETNAM
from courses.models import Course, Heading, Registration, Session, Signer, Trainee
from courses.services.records import read_file

PEOPLE, MERGED, ROUNDS, SHORT_ROUNDS = 60, 2000, 5, 15
WHOLE, READING, MERGING = 0.012, 0.0015, 0.002
QUERIES = 3


def run() -> Iterator[Result]:
    classes = [_class(number) for number in range(ROUNDS)]
    pairs = [(_cpu(lambda one=one: _prepare(one)) / PEOPLE, scaled(WHOLE)) for one in classes]
    yield compared("one certificate, the whole path, CPU", pairs, unit="s", goal=1.0, bound="at most")
    papers = [
        (CertificateFacts(**{k: tuple(v) if isinstance(v, list) else v for k, v in paper.facts.items()}), paper)
        for paper in Certificate.objects.select_related("pdf").order_by("pk")[:PEOPLE]
    ]
    read = [(facts, read_file(paper.pdf)) for facts, paper in papers]

    def reading() -> None:
        for facts, pdf in read:
            if missing_facts(pdf, facts, verify_url=verify_url(facts.code)):
                raise RuntimeError("a paper says something else")

    pairs = [(_cpu(reading) / PEOPLE, scaled(READING)) for _round in range(SHORT_ROUNDS)]
    yield compared("one certificate read back, CPU", pairs, unit="s", goal=1.0, bound="at most")

    def merging() -> None:
        with TemporaryFile() as file:
            merge_into(file, islice(cycle(pdf for _facts, pdf in read), MERGED))

    pairs = [(_cpu(merging) / MERGED, scaled(MERGING)) for _round in range(ROUNDS)]
    yield compared("two thousand certificates merged, CPU of one", pairs, unit="s", goal=1.0, bound="at most")
    asked = float(median(_queries(paper.code) for _facts, paper in papers[:ROUNDS]))
    yield Result("checking one certificate, queries", asked, QUERIES, "queries", asked / QUERIES, 1.0, "at most")


def _class(number: int) -> Course:
    """Over since its day, at whose half-day everybody was present."""
    at = offices()
    one = course(f"GIAY-{number}", at[0])
    Heading.objects.get_or_create(office=at[0], body="ỦY BAN NHÂN DÂN", superior="UBND TỈNH", place="Vị Thanh")
    begins = Session.objects.create(
        course=one, date=DAY, half=HalfDay.MORNING, starts_at=_at(7), ends_at=_at(11), periods=4
    )
    people = Trainee.objects.bulk_create(Trainee(**each) for each in trainee_values(at, PEOPLE, first=number * PEOPLE))
    made = Registration.objects.bulk_create(
        Registration(
            course=one,
            trainee=person,
            office=person.office,
            office_name=person.office.name,
            position=person.position,
            state=RegistrationState.CONFIRMED,
        )
        for person in people
    )
    changes = [Change(registration.pk, "", MarkState.PRESENT) for registration in made]
    mark_by_hand(begins, changes, actor=SYSTEM, submission=uuid4())
    return one


def _prepare(one: Course) -> None:
    signer, _made = Signer.objects.get_or_create(office=one.host_office, title="Chủ tịch", full_name="Ngô Thử Ký")
    ids = list(Registration.objects.filter(course=one).order_by("pk").values_list("pk", flat=True))
    order = Order(issuer=one.host_office, signer=signer, issue_date=DAY)
    batch = start_work(one, BatchWork.PREPARE, actor=SYSTEM, registration_ids=ids, order=order)
    batch = go_on(batch.pk, actor=SYSTEM)
    if batch.rows.exclude(sentence="").exists():
        raise RuntimeError(batch.rows.exclude(sentence="")[0].sentence)


def _at(hour: int) -> dt.datetime:
    return dt.datetime.combine(DAY, dt.time(hour), VIETNAM)


def _cpu(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started


def _queries(code: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer = Client(SERVER_NAME="127.0.0.1").get(f"/verify/{code}/?format=json", follow=True)
    if answer.status_code != 200:
        raise RuntimeError(answer.status_code)
    return len(asked)

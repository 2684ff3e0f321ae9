"""The page of a year with a hundred classes of a hundred people: how many queries the whole request asks, and how much
of the processor it takes, the database's work (SQLite, in the same process) with it."""

import datetime as dt
import random
import time
from collections.abc import Callable, Iterator
from uuid import uuid4

from benchmarks import Result

CLASSES, PEOPLE, OFFICES, DAYS = 100, 100, 60, 3
YEAR = 2026
FIRST = dt.date(YEAR, 1, 1)
#: Of the people of a class, how many made up one half-day elsewhere.
MADE_UP = 2
#: Of the whole request, signing in and roles among them, by an organiser, where half-days were made up.
QUERIES = 12
SECONDS = 1.0
ROUNDS = 5


def run(classes: int = CLASSES, people: int = PEOPLE) -> Iterator[Result]:
    from django.conf import settings
    from django.db import connection
    from django.test import Client, override_settings
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from courses.models import Office, Role, User

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    site = {
        "STORAGES": {**settings.STORAGES, "staticfiles": plain},
        "SECOND_FACTOR_REQUIRED": False,
        "SECURE_SSL_REDIRECT": False,
        "ALLOWED_HOSTS": ["testserver"],
    }
    fill(classes, people)
    with override_settings(**site):
        client = Client()
        organiser = User.objects.create_user("thu", full_name="Người Thử")
        Role.objects.create(user=organiser, office=Office.objects.get(code="CHU"), kind="organiser", valid_from=FIRST)
        client.force_login(organiser)
        address = reverse("admin:attendance_courseresult_year", args=[YEAR])

        def page():
            answer = client.get(address)
            if answer.status_code != 200 or f"{classes * people:n}" not in answer.content.decode().replace(".", ""):
                raise RuntimeError(f"{address} answered {answer.status_code}")

        page()
        with CaptureQueriesContext(connection) as asked:
            page()
            queries = len(asked)
        spent = sorted(_processor(page) for _round in range(ROUNDS))
    name = f"the page of a year, {classes} classes of {people} people"
    yield Result(name, queries, QUERIES, "queries", queries / QUERIES, 1.0, "at most")
    middle = spent[ROUNDS // 2]
    yield Result(name, middle, SECONDS, "s", middle / SECONDS, 1.0, "at most")


def _processor(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started


def fill(classes: int, people: int) -> None:
    """Classes of three days in one year, everybody marked, half of the people with a paper, some half-days made up;
    nobody's name is that of anybody."""
    from attendance.constants import Claim, MarkState, Way
    from attendance.models import Certificate, Event, Mark, RegisterBook, Sheet
    from courses.constants.clock import now
    from courses.constants.names import search_key, sort_key
    from courses.models import Block, Course, Index, Office, Registration, Responsibility, Seats, Session, Trainee

    chance = random.Random(8)  # noqa: S311 (not a secret)
    host = Office.objects.create(code="CHU", name="Đơn vị tổ chức", kind="department", order=1)
    offices = Office.objects.bulk_create(
        Office(code=f"THU-{n}", name=f"Đơn vị Thử {n}", kind="department", order=n + 2) for n in range(OFFICES)
    )
    fields, indices = list(Responsibility.objects.order_by("pk")), list(Index.objects.order_by("pk"))
    crowd = Trainee.objects.bulk_create(
        Trainee(
            full_name=f"Ngô Thử {n}", given_name="Thử", sort_key=sort_key("Ngô", "", f"Thử {n}"),
            search_key=search_key(f"Ngô Thử {n}"), office=offices[n % OFFICES], staff_category="civil_servant",
        )
        for n in range(people * classes // 4)
    )  # fmt: skip
    through = Trainee.responsibilities.through
    through.objects.bulk_create(
        through(trainee_id=one.pk, responsibility_id=chance.choice(fields).pk) for one in crowd if chance.random() < 0.6
    )
    book = RegisterBook.objects.create(issuer=host, year=YEAR)
    number, at, states = 0, now(), list(MarkState)
    for n in range(classes):
        first = dt.date(YEAR, 1, 5) + dt.timedelta(days=3 * n)
        course = Course.objects.create(
            code=f"LOP-{n}", title=f"Lớp để đo số {n}", host_office=host, starts_on=first,
            ends_on=first + dt.timedelta(days=DAYS - 1), state="concluded",
        )  # fmt: skip
        course.indices.set(chance.sample(indices, 2))
        blocks = [Block.objects.create(course=course, code=letter, title=f"Khối {letter}") for letter in "AB"]
        blocks[0].audience.set(fields[:2])
        sessions = []
        for day in range(DAYS):
            for half, hour in (("morning", 0), ("afternoon", 6)):
                starts = dt.datetime(YEAR, 1, 1, hour, 30, tzinfo=dt.UTC).replace(month=first.month, day=1)
                starts += dt.timedelta(days=first.day - 1 + day)
                sessions.append(
                    Session(
                        course=course, date=first + dt.timedelta(days=day), half=half, starts_at=starts,
                        ends_at=starts + dt.timedelta(hours=4),
                    )
                )  # fmt: skip
        Session.objects.bulk_create(sessions)
        sessions[1].blocks.set([blocks[0]])
        Sheet.objects.bulk_create(Sheet(session=session, state="closed") for session in sessions)
        members = Registration.objects.bulk_create(
            Registration(course=course, trainee=one, office=one.office, office_name=one.office.name, state="confirmed")
            for one in chance.sample(crowd, people)
        )
        owed = Registration.blocks.through
        owed.objects.bulk_create(owed(registration=one, block=blocks[0]) for one in members[::3])
        Seats.objects.bulk_create(Seats(course=course, office=office, number=3) for office in offices[:40])
        marks = [
            Mark(session=session, registration=one, state=state, updated_at=at)
            for session in sessions
            for one, state in zip(members, chance.choices(states, (80, 5, 2, 5, 6, 2), k=people), strict=True)
        ]
        Mark.objects.bulk_create(marks)
        Event.objects.bulk_create(
            Event(
                session=mark.session, registration=mark.registration, claim=Claim.DECISION, says=mark.state, way=way,
                note="12/GXN", act=uuid4(), client_id=uuid4(), happened_at=at, arrived_at=at,
            )
            for way, made in ((Way.HAND, marks), (Way.MAKE_UP, [m for m in marks if m.state == "present"][:MADE_UP]))
            for mark in made
        )  # fmt: skip
        papers = []
        for one in members[: people // 2]:
            number += 1
            papers.append(
                Certificate(
                    book=book, number=number, registration=one, code=f"C{number}", state="issued", facts={},
                    issue_date=first, prepared_at=at,
                )
            )  # fmt: skip
        Certificate.objects.bulk_create(papers)

"""Classes whose seats are about to be taken by forty at once, written by the services. Run in the installation:

    python -m tests.faults.seats_ground 2

It prints one JSON object: the account of an organiser, and for each round a class with what its clients need.
"""

import datetime as dt
import json
import sys

import django

django.setup()

from courses.constants import links  # noqa: E402
from courses.constants.actors import SYSTEM  # noqa: E402
from courses.constants.choices import CourseState, RoleKind  # noqa: E402
from courses.constants.clock import today  # noqa: E402
from courses.models import Course, Office, OfficeAnswer, Role, Seats, Trainee, User  # noqa: E402
from courses.services.registrations import Nominee, register_many  # noqa: E402
from courses.services.rosters.reading import read_roster  # noqa: E402
from courses.services.trainees import fill_trainee  # noqa: E402
from courses.tests.planning import make_block, make_course, make_office, make_session  # noqa: E402

PASSWORD = "chín con voi trắng 2022"
#: Of each way in. Fewer seats are free than there are clients who want one.
CLIENTS, THERE, FREE = 10, 10, 8
LIMIT = THERE + FREE
#: What is full: the office's seats, the class, the office's seats in a block.
KINDS = ("seats", "capacity", "block")
_SYLLABLES = ("An", "Bình", "Châu", "Dung", "Em", "Giang", "Hà", "Khánh", "Lan", "Minh")


def make_ground(rounds: int) -> dict:
    number = Course.objects.count() + 1
    host = make_office(f"seats-{number}")
    user = User.objects.create_user(f"cho-{number}", password=PASSWORD, full_name="Người Thử", is_staff=True)
    Role.objects.create(user=user, kind=RoleKind.ORGANISER, office=host, valid_from=dt.date(2000, 1, 1))
    return {
        "username": user.username,
        "password": PASSWORD,
        "rounds": [_round(host, f"CHO-{number}-{n}", KINDS[n % len(KINDS)]) for n in range(rounds)],
    }


def _round(host: Office, code: str, kind: str) -> dict:
    ward = make_office(f"ward-{code}", host)
    day = today() + dt.timedelta(days=10)
    capacity = LIMIT if kind == "capacity" else None
    course = make_course(host, code, starts_on=day, ends_on=day, state=CourseState.PUBLISHED, capacity=capacity)
    make_session(course)
    block = make_block(course)
    if kind != "capacity":
        Seats.objects.create(course=course, office=ward, block=block if kind == "block" else None, number=LIMIT)
    there = _people(ward, code, 0, THERE)
    nominees = [Nominee(person, ward, person.position) for person in there]
    registered, refused = register_many(course, nominees, actor=SYSTEM)
    assert not refused
    answer = OfficeAnswer.objects.get(course=course, office=ward)
    return {
        "course": course.pk,
        "kind": kind,
        "token": links.office_token(answer.pk, answer.link_version),
        "there": sorted(registration.pk for registration in registered.values()),
        "by_page": [person.pk for person in _people(ward, code, 100, CLIENTS)],
        "by_admin": [person.pk for person in _people(ward, code, 200, CLIENTS)],
        "by_replacement": [person.pk for person in _people(ward, code, 300, CLIENTS)],
        "by_import": [_batch(course, ward, code, 400 + n) for n in range(CLIENTS)],
    }


def _people(ward: Office, code: str, first: int, count: int) -> list[Trainee]:
    return Trainee.objects.bulk_create(
        fill_trainee(Trainee(), full_name=_name(code, n), office=ward, position="Chuyên viên")
        for n in range(first, first + count)
    )


def _batch(course: Course, ward: Office, code: str, number: int) -> int:
    text = f"STT,Họ và tên,Chức vụ\n1,{_name(code, number)},Chuyên viên"
    batch = read_roster(course, text.encode(), f"{number}.csv", actor=SYSTEM, office=ward)
    return batch.pk


def _name(code: str, number: int) -> str:
    digits = f"{code.rpartition('-')[2]}{number:03d}"
    return "Ngô Thử " + " ".join(_SYLLABLES[int(digit)] for digit in digits)


if __name__ == "__main__":
    print(json.dumps(make_ground(*map(int, sys.argv[1:])), ensure_ascii=False))

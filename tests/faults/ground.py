"""What a fault happens to: a host with its people and classes, written by the services. Run in the installation:

    python -m tests.faults.ground 3 25

It prints one JSON object: the account, and for each class the ids that its pages need.
"""

import datetime as dt
import json
import sys
from uuid import uuid4

import django

django.setup()

from attendance.constants import MarkState  # noqa: E402
from attendance.services.ledger import Change, mark_by_hand  # noqa: E402
from courses.constants.actors import SYSTEM  # noqa: E402
from courses.constants.choices import CourseState, RoleKind  # noqa: E402
from courses.constants.clock import today  # noqa: E402
from courses.models import Course, Heading, Office, Role, Session, Signer, Trainee, User  # noqa: E402
from courses.services.registrations import Nominee, register_many  # noqa: E402
from courses.services.trainees import fill_trainee  # noqa: E402
from courses.tests.planning import make_course, make_office, make_session  # noqa: E402

PASSWORD = "chín con voi trắng 2022"
_SYLLABLES = ("An", "Bình", "Châu", "Dung", "Em", "Giang", "Hà", "Khánh", "Lan", "Minh")


def make_ground(count: int, people: int) -> dict:
    """A host of its own with so many classes under way, so many people in each, all of whom were at its half-day."""
    number = Course.objects.count() + 1
    host = make_office(f"host-{number}")
    ward = make_office(f"ward-{number}", host)
    Heading.objects.create(office=host, superior="UBND TỈNH THỬ", body="ỦY BAN NHÂN DÂN THỬ", place="Nơi Thử")
    signer = Signer.objects.create(office=host, authority="KT. CHỦ TỊCH", title="Phó Chủ tịch", full_name="Ngô Thử Ký")
    user = User.objects.create_user(f"nguoi-{number}", password=PASSWORD, full_name="Người Thử", is_staff=True)
    for kind in (RoleKind.ORGANISER, RoleKind.OFFICER):
        Role.objects.create(user=user, kind=kind, office=host, valid_from=dt.date(2000, 1, 1))
    return {
        "username": user.username,
        "password": PASSWORD,
        "host": host.pk,
        "ward": ward.name,
        "ward_id": ward.pk,
        "signer": signer.pk,
        "issue_date": today().isoformat(),
        "classes": [_class(host, ward, f"LOP-{number}-{n}", people) for n in range(count)],
    }


def _class(host: Office, ward: Office, code: str, people: int) -> dict:
    day = today() - dt.timedelta(days=10)
    course = make_course(host, code, starts_on=day, ends_on=day, state=CourseState.RUNNING)
    session: Session = make_session(course)
    trainees = Trainee.objects.bulk_create(
        fill_trainee(Trainee(), full_name=f"Ngô Thử {_name(n)}", office=ward, position="Chuyên viên")
        for n in range(people)
    )
    registrations, refused = register_many(
        course, [Nominee(trainee, ward, trainee.position) for trainee in trainees], actor=SYSTEM
    )
    assert not refused
    ids = sorted(registration.pk for registration in registrations.values())
    changes = [Change(pk, "", MarkState.PRESENT) for pk in ids]
    mark_by_hand(session, changes, actor=SYSTEM, submission=uuid4())
    return {"course": course.pk, "code": code, "session": session.pk, "registrations": ids}


def _name(number: int) -> str:
    return " ".join(_SYLLABLES[int(digit)] for digit in str(number))


if __name__ == "__main__":
    print(json.dumps(make_ground(*map(int, sys.argv[1:])), ensure_ascii=False))

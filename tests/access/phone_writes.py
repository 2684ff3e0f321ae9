"""What a door and the hall's screen let a phone write, and what their pages need before; see `writes.py`."""

import datetime as dt
import json
from uuid import uuid4

from attendance.constants import Way
from attendance.models import Correction, Event, Grant, LeaveRequest
from attendance.rules.hall import code_at
from attendance.services.hall import open_grant
from courses.constants.clock import now
from courses.models import Session, TraineeRequest
from tests.access.posting import Write, there


def half_day_now(world) -> None:
    """The half-day of host A's class is under way, so that its code is taken."""
    begins = now() - dt.timedelta(minutes=5)
    Session.objects.filter(pk=world.a.session.pk).update(starts_at=begins, ends_at=begins + dt.timedelta(hours=3))


def half_day_ahead(world) -> None:
    """A half-day of host A's class has not ended, so that leave can be asked for."""
    begins = now() + dt.timedelta(days=1)
    Session.objects.filter(pk=world.a.later.pk).update(starts_at=begins, ends_at=begins + dt.timedelta(hours=3))


def _with_right(world) -> None:
    half_day_now(world)
    world.right = open_grant(world.a.session, browser="\0")


def _claimant(world, path, client) -> dict:
    trainee = world.a.trainee
    return {"right": world.right, "name": trainee.full_name, "phone_end": trainee.phone[-4:]}


def _read_at_the_door(world, path, client) -> str:
    at = now().isoformat()
    # Two: one alone is entered by a statement of its own, which the table's look at what was written does not see.
    scans = [
        {"id": str(uuid4()), "at": at, "registration": world.a.stranger_registration.pk},
        {"id": str(uuid4()), "at": at, "words": "Ngô Thử Lạ"},
    ]
    return json.dumps({"device": str(uuid4()), "sent": at, "holds_back": 0, "scans": scans})


_entered = there(Event, way="screen")
PHONE_WRITES = {
    "attendance:door_scans": Write(
        _read_at_the_door,
        lambda world, actor: Event.objects.filter(registration=world.a.stranger_registration, way=Way.DOOR).exists(),
        half_day_now,
    ),
    "attendance:here_code": Write(lambda world, path, client: {}, there(Grant), half_day_now),
    "attendance:here_who": Write(_claimant, _entered, _with_right),
    "attendance:own_certificate_ask": Write(
        lambda world, path, client: {"words": "Sai tên thử"}, there(Correction, words="Sai tên thử")
    ),
    "attendance:own_leave": Write(
        lambda world, path, client: {"sessions": world.a.later.pk, "reason": "Việc nhà thử"},
        there(LeaveRequest, reason="Việc nhà thử", by_trainee=True),
        half_day_ahead,
    ),
    "attendance:own_correction": Write(
        lambda world, path, client: {"words": "Sai năm sinh thử"}, there(TraineeRequest, words="Sai năm sinh thử")
    ),
    "attendance:trainee_here": Write(
        lambda world, path, client: {"code": code_at(world.a.session.pk, now())}, _entered, half_day_now
    ),
}

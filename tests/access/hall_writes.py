"""What the hall's screen lets a phone write, and what its pages need before they show anything; see `writes.py`."""

import datetime as dt

from attendance.models import Event, Grant
from attendance.rules.hall import code_at
from attendance.services.hall import open_grant
from courses.constants.clock import now
from courses.models import Session
from tests.access.writes import Write, there


def half_day_now(world) -> None:
    """The half-day of host A's class is under way, so that its code is taken."""
    begins = now() - dt.timedelta(minutes=30)
    Session.objects.filter(pk=world.a.session.pk).update(starts_at=begins, ends_at=begins + dt.timedelta(hours=3))


def _with_right(world) -> None:
    half_day_now(world)
    world.right = open_grant(world.a.session, browser="\0")


def _claimant(world, path, client) -> dict:
    trainee = world.a.trainee
    return {"right": world.right, "name": trainee.full_name, "phone_end": trainee.phone[-4:]}


_entered = there(Event, way="screen")
HALL_WRITES = {
    "attendance:here_code": Write(lambda world, path, client: {}, there(Grant), half_day_now),
    "attendance:here_who": Write(_claimant, _entered, _with_right),
    "attendance:trainee_here": Write(
        lambda world, path, client: {"code": code_at(world.a.session.pk, now())}, _entered, half_day_now
    ),
}

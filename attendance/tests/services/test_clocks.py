"""What a device claims of the time and what the server knows are both kept (T18): no entry is lost, none lands in
another half-day, whatever either clock says."""

import datetime as dt
from uuid import uuid4

import pytest

from attendance.constants import Claim, MarkState, Way
from attendance.models import Event, Mark
from attendance.services.ledger import Said, lock_sheet, write
from attendance.tests.records import Class
from courses.constants.actors import SYSTEM
from courses.constants.clock import VIETNAM, now, set_clock
from courses.tests.planning import make_session

#: Hours by which the device is wrong; 24 cases with the two half-days.
HOURS = (-24, -13, -12, -5, -1, -0.25, 0.25, 1, 5, 12, 13, 24)


@pytest.fixture
def lop(db):
    return Class()


def scanned(session, registration, at):
    said = Said(registration.pk, Claim.SEEN, "door", happened_at=at)
    return write(lock_sheet(session), session, [said], actor=SYSTEM, way=Way.DOOR, act=uuid4())


@pytest.mark.parametrize("hours", HOURS)
@pytest.mark.parametrize("which", ["general", "first"])
def test_a_scan_by_a_wrong_clock_stays_in_its_half_day_with_both_times(lop, which, hours):
    [person] = lop.people(1)
    session = getattr(lop, which)
    set_clock(session.starts_at + dt.timedelta(minutes=5))
    claimed = session.starts_at + dt.timedelta(minutes=5, hours=hours)
    scanned(session, person, claimed)
    event = Event.objects.get()
    assert (event.session, event.happened_at, event.arrived_at) == (session, claimed, now())
    assert [(m.session_id, m.registration_id) for m in Mark.objects.all()] == [(session.pk, person.pk)]
    late = claimed > session.starts_at + dt.timedelta(minutes=session.grace_minutes)
    assert Mark.objects.get().state == (MarkState.LATE if late else MarkState.PRESENT)


def test_a_half_day_over_midnight_is_one(lop):
    [person] = lop.people(1)
    session = make_session(lop.course, hours=(dt.time(18), dt.time(23, 59)), day=lop.course.ends_on)
    scanned(session, person, session.ends_at + dt.timedelta(minutes=3))
    assert (Event.objects.get().session, Mark.objects.get().session) == (session, session)


def test_a_decision_made_after_the_servers_clock_was_put_back_holds(lop):
    [person] = lop.people(1)
    lop.mark(lop.general, MarkState.PRESENT, person)
    stood = now()
    lop.mark(lop.general, MarkState.LATE, person, shown=MarkState.PRESENT)
    set_clock((stood - dt.timedelta(hours=2)).astimezone(VIETNAM))
    lop.mark(lop.general, MarkState.ABSENT, person, shown=MarkState.LATE)
    assert Mark.objects.get().state == MarkState.ABSENT
    assert [event.arrived_at for event in Event.objects.order_by("pk")] == [stood, stood, stood]
    assert Event.objects.latest("pk").happened_at == stood - dt.timedelta(hours=2)

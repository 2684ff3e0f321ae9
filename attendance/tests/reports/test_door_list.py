"""What a phone at a door holds: for each card the same as the server would say, and no more of people than it shows."""

import datetime as dt
from uuid import uuid4

import pytest

from attendance.constants import ScanRefusal
from attendance.models import PassCode
from attendance.reports.door_list import door_list
from attendance.reports.passes import ended_passes, hash_of_code, passes_in_force
from attendance.services.doors import make_door
from attendance.services.merging import merge_trainees
from attendance.services.passes import renew_pass
from attendance.services.scans import Scan, take_scans
from attendance.tests.records import Class
from courses.constants.actors import SYSTEM
from courses.constants.choices import PlaceKind
from courses.constants.clock import now, set_clock
from courses.models import Place, Registration
from courses.services.registrations import withdraw
from courses.tests.planning import make_venue

pytestmark = pytest.mark.django_db
YEAR = dt.timedelta(days=365)


@pytest.fixture
def lop():
    lop = Class()
    set_clock(lop.general.starts_at)
    return lop


def door_of(lop, *sessions):
    sessions = sessions or (lop.general,)
    return make_door(lop.course, sessions, name="Cửa A", until=max(s.ends_at for s in sessions), actor=lop.organiser)


def code_of(registration) -> str:
    return passes_in_force([registration.pk])[registration.pk].code


def send(door, **scan):
    [answer] = take_scans(door, [Scan(uuid4(), now(), **scan)], device=uuid4(), sent=now())
    return answer


def guest(door, registration) -> dict | None:
    return next((one for one in door_list(door)["people"] if one["id"] == registration.pk), None)


def turned(door, code) -> dict | None:
    return next((one for one in door_list(door)["turned"] if hash_of_code(code) in one["codes"]), None)


def hall(session, name) -> None:
    venue = make_venue(session.course.host_office, name=name)
    Place.objects.create(session=session, kind=PlaceKind.HALL, venue=venue)


def test_the_card_of_an_entry_that_went_into_another_is_its_persons(lop):
    """Fails when only the passes of the registrations on the roll are listed."""
    kept, gone = lop.people(2)
    door = door_of(lop)
    old = passes_in_force([gone.pk])[gone.pk]
    merge_trainees(kept.trainee, gone.trainee, actor=SYSTEM)
    assert {hash_of_code(code_of(kept)), hash_of_code(old.code), hash_of_code(old.short)} <= set(
        guest(door, kept)["codes"]
    )
    assert send(door, code=old.code).registration_id == kept.pk
    withdraw(Registration.objects.get(pk=kept.pk), actor=lop.organiser, why="Bận việc")
    assert turned(door, old.code)["reason"] == send(door, code=old.code).reason == ScanRefusal.WITHDRAWN


def test_a_pass_that_was_renewed_before_any_was_given_is_told_as_the_old_one(lop):
    """The first version is derived: who was never given a row could show it. Fails without a row of it that ended."""
    [person] = lop.people(1)
    old = code_of(person)
    assert not PassCode.objects.exists()
    assert renew_pass(person, actor=lop.organiser).version == 2
    assert [one.code for one in ended_passes(lop.course.pk)[person.pk]] == [old]
    door = door_of(lop)
    assert turned(door, old)["reason"] == send(door, code=old).reason == ScanRefusal.OLD_PASS
    assert hash_of_code(code_of(person)) in guest(door, person)["codes"]

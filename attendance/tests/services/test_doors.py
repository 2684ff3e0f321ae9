"""Closing doors and dealing with what they refused: also when the class is over, and by its organisers alone."""

from uuid import uuid4

import pytest

from attendance.models import RefusedScan
from attendance.services.doors import make_door, revoke_door, settle_refused
from attendance.services.scans import Scan, take_scans
from attendance.tests.records import Class
from courses.constants.choices import CourseState
from courses.constants.clock import now, set_clock
from courses.constants.errors import Refusal
from courses.models import ActionLog, Course
from courses.tests.planning import organiser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    lop = Class()
    set_clock(lop.general.starts_at)
    return lop


def door_with_refused(lop):
    door = make_door(lop.course, [lop.general], name="Cửa A", until=lop.general.ends_at, actor=lop.organiser)
    take_scans(door, [Scan(uuid4(), now(), code="lạ")], device=uuid4(), sent=now())
    return door, RefusedScan.objects.get()


@pytest.mark.parametrize("state", [CourseState.RUNNING, CourseState.CONCLUDED])
def test_a_door_is_closed_and_what_it_refused_dealt_with_also_after_the_class(lop, state):
    """Fails when both ask whether the class is under way."""
    door, refused = door_with_refused(lop)
    Course.objects.filter(pk=lop.course.pk).update(state=state)
    for _time in range(2):
        assert revoke_door(door, actor=lop.organiser).revoked_at == now()
        settle_refused(refused, actor=lop.organiser)
    refused.refresh_from_db()
    assert (refused.settled_at, refused.settled_by_id) == (now(), lop.organiser.user_id)
    logged = ActionLog.objects.filter(action__in=["revoke door", "settle scan"])
    assert sorted(logged.values_list("action", flat=True)) == ["revoke door", "settle scan"]


@pytest.mark.parametrize("state", [CourseState.RUNNING, CourseState.CONCLUDED])
def test_nobody_else_closes_a_door_or_deals_with_what_it_refused(lop, state):
    door, refused = door_with_refused(lop)
    stranger = organiser_of(Class(code="LOP-9").host)
    Course.objects.filter(pk=lop.course.pk).update(state=state)
    for actor in (stranger, lop.officer):
        with pytest.raises(Refusal):
            revoke_door(door, actor=actor)
        with pytest.raises(Refusal):
            settle_refused(refused, actor=actor)
    door.refresh_from_db()
    refused.refresh_from_db()
    assert (door.revoked_at, refused.settled_at) == (None, None)

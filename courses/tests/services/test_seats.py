"""Giving seats: for a class, for a block, never below those who are registered, by two at once."""

import datetime as dt

import pytest
from django.utils import translation

from courses.constants.actors import SYSTEM
from courses.constants.errors import Refusal
from courses.models import ActionLog, OfficeAnswer, OfficeSuccession, Registration, Seats
from courses.services.plan import copy_course
from courses.services.registrations import register
from courses.services.seats import set_seats
from courses.tests.parallel import at_once
from courses.tests.planning import make_block, make_course, make_office, make_trainee

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def host():
    return make_office("HOST")


def standing(course):
    rows = Seats.objects.filter(course=course).order_by("block__code", "office__code")
    return sorted((row.block.code if row.block else "", row.office.code, row.number) for row in rows)


def test_a_block_has_seats_beside_those_of_the_class(host):
    course = make_course(host)
    block = make_block(course, "A")
    set_seats(course, {host.pk: 5}, actor=SYSTEM)
    set_seats(course, {host.pk: 2}, actor=SYSTEM, block=block)
    assert set_seats(course, {host.pk: 2}, actor=SYSTEM, block=block) == {}
    assert standing(course) == [("", "HOST", 5), ("A", "HOST", 2)]
    set_seats(course, {host.pk: None}, actor=SYSTEM)
    assert standing(course) == [("A", "HOST", 2)]
    assert OfficeAnswer.objects.count() == 1
    said = [entry.changes for entry in ActionLog.objects.filter(action="seats").order_by("pk")]
    assert said == [{"HOST": [None, 5]}, {"HOST": [None, 2], "block": [None, "A"]}, {"HOST": [5, None]}]


def test_seats_in_a_block_never_fall_below_those_who_owe_it(host):
    """Somebody without named blocks owes all. Without the check in `set_seats` both numbers would stand (tried)."""
    course = make_course(host)
    a, b = make_block(course, "A"), make_block(course, "B")
    register(course, make_trainee(host, "Ngô Thử An"), actor=SYSTEM, blocks=[a])
    all_of_it = register(course, make_trainee(host, "Ngô Thử Bình"), actor=SYSTEM)
    all_of_it.blocks.clear()
    with pytest.raises(Refusal, match="2 people registered: it cannot have 1 seats"):
        set_seats(course, {host.pk: 1}, actor=SYSTEM, block=a)
    set_seats(course, {host.pk: 1}, actor=SYSTEM, block=b)
    assert standing(course) == [("B", "HOST", 1)]


def test_a_block_of_another_class_is_refused(host):
    course, other = make_course(host), make_course(host, "LOP-2")
    with pytest.raises(Refusal, match="another class"):
        set_seats(course, {host.pk: 1}, actor=SYSTEM, block=make_block(other, "A"))
    assert not Seats.objects.exists()


def test_one_refusal_leaves_all_seats_as_they_were(host):
    course, other = make_course(host), make_office("P-NV")
    register(course, make_trainee(host), actor=SYSTEM)
    with pytest.raises(Refusal):
        set_seats(course, {other.pk: 3, host.pk: 0}, actor=SYSTEM)
    assert not Seats.objects.exists()


def test_a_copy_of_a_class_gives_the_seats_of_ended_offices_to_their_successors(host):
    old = make_office("OLD", valid_to=dt.date(2026, 7, 1))
    new = make_office("NEW", valid_from=dt.date(2026, 7, 1))
    OfficeSuccession.objects.create(old=old, new=new, date=dt.date(2026, 7, 1))
    course = make_course(host)
    block = make_block(course, "A")
    set_seats(course, {host.pk: 4, old.pk: 3}, actor=SYSTEM)
    set_seats(course, {old.pk: 2}, actor=SYSTEM, block=block)
    copy = copy_course(course, code="LOP-2", starts_on=dt.date(2026, 7, 6), actor=SYSTEM)
    assert standing(copy) == [("", "HOST", 4), ("", "NEW", 3), ("A", "NEW", 2)]
    assert {answer.office.code for answer in OfficeAnswer.objects.filter(course=copy)} == {"HOST", "NEW"}


@pytest.mark.django_db(transaction=True)
def test_seats_taken_away_while_people_register_never_leave_more_people_than_seats():
    """Fails on PostgreSQL without the lock in `set_seats` (`lock_open_course`)."""
    host = make_office("HOST")
    for number in range(4):
        course = make_course(host, f"LOP-{number}")
        set_seats(course, {host.pk: 1}, actor=SYSTEM)
        person = make_trainee(host, f"Ngô Thử {number}")
        at_once(
            lambda: set_seats(course, {host.pk: 0}, actor=SYSTEM),
            lambda: register(course, person, actor=SYSTEM),
        )
        people = Registration.objects.filter(course=course).active().count()
        assert people <= Seats.objects.get(course=course).number

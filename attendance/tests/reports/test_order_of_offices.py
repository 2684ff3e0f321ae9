"""Two offices of the same protocol order: their people stand apart, the same way in every list of a class."""

import pytest

from attendance.reports.papers import registrations_of
from attendance.reports.roll import roll_of
from courses.constants.actors import SYSTEM
from courses.models import OfficeAnswer, Registration, Seats
from courses.services.registrations import register
from courses.services.seats import set_seats
from courses.tests.planning import make_block, make_course, make_office, make_session, make_trainee

pytestmark = pytest.mark.django_db

BY_OFFICE = ["Bình", "Dũng", "An", "Châu"]


@pytest.fixture
def course():
    """The one that was made first comes last by its code, and the names of the two alternate by the alphabet."""
    host = make_office("HOST", order=1)
    later, sooner = make_office("Z"), make_office("B")
    course = make_course(host)
    make_block(course)
    make_session(course)
    for office, name in ((later, "An"), (sooner, "Bình"), (later, "Châu"), (sooner, "Dũng")):
        register(course, make_trainee(office, f"Nguyễn Thử {name}"), actor=SYSTEM)
    set_seats(course, {later.pk: 5, sooner.pk: 5}, actor=SYSTEM)
    return course


def names(registrations) -> list[str]:
    return [registration.trainee.given_name for registration in registrations]


def test_in_the_order_of_papers_and_of_the_roll(course):
    assert names(registrations_of(course)) == BY_OFFICE
    roll = roll_of(course.sessions.get())
    assert [office.office.code for office in roll.offices] == ["B", "Z"]
    assert names(line.registration for office in roll.offices for line in office.lines) == BY_OFFICE


def test_in_the_order_of_the_tables_themselves(course):
    """Fails when `Meta.ordering` leaves out the code of the office."""
    assert names(Registration.objects.filter(course=course)) == BY_OFFICE
    assert [seats.office.code for seats in Seats.objects.all()] == ["B", "Z"]
    assert [answer.office.code for answer in OfficeAnswer.objects.all()] == ["B", "Z"]


def test_a_serial_number_orders_the_people_of_an_office_and_not_the_offices(course):
    for number, name in enumerate(["Dũng", "Châu", "Bình", "An"], 1):
        Registration.objects.filter(trainee__given_name=name).update(number=number)
    assert names(registrations_of(course)) == ["Dũng", "Bình", "Châu", "An"]
    assert names(Registration.objects.filter(course=course)) == ["Dũng", "Châu", "Bình", "An"]

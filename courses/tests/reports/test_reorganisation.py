"""What a reorganisation touches, and who is to be moved where."""

import datetime as dt

import pytest

from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState
from courses.models import OfficeSuccession, Seats, Trainee
from courses.reports.reorganisation import people_of, touched_by
from courses.services.registrations import register
from courses.tests.planning import make_course, make_office, make_organiser, make_trainee, organiser_of

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 1)


def make_world(number=1):
    """An office with people, roles, offices below it and classes to come, so many of each."""
    office = make_office(f"W-{number}")
    for n in range(number):
        person = make_trainee(office, f"Nguyễn Thử {n}")
        make_organiser(office)
        make_office(f"BELOW-{number}-{n}", office)
        course = make_course(office, f"LOP-{number}-{n}", state=CourseState.PUBLISHED)
        register(course, person, actor=SYSTEM)
        Seats.objects.create(course=course, office=office, number=7)
    return office


def test_what_hangs_on_an_office_is_named():
    office, other = make_world(2), make_office("OTHER")
    make_office("GONE", office, valid_to=DAY)
    make_course(office, "PAST", starts_on=DAY - dt.timedelta(days=1), ends_on=DAY)
    begun = make_course(office, "BEGUN", state=CourseState.RUNNING)
    Seats.objects.create(course=begun, office=office, number=1)
    Trainee.objects.create(
        full_name="Nguyễn Thử Gộp", given_name="Gộp", office=office, merged_into=Trainee.objects.first()
    )
    touched, untouched = touched_by([office, other], [other], DAY)
    assert (touched.office, touched.ends, touched.people, len(touched.roles)) == (office, True, 2, 2)
    assert [below.code for below in touched.below] == ["BELOW-2-0", "BELOW-2-1"]
    assert [(item.course.code, item.registered, item.seats) for item in touched.classes] == [
        ("LOP-2-0", 1, 7), ("LOP-2-1", 1, 7)
    ]  # fmt: skip
    assert (untouched.office, untouched.ends, untouched.people) == (other, False, 0)
    assert (untouched.roles, untouched.below, untouched.classes) == ([], [], [])


@pytest.mark.parametrize("number", [1, 3])
def test_looking_costs_the_same_for_one_as_for_three(number, django_assert_num_queries):
    office = make_world(number)
    with django_assert_num_queries(6):
        touched_by([office], [], DAY)
    with django_assert_num_queries(2):
        people_of(office, SYSTEM)


def test_people_are_named_by_given_name_with_the_offices_that_took_over():
    old, one, two = (make_office(code) for code in ("OLD", "ONE", "TWO"))
    for name in ("Nguyễn Thử Ân", "Lê Thử An", "Đỗ Thử Ánh"):
        make_trainee(old, name)
    make_trainee(one, "Nguyễn Thử Khác")
    found = people_of(old, SYSTEM)
    assert [trainee.full_name for trainee in found.people] == ["Lê Thử An", "Đỗ Thử Ánh", "Nguyễn Thử Ân"]
    assert found.suggested is None
    OfficeSuccession.objects.create(old=old, new=one, date=DAY)
    assert people_of(old, SYSTEM).suggested == one
    OfficeSuccession.objects.create(old=old, new=two, date=DAY)
    assert (people_of(old, SYSTEM).heirs, people_of(old, SYSTEM).suggested) == ([one, two], None)
    assert people_of(old, organiser_of(one)).people == []

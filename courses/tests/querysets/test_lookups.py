"""`__among`: one of many values, however many there are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.constants.actors import SYSTEM
from courses.models import Registration, Trainee
from courses.services.registrations import register
from courses.tests.planning import make_course, make_office, make_trainee

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    office = make_office("HOST")
    return [make_trainee(office, f"Nguyễn Thử {name}") for name in ("An", "Bình", "Ấn %s 'x' \"y\"")]


def names(found):
    return list(found.order_by("pk").values_list("given_name", flat=True))


def test_numbers_and_texts_are_found_and_left_out(people):
    an, binh, odd = people
    assert list(Trainee.objects.filter(pk__among=[odd.pk, an.pk, an.pk, None]).order_by("pk")) == [an, odd]
    assert list(Trainee.objects.exclude(pk__among={an.pk}).order_by("pk")) == [binh, odd]
    assert list(Trainee.objects.filter(full_name__among=[odd.full_name, "Không Có"])) == [odd]


def test_nothing_is_among_nothing_without_asking(people):
    with CaptureQueriesContext(connection) as asked:
        assert list(Trainee.objects.filter(pk__among=iter([None]))) == []
    assert len(asked) == 0
    assert Trainee.objects.exclude(pk__among=[]).count() == 3


def test_foreign_keys_and_many_to_many_are_asked_by_ids(people):
    course = make_course(people[0].office, "LOP")
    registration = register(course, people[0], actor=SYSTEM)
    assert list(Registration.objects.filter(trainee__among=[p.pk for p in people])) == [registration]
    assert list(Registration.objects.filter(trainee__office__among=[people[0].office_id])) == [registration]


def test_a_hundred_thousand_values_are_one_variable(people):
    with CaptureQueriesContext(connection) as asked:
        assert Trainee.objects.filter(pk__among=[*range(10**9, 10**9 + 100_000), people[1].pk]).get() == people[1]
    assert len(asked) == 1

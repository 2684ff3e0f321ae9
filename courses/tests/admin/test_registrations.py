"""The list of a class in the admin: by offices as it is printed, or by given name; with the office of then."""

import re

import pytest
from django.urls import reverse

from courses.constants.actors import SYSTEM
from courses.models import Office, Registration
from courses.services.registrations import register
from courses.tests.planning import make_course, make_office, make_organiser, make_trainee, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(client):
    host = make_office("HOST")
    first, second = make_office("B", host, order=1), make_office("A", host, order=2)
    course = make_course(host)
    for office, name in ((second, "Lê Thử An"), (first, "Lê Thử Đạt"), (first, "Lê Thử Ánh"), (second, "Lê Thử Dung")):
        register(course, make_trainee(office, name), actor=SYSTEM)
    signed_in(client, make_organiser(host))
    return course


def listed(client, query=""):
    text = client.get(f"{reverse('admin:courses_registration_changelist')}{query}").content.decode()
    return re.findall(r">(Lê Thử \w+)</a>", text)


def test_by_offices_in_protocol_order_and_by_given_name_within(world, client):
    in_protocol_order = ["Lê Thử Ánh", "Lê Thử Đạt", "Lê Thử An", "Lê Thử Dung"]
    assert listed(client) == in_protocol_order
    assert listed(client, "?by=x") == in_protocol_order


def test_by_given_name_in_the_order_of_the_vietnamese_alphabet(world, client):
    by_name = ["Lê Thử An", "Lê Thử Ánh", "Lê Thử Dung", "Lê Thử Đạt"]
    assert listed(client, "?by=name") == by_name
    assert listed(client, f"?by=name&course__id__exact={world.pk}") == by_name


def test_the_office_is_called_as_on_the_list(world, client):
    Office.objects.filter(code="A").update(name="Tên Sửa Lại")
    text = client.get(f"{reverse('admin:courses_registration_changelist')}").content.decode()
    assert len(re.findall(r"field-office_then[^>]*>Đơn vị A<", text)) == 2
    assert Registration.objects.filter(office__name="Tên Sửa Lại").count() == 2


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_queries_for_one_row_as_for_three(world, client, count, django_assert_num_queries):
    Registration.objects.exclude(pk__in=Registration.objects.order_by("pk")[:count].values("pk")).delete()
    address = f"{reverse('admin:courses_registration_changelist')}?by=name"
    client.get(address)
    with django_assert_num_queries(8):
        client.get(address)

"""What an office reports is seen by the organisers of the class, and by nobody else."""

import datetime as dt

import pytest
from django.urls import reverse

from attendance.services.leave import ask_for_leave
from attendance.tests.records import Class
from courses.constants.choices import RoleKind
from courses.constants.clock import set_clock
from courses.tests.planning import FIRST_DAY, make_organiser, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    made = Class()
    set_clock(dt.datetime.combine(FIRST_DAY, dt.time(9)))
    return made


def page_of(lop):
    return reverse("admin:attendance_courseresult_change", args=[lop.course.pk])


def test_an_absence_that_was_reported_stands_on_the_page_of_results(lop, client):
    [person] = lop.people(1)
    signed_in(client, make_organiser(lop.host, RoleKind.ORGANISER))
    assert client.get(page_of(lop)).context["absences"] == []
    request = ask_for_leave(person, [lop.general], reason="đi viện thử", actor=lop.organiser)
    response = client.get(page_of(lop))
    assert response.context["absences"] == [request]
    assert "đi viện thử" in response.content.decode()
    signed_in(client, make_organiser(Class(code="LOP-2").host, RoleKind.ORGANISER))
    assert client.get(page_of(lop)).status_code == 404


def test_the_page_costs_the_same_for_one_absence_and_for_three(lop, client, django_assert_num_queries):
    signed_in(client, make_organiser(lop.host, RoleKind.ORGANISER))
    client.get(page_of(lop))
    for count in (1, 2):
        for person in lop.people(count):
            ask_for_leave(person, [lop.general, lop.first], reason="ốm", actor=lop.organiser)
        with django_assert_num_queries(19):
            client.get(page_of(lop))

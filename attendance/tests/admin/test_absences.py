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
        with django_assert_num_queries(17):
            client.get(page_of(lop))


def test_organisers_open_the_paper_and_officers_only_know_of_it(lop, client):
    [person] = lop.people(1)
    request = ask_for_leave(person, [lop.general], reason="ốm", actor=lop.organiser, paper=b"%PDF-1.7 giay")
    without = ask_for_leave(person, [lop.first], reason="ốm", actor=lop.organiser)
    paper, none = (
        reverse("admin:attendance_courseresult_absence_paper", args=[lop.course.pk, absence.pk])
        for absence in (request, without)
    )
    signed_in(client, make_organiser(lop.host, RoleKind.ORGANISER))
    answer = client.get(paper)
    assert (answer.content, answer["Content-Disposition"]) == (b"%PDF-1.7 giay", "attachment")
    assert paper in client.get(page_of(lop)).content.decode()
    other = Class(code="LOP-2")
    foreign = reverse("admin:attendance_courseresult_absence_paper", args=[other.course.pk, request.pk])
    assert [client.get(url).status_code for url in (none, foreign)] == [404, 404]
    signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))
    assert client.get(paper).status_code == 404
    assert paper not in client.get(page_of(lop)).content.decode()

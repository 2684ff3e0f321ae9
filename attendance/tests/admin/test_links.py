"""Handing out the links of a class: shown on demand, logged, renewed in one click."""

import re
import time

import pytest
from django.urls import reverse

from attendance.tests.records import Class
from courses.constants.choices import RoleKind
from courses.models import ActionLog, OfficeAnswer, Seats, Trainee, User
from courses.tests.planning import make_office, make_organiser, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    return Class()


@pytest.fixture
def organiser(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host))


def address(name, lop):
    return reverse(f"admin:attendance_courseresult_{name}", args=[lop.course.pk])


def links_in(response, kind):
    return re.findall(rf"/{kind}/[0-9a-z]+/", response.content.decode())


def test_the_page_shows_no_link_before_it_is_asked_for(lop, organiser):
    [person] = lop.people(1)
    response = organiser.get(address("links", lop))
    assert person.trainee.full_name in response.content.decode()
    assert links_in(response, "my") == links_in(response, "office") == []
    assert not ActionLog.objects.filter(action="show links").exists()


@pytest.mark.parametrize(("what", "kind"), [("offices", "office"), ("trainees", "my")])
def test_printed_links_open_their_pages_and_are_logged(lop, organiser, client, what, kind):
    lop.people(2)
    response = organiser.post(address("print_links", lop), {"what": what})
    links = links_in(response, kind)
    assert len(links) == {"offices": 1, "trainees": 2}[what]
    assert all(client.get(link).status_code == 200 for link in links)
    assert ActionLog.objects.get(action="show links").changes == {"count": [None, len(links)]}


@pytest.mark.parametrize(("what", "kind"), [("offices", "office"), ("trainees", "my")])
def test_a_renewed_link_is_another_and_the_old_one_is_gone(lop, organiser, what, kind):
    [person] = lop.people(1)
    row = OfficeAnswer.objects.get(course=lop.course, office=lop.ward) if what == "offices" else person
    [old] = links_in(organiser.post(address("print_links", lop), {"what": what, "pk": row.pk}), kind)
    assert organiser.post(address("renew_link", lop), {"what": what, "pk": row.pk}).status_code == 302
    [new] = links_in(organiser.post(address("print_links", lop), {"what": what, "pk": row.pk}), kind)
    assert new != old
    assert [organiser.get(link).status_code for link in (old, new)] == [404, 200]


def test_the_calendar_of_a_person_is_renewed_alone_and_with_the_link(lop, organiser):
    """A link that fell into wrong hands showed the address of the calendar too."""
    [person] = lop.people(1, office=lop.host)
    for name, versions in (("renew_feed", (1, 2)), ("renew_link", (2, 3))):
        organiser.post(address(name, lop), {"what": "trainees", "pk": person.pk})
        kept = Trainee.objects.get(pk=person.trainee_id)
        assert (kept.link_version, kept.feed_version) == versions


def test_links_of_people_of_another_class_are_not_handed_out(lop, organiser):
    other = Class(code="LOP-2")
    [person] = other.people(1)
    for name in ("print_links", "renew_link", "renew_feed"):
        assert organiser.post(address(name, lop), {"what": "trainees", "pk": person.pk}).status_code == 404
        assert organiser.post(address(name, other), {"what": "trainees", "pk": person.pk}).status_code == 404
    kept = Trainee.objects.get(pk=person.trainee_id)
    assert (kept.link_version, kept.feed_version) == (1, 1)


def test_an_office_with_no_seats_is_not_offered_a_link(lop, organiser):
    office = make_office("P-KHONG")
    answer = OfficeAnswer.objects.create(course=lop.course, office=office)
    Seats.objects.create(course=lop.course, office=office, number=0)
    assert office.name not in organiser.get(address("links", lop)).content.decode()
    assert office.name not in organiser.post(address("print_links", lop), {"what": "offices"}).content.decode()
    assert organiser.post(address("renew_link", lop), {"what": "offices", "pk": answer.pk}).status_code == 404


@pytest.mark.parametrize("step", ["print_links", "renew_link"])
def test_a_host_does_not_hand_out_the_link_of_a_person_of_another_host(lop, organiser, step):
    """The page behind it shows the classes of both hosts."""
    other = Class(code="LOP-2")
    [person] = lop.people(1, office=other.ward)
    assert "own office" in organiser.get(address("links", lop)).content.decode()
    response = organiser.post(address(step, lop), {"what": "trainees", "pk": person.pk}, follow=True)
    assert links_in(response, "my") == []
    assert Trainee.objects.get(pk=person.trainee_id).link_version == 1


def test_who_is_there_is_asked_again_before_links_are_shown(lop, organiser):
    lop.people(1)
    user = User.objects.get(pk=organiser.session["_auth_user_id"])
    user.set_password("chín con voi trắng 2022")
    user.save()
    session = signed_in(organiser, user).session
    session["account_authentication_methods"] = [
        {**step, "at": time.time() - 3600} for step in session["account_authentication_methods"]
    ]
    session.save()
    for response in (
        organiser.get(address("links", lop)),
        organiser.post(address("print_links", lop), {"what": "trainees"}),
    ):
        assert response["Location"].startswith("/accounts/reauthenticate/")


@pytest.mark.parametrize("pk", ["x", "-1", "9" * 30, "٣"])
def test_a_number_that_is_none_is_a_404(lop, organiser, pk):
    assert organiser.post(address("renew_link", lop), {"what": "offices", "pk": pk}).status_code == 404


def test_a_certificate_officer_hands_out_no_links(lop, client):
    officer = signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))
    assert officer.get(address("links", lop)).status_code == 404
    assert officer.post(address("print_links", lop), {"what": "trainees"}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_for_three(lop, organiser, django_assert_num_queries, count):
    lop.people(count)
    organiser.get(address("links", lop))
    with django_assert_num_queries(10):
        organiser.get(address("links", lop))

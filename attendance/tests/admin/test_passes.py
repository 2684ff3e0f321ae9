"""Passes taken out, kept as pictures and renewed by organisers."""

import pypdfium2
import pytest
from django.urls import reverse

from attendance.models import PassCode
from attendance.reports.passes import passes_in_force
from attendance.rules.scans import grouped_short
from attendance.services.passes import give_passes
from attendance.tests.records import Class
from courses.constants.choices import CourseState, RoleKind
from courses.models import ActionLog, Course
from courses.services.registrations import withdraw
from courses.tests.planning import make_organiser, signed_in

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


def text_of(response):
    assert response["Content-Type"] == "application/pdf"
    return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(response.content))


def test_looking_gives_no_pass_and_taking_out_does_and_is_logged(lop, organiser):
    people = lop.people(3)
    page = organiser.get(address("passes", lop))
    assert [short for _office, rows in page.context["offices"] for _person, short in rows] == ["", "", ""]
    assert not PassCode.objects.exists()
    response = organiser.post(address("print_passes", lop), {"all": "1"})
    text = text_of(response)
    for person in people:
        short = passes_in_force([person.pk])[person.pk].short
        assert len(short) == 6
        assert grouped_short(short) in text
        assert person.trainee.full_name in text
    assert ActionLog.objects.get(action="print passes").changes == {"count": [None, 3]}
    assert "no-store" in response["Cache-Control"]


def test_those_of_one_office_or_those_ticked_are_taken_out_alone(lop, organiser):
    one, two = lop.people(2)
    [three] = lop.people(1, office=lop.other_ward)
    for body, expected in (
        ({"office": lop.other_ward.pk}, [three]),
        ({"pk": [one.pk, three.pk], "layout": "card"}, [one, three]),
        ({"pk": [two.pk], "office": ""}, [two]),
    ):
        text = text_of(organiser.post(address("print_passes", lop), body))
        assert [p for p in (one, two, three) if p.trainee.full_name in text] == expected


def test_the_picture_of_one_is_a_png(lop, organiser):
    [person] = lop.people(1)
    response = organiser.post(address("print_passes", lop), {"layout": "picture", "pk": person.pk})
    assert (response["Content-Type"], response.content[:4]) == ("image/png", b"\x89PNG")


@pytest.mark.parametrize(
    "body", [{}, {"pk": "0"}, {"pk": "x"}, {"office": "x"}, {"all": "1", "layout": "?"}, {"office": f"{10**30}"}]
)
def test_nothing_chosen_or_a_layout_that_is_not_there_takes_nothing_out(lop, organiser, body):
    lop.people(1)
    response = organiser.post(address("print_passes", lop), body)
    assert (response.status_code, response.url) == (302, address("passes", lop))
    assert not (PassCode.objects.exists())
    assert not (ActionLog.objects.filter(action="print passes").exists())


def test_people_of_another_class_and_who_has_withdrawn_have_no_pass_to_take_out(lop, organiser):
    gone, stays = lop.people(2)
    [stranger] = Class(lop.host, code="LOP-2").people(1)
    withdraw(gone, actor=lop.organiser)
    text = text_of(organiser.post(address("print_passes", lop), {"pk": [gone.pk, stays.pk, stranger.pk]}))
    assert [p for p in (gone, stays, stranger) if p.trainee.full_name in text] == [stays]
    assert organiser.post(address("renew_pass", lop), {"pk": stranger.pk}).status_code == 404


def test_a_renewed_pass_is_another_and_the_old_one_is_ended(lop, organiser):
    [person] = lop.people(1)
    give_passes(lop.course)
    old = passes_in_force([person.pk])[person.pk]
    assert organiser.post(address("renew_pass", lop), {"pk": person.pk}).status_code == 302
    new = passes_in_force([person.pk])[person.pk]
    assert (new.code == old.code, new.short == old.short) == (False, False)
    assert PassCode.objects.filter(ended_at__isnull=False).count() == 1


def test_on_the_page_of_a_person_the_pass_of_a_class_under_way_is_renewed_by_its_organisers(lop, organiser):
    [person] = lop.people(1)
    page = reverse("admin:attendance_person_page", args=[person.trainee_id])
    assert address("renew_pass", lop) in organiser.get(page).content.decode()
    Course.objects.filter(pk=lop.course.pk).update(state=CourseState.CONCLUDED)
    assert address("renew_pass", lop) not in organiser.get(page).content.decode()


def test_after_the_class_nothing_is_taken_out_or_renewed(lop, organiser):
    [person] = lop.people(1)
    Course.objects.filter(pk=lop.course.pk).update(state=CourseState.CONCLUDED)
    assert organiser.get(address("passes", lop)).status_code == 200
    assert organiser.post(address("print_passes", lop), {"all": "1"}).status_code == 302
    assert organiser.post(address("renew_pass", lop), {"pk": person.pk}).status_code == 302
    assert not PassCode.objects.exists()


@pytest.mark.parametrize(
    ("kind", "where", "expected"),
    [(RoleKind.ORGANISER, "host", 200), (RoleKind.OFFICER, "host", 404), (RoleKind.ORGANISER, "foreign", 404)],
)
def test_passes_are_the_hosts_organisers(lop, client, kind, where, expected):
    [person] = lop.people(1)
    office = {"host": lop.host, "foreign": Class(code="LOP-2").host}[where]
    signed_in(client, make_organiser(office, kind))
    assert client.get(address("passes", lop)).status_code == expected
    assert client.post(address("print_passes", lop), {"all": "1"}).status_code == expected
    assert client.post(address("renew_pass", lop), {"pk": person.pk}).status_code == (302 if expected == 200 else 404)
    assert PassCode.objects.exists() is (expected == 200)


def test_the_page_costs_the_same_for_one_person_and_for_three(lop, organiser, django_assert_num_queries):
    organiser.get(address("passes", lop))
    for count in (1, 2):
        lop.people(count)
        give_passes(lop.course)
        with django_assert_num_queries(7):
            assert organiser.get(address("passes", lop)).status_code == 200


def test_taking_out_costs_the_same_for_one_person_and_for_three(lop, organiser, django_assert_num_queries):
    organiser.get(address("passes", lop))
    for count in (1, 2):
        lop.people(count)
        with django_assert_num_queries(16):
            assert organiser.post(address("print_passes", lop), {"all": "1"}).status_code == 200

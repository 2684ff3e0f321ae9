"""The page on which the people of a class are seated."""

import pytest
from django.urls import reverse

from courses.constants.choices import CourseState
from courses.models import Course, Registration
from courses.tests.planning import make_course, make_organiser, signed_in
from courses.tests.services.test_places import World, seated

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(client):
    client.cookies["language"] = "en"
    made = World()
    signed_in(client, make_organiser(made.host))
    return made


def address(course):
    return reverse("admin:courses_course_places", args=[course.pk])


def test_an_office_and_a_person_are_seated_and_the_page_says_so(world, client):
    site = world.place(world.morning, world.site)
    sent = {"place": site.pk, "office": [world.one.pk], "person": [world.chau.pk]}
    for said in ("2 people were seated there.", "Everybody chosen sits there already."):
        page = client.post(address(world.course), sent, follow=True).content.decode()
        assert said in page
    assert seated(world) == {"An": "Điểm cầu B", "Châu": "Điểm cầu B"}
    assert "Điểm cầu B (Remote site)" in page
    client.post(address(world.course), {"place": "none", "person": [world.chau.pk]})
    assert seated(world) == {"An": "Điểm cầu B"}


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"place": "x", "office": ["1"]},
        {"place": "none"},
        {"place": "none", "person": ["999999"]},
        {"place": "none", "office": ["-1", "a"]},
    ],
)
def test_what_is_not_on_the_page_is_refused_by_a_sentence_and_changes_nothing(world, client, sent):
    page = client.post(address(world.course), sent)
    assert (page.status_code, "errorlist" in page.content.decode()) == (200, True)
    assert seated(world) == {}


def test_a_concluded_class_is_shown_and_not_changed(world, client):
    Course.objects.update(state=CourseState.CONCLUDED)
    assert 'name="office"' not in client.get(address(world.course)).content.decode()
    sent = {"place": world.place(world.morning, world.site).pk, "office": [world.one.pk]}
    assert "concluded" in client.post(address(world.course), sent).content.decode()
    assert seated(world) == {}


def test_a_class_without_halls_says_what_to_do_first(world, client):
    empty = make_course(world.host, "LOP-2")
    assert "has no place yet" in client.get(address(empty)).content.decode()


def test_one_person_is_offered_each_hall_once(world, client):
    page = client.get(reverse("admin:courses_registration_change", args=[world.an.pk])).content.decode()
    assert page.count("Hội trường A") == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_person_and_for_three(world, client, django_assert_num_queries, count):
    Registration.objects.exclude(pk__in=Registration.objects.order_by("pk")[:count].values("pk")).delete()
    client.get(address(world.course))
    with django_assert_num_queries(7):
        client.get(address(world.course))

"""Each list costs the same literal number of queries for one row and for three."""

import datetime as dt

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.constants.actors import SYSTEM
from courses.models import Course, Index, OfficeAlias, Registration, Responsibility, Session, Speaker, Trainee, Venue
from courses.services.registrations import register
from courses.tests.planning import (
    AFTERNOON,
    FIRST_DAY,
    make_block,
    make_course,
    make_office,
    make_organiser,
    make_session,
    make_speaker,
    make_trainee,
    make_venue,
    plan_session,
    signed_in,
)

pytestmark = pytest.mark.django_db

#: Session and user 2, actor 3, second factor 1; then the list's own: filters, count, rows and what is prefetched.
QUERIES = {
    "course": 7,
    "session": 9,
    "registration": 8,
    "trainee": 7,
    "speaker": 7,
    "venue": 7,
    "office": 6,
    "actionlog": 6,
    "responsibility": 6,
    "index": 6,
}


@pytest.fixture
def host():
    return make_office("HOST")


@pytest.fixture
def organiser(client, host):
    signed_in(client, make_organiser(host))
    client.get(reverse("admin:index"))  # the first answer also writes when the session began
    return client


def fill(host, number):
    """One more row in each list."""
    Responsibility.objects.create(code=f"linh-vuc-{number}", name=f"Lĩnh vực {number}")
    Index.objects.create(code=f"CS-{number}", name=f"Chỉ số {number}")
    office = make_office(f"P-{number}", parent=host)
    hall, speaker = make_venue(office, f"Hội trường {number}"), make_speaker(office, f"Người Nói {number}")
    course = make_course(
        host, f"LOP-{number}", starts_on=FIRST_DAY + dt.timedelta(days=number), ends_on=FIRST_DAY + dt.timedelta(days=9)
    )
    block = make_block(course, topics=2)
    plan_session(course, venue=hall, speaker=speaker, blocks=[block])
    trainee = make_trainee(office, f"Trần Thử {number}", phone="0912345678")
    register(course, trainee, actor=SYSTEM)


def cost(client, url):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(url)
    assert response.status_code == 200, url
    response.content.decode()
    return len(queries), response


@pytest.mark.parametrize("model", QUERIES)
def test_a_list_costs_the_same_for_one_row_and_for_three(organiser, host, model):
    url = reverse(f"admin:courses_{model}_changelist")
    fill(host, 1)
    one, _page = cost(organiser, url)
    for number in (2, 3):
        fill(host, number)
    three, page = cost(organiser, url)
    assert page.context["cl"].result_count >= 3
    assert (one, three) == (QUERIES[model], QUERIES[model])


def test_the_week_and_the_page_of_a_class_cost_the_same_for_one_and_for_three(organiser, host):
    fill(host, 1)
    course = Course.objects.get()
    page = reverse("admin:courses_course_overview", args=[course.pk])
    seats = reverse("admin:courses_course_seats", args=[course.pk])
    form = reverse("admin:courses_course_change", args=[course.pk])
    organiser.get(form)  # kinds of objects are read once a process
    first = [cost(organiser, url)[0] for url in (reverse("admin:index"), page, seats, form)]
    for number in (2, 3):
        fill(host, number)
        make_block(course, "ABCD"[number])
        register(course, make_trainee(make_office(f"X-{number}"), f"Lê Thử {number}"), actor=SYSTEM)
    make_session(course, hours=AFTERNOON)
    assert [cost(organiser, url)[0] for url in (reverse("admin:index"), page, seats, form)] == first
    assert first == [21, 32, 12, 12]


def test_a_form_of_a_half_day_costs_the_same_for_one_topic_and_for_three(organiser, host):
    fill(host, 1)
    course, session = Course.objects.get(), Session.objects.get()
    url = reverse("admin:courses_session_change", args=[session.pk])
    organiser.get(url)  # kinds of objects are read once a process
    first, _page = cost(organiser, url)
    for topic in make_block(course, "B", topics=2).topics.all():
        session.agenda.create(topic=topic)
        session.places.create(venue=make_venue(host, f"Phòng {topic.order}"))
    assert cost(organiser, url)[0] == first == 17


def test_a_list_shows_the_organisers_own_and_nothing_of_another_host(organiser, host):
    fill(host, 1)
    other = make_office("OTHER")
    canary = make_course(other, "KIN-1")
    session = plan_session(canary, venue=make_venue(other, "Hội trường kín"))
    registration = register(canary, make_trainee(other, "Trần Thị Kín"), actor=SYSTEM)
    for model in ("course", "session", "registration", "trainee", "venue", "speaker", "actionlog"):
        page = organiser.get(reverse(f"admin:courses_{model}_changelist")).content.decode()
        assert "KIN-1" not in page
        assert "kín" not in page.lower()
    foreign = {
        Course: canary,
        Session: session,
        Registration: registration,
        Trainee: registration.trainee,
        Venue: Venue.objects.get(name="Hội trường kín"),
    }
    for model, row in foreign.items():
        name = model._meta.model_name
        for page in ("change", "history", "delete"):
            assert organiser.get(reverse(f"admin:courses_{name}_{page}", args=[row.pk])).status_code in (403, 404), (
                name,
                page,
            )
        assert organiser.get(reverse(f"admin:courses_{name}_change", args=[row.pk])).status_code == 404
        assert organiser.get(reverse(f"admin:courses_{name}_change", args=[987654])).status_code == 404


def test_people_are_found_without_marks_and_stand_in_the_order_of_their_given_names(organiser, host):
    for name in ("Trần Thị Ánh", "Lê Văn Đức", "Nguyễn Thị An", "Võ Thị Bé"):
        make_trainee(host, name)
    url = reverse("admin:courses_trainee_changelist")
    found = organiser.get(url, {"q": "thi anh"}).context["cl"].result_list
    assert [t.full_name for t in found] == ["Trần Thị Ánh"]
    everybody = organiser.get(url).context["cl"].result_list
    assert [t.given_name for t in everybody] == ["An", "Ánh", "Bé", "Đức"]


def test_telephone_numbers_are_masked_in_the_list(organiser, host):
    make_trainee(host, phone="0912345678")
    page = organiser.get(reverse("admin:courses_trainee_changelist")).content.decode()
    assert "0912345678" not in page
    assert "091•••••78" in page


def test_an_office_is_found_by_another_spelling_without_marks(organiser, host):
    OfficeAlias.objects.create(office=host, text="Phòng Nội vụ", key="phong noi vu")
    make_office("OTHER")
    found = organiser.get(reverse("admin:courses_office_changelist"), {"q": "Noi vu"}).context["cl"].result_list
    assert list(found) == [host]


def test_a_search_of_any_length_is_answered(organiser, host):
    """Take the limit out of `ScopedAdmin` and SQLite refuses so many words with an error; what is longer than an
    address may be is refused with a page of its own."""
    for model in ("importbatch", "course", "speaker", "trainee", "office", "registration"):
        assert organiser.get(reverse(f"admin:courses_{model}_changelist"), {"q": "x " * 4_000}).status_code == 200
        assert organiser.get(reverse(f"admin:courses_{model}_changelist"), {"q": "x" * 60_000}).status_code == 414


def test_no_list_of_the_admin_is_unscoped():
    """A model with owners has a list that asks who is asking."""
    for model, model_admin in admin.site._registry.items():
        if hasattr(model._default_manager.all(), "visible_to"):
            assert hasattr(model_admin, "may_view"), model


def test_speakers_and_venues_that_a_plan_names_cannot_be_deleted(organiser, host):
    fill(host, 1)
    for model in (Speaker, Venue):
        row = model.objects.get()
        url = reverse(f"admin:courses_{model._meta.model_name}_delete", args=[row.pk])
        assert organiser.post(url, {"post": "yes"}).status_code == 403
        assert model.objects.exists()

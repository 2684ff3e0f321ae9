import datetime as dt

import pytest
from django.urls import reverse

from attendance.constants import MarkState
from attendance.tests.records import Class
from courses.constants import links
from courses.constants.choices import CourseState, RoleKind
from courses.constants.clock import stopped_at, today
from courses.models import Course, OfficeAnswer, Role, Seats, Trainee, Venue
from courses.services.moving import relocate_session
from courses.services.schedule import Where
from courses.tests.planning import make_organiser, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    return Class()


def page_of(lop, office, version=1):
    answer = OfficeAnswer.objects.get(course=lop.course, office=office)
    return reverse("attendance:office", args=[links.office_token(answer.pk, version)])


def test_an_office_sees_the_class_its_seats_its_people_and_what_they_attended(lop, client):
    own = lop.people(2, phone="0900000001", gender="f")
    [other] = lop.people(1, office=lop.other_ward)
    Seats.objects.create(course=lop.course, office=lop.ward, number=7)
    lop.mark(lop.general, MarkState.PRESENT, own[0])
    response = client.get(page_of(lop, lop.ward))
    text = response.content.decode()
    assert response.status_code == 200
    for words in (lop.course.title, lop.ward.name, "<dd>7</dd>", "2/7", "Có mặt", "Chưa điểm danh"):
        assert words in text
    assert all(person.trainee.full_name in text for person in own)
    assert other.trainee.full_name not in text
    assert lop.other_ward.name not in text


def test_it_shows_no_telephone_no_birth_date_no_number_and_no_paper(lop, client):
    lop.people(1, phone="0900000001", email="a@example.vn", citizen_number="093080000001")
    Trainee.objects.update(birth_first=dt.date(1972, 3, 4), birth_precision="day")
    text = client.get(page_of(lop, lop.ward)).content.decode()
    for words in ("0900000001", "a@example.vn", "093080000001", "1972", "04/03"):
        assert words not in text


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (CourseState.DRAFT, 404),
        (CourseState.PUBLISHED, 200),
        (CourseState.RUNNING, 200),
        (CourseState.CONCLUDED, 200),
        (CourseState.ARCHIVED, 404),
    ],
)
def test_the_link_opens_from_publishing_until_the_class_is_archived(lop, client, state, status):
    lop.people(1)
    Course.objects.update(state=state)
    assert client.get(page_of(lop, lop.ward)).status_code == status


def test_unknown_foreign_and_renewed_links_are_not_found_and_nothing_can_be_posted(lop, client):
    [person] = lop.people(1)
    good = page_of(lop, lop.ward)
    for token in ("x", "1" * 17, links.trainee_token(person.trainee_id, 1), links.pass_code(person.pk, 1)):
        assert client.get(reverse("attendance:office", args=[token])).status_code == 404
    for method in (client.post, client.put, client.delete, client.patch):
        assert method(good).status_code == 405
    OfficeAnswer.objects.update(link_version=2)
    assert client.get(good).status_code == 404
    assert client.get(page_of(lop, lop.ward, version=2)).status_code == 200


def test_the_page_is_kept_nowhere_found_nowhere_and_told_to_nobody(lop, client):
    lop.people(1)
    response = client.get(page_of(lop, lop.ward))
    assert response["Cache-Control"] == "private, no-store"
    text = response.content.decode()
    assert '<meta name="robots" content="noindex, nofollow, noarchive">' in text
    assert '<meta name="referrer" content="strict-origin">' in text
    assert "<script" not in text


def test_an_office_without_people_is_told_what_to_do(lop, client):
    OfficeAnswer.objects.create(course=lop.course, office=lop.ward)
    text = client.get(page_of(lop, lop.ward)).content.decode()
    assert 'class="notice"' in text
    assert "0" in text.split('class="card next"')[1].split("</div>")[0]


def test_the_page_costs_the_same_for_one_person_and_for_three(lop, client, django_assert_num_queries):
    for count in (1, 2):
        people = lop.people(count)
        lop.mark(lop.general, MarkState.PRESENT, *people)
        with django_assert_num_queries(30):
            client.get(page_of(lop, lop.ward))


def test_what_changed_stands_on_top_of_the_office_page(lop, client):
    lop.people(1)
    relocate_session(lop.general, places=[Where(Venue(name="Phòng B"))], why="Mất điện", actor=lop.organiser)
    with stopped_at(lop.general.starts_at):
        text = client.get(page_of(lop, lop.ward)).content.decode()
    assert text.index("changes") < text.index('class="card next"')
    assert "→ <b>Phòng B</b>" in text


# The coordinator who signs in


def test_a_coordinator_finds_the_classes_of_own_offices(lop, client):
    lop.people(1)
    lop.people(1, office=lop.other_ward)
    other = Class(code="LOP-2")
    other.people(1)
    signed_in(client, make_organiser(lop.ward, RoleKind.COORDINATOR))
    text = client.get("/office/").content.decode()
    assert page_of(lop, lop.ward) in text
    assert page_of(lop, lop.other_ward) not in text
    assert other.course.title not in text
    Course.objects.update(state=CourseState.ARCHIVED)
    assert lop.course.title not in client.get("/office/").content.decode()
    assert client.post("/office/").status_code == 405


def test_a_coordinator_finds_the_way_back_from_any_page_and_nobody_else_is_shown_it(lop, client):
    user = make_organiser(lop.ward, RoleKind.COORDINATOR)
    Role.objects.create(user=user, kind=RoleKind.ORGANISER, office=lop.host, valid_from=today())
    signed_in(client, user)
    answers = [client.get(page) for page in ("/", reverse("admin:courses_office_merge"))]
    assert [answer.status_code for answer in answers] == [200, 403]
    assert all('href="/office/"' in answer.content.decode() for answer in answers)
    client.logout()
    assert 'href="/office/"' not in client.get("/").content.decode()
    signed_in(client, make_organiser(lop.host))
    assert 'href="/office/"' not in client.get("/").content.decode()


def test_who_is_signed_out_is_led_to_sign_in_and_who_coordinates_nothing_finds_nothing(lop, client):
    response = client.get("/office/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/office/")
    signed_in(client, make_organiser(lop.host))
    assert client.get("/office/").status_code == 404


def test_the_list_of_classes_costs_the_same_for_one_and_for_three(lop, client, django_assert_num_queries):
    lop.people(1)
    signed_in(client, make_organiser(lop.ward, RoleKind.COORDINATOR))
    client.get("/office/")
    for code in (None, "LOP-2", "LOP-3"):
        if code:
            OfficeAnswer.objects.create(course=Class(host=lop.host, code=code).course, office=lop.ward)
        with django_assert_num_queries(14):
            client.get("/office/")

"""The page of one half-day in the admin, and the list of half-days."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from attendance.constants import MarkState
from attendance.models import AttendanceSheet, Event, Mark
from attendance.tests.records import Class
from courses.constants.choices import CourseState, RoleKind, SessionState
from courses.models import Course, Session
from courses.tests.planning import make_organiser, make_user, signed_in

pytestmark = pytest.mark.django_db
LIST = reverse("admin:attendance_attendancesheet_changelist")


@pytest.fixture
def lop():
    return Class()


@pytest.fixture
def organiser(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host))


def page_of(session):
    return reverse("admin:attendance_attendancesheet_change", args=[session.pk])


def posted(*cells, **more):
    """Cells are (registration, shown, chosen); chosen None leaves the row untouched."""
    data = {"submission": str(uuid4()), **more}
    for registration, shown, chosen in cells:
        data[f"shown-{registration.pk}"] = shown
        if chosen is not None:
            data[f"mark-{registration.pk}"] = chosen
    return data


def states():
    return dict(Mark.objects.order_by().values_list("registration_id", "state"))


def test_the_page_lists_people_by_office_with_five_choices_each(lop, organiser):
    people = lop.people(2) + lop.people(1, office=lop.other_ward)
    text = organiser.get(page_of(lop.general)).content.decode()
    assert text.index(lop.ward.name) < text.index(lop.other_ward.name)
    for person in people:
        assert person.trainee.full_name in text
        assert len(re.findall(f'name="mark-{person.pk}" value="(\\w+)"', text)) == 5
        assert f'name="shown-{person.pk}" value=""' in text


def test_what_is_posted_is_saved_and_untouched_rows_stay(lop, organiser):
    one, two, three = lop.people(3)
    response = organiser.post(
        page_of(lop.general), posted((one, "", "present"), (two, "", "excused"), (three, "", None)), follow=True
    )
    assert states() == {one.pk: MarkState.PRESENT, two.pk: MarkState.EXCUSED}
    assert "2 marks were saved" in response.content.decode()


def test_one_button_marks_all_others_present(lop, organiser):
    one, two, three = lop.people(3)
    lop.mark(lop.general, MarkState.EXCUSED, three)
    organiser.post(
        page_of(lop.general),
        posted((one, "", "absent"), (two, "", None), (three, "excused", "excused"), rest="present"),
    )
    assert states() == {one.pk: MarkState.ABSENT, two.pk: MarkState.PRESENT, three.pk: MarkState.EXCUSED}


def test_a_mark_can_be_changed_and_cleared(lop, organiser):
    [person] = lop.people(1)
    organiser.post(page_of(lop.general), posted((person, "", "present")))
    assert f'name="mark-{person.pk}" value=""' in organiser.get(page_of(lop.general)).content.decode()
    organiser.post(page_of(lop.general), posted((person, "present", "late")))
    assert states() == {person.pk: MarkState.LATE}
    organiser.post(page_of(lop.general), posted((person, "late", "")))
    assert states() == {}
    assert Event.objects.count() == 4


def test_a_cell_changed_by_both_is_asked_with_both_answers_and_then_saved(lop, organiser):
    one, two = lop.people(2)
    lop.mark(lop.general, MarkState.ABSENT, one)  # somebody else, after this page was opened
    response = organiser.post(page_of(lop.general), posted((one, "", "present"), (two, "", "late")))
    text = response.content.decode()
    assert states() == {one.pk: MarkState.ABSENT, two.pk: MarkState.LATE}
    assert "Somebody else has just written: Absent" in text
    assert "marked otherwise by somebody else" in text
    assert f'name="shown-{one.pk}" value="absent"' in text
    assert f'name="mark-{one.pk}" value="present" checked' in text
    organiser.post(page_of(lop.general), posted((one, "absent", "present")))
    assert states()[one.pk] == MarkState.PRESENT


def test_the_same_page_sent_twice_adds_nothing(lop, organiser):
    data = posted(*((person, "", "present") for person in lop.people(3)))
    for _ in range(2):
        assert organiser.post(page_of(lop.general), data).status_code == 302
    assert Event.objects.count() == 3


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"submission": ""}, "This page is out of date"),
        ({"submission": "x"}, "This page is out of date"),
        ({}, "This page is out of date"),
        ({"choice": "disputed"}, "one of the states"),
        ({"choice": "<b>"}, "one of the states"),
    ],
)
def test_a_broken_form_gets_a_sentence_and_keeps_what_was_chosen(lop, organiser, data, words):
    one, two = lop.people(2)
    sent = posted((one, "", data.pop("choice", "present")), (two, "", "late"))
    if words.startswith("This"):
        sent.pop("submission")
    sent |= data
    response = organiser.post(page_of(lop.general), sent)
    text = response.content.decode()
    assert response.status_code == 409
    assert words in text
    assert f'name="mark-{two.pk}" value="late" checked' in text
    assert states() == {}


def test_a_mark_of_somebody_who_is_not_on_the_list_is_not_dropped_without_a_word(lop, organiser):
    """Somebody may have withdrawn the person while the page was open."""
    [person] = lop.people(1)
    other = Class(code="LOP-2")
    [stranger] = other.people(1)
    response = organiser.post(page_of(lop.general), posted((person, "", "late"), (stranger, "", "present")))
    text = response.content.decode()
    assert response.status_code == 409
    assert "Somebody on this page is not registered for this half-day" in text
    assert f'name="mark-{person.pk}" value="late" checked' in text
    assert states() == {}


def test_a_hall_of_five_hundred_fits_into_one_form(lop, organiser):
    people = lop.people(500)
    assert organiser.post(page_of(lop.general), posted(*((p, "", "present") for p in people))).status_code == 302
    assert len(states()) == 500


@pytest.mark.parametrize("state", [CourseState.DRAFT, CourseState.CONCLUDED])
def test_a_class_that_is_over_can_be_read_and_a_draft_has_no_sheets(lop, organiser, state):
    [person] = lop.people(1)
    Course.objects.update(state=state)
    response = organiser.get(page_of(lop.general))
    if state == CourseState.DRAFT:
        assert response.status_code == 404
        return
    assert "You can read this sheet" in response.content.decode()
    assert 'type="submit" class="default"' not in response.content.decode()
    assert organiser.post(page_of(lop.general), posted((person, "", "present"))).status_code == 409
    assert states() == {}


def test_a_cancelled_half_day_has_no_sheet(lop, organiser):
    Session.objects.filter(pk=lop.general.pk).update(state=SessionState.CANCELLED, required=False)
    assert organiser.get(page_of(lop.general)).status_code == 404
    assert organiser.get(page_of(Session(pk=999_999))).status_code == 404


@pytest.mark.parametrize(
    ("kind", "where", "read", "write"),
    [
        (RoleKind.ORGANISER, "host", 200, 302),
        (RoleKind.OFFICER, "host", 200, 409),
        (RoleKind.ORGANISER, "ward", 404, 404),
        (RoleKind.ORGANISER, "foreign", 404, 404),
        (RoleKind.OFFICER, "foreign", 404, 404),
        (RoleKind.COORDINATOR, "host", 302, 302),
        (None, None, 302, 302),
    ],
)
def test_who_may_read_and_who_may_write(lop, client, kind, where, read, write):
    [person] = lop.people(1)
    if kind:
        office = {"host": lop.host, "ward": lop.ward, "foreign": Class(code="LOP-2").host}[where]
        signed_in(client, make_organiser(office, kind))
    assert client.get(page_of(lop.general)).status_code == read
    assert client.post(page_of(lop.general), posted((person, "", "present"))).status_code == write
    assert bool(states()) is (kind == RoleKind.ORGANISER and where == "host")


def test_nobody_adds_or_deletes_a_sheet_not_even_a_superuser(lop, client):
    signed_in(client, make_user(is_superuser=True, is_staff=True))
    for name in ("attendancesheet", "courseresult", "certificate"):
        assert client.get(reverse(f"admin:attendance_{name}_add")).status_code == 403
        assert client.post(reverse(f"admin:attendance_{name}_add"), {}).status_code == 403
    for name, row in (("attendancesheet", lop.general), ("courseresult", lop.course)):
        address = reverse(f"admin:attendance_{name}_delete", args=[row.pk])
        assert client.post(address, {"post": "yes"}).status_code == 403
    assert AttendanceSheet.objects.filter(pk=lop.general.pk).exists()


def test_a_forged_form_without_the_token_is_refused(lop, client):
    [person] = lop.people(1)
    strict = Client(enforce_csrf_checks=True)
    signed_in(strict, make_organiser(lop.host))
    assert strict.post(page_of(lop.general), posted((person, "", "present"))).status_code == 403
    assert states() == {}


def test_the_list_counts_who_was_there_and_who_is_not_marked(lop, organiser):
    one, two, _three = lop.people(3)
    lop.mark(lop.general, MarkState.PRESENT, one)
    lop.mark(lop.general, MarkState.ABSENT, two)
    text = organiser.get(LIST).content.decode()
    assert "1/3" in text
    assert "Attendance by half-day" in text
    assert organiser.get(LIST, {"course__id__exact": lop.course.pk}).status_code == 200


def test_the_page_costs_the_same_for_one_person_and_for_three(lop, organiser, django_assert_num_queries):
    organiser.get(LIST)
    for count in (1, 2):
        lop.mark(lop.general, MarkState.PRESENT, *lop.people(count))
        with django_assert_num_queries(12):
            organiser.get(page_of(lop.general))


def test_the_list_costs_the_same_for_one_half_day_and_for_three(lop, organiser, django_assert_num_queries):
    lop.people(2)
    for kept in (lop.sessions[:1], lop.sessions):
        Session.objects.update(state=SessionState.CANCELLED, required=False)
        Session.objects.filter(pk__in=[session.pk for session in kept]).update(state=SessionState.PLANNED)
        organiser.get(LIST)
        with django_assert_num_queries(12):
            organiser.get(LIST)

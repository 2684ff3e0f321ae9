"""The page of work on the papers of a class."""

import pytest
from django.urls import reverse

from attendance.constants import BatchWork, WorkState
from attendance.models import Certificate, PaperBatch
from attendance.services.paper_work import go_on, start_work, stop_work
from attendance.tests.admin.test_results import ASKED_AGAIN, long_ago, ordered, page_of
from attendance.tests.records import Class, numbers
from courses.constants.choices import RoleKind
from courses.models import BackgroundTask, Trainee
from courses.tests.planning import make_organiser, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    return Class()


@pytest.fixture
def officer(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))


def page(lop, batch, name="paper_work"):
    return reverse(f"admin:attendance_courseresult_{name}", args=[lop.course.pk, batch.pk])


def begun(lop, people):
    ids = [person.pk for person in people]
    return start_work(lop.course, BatchWork.PREPARE, actor=lop.officer, registration_ids=ids, order=lop.order)


def test_a_long_class_goes_to_a_task_and_the_page_says_how_far_it_is(lop, officer, monkeypatch):
    monkeypatch.setattr("attendance.tasks.papers.AT_ONCE", 1)
    lop.attended(2)
    response = officer.post(page_of(lop, "prepare"), ordered(lop, count="2"), follow=True)
    text = response.content.decode()
    assert "0 of 2 papers are done" in text
    assert 'data-again="3"' in text
    assert (numbers(), BackgroundTask.objects.count()) == ([], 1)
    batch = PaperBatch.objects.get()
    for name in ("prepare", "issue"):  # whoever left the page comes back to it
        assert officer.get(page_of(lop, name))["Location"] == page(lop, batch)
    officer.post(page(lop, batch, "paper_work_again"))  # handed over again: the same work
    assert PaperBatch.objects.count() == 1
    officer.post(page(lop, batch, "stop_paper_work"))
    text = officer.get(page(lop, batch)).content.decode()
    assert "The work was stopped" in text
    assert "data-again" not in text


def test_what_failed_is_listed_and_tried_again_by_the_same_order(lop, officer):
    _good, bad = lop.attended(2)
    batch = begun(lop, [_good, bad])
    Trainee.objects.filter(pk=bad.trainee_id).update(full_name="Ngô Thử ☃")
    go_on(batch.pk, actor=lop.officer)
    assert "☃" in officer.get(page(lop, batch)).content.decode()
    Trainee.objects.filter(pk=bad.trainee_id).update(full_name="Ngô Thử Tuyết")
    response = officer.post(page(lop, batch, "paper_work_again"), follow=True)
    assert "1 certificate was prepared" in response.content.decode()
    assert numbers() == [1, 2]
    assert Certificate.objects.get(number=2).issue_date == lop.order.issue_date


def test_the_preview_shows_each_person_in_one_group(lop, officer):
    earned, bad = lop.attended(2)
    Trainee.objects.filter(pk=bad.trainee_id).update(full_name="Ngô Thử ☃")
    [still] = lop.people(1)
    response = officer.post(page_of(lop, "prepare"), ordered(lop))
    groups = {name: [person.registration for person in people] for name, people in response.context["preview"].groups}
    assert groups == {
        "undrawable": [bad], "never": [], "revoked": [], "forecast": [still], "earned": [earned], "have_one": [],
    }  # fmt: skip


def test_of_a_very_large_class_nothing_is_drawn_beforehand_and_what_fails_is_listed_after(lop, officer, monkeypatch):
    monkeypatch.setattr("attendance.reports.paper_preview.DRAWN", 1)
    _good, bad = lop.attended(2)
    Trainee.objects.filter(pk=bad.trainee_id).update(full_name="Ngô Thử ☃")
    assert "not drawn beforehand" in officer.post(page_of(lop, "prepare"), ordered(lop)).content.decode()
    response = officer.post(page_of(lop, "prepare"), ordered(lop, count="2"), follow=True)
    assert "has no letter “☃”" in response.content.decode()
    assert numbers() == [1]


def test_organisers_read_it_officers_act_after_being_asked_again_and_others_find_nothing(lop, officer):
    batch = begun(lop, lop.attended(1))
    long_ago(officer)
    for name in ("stop_paper_work", "paper_work_again"):
        assert officer.post(page(lop, batch, name))["Location"].startswith(ASKED_AGAIN)
        assert officer.get(page(lop, batch, name)).status_code == 405
    signed_in(officer, make_organiser(lop.host))
    assert officer.get(page(lop, batch)).status_code == 200
    assert officer.post(page(lop, batch, "stop_paper_work")).status_code == 404
    assert officer.post(page(lop, batch, "paper_work_again")).status_code == 404
    other = Class(code="LOP-2")
    assert officer.get(page(other, batch)).status_code == 404
    signed_in(officer, make_organiser(other.host, RoleKind.OFFICER))
    assert officer.get(page(lop, batch)).status_code == 404
    assert officer.get(page(other, batch)).status_code == 404
    batch.refresh_from_db()
    assert (batch.state, numbers()) == (WorkState.WAITING, [])


def test_the_page_costs_the_same_for_one_failure_and_for_three(lop, officer, django_assert_num_queries):
    for count in (1, 2):
        people = lop.attended(count)
        batch = begun(lop, people)
        Trainee.objects.update(full_name="Ngô Thử ☃")
        go_on(batch.pk, actor=lop.officer)
        officer.get(page(lop, batch))
        with django_assert_num_queries(7):
            officer.get(page(lop, batch))


def past_of(lop):
    return reverse("admin:attendance_courseresult_all_paper_work", args=[lop.course.pk])


def test_what_was_done_at_once_is_listed_with_when_who_how_many_and_a_link(lop, officer):
    assert "Nothing was prepared or issued yet" in officer.get(past_of(lop)).content.decode()
    good, bad = lop.attended(2)
    Trainee.objects.filter(pk=bad.trainee_id).update(full_name="Ngô Thử ☃")
    first = go_on(begun(lop, [good, bad]).pk, actor=lop.officer)
    stopped = stop_work(begun(lop, [good, bad]), actor=lop.officer)
    works = officer.get(past_of(lop)).context["works"]
    assert [(one.pk, one.total, one.made, one.failed, one.left) for one in works] == [
        (stopped.pk, 2, 0, 0, 2), (first.pk, 2, 1, 1, 0),
    ]  # fmt: skip
    text = officer.get(past_of(lop)).content.decode()
    for words in (page(lop, first), page(lop, stopped), "2 not tried", "Stopped", "09:00 12/06/2026"):
        assert words in text
    assert past_of(lop) in officer.get(page_of(lop)).content.decode()
    assert past_of(lop) in officer.get(page(lop, first)).content.decode()


def test_the_host_alone_sees_what_was_done(lop, client):
    begun(lop, lop.attended(1))
    for office, kind, status in (
        (lop.host, RoleKind.OFFICER, 200),
        (lop.host, RoleKind.ORGANISER, 200),
        (lop.ward, RoleKind.OFFICER, 404),
        (lop.host, RoleKind.COORDINATOR, 302),
    ):
        signed_in(client, make_organiser(office, kind))
        assert client.get(past_of(lop)).status_code == status
    other = Class(code="LOP-2")
    signed_in(client, make_organiser(other.host, RoleKind.OFFICER))
    assert (client.get(past_of(lop)).status_code, len(client.get(past_of(other)).context["works"])) == (404, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_work_and_for_three(lop, officer, count, django_assert_num_queries):
    for _time in range(count):
        people = lop.attended(count)
        go_on(begun(lop, people).pk, actor=lop.officer)
    officer.get(past_of(lop))
    with django_assert_num_queries(7):
        officer.get(past_of(lop))

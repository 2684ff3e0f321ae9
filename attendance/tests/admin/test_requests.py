"""Who asks for the own link, answered in the admin."""

import pytest
from django.urls import reverse

from attendance.tests.records import Class
from courses.constants import links
from courses.constants.choices import RequestState, RoleKind
from courses.constants.clock import now, today
from courses.models import ActionLog, TraineeRequest
from courses.tests.planning import make_organiser, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    return Class()


@pytest.fixture
def organiser(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host))


def asked(person):
    return TraineeRequest.objects.create(
        trainee=person.trainee, kind="link", asked_as="nobody", asked_at=now(), due_on=today()
    )


def page(name, one):
    return reverse(f"admin:courses_traineerequest_{name}", args=[one.pk])


def test_what_waits_stands_on_the_week_and_leads_to_who_asks(lop, organiser):
    [person] = lop.people(1)
    asked(person)
    text = organiser.get(reverse("admin:index")).content.decode()
    assert "1 person asks for the own link" in text
    listed = organiser.get(reverse("admin:courses_traineerequest_changelist")).content.decode()
    assert person.trainee.full_name in listed


def test_the_card_is_printed_at_once_and_the_request_is_done(lop, organiser):
    [person] = lop.people(1)
    one = asked(person)
    token = links.trainee_token(person.trainee_id, 1)
    assert token not in organiser.get(page("change", one)).content.decode()
    text = organiser.post(page("card", one), {"given_to": "Người Giả Cầm"}).content.decode()
    assert token in text
    assert "Người Giả Cầm" in text
    one.refresh_from_db()
    assert (one.state, one.given_to) == (RequestState.DONE, "Người Giả Cầm")
    assert ActionLog.objects.filter(action="hand out link", subject_id=person.trainee_id).count() == 1


def test_the_link_is_renewed_in_one_click_and_the_same_page_again_changes_nothing(lop, organiser, client):
    [person] = lop.people(1)
    one = asked(person)
    for _again in range(2):
        assert organiser.post(page("renew", one), {"version": "1"}).status_code == 302
    person.trainee.refresh_from_db()
    assert person.trainee.link_version == 2
    assert client.get(f"/my/{links.trainee_token(person.trainee_id, 1)}/").status_code == 404


def test_it_is_refused_with_words(lop, organiser):
    [person] = lop.people(1)
    one = asked(person)
    assert organiser.post(page("change", one), {"answer": ""}).status_code == 200
    assert organiser.post(page("change", one), {"answer": "Không phải người này"}).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.answer) == (RequestState.REFUSED, "Không phải người này")


@pytest.mark.parametrize("kind", [RoleKind.ORGANISER, RoleKind.OFFICER])
def test_for_another_host_it_is_not_there_and_an_officer_reads(lop, client, kind):
    [person] = lop.people(1)
    one = asked(person)
    far = Class(code="LOP-2")
    signed_in(client, make_organiser(far.host if kind == RoleKind.ORGANISER else lop.host, kind))
    status = {RoleKind.ORGANISER: [404] * 4, RoleKind.OFFICER: [200, 403, 403, 403]}[kind]
    answers = [
        client.get(page("change", one)),
        client.post(page("change", one), {"answer": "x"}),
        client.post(page("card", one)),
        client.post(page("renew", one), {"version": "1"}),
    ]
    assert [answer.status_code for answer in answers] == status
    one.refresh_from_db()
    assert one.state == RequestState.ASKED

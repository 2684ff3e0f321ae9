"""Reminding late offices: a text for all without links, a letter an office with its own, and who was told."""

import datetime as dt
import re
import time
from urllib.parse import unquote
from uuid import uuid4

import lxml.html
import pytest
from django.urls import reverse

from attendance.tests.records import Class
from courses.constants.actors import SYSTEM
from courses.constants.choices import RoleKind
from courses.constants.clock import now
from courses.models import ActionLog, Course, Message, OfficeAnswer, User
from courses.services.answers import set_answer
from courses.services.seats import set_seats
from courses.tests.background import run_waiting_tasks
from courses.tests.planning import make_office, make_organiser, signed_in

pytestmark = pytest.mark.django_db


class World(Class):
    """A class whose ward is late and whose other office has answered."""

    def __init__(self):
        super().__init__()
        self.quiet = make_office("P-YEN", order=900)
        set_seats(self.course, {self.ward.pk: 2, self.quiet.pk: 1}, actor=SYSTEM)
        set_answer(self.course, self.quiet, state="sends_nobody", reason="Bận", actor=SYSTEM)

    def page(self, name):
        return reverse(f"admin:attendance_courseresult_{name}", args=[self.course.pk])

    def answer(self):
        return OfficeAnswer.objects.get(course=self.course, office=self.ward)


@pytest.fixture
def world():
    return World()


@pytest.fixture
def organiser(world, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(world.host))


def links_in(response):
    return sorted(set(re.findall(r"/office/[0-9a-z]{10,}/", response.content.decode())))


def test_the_text_for_all_names_late_offices_alone_and_holds_no_link(world, organiser):
    response = organiser.get(world.page("remind"))
    text = response.context["text"]
    assert [row.office for row in response.context["rows"]] == [world.ward]
    assert world.ward.name in text
    assert world.quiet.name not in text
    assert world.course.title in text
    assert "http" not in text
    assert links_in(response) == []
    assert ActionLog.objects.filter(action="show links").count() == 0


def test_a_letter_opens_the_page_of_its_office_and_is_logged(world, organiser, client):
    Course.objects.update(registration_deadline=dt.date(2031, 2, 3))
    response = organiser.post(world.page("remind_letters"))
    [link] = links_in(response)
    [card] = response.context["cards"]
    assert link in card["letter"].text
    assert "03/02/2031" in card["letter"].text
    assert client.get(link).status_code == 200
    assert ActionLog.objects.get(action="show links").changes == {"count": [None, 1]}


def test_one_office_is_reminded_alone_also_when_it_is_not_late(world, organiser):
    response = organiser.post(world.page("remind_letters"), {"office": world.quiet.pk})
    assert [card["letter"].row.office for card in response.context["cards"]] == [world.quiet]


def test_a_letter_goes_by_e_mail_to_the_coordinators_who_have_an_address(world, organiser):
    """No mail server: the link opens the organiser's own program, with the office's page in the letter."""
    text = organiser.post(world.page("remind_letters")).content.decode()
    assert "mailto:" not in text
    assert "No e-mail address of a coordinator of this office is known here" in text
    user = make_organiser(world.ward, RoleKind.COORDINATOR)
    User.objects.filter(pk=user.pk).update(email="dau.moi+1@thu.example")
    response = organiser.post(world.page("remind_letters"))
    [card] = response.context["cards"]
    assert card["to"] == ["dau.moi+1@thu.example"]
    page = lxml.html.fromstring(response.content.decode())
    [mail] = [link for link in page.xpath("//a/@href") if link.startswith("mailto:")]
    [link] = links_in(response)
    assert mail.startswith("mailto:dau.moi%2B1@thu.example?subject=")
    assert link in unquote(mail)


def test_nobody_whom_the_organiser_does_not_see_is_written_to(world, organiser):
    """Take `visible_to` out of `recipients` and addresses of offices of other hosts stand on the page."""
    foreign = make_office("XA", order=950)
    set_seats(world.course, {foreign.pk: 1}, actor=SYSTEM)
    user = make_organiser(foreign, RoleKind.COORDINATOR)
    User.objects.filter(pk=user.pk).update(email="la@thu.example")
    assert "la@thu.example" not in organiser.post(world.page("remind_letters")).content.decode()


def test_a_final_list_is_said_and_nobody_is_reminded(world, organiser):
    Course.objects.update(list_final_at=now())
    assert world.page("remind_letters") not in organiser.get(world.page("remind")).content.decode()
    for asked in ({}, {"office": world.ward.pk}):
        assert organiser.post(world.page("remind_letters"), asked)["Location"] == world.page("remind")
    assert ActionLog.objects.filter(action="show links").count() == 0


@pytest.mark.parametrize("office", ["x", "-1", "9" * 30])
def test_an_office_that_is_none_is_a_404(world, organiser, office):
    assert organiser.post(world.page("remind_letters"), {"office": office}).status_code == 404


def test_who_was_told_is_ticked_and_taken_back(world, organiser):
    shown = {"shown": [world.ward.pk]}
    for _time in range(2):
        assert organiser.post(world.page("remind_told"), {**shown, "told": [world.ward.pk]}).status_code == 302
    assert (world.answer().told_at.date(), world.answer().told_by_id) == (
        now().date(),
        ActionLog.objects.get(action="tell").user_id,
    )
    organiser.post(world.page("remind_told"), shown)
    assert world.answer().told_at is None


def test_an_office_that_the_page_did_not_show_keeps_its_mark(world, organiser):
    organiser.post(world.page("remind_told"), {"told": [world.ward.pk]})
    assert world.answer().told_at is None
    organiser.post(world.page("remind_told"), {"shown": ["x", "9" * 30], "told": ["x", "9" * 30]})
    assert ActionLog.objects.filter(action="tell").count() == 0


def test_the_board_leads_to_the_reminders_for_organisers_alone(world, organiser):
    board = reverse("admin:courses_course_board", args=[world.course.pk])
    assert world.page("remind") in organiser.get(board).content.decode()
    officer = signed_in(organiser, make_organiser(world.host, RoleKind.OFFICER))
    assert world.page("remind") not in officer.get(board).content.decode()
    assert officer.get(world.page("remind")).status_code == 404
    assert officer.post(world.page("remind_letters")).status_code == 404
    assert (
        officer.post(world.page("remind_told"), {"shown": [world.ward.pk], "told": [world.ward.pk]}).status_code == 404
    )
    assert world.answer().told_at is None


def test_who_is_there_is_asked_again_before_letters_are_shown(world, organiser):
    user = User.objects.get(pk=organiser.session["_auth_user_id"])
    user.set_password("chín con voi trắng 2022")
    user.save()
    session = signed_in(organiser, user).session
    session["account_authentication_methods"] = [
        {**step, "at": time.time() - 3600} for step in session["account_authentication_methods"]
    ]
    session.save()
    for response in (organiser.get(world.page("remind")), organiser.post(world.page("remind_letters"))):
        assert response["Location"].startswith("/accounts/reauthenticate/")


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_for_one_office_and_for_three(world, organiser, django_assert_num_queries, count):
    for number in range(1, count):
        set_seats(world.course, {make_office(f"P-{number}").pk: 2}, actor=SYSTEM)
    organiser.get(world.page("remind"))
    with django_assert_num_queries(13):
        organiser.get(world.page("remind"))
    with django_assert_num_queries(15):
        organiser.post(world.page("remind_letters"))


def test_letters_go_by_e_mail_through_the_outbox_and_the_office_is_told_when_one_has_left(
    world, organiser, settings, mailoutbox
):
    settings.EMAIL_USED = True
    for name in ("mot", "hai"):
        user = make_organiser(world.ward, RoleKind.COORDINATOR)
        User.objects.filter(pk=user.pk).update(email=f"{name}@thu.example")
    page = organiser.post(world.page("remind_letters"))
    assert page.context["mails"] == 2
    fields = {"submission": page.context["submission"], "shown": [world.ward.pk]}
    for _time in range(2):
        organiser.post(world.page("remind_send"), fields)
    assert Message.objects.count() == 2
    assert (mailoutbox, world.answer().told_at) == ([], None)
    assert run_waiting_tasks() >= 1
    assert sorted(mail.to[0] for mail in mailoutbox) == ["hai@thu.example", "mot@thu.example"]
    assert re.search(r"http://localhost:8000/office/[0-9a-z]{10,}/", mailoutbox[0].body)
    assert world.answer().told_at is not None
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_without_email_url_no_letter_goes_into_the_outbox(world, organiser):
    user = make_organiser(world.ward, RoleKind.COORDINATOR)
    User.objects.filter(pk=user.pk).update(email="mot@thu.example")
    organiser.post(world.page("remind_send"), {"submission": str(uuid4()), "shown": [world.ward.pk]})
    assert Message.objects.count() == 0

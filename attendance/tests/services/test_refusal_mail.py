"""Somebody asked for the own link and was refused it: how the person hears why, and nobody else."""

import datetime as dt

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from attendance.reports.refusals import mails_of, with_ways_of_telling
from attendance.services.refusal_mail import give_up_refusal, mail_refusal
from attendance.tasks.links import refuse_and_mail
from attendance.tests.records import Class
from courses.constants import links
from courses.constants.choices import MessageState
from courses.constants.clock import now, set_clock, today
from courses.constants.errors import Refusal
from courses.models import ActionDetail, ActionLog, BackgroundTask, Trainee, TraineeRequest
from courses.rules.actors import actor_of
from courses.services import channels
from courses.tests.planning import make_organiser, signed_in

pytestmark = pytest.mark.django_db
WHY = "Không phải Ông/Bà hỏi, xem xau.example/a"


class World(Class):
    def __init__(self):
        super().__init__()
        self.actor = actor_of(make_organiser(self.host))

    def asked(self, **fields) -> TraineeRequest:
        [person] = self.people(1, **fields)
        given = {"kind": "link", "asked_as": "nobody", "asked_at": now(), "due_on": today()}
        return TraineeRequest.objects.create(trainee=person.trainee, **given)

    def refused(self, request, answer=WHY):
        return refuse_and_mail(request, answer=answer, actor=self.actor)


@pytest.fixture
def world(settings):
    settings.EMAIL_USED = True
    return World()


def state(request):
    return mails_of([request.pk]).get(request.pk)


def test_the_reason_goes_once_to_the_address_on_file(world):
    """Take the look at the log out and the same refusal pressed twice is read twice."""
    request = world.asked(email="thu@thu.example")
    for _time in range(2):
        assert "tel:" not in str(world.refused(request).telling)
    [task] = BackgroundTask.objects.ready()
    assert task.args_kwargs["args"] == [request.pk]
    for _time in range(2):
        mail_refusal(request.pk)
    [letter] = mail.outbox
    assert letter.to == ["thu@thu.example"]
    assert "Không phải Ông/Bà hỏi" in letter.body
    assert "xau.example/a" not in letter.body  # what was typed reads as no link
    assert "/my/" not in letter.body
    assert state(request) == MessageState.SENT
    said = [
        *ActionLog.objects.values_list("changes", flat=True),
        *ActionDetail.objects.values_list("changes", flat=True),
    ]
    assert "thu@thu.example" not in repr(said)


@pytest.mark.parametrize(
    ("fields", "used"), [({"phone": "0293000000"}, True), ({"phone": "0293000000", "email": "thu@thu.example"}, False)]
)
def test_without_a_letter_the_one_who_refuses_gets_the_number_to_call(world, settings, fields, used):
    settings.EMAIL_USED = used
    request = world.refused(world.asked(**fields))
    assert '<a href="tel:0293000000">0293000000</a>' in str(request.telling)
    assert not BackgroundTask.objects.exists()
    assert state(request) is None


def test_without_a_number_too_the_office_is_to_say_it(world):
    assert "tel:" not in str(world.refused(world.asked()).telling)
    assert world.refused(world.asked()).telling


def test_a_letter_that_did_not_leave_says_so_and_whom_to_call(world, client, monkeypatch):
    request = world.asked(email="thu@thu.example", phone="0293000000")
    world.refused(request)

    def refuse(*_arguments, **_named):
        raise channels.NotSent("x")

    monkeypatch.setattr(channels.Email, "send", refuse)
    mail_refusal(request.pk)
    assert state(request) == MessageState.FAILED
    page = signed_in(client, make_organiser(world.host)).get(
        reverse("admin:courses_traineerequest_change", args=[request.pk])
    )
    assert 'href="tel:0293000000"' in page.content.decode()


@pytest.mark.parametrize("killed", [True, False])
def test_a_letter_that_was_leaving_when_all_ended_is_unknown_and_never_sent_again(world, monkeypatch, killed):
    """Take SENDING out and a worker that is killed after the server took the letter sends it again."""
    request = world.asked(email="thu@thu.example")
    world.refused(request)

    def die(*_arguments, **_named):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(channels.Email, "send", die)
        with pytest.raises(KeyboardInterrupt):
            mail_refusal(request.pk)
    assert state(request) == MessageState.SENDING
    (mail_refusal if killed else give_up_refusal)(request.pk)
    mail_refusal(request.pk)
    assert (state(request), mail.outbox) == (MessageState.UNKNOWN, [])


def test_a_clock_that_is_put_back_sends_no_letter_twice(world):
    """Order the log by its clock and the letter that was sent before its request was refused is sent again."""
    set_clock(now())
    request = world.asked(email="thu@thu.example")
    world.refused(request)
    set_clock(now() - dt.timedelta(hours=1))
    for _time in range(2):
        mail_refusal(request.pk)
    assert (state(request), len(mail.outbox)) == (MessageState.SENT, 1)


def test_a_link_that_the_person_has_stays_good_as_the_letter_says(world):
    request = world.asked(email="thu@thu.example")
    world.refused(request)
    person = Trainee.objects.get(pk=request.trainee_id)
    assert Client().get(links.own_page(person.pk, person.link_version)).status_code == 200


def test_given_up_before_it_left_it_failed(world):
    request = world.asked(email="thu@thu.example")
    world.refused(request)
    give_up_refusal(request.pk)
    assert state(request) == MessageState.FAILED


def test_the_ways_of_telling_cost_the_same_for_one_and_for_three(world, django_assert_num_queries):
    for count in (1, 2):
        for _number in range(count):
            world.refused(world.asked(email="thu@thu.example"))
        with django_assert_num_queries(2):
            assert all(one.telling for one in with_ways_of_telling(TraineeRequest.objects.of_people()))


def test_who_may_not_refuse_sends_nothing(world):
    request = world.asked(email="thu@thu.example")
    with pytest.raises(Refusal):
        refuse_and_mail(request, answer=WHY, actor=Class(code="LOP-2").organiser)
    assert (state(request), BackgroundTask.objects.count()) == (None, 0)


def test_whoever_asks_reads_the_same_before_and_after_a_refusal_known_or_not(world):
    """The one channel back is the address on file: the page says to nobody whether the person is known."""
    request = world.asked(email="thu@thu.example", phone="0293000000")
    person = request.trainee
    known = {"name": person.full_name, "office": person.office_id, "email": "thu@thu.example"}
    unknown = known | {"name": "Ngô Không Có"}

    def answer(typed):
        page = Client().post(reverse("attendance:ask_link"), typed)
        return page.status_code, page.content

    before = answer(unknown)
    world.refused(request)
    assert answer(known) == answer(unknown) == before

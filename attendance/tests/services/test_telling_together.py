"""Two organisers who tell the same people at the same moment."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import transaction

from attendance.reports.telling import due_in
from attendance.services.telling import seen_as, tell_people
from attendance.tests.records import Class
from courses.constants.clock import now, set_clock
from courses.constants.errors import Refusal
from courses.models import Message, MessageLine
from courses.reports.telling import digests_of, words_of
from courses.services.sending import send_messages
from courses.tests.mail_server import MailServer
from courses.tests.parallel import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lop():
    lop = Class()
    set_clock(dt.datetime(2026, 6, 1, 9, 0))
    return lop


def test_two_who_approve_at_once_tell_nobody_twice(lop):
    """One lock alone may go (`tell_people` or `approve_messages`): the other, `told_in` and `told_once` still hold."""
    lop.people(3, email="thu@thu.example")
    words = {"confirmed": words_of(lop.host)["confirmed"]}
    seen = seen_as(digests_of(due_in([lop.course], now()), words))

    def approve():
        return len(tell_people(lop.course, words, seen=seen, act=uuid4(), actor=lop.organiser))

    answers = at_once(*[approve] * 4)
    assert [answer for answer in answers if answer == 3] == [3]
    assert [type(answer) for answer in answers if answer != 3] == [Refusal] * 3
    assert Message.objects.count() == MessageLine.objects.count() == 3


def test_two_who_send_the_same_act_send_each_message_once(lop, settings):
    """Take the question for `queued` out of `_take` and people get it twice."""
    lop.people(8, email="thu@thu.example")
    settings.EMAIL_USED = True
    words = {"confirmed": words_of(lop.host)["confirmed"]}
    seen, act = seen_as(digests_of(due_in([lop.course], now()), words)), uuid4()
    with transaction.atomic():
        tell_people(lop.course, words, seen=seen, act=act, actor=lop.organiser)
    with MailServer(seconds=0.02) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        at_once(*[lambda: send_messages(act, seconds=60, alone=False)] * 3)
        assert len(server.delivered) == 8
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}

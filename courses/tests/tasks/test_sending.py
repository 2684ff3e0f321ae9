"""Sending in the background: enqueued with what is approved, taken for lost when nobody is at it, given up in words."""

from uuid import uuid4

import pytest

from courses.constants.choices import Channel, MessageState
from courses.constants.clock import now
from courses.models import BackgroundTask, Message
from courses.services.background import WHEN_GIVEN_UP
from courses.tasks.housekeeping import look_at_the_clock
from courses.tasks.sending import approved, send_approved
from courses.tests.background import claimed, run_waiting_tasks
from courses.tests.planning import make_course, make_office, make_trainee

pytestmark = pytest.mark.django_db


@pytest.fixture
def message():
    host = make_office("HOST")
    return Message.objects.create(
        course=make_course(host), act=uuid4(), trainee=make_trainee(host), channel=Channel.EMAIL,
        address="thu@thu.example", subject="Lịch", body="Mời", state=MessageState.SENDING, approved_at=now(),
    )  # fmt: skip


def state():
    return Message.objects.get().state


def test_what_nobody_sends_any_more_is_found_by_the_minute(message):
    """Take the due thing out and it stands as being sent for ever."""
    look_at_the_clock()
    run_waiting_tasks()
    assert state() == "unknown"


def test_what_is_being_sent_is_left_alone(message):
    """Take `but` out and a message on its way is called unknown."""
    task = send_approved.enqueue(str(message.act))
    claimed(BackgroundTask.objects.get(pk=task.id), "else/1")
    look_at_the_clock()
    run_waiting_tasks()
    assert state() == "sending"


def test_the_minute_asks_for_nothing_when_nothing_is_being_sent(message):
    Message.objects.update(state=MessageState.SENT)
    look_at_the_clock()
    assert not BackgroundTask.objects.filter(task_path__endswith="find_lost_messages").exists()


def test_only_what_is_queued_is_enqueued(message):
    approved(lambda: [message])
    assert BackgroundTask.objects.count() == 0
    Message.objects.update(state=MessageState.QUEUED)
    approved(lambda: list(Message.objects.order_by("pk")))
    assert BackgroundTask.objects.count() == 1


def test_work_that_is_given_up_leaves_no_message_waiting(message):
    Message.objects.update(state=MessageState.QUEUED)
    WHEN_GIVEN_UP[send_approved.module_path](str(message.act))
    assert state() == "failed"

"""Sending messages while nobody waits; nothing is enqueued that an organiser has not approved."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django_tasks import task

from courses.constants.choices import MessageState
from courses.models import BackgroundTask, Message
from courses.services.background import WHEN_GIVEN_UP
from courses.services.sending import forget_the_lost, give_up_sending, send_messages
from courses.tasks.housekeeping import DUE, Due

#: A task ends well before its time is over, and hands the rest to the next.
SECONDS_A_TASK = 300


@task()
def send_approved(act: str) -> None:
    """Sends what waits of one act; begun again after a kill it sends what is left, and nothing twice."""
    # This task is one of those that run; while another of the same act does, what is being sent is its own.
    if not send_messages(UUID(act), seconds=SECONDS_A_TASK, alone=_running().count(act) <= 1):
        send_approved.enqueue(act)


WHEN_GIVEN_UP[send_approved.module_path] = lambda act: give_up_sending(UUID(act))


@task()
def find_lost_messages() -> None:
    """What stands as being sent while nobody sends it is unknown: shown, and not sent again by itself."""
    forget_the_lost(but={UUID(act) for act in _running()})


def approved(write: Callable[[], list[Message]]) -> list[Message]:
    """What `write` approves or puts back into the outbox is handed over in the same transaction."""
    with transaction.atomic():
        messages = write()
        for act in {message.act for message in messages if message.state == MessageState.QUEUED}:
            send_approved.enqueue(str(act))
    return messages


def _running() -> list[str]:
    """The acts whose messages are being sent, one for each task that does."""
    tasks = BackgroundTask.objects.running().filter(task_path=send_approved.module_path)
    return [row.args_kwargs["args"][0] for row in tasks.order_by("enqueued_at")]


def _something_is_being_sent() -> bool:
    return Message.objects.filter(state=MessageState.SENDING).exists()


DUE.append(Due("find lost messages", find_lost_messages, "%Y-%m-%dT%H:%M", _something_is_being_sent))

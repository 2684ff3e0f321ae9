"""Sending the messages that were approved, one after another.

A message is `sending` in the database before the channel is touched, and `sent`, `failed` or `unknown` after: whoever
is killed in between leaves it `sending`, and whoever comes next makes that `unknown`. Nothing unknown is sent again by
itself, so nothing is delivered twice; a person who says so sends it again.
"""

import time
from collections.abc import Collection
from contextlib import suppress
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from courses.constants import links
from courses.constants.choices import ACTIVE_STATES, MessageState
from courses.constants.clock import now
from courses.constants.telling import LINK
from courses.models import Course, Message, OfficeAnswer, Registration, Trainee
from courses.services.channels import CHANNELS, NotSent, Sender
from courses.services.registrations import lock_course


def send_messages(act: UUID, *, seconds: float, alone: bool = True) -> bool:
    """Sends what waits of this act; whether all is done, False when the time was over before.

    `alone`: nobody else sends messages of this act, so that what is found being sent was left by somebody killed.
    """
    if alone:
        forget_the_lost([act])
    until = time.monotonic() + seconds
    senders: dict[str, Sender] = {}
    try:
        waiting = Message.objects.filter(act=act, state=MessageState.QUEUED).order_by("pk")
        for pk in list(waiting.values_list("pk", flat=True)):
            if time.monotonic() >= until:
                return False
            message = _take(pk)
            if message is not None:
                _send(message, senders)
        return True
    finally:
        for sender in senders.values():
            with suppress(Exception):  # every message is settled by now
                sender.close()


def forget_the_lost(acts: Collection[UUID] | None = None, *, but: Collection[UUID] = ()) -> int:
    """What was being sent by somebody who is gone is unknown from now on; how many there were. `acts`: of these alone;
    `but`: not of these, which are being sent."""
    lost = Message.objects.filter(state=MessageState.SENDING).exclude(act__in=list(but))
    if acts is not None:
        lost = lost.filter(act__in=list(acts))
    return lost.update(
        state=MessageState.UNKNOWN,
        settled_at=now(),
        trouble=_("The program was ended while it sent this message. Ask the person before it is sent again."),
    )


def give_up_sending(act: UUID) -> None:
    """The work was given up for good: each message says so."""
    forget_the_lost([act])
    Message.objects.filter(act=act, state=MessageState.QUEUED).update(
        state=MessageState.FAILED, settled_at=now(), trouble=_("The work of sending was given up after several tries.")
    )


def text_of(message: Message, *, with_link: bool = True) -> str:
    """The text with the address of the own page in it, which is a secret and is kept nowhere; else, with `with_link`
    False, that of the class."""
    if LINK not in message.body:
        return message.body
    return message.body.replace(LINK, own_page(message) if with_link else page_of_class(message.course))


def own_page(message: Message) -> str:
    """The address at which the person's, or the office's, own page is now; of a person who went into another row, that
    row's."""
    if message.answer_id:
        answer = OfficeAnswer.objects.get(pk=message.answer_id)
        return links.office_page(answer.pk, answer.link_version)
    person = person_of(message)
    return links.own_page(person.pk, person.link_version)


def person_of(message: Message) -> Trainee:
    """Whose own page stands in a message to a person: who went into another row has that row's."""
    person = message.trainee
    while person.merged_into_id:
        person = person.merged_into
    return person


def page_of_class(course: Course) -> str:
    return settings.SITE_URL + course.get_absolute_url()


@transaction.atomic
def _take(pk: int) -> Message | None:
    """The message, which is being sent from now on; None when somebody else has it, or it is not to leave any more."""
    course = lock_course(Message.objects.select_related("course").get(pk=pk).course)
    message = Message.objects.select_for_update().get(pk=pk)
    if message.state != MessageState.QUEUED:
        return None
    message.course = course
    trouble = _not_any_more(message)
    message.state = MessageState.DROPPED if trouble else MessageState.SENDING
    message.trouble, message.settled_at = trouble, now()
    message.save(update_fields=["state", "trouble", "settled_at"])
    if trouble:
        message.lines.all().delete()  # nothing was told: who comes back is told then
    return None if trouble else message


def _not_any_more(message: Message) -> str:
    """Why it is not to be sent after all, or ""."""
    if message.answer_id:
        return _("The list is final: no office has to be reminded any more.") if message.course.list_final_at else ""
    registrations = {line.registration for line in message.lines.select_related("registration") if line.registration}
    if any(_stands(registration) for registration in registrations):
        return ""
    return _("The person was taken off the list of the class before the message left.")


def _stands(registration: Registration) -> bool:
    while registration.merged_into_id:
        registration = Registration.objects.get(pk=registration.merged_into_id)
    return registration.state in ACTIVE_STATES


def _send(message: Message, senders: dict[str, Sender]) -> None:
    """Has the channel send it, and keeps what became of it."""
    try:
        sender = senders.get(message.channel)
        if sender is None:
            sender = senders[message.channel] = CHANNELS[message.channel]()
        sender.send(message.address, message.subject, text_of(message), key=f"message-{message.pk}")
    except NotSent as refusal:
        _keep(message, MessageState.FAILED, refusal.sentence)
        if refusal.for_all:
            rest = Message.objects.filter(act=message.act, channel=message.channel, state=MessageState.QUEUED)
            rest.update(state=MessageState.FAILED, trouble=refusal.sentence, settled_at=now())
    except Exception:  # whatever it was, the text may have arrived
        _keep(message, MessageState.UNKNOWN, _("The line broke while the message was being handed over."))
    else:
        _keep(message, MessageState.SENT, "")


@transaction.atomic
def _keep(message: Message, state: str, trouble: str) -> None:
    """What the one who sent it saw is true even where somebody has taken it for lost meanwhile."""
    held = Message.objects.filter(pk=message.pk, state__in=(MessageState.SENDING, MessageState.UNKNOWN))
    kept = held.update(state=state, trouble=trouble, settled_at=now())
    if kept and state == MessageState.SENT and message.answer_id:
        OfficeAnswer.objects.filter(pk=message.answer_id).update(told_at=now(), told_by_id=message.approved_by_id)

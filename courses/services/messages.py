"""The messages of a class: approved by an organiser, told by hand, sent again or dropped by explicit acts.

Nothing leaves that was not approved here, and nobody is told the same thing twice: the lines of messages say what was
told, and the database keeps them apart (`told_once`). Sending itself: `courses.services.sending`.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.choices import Channel, MessageState, Occasion
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.models import Course, Message, MessageLine, OfficeAnswer
from courses.reports.telling import Digest, told_in
from courses.rules.permissions import may_organise
from courses.services.channels import CHANNELS
from courses.services.records import log_action
from courses.services.registrations import lock_course

#: What can be sent again or dropped; of what is unknown a person says which, never the program.
NOT_LEFT = (MessageState.FAILED, MessageState.UNKNOWN)
DROPPABLE = (*NOT_LEFT, MessageState.QUEUED, MessageState.TO_TELL)


@transaction.atomic
def approve_messages(
    course: Course, digests: Sequence[Digest], *, act: UUID, actor: Actor, left_out: int = 0
) -> list[Message]:
    """Writes the messages of one act with their lines; the same act again adds nothing and gives those it made.
    `left_out`: how many people of the preview are not told now, for the log.

    Refusal for who does not organise the class, when there is nothing, or when something in it was told meanwhile.
    """
    course = lock_course(course)
    _check(actor, course)
    made = _made_by(act, course)
    if made:
        return made
    if not digests:
        raise Refusal(_("Nobody is left to be told this. Please look at the page again."))
    told = told_in([course.pk])
    if any(due.key in told for digest in digests for due in digest.dues):
        raise Refusal(_("Somebody else has just told people of this class. Please look at the page again."))
    messages = Message.objects.bulk_create(
        Message(
            course=course,
            act=act,
            trainee_id=digest.registration.trainee_id,
            channel=digest.channel,
            address=digest.address,
            subject=one_line(digest.subject),
            body=_kept(digest.body),
            state=MessageState.QUEUED if digest.channel in CHANNELS else MessageState.TO_TELL,
            approved_at=now(),
            approved_by_id=actor.user_id,
        )
        for digest in digests
    )
    MessageLine.objects.bulk_create(
        MessageLine(message=message, registration=due.registration, occasion=due.occasion, about=due.about)
        for message, digest in zip(messages, digests, strict=True)
        for due in digest.dues
    )
    counts = Counter(str(due.occasion) for digest in digests for due in digest.dues)
    by_channel = Counter(str(message.channel) for message in messages)
    changes = {name: [None, number] for name, number in (counts | by_channel).items()}
    if left_out:
        changes["left_out"] = [None, left_out]
    log_action(actor, "approve messages", course, course=course, changes=changes, batch=act)
    return messages


@transaction.atomic
def approve_letters(
    course: Course, letters: Sequence[tuple[OfficeAnswer, str, str, str]], *, act: UUID, actor: Actor
) -> list[Message]:
    """Letters to late offices by e-mail, each (answer, address, subject, text with LINK); twice adds nothing."""
    course = lock_course(course)
    _check(actor, course)
    made = _made_by(act, course)
    if made:
        return made
    if course.list_final_at:
        raise Refusal(_("The list is final: no office has to be reminded any more."))
    if not letters:
        raise Refusal(_("No office here has an e-mail address. Please copy the text or print the letter."))
    messages = Message.objects.bulk_create(
        Message(
            course=course,
            act=act,
            answer=answer,
            channel=Channel.EMAIL,
            address=address,
            subject=one_line(subject),
            body=_kept(text),
            state=MessageState.QUEUED,
            approved_at=now(),
            approved_by_id=actor.user_id,
        )
        for answer, address, subject, text in letters
    )
    MessageLine.objects.bulk_create(MessageLine(message=one, occasion=Occasion.DEADLINE) for one in messages)
    changes = {str(Occasion.DEADLINE): [None, len(messages)]}
    log_action(actor, "approve messages", course, course=course, changes=changes, batch=act)
    return messages


@transaction.atomic
def tell_by_hand(course: Course, ids: Collection[int], *, actor: Actor) -> int:
    """These people were told by telephone, Zalo or paper, now, by the actor; how many were not told before."""
    course = lock_course(course)
    _check(actor, course)
    waiting = Message.objects.filter(course=course, pk__among=ids, state=MessageState.TO_TELL)
    done = waiting.update(state=MessageState.TOLD, settled_at=now(), settled_by_id=actor.user_id)
    if done:
        log_action(actor, "told by hand", course, course=course, changes={"count": [None, done]})
    return done


@transaction.atomic
def take_back_told(message: Message, *, actor: Actor) -> Message:
    """Ticked by mistake: it waits to be told again. Twice is harmless."""
    message = _locked(message, actor)
    if message.state == MessageState.TOLD:
        _settle(message, MessageState.TO_TELL, actor)
    return message


@transaction.atomic
def send_again(message: Message, *, actor: Actor) -> Message:
    """Back into the outbox, because a person says so: what was not sent, or of which nobody knows. Refusal else."""
    message = _locked(message, actor)
    if message.state == MessageState.QUEUED:
        return message
    if message.channel not in CHANNELS or message.state not in NOT_LEFT:
        raise Refusal(_("This message is not one that can be sent again: %(state)s.") % _state(message))
    _settle(message, MessageState.QUEUED, actor)
    return message


@transaction.atomic
def send_failed_again(course: Course, *, actor: Actor) -> list[Message]:
    """Every message of the class that surely was not sent goes back into the outbox; those of which nobody knows are
    sent again one by one only."""
    course = lock_course(course)
    _check(actor, course)
    failed = Message.objects.filter(course=course, channel__in=CHANNELS, state=MessageState.FAILED)
    ids = list(failed.order_by("pk").values_list("pk", flat=True))
    failed.update(state=MessageState.QUEUED, trouble="", settled_at=None, settled_by=None)
    if ids:
        log_action(actor, "send again", course, course=course, changes={"count": [None, len(ids)]})
    return list(Message.objects.filter(pk__among=ids).order_by("pk"))


@transaction.atomic
def tell_instead(message: Message, *, actor: Actor) -> Message:
    """What e-mail could not bring is told by hand. Refusal for what has left or is on its way."""
    message = _locked(message, actor)
    if message.state == MessageState.TO_TELL:
        return message
    if message.trainee_id is None or message.state not in (*NOT_LEFT, MessageState.QUEUED):
        raise Refusal(_("This message is not one that can be told by hand: %(state)s.") % _state(message))
    message.channel = Channel.BY_HAND
    _settle(message, MessageState.TO_TELL, actor)
    return message


@transaction.atomic
def drop_message(message: Message, *, actor: Actor) -> Message:
    """It is not to leave any more; what it says counts as told. Refusal for what has left or is on its way."""
    message = _locked(message, actor)
    if message.state == MessageState.DROPPED:
        return message
    if message.state not in DROPPABLE:
        raise Refusal(_("This message has left or is on its way: it cannot be dropped any more."))
    _settle(message, MessageState.DROPPED, actor)
    return message


def one_line(subject: str) -> str:
    """A subject that cannot begin another header."""
    return in_the_clear(subject)[:200]


def _kept(text: str) -> str:
    # LINK is a sign of its own class and stays; a citizen number does not.
    return "\n".join(in_the_clear(line) for line in text.splitlines())


def _made_by(act: UUID, course: Course) -> list[Message]:
    """What this act has written. Refusal for an act of another class, which only a forged page has."""
    if Message.objects.filter(act=act).exclude(course=course).exists():
        raise Refusal(_("This page is out of date. Please open it again."))
    return list(Message.objects.filter(course=course, act=act).order_by("pk"))


def _check(actor: Actor, course: Course) -> None:
    if not may_organise(actor, course):
        raise Refusal(_("Only the organisers of the class tell its people."))


def _locked(message: Message, actor: Actor) -> Message:
    course = lock_course(message.course)
    _check(actor, course)
    return Message.objects.select_for_update().get(pk=message.pk)


def _settle(message: Message, state: str, actor: Actor) -> None:
    old, message.state, message.trouble = message.state, state, ""
    waits = state in (MessageState.QUEUED, MessageState.TO_TELL)
    message.settled_at, message.settled_by_id = (None, None) if waits else (now(), actor.user_id)
    message.save(update_fields=["channel", "state", "trouble", "settled_at", "settled_by"])
    log_action(actor, "message", message, course=message.course_id, changes={"state": [old, str(state)]})


def _state(message: Message) -> dict:
    return {"state": message.get_state_display()}

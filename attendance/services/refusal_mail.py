"""Telling by e-mail, at the address on file and at no other, why the own link was not handed out.

Whoever asked learns nothing by it that is not the person: what is typed to ask names no address that is written to.
The log keeps what became of the letter, which may leave once (`MessageState`, under "email"); nothing of its address
or words. A request belongs to no class, so it stands in no outbox of one.
"""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from attendance.reports.refusals import MAIL, mails_of
from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import MessageState
from courses.constants.defusing import without_links
from courses.models import TraineeRequest
from courses.services.channels import Email, NotSent
from courses.services.link_requests import refuse_link
from courses.services.records import log_action


@transaction.atomic
def refuse_and_queue(request: TraineeRequest, *, answer: str, actor: Actor) -> tuple[TraineeRequest, bool]:
    """`refuse_link`, and whether a letter is to leave now: an address is on file, and none was to before."""
    request = refuse_link(request, answer=answer, actor=actor)
    if not (settings.EMAIL_USED and request.person.email) or mails_of([request.pk]):
        return request, False
    _log(request, None, MessageState.QUEUED)
    return request, True


def mail_refusal(request_id: int) -> None:
    """Sends the letter that waits, once: of one that was being sent by a process that was killed nobody knows."""
    request = _take(request_id)
    if request is None:
        return
    said = _(
        "Good day,\n\nThe request for the link to your own page about training classes was not granted. "
        "The reason:\n%(why)s\n\nA link that you have already, by e-mail or on a card, stays good. "
        "If it was you who asked, please turn to %(office)s. If it was not you, nothing needs to be done."
    )
    text = said % {"why": without_links(request.answer), "office": without_links(request.person.office.name)}
    sender = Email()
    try:
        sender.send(
            request.person.email, _("The link to your own page was not given"), text, key=f"no-link-{request.pk}"
        )
    except NotSent:
        _log(request, MessageState.SENDING, MessageState.FAILED)
    except Exception:  # whatever it was, the letter may have arrived
        _log(request, MessageState.SENDING, MessageState.UNKNOWN)
    else:
        _log(request, MessageState.SENDING, MessageState.SENT)
    finally:
        sender.close()


def give_up_refusal(request_id: int) -> None:
    """The work was given up for good."""
    state = mails_of([request_id]).get(request_id)
    request = TraineeRequest.objects.get(pk=request_id)
    if state == MessageState.QUEUED:
        _log(request, state, MessageState.FAILED)
    elif state == MessageState.SENDING:
        _log(request, state, MessageState.UNKNOWN)


@transaction.atomic
def _take(request_id: int) -> TraineeRequest | None:
    locked = TraineeRequest.objects.select_for_update(of=("self",)).of_people()
    request = locked.get(pk=request_id)
    state = mails_of([request_id]).get(request_id)
    if state == MessageState.SENDING:
        _log(request, state, MessageState.UNKNOWN)
    if state != MessageState.QUEUED:
        return None
    going = bool(request.person.email)  # it may have been taken out meanwhile
    _log(request, state, MessageState.SENDING if going else MessageState.FAILED)
    return request if going else None


def _log(request: TraineeRequest, old: MessageState | None, new: MessageState) -> None:
    log_action(SYSTEM, MAIL, request, changes={"email": [old and old.value, new.value]})

"""What a person asks of the offices that keep the own data, and the answer to it."""

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.choices import RequestKind, RequestState
from courses.constants.clock import now, today
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.constants.requests import CORRECTION_DAYS
from courses.models import Trainee, TraineeRequest
from courses.rules.permissions import may_ask_for_correction, may_edit_trainee
from courses.rules.working_days import after_working_days
from courses.services.records import log_action


@transaction.atomic
def ask_for_correction(trainee: Trainee, *, words: str, actor: Actor) -> TraineeRequest:
    """The person says by the own link what is wrong in the own data, or the coordinator of the own office does who is
    signed in; an organiser who may change it answers.

    The same words again, still open, are the same request; long numbers in them are masked. Refusal for anybody else,
    without words, and while another request is open.
    """
    trainee = Trainee.objects.select_for_update(no_key=True).get(pk=trainee.pk)
    if not may_ask_for_correction(actor, trainee):
        raise Refusal(_("A correction is asked for on the person's own page, or by the coordinator of the own office."))
    words = in_the_clear(words)[:500]
    if not words:
        raise Refusal(_("Please write what is wrong and what it should be."))
    own = Q(trainee=trainee) | Q(trainee__merged_into=trainee)
    open_one = TraineeRequest.objects.open().filter(own, kind=RequestKind.CORRECTION).order_by("pk").first()
    if open_one and open_one.words == words:
        return open_one
    if open_one:
        raise Refusal(
            _("You asked for a correction on %(day)s; it will be answered first.")
            % {"day": f"{localdate(open_one.asked_at):%d/%m/%Y}"}
        )
    request = TraineeRequest.objects.create(
        trainee=trainee,
        kind=RequestKind.CORRECTION,
        words=words,
        asked_as=actor.kind,
        asked_at=now(),
        due_on=after_working_days(today(), CORRECTION_DAYS),
    )
    changes = {"kind": [None, request.kind], "due_on": [None, request.due_on.isoformat()]}
    log_action(actor, "ask request", request, changes=changes, personal={"words": [None, words]})
    return request


@transaction.atomic
def answer_request(request: TraineeRequest, *, done: bool, answer: str, actor: Actor) -> TraineeRequest:
    """Says that a correction was made, or why it was not; the person reads the answer. The same again changes nothing.

    It changes nothing in the data: who answers has changed them before. Refusal for whoever may not change the person,
    for a refusal without words, and when something else was answered already.
    """
    seen = TraineeRequest.objects.select_for_update(of=("self",)).select_related("trainee__merged_into")
    request = seen.get(pk=request.pk)
    if request.kind != RequestKind.CORRECTION or not may_edit_trainee(actor, request.person):
        raise Refusal(_("Only organisers who may change this person answer it."))
    answer = in_the_clear(answer)[:500]
    if not done and not answer:
        raise Refusal(_("Please write why: the one who asked reads it."))
    state = RequestState.DONE if done else RequestState.REFUSED
    return keep_answer(request, state, answer, actor=actor)


def keep_answer(
    request: TraineeRequest, state: str, answer: str, *, actor: Actor, given_to: str = ""
) -> TraineeRequest:
    """Writes the answer on the request, whose row the caller has locked; the same again changes nothing. Refusal when
    something else was answered already."""
    if request.state != RequestState.ASKED:
        if (request.state, request.answer) == (state, answer):
            return request
        raise Refusal(_("This was answered already: %(answer)s") % {"answer": request.get_state_display()})
    request.state, request.answer, request.given_to = state, answer, given_to
    request.answered_as, request.answered_at, request.answered_by_id = actor.kind, now(), actor.user_id
    request.save(update_fields=["state", "answer", "given_to", "answered_as", "answered_at", "answered_by"])
    changes = {"kind": [None, request.kind], "state": [RequestState.ASKED, state]}
    log_action(
        actor, "answer request", request, changes=changes, personal={"answer": [None, answer]} if answer else None
    )
    return request

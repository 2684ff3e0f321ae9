"""Asking for the own link without having it, and answering: by a card that is handed over, or by words.

Decree 13/2023/ND-CP, article 14, gives whoever keeps somebody's data 72 hours to hand them over; a personal link is the
way to one's own, so it has three days of work.
"""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from courses.constants.actors import NOBODY, Actor
from courses.constants.choices import RequestKind, RequestState
from courses.constants.clock import now, today
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.constants.names import clean_text, search_key
from courses.models import Trainee, TraineeRequest
from courses.rules.actors import offices_behind
from courses.rules.claims import Claim, is_on_file
from courses.rules.permissions import may_hand_out_link
from courses.rules.working_days import after_working_days
from courses.services.limits import count_failure_once, is_shut
from courses.services.links import check_hands_out_link, lock_trainee
from courses.services.records import log_action
from courses.services.requests import keep_answer

LINK_DAYS = 3
_KIND, _KIND_OF_ADDRESS = "ask link", "ask link from"
#: A hall of 150 behind one address may all have lost their links; who tries more is no hall.
MOST_OF_ADDRESS = 150


def is_asked_too_often(claim: Claim, *, address: str) -> bool:
    """Whether ten different things were said of one name from one address within five minutes, or MOST_OF_ADDRESS of
    whomever."""
    return is_shut(_KIND, _tried(claim, address)) or is_shut(_KIND_OF_ADDRESS, address, MOST_OF_ADDRESS)


@transaction.atomic
def ask_for_link(claim: Claim, *, address: str) -> TraineeRequest | None:
    """Keeps that the one person of whom the claim is true asks for the own link; while the question is open it is the
    same one. None when nobody or more than one fits: whoever asks must not learn which it was.

    What was said is counted whether it is true or not, the same once: if only what is wrong counted, the page would
    say by shutting what it does not say in words.
    """
    count_failure_once(_KIND, _tried(claim, address), repr(claim))
    count_failure_once(_KIND_OF_ADDRESS, address, repr(claim), MOST_OF_ADDRESS)
    people = Trainee.objects.current().filter(
        office__in=offices_behind(claim.office_id), search_key=search_key(claim.name)
    )
    found = [person for person in people.order_by("pk")[:20] if is_on_file(person, claim)]
    if len(found) != 1:
        return None
    trainee = lock_trainee(found[0])
    request, is_new = TraineeRequest.objects.get_or_create(
        trainee=trainee,
        kind=RequestKind.LINK,
        state=RequestState.ASKED,
        defaults={"asked_as": NOBODY.kind, "asked_at": now(), "due_on": after_working_days(today(), LINK_DAYS)},
    )
    if is_new:
        log_action(NOBODY, "ask link", request)
    return request


@transaction.atomic
def hand_out_link(trainee: Trainee, *, given_to: str, actor: Actor) -> str:
    """Logs that a card with the person's link is printed, and for whom; what the person asked for is done by it.
    `given_to` as it is kept, which is how the card says it.

    Printed again it is logged again. Refusal unless the actor hands out the person's link.
    """
    trainee = lock_trainee(trainee)
    check_hands_out_link(actor, trainee)
    given_to = in_the_clear(clean_text(given_to))[:150]
    log_action(actor, "hand out link", trainee, personal={"given_to": [None, given_to]} if given_to else None)
    own = Q(trainee=trainee) | Q(trainee__merged_into=trainee)
    for asked in TraineeRequest.objects.select_for_update(of=("self",)).filter(own, kind=RequestKind.LINK).open():
        keep_answer(asked, RequestState.DONE, "", actor=actor, given_to=given_to)
    return given_to


@transaction.atomic
def refuse_link(request: TraineeRequest, *, answer: str, actor: Actor) -> TraineeRequest:
    """Answers with words that no link is given; the same again changes nothing. Refusal without words, unless the
    actor hands out the person's link, and when something else was answered already."""
    lock_trainee(request.person)
    seen = TraineeRequest.objects.select_for_update(of=("self",)).select_related("trainee__merged_into")
    request = seen.get(pk=request.pk)
    if request.kind != RequestKind.LINK or not may_hand_out_link(actor, request.person):
        raise Refusal(_("The link of this person is handed out by the person's own office."))
    answer = in_the_clear(clean_text(answer))[:500]
    if not answer:
        raise Refusal(_("Please write why: the others who see the request read it."))
    return keep_answer(request, RequestState.REFUSED, answer, actor=actor)


def _tried(claim: Claim, address: str) -> str:
    return f"{address}\0{search_key(claim.name)}"

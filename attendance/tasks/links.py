"""Mailing the personal link that somebody asked for without one, or why it is not handed out."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from attendance.reports.refusals import with_ways_of_telling
from attendance.services.link_mail import mail_link, may_be_mailed
from attendance.services.refusal_mail import give_up_refusal, mail_refusal, refuse_and_queue
from courses.constants.actors import Actor
from courses.constants.task_words import TASK_WORDS
from courses.models import TraineeRequest
from courses.rules.claims import Claim
from courses.services.background import WHEN_GIVEN_UP
from courses.services.link_requests import ask_for_link

TASK_WORDS.update(
    {"mail_own_link": _("Mailing a personal link"), "mail_why_refused": _("Mailing why a personal link was refused")}
)


@task()
def mail_own_link(trainee_id: int) -> None:
    mail_link(trainee_id)


def ask_and_mail(claim: Claim, *, address: str) -> None:
    """Keeps the request, and where an e-mail address is on file the link goes there by itself."""
    with transaction.atomic():
        request = ask_for_link(claim, address=address)
        if request and settings.EMAIL_USED and may_be_mailed(request.trainee):
            mail_own_link.enqueue(request.trainee_id)


@task()
def mail_why_refused(request_id: int) -> None:
    mail_refusal(request_id)


WHEN_GIVEN_UP[mail_why_refused.module_path] = give_up_refusal


def refuse_and_mail(request: TraineeRequest, *, answer: str, actor: Actor) -> TraineeRequest:
    """Refuses the link, and where an e-mail address is on file the reason goes there; with `telling`, for the one who
    refused. Refusal as in `refuse_link`."""
    with transaction.atomic():
        request, is_to_leave = refuse_and_queue(request, answer=answer, actor=actor)
        if is_to_leave:
            mail_why_refused.enqueue(request.pk)
    return with_ways_of_telling([request])[0]

"""Mailing the personal link that somebody asked for without one."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from attendance.services.link_mail import mail_link, may_be_mailed
from courses.constants.task_words import TASK_WORDS
from courses.rules.claims import Claim
from courses.services.link_requests import ask_for_link

TASK_WORDS.update({"mail_own_link": _("Mailing a personal link")})


@task()
def mail_own_link(trainee_id: int) -> None:
    mail_link(trainee_id)


def ask_and_mail(claim: Claim, *, address: str) -> None:
    """Keeps the request, and where an e-mail address is on file the link goes there by itself."""
    with transaction.atomic():
        request = ask_for_link(claim, address=address)
        if request and settings.EMAIL_USED and may_be_mailed(request.trainee):
            mail_own_link.enqueue(request.trainee_id)

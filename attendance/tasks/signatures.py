"""Judging the signatures of stored copies anew, when a root certificate was installed or taken out."""

import logging

from django.utils.translation import gettext_lazy as _
from django_tasks import task

from attendance.services.signed_copies import judge_anew
from courses.constants.task_words import TASK_WORDS

TASK_WORDS.update({"judge_signatures": _("Judging digital signatures anew")})
log = logging.getLogger(__name__)


@task()
def judge_signatures() -> None:
    log.info("Signatures judged anew: %d copies changed.", judge_anew())

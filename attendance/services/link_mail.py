"""The personal link by e-mail, to the address on file and to no other.

Neither the link nor the address goes into a row or a log: the link is made of the person's row when the letter leaves.
A letter that may have left is never sent again by itself: the person asks once more, and the request stands open with
the people of the office all the while.
"""

import logging
import smtplib
from datetime import timedelta

from django.core.cache import cache
from django.utils.translation import gettext as _

from courses.constants import links
from courses.constants.clock import now
from courses.models import Trainee
from courses.services.channels import Email, NotSent

log = logging.getLogger(__name__)

ONCE_IN = timedelta(minutes=15)
#: What anybody can have sent to somebody who did not ask: so many letters within 24 hours.
A_DAY, DAY = 3, timedelta(days=1)


def may_be_mailed(trainee: Trainee) -> bool:
    """Whether a letter to this person may be wanted now: once in 15 minutes and three times a day, whoever asks how
    often. Asking takes the turn."""
    if not trainee.email or not cache.add(f"link-wanted:{trainee.pk}", 1, timeout=ONCE_IN.total_seconds()):
        return False
    turns = (f"link-wanted:{trainee.pk}:{number}" for number in range(A_DAY))
    return any(cache.add(turn, 1, timeout=DAY.total_seconds()) for turn in turns)


def mail_link(trainee_id: int) -> bool:
    """Sends the link to the address on file; False when there is none, or a letter left within 15 minutes: the task
    that does this may be run again after a kill."""
    trainee = Trainee.objects.current().filter(pk=trainee_id).exclude(email="").first()
    if trainee is None or not cache.add(f"link-mailed:{trainee.pk}", 1, timeout=ONCE_IN.total_seconds()):
        return False
    said = _(
        "Good day,\n\nSomebody asked for the link to your own page about training classes. It opens without a "
        "password, so please do not pass it on:\n\n%(link)s\n\nIf it was not you, nothing needs to be done."
    )
    sender = Email()
    try:
        text = said % {"link": links.own_page(trainee.pk, trainee.link_version)}
        key = f"link-{trainee.pk}-{now():%Y%m%d%H%M%S}"
        sender.send(trainee.email, _("Your own page about training classes"), text, key=key)
    except (NotSent, OSError, smtplib.SMTPException) as error:
        # What an exception says may quote the address.
        log.warning("The link of trainee %d could not be mailed: %s.", trainee.pk, type(error).__name__)
        return False
    finally:
        sender.close()
    return True

"""How somebody who asked for the own link, and was refused it, hears of it: by e-mail, by telephone, by neither."""

from collections.abc import Iterable

from django.utils.html import format_html
from django.utils.translation import gettext as _

from courses.constants.choices import MessageState, RequestKind, RequestState
from courses.models import ActionLog, TraineeRequest

#: The action of the log under which it stands what became of the letter.
MAIL = "mail refusal"


def mails_of(request_ids: Iterable[int]) -> dict[int, MessageState]:
    """By request the state of the letter that says why it was refused, where there was one to be. (1 query.)

    What was written last counts, whatever the clock said: it may have been put right meanwhile.
    """
    entries = ActionLog.objects.filter(action=MAIL, subject=TraineeRequest._meta.label_lower)
    rows = entries.filter(subject_id__in=list(request_ids)).order_by("pk").values_list("subject_id", "changes")
    return {request: MessageState(changes["email"][1]) for request, changes in rows}


def with_ways_of_telling(requests: Iterable[TraineeRequest]) -> list[TraineeRequest]:
    """Each with `telling`: for whoever refused a link, how the person hears of it; "" else. (1 query.)"""
    requests = list(requests)
    refused = [one for one in requests if (one.kind, one.state) == (RequestKind.LINK, RequestState.REFUSED)]
    mails = mails_of(one.pk for one in refused)
    for one in requests:
        one.telling = ""
    for one in refused:
        one.telling = _telling(one, mails.get(one.pk))
    return requests


def _telling(request: TraineeRequest, mail: MessageState | None):
    if mail == MessageState.SENT:
        return _("The reason was sent to the e-mail address on file.")
    if mail in (MessageState.QUEUED, MessageState.SENDING):
        return _("The reason is on its way to the e-mail address on file.")
    if mail:
        said = _("Nobody knows whether the e-mail with the reason arrived.")
        said = _("The e-mail with the reason could not be sent.") if mail == MessageState.FAILED else said
    else:
        said = _("No e-mail with the reason was sent.")
    phone = request.person.phone
    if not phone:
        through = _("No telephone number is on file either: please tell the person through the own office.")
        return f"{said} {through}"
    return format_html('{} {} <a href="tel:{}">{}</a>', said, _("Please call the person:"), phone, phone)

"""What an office answers to the summons: its letter with number and date, or that it can send nobody.

not sent → being made (the first person named) → sent (number, date, signed copy) → final (by the organisers). Whoever
names, withdraws or replaces somebody before the deadline after the letter was sent puts the answer back to being made:
the signed list says something else then, and the page asks for the letter again (its number stays filled in).
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.choices import AnswerState, FilePurpose
from courses.constants.clock import now, today
from courses.constants.errors import Refusal
from courses.models import File, OfficeAnswer, Registration
from courses.services.records import log_action, store_file
from courses.services.registrations import check_naming, check_replacing, lock_course
from courses.services.roster_rows import in_the_clear

MOST_MEGABYTES = 10
#: How the files begin that a scanner or a telephone makes; names and stated types are not believed.
_BEGINNINGS = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
#: What an answer says; its link and who was reminded are others' to write.
SAID = ("state", "reason", "letter_number", "letter_date", "sent_at", "signed_copy", "signed_copy_name")


@transaction.atomic
def send_answer(
    answer: OfficeAnswer,
    *,
    actor: Actor,
    number: str,
    date: dt.date,
    signed_copy: bytes | None = None,
    file_name: str = "",
) -> OfficeAnswer:
    """The list went out with this letter. The signed copy may follow later; what was attached stays until then.

    Possible until the last half-day, also after the deadline: a letter that comes late is better known than not.
    Refusal when nobody is named, the letter is of a day to come, or the file is neither PDF, JPG nor PNG.
    """
    answer = _locked(answer)
    check_replacing(answer.course, actor, answer.office_id)
    _check_not_final(answer)
    if not _named(answer):
        raise Refusal(_("Nobody is named yet. Please name your people first, or say that nobody can be sent."))
    if date > today():
        raise Refusal(_("The date of the letter lies in the future. Please check it."))
    old = [answer.state, answer.letter_number]
    if signed_copy is not None:
        answer.signed_copy = store_scan(signed_copy, purpose=FilePurpose.ANSWER)
        answer.signed_copy_name = in_the_clear(file_name)[-200:]
    answer.state, answer.reason = AnswerState.SENT, ""
    answer.letter_number, answer.letter_date, answer.sent_at = number, date, now()
    answer.save(update_fields=SAID)
    changes = {"state": [old[0], answer.state], "letter_number": [old[1], number]}
    log_action(actor, "send answer", answer, course=answer.course, changes=changes)
    return answer


@transaction.atomic
def send_nobody(answer: OfficeAnswer, *, actor: Actor, why: str) -> OfficeAnswer:
    """The office can send nobody, and why. Only until the deadline and while nobody is named; twice is harmless."""
    answer = _locked(answer)
    check_naming(answer.course, actor, answer.office_id)
    _check_not_final(answer)
    if _named(answer):
        raise Refusal(_("People of your office are named. Please withdraw them first, or send the list."))
    if answer.state == AnswerState.SENDS_NOBODY and answer.reason == why:
        return answer
    old = answer.state
    answer.state, answer.reason, answer.sent_at = AnswerState.SENDS_NOBODY, why, now()
    answer.save(update_fields=SAID)
    log_action(actor, "send nobody", answer, course=answer.course, changes={"state": [old, answer.state]})
    return answer


def store_scan(content: bytes, *, purpose: FilePurpose) -> File:
    """Keeps a scan or photograph, encrypted. Refusal when it is neither PDF, JPG nor PNG by its bytes, or too big."""
    if len(content) > MOST_MEGABYTES * 1024 * 1024:
        raise Refusal(
            _("The file is larger than %(megabytes)d MB. Please scan it with a lower resolution.")
            % {"megabytes": MOST_MEGABYTES}
        )
    media_type = next((kind for beginning, kind in _BEGINNINGS if content.startswith(beginning)), None)
    if media_type is None:
        raise Refusal(_("This is not a PDF, JPG or PNG file. Please scan the paper, or take a photograph of it."))
    return store_file(content, purpose=purpose, media_type=media_type, sealed=True)


def _locked(answer: OfficeAnswer) -> OfficeAnswer:
    course = lock_course(answer.course)
    answer = OfficeAnswer.objects.select_for_update().get(pk=answer.pk)
    answer.course = course
    return answer


def _check_not_final(answer: OfficeAnswer) -> None:
    if answer.state == AnswerState.FINAL:
        raise Refusal(_("The organisers have made the list final: the answer cannot be changed any more."))


def _named(answer: OfficeAnswer) -> bool:
    return Registration.objects.filter(course=answer.course, office=answer.office_id).active().exists()

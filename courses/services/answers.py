"""What an office answers to the summons: its letter with number and date, or that it can send nobody.

not sent → being made (the first person named) → sent (number, date, signed copy) → final (by the organisers). Whoever
names, withdraws or replaces somebody before the deadline after the letter was sent puts the answer back to being made:
the signed list says something else then, and the page asks for the letter again (its number stays filled in).
"""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.choices import AnswerState, FilePurpose
from courses.constants.clock import VIETNAM, now, today
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.models import Course, Office, OfficeAnswer, Registration
from courses.services.records import log_action, store_scan
from courses.services.registrations import check_naming, check_replacing, lock_course, lock_list

#: What may be written down by hand; an answer becomes final with the list.
BY_HAND = (AnswerState.NOT_SENT, AnswerState.IN_PROGRESS, AnswerState.SENT, AnswerState.SENDS_NOBODY)
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


# Written down by the organiser: a letter that came by post, an office that sends nobody, who was reminded


@transaction.atomic
def set_answer(
    course: Course,
    office: Office,
    *,
    state: str,
    actor: Actor,
    letter_number: str = "",
    letter_date: dt.date | None = None,
    reason: str = "",
) -> OfficeAnswer:
    """Writes down what an office answered to the summons of a class; the same again changes nothing.

    Refusal when the class is concluded, the letter is of a day to come, an office that sends nobody gives no reason or
    still has people on the list, or an answer that is final with the list would go back.
    """
    course = lock_list(course)
    OfficeAnswer.objects.get_or_create(course=course, office=office)
    # Locked: its link can be renewed meanwhile, without the lock of the class.
    answer = OfficeAnswer.objects.select_for_update().get(course=course, office=office)
    reason = in_the_clear(reason) if state == AnswerState.SENDS_NOBODY else ""
    _check_by_hand(course, answer, state, letter_date, reason)
    wanted = {
        "state": str(state),
        "letter_number": in_the_clear(letter_number),
        "letter_date": letter_date,
        "reason": reason,
    }
    changed = {name: [getattr(answer, name), value] for name, value in wanted.items() if getattr(answer, name) != value}
    if not changed:
        return answer
    for name, (_old, value) in changed.items():
        setattr(answer, name, value)
    answer.sent_at = (answer.sent_at or now()) if state in (AnswerState.SENT, AnswerState.FINAL) else None
    answer.save(update_fields=[*wanted, "sent_at"])
    said = {name: [_plain(old), _plain(new)] for name, (old, new) in changed.items()}
    personal = {"reason": said.pop("reason")} if "reason" in said else None
    log_action(
        actor, "answer", answer, course=course, changes={"office": [None, office.code], **said}, personal=personal
    )
    return answer


@transaction.atomic
def set_told(course: Course, told: Mapping[int, bool], *, actor: Actor) -> int:
    """Keeps which offices were reminded, by office id; returns how many marks changed.

    True: reminded now by the actor; once a day is enough, so the same day again changes nothing. False takes the mark
    back. Offices without an answer row in the class are passed over.
    """
    course = lock_course(course)
    answers = OfficeAnswer.objects.filter(course=course, office__in=list(told)).select_related("office")
    changed, said = [], {}
    for answer in answers.order_by("office__order", "office__code"):
        day = _day(answer)
        if told[answer.office_id] and day != today():
            answer.told_at, answer.told_by_id = now(), actor.user_id
        elif not told[answer.office_id] and day:
            answer.told_at, answer.told_by_id = None, None
        else:
            continue
        changed.append(answer)
        said[answer.office.code] = [_plain(day), _plain(_day(answer))]
    if changed:
        OfficeAnswer.objects.bulk_update(changed, ["told_at", "told_by"])
        log_action(actor, "tell", course, course=course, changes=said)
    return len(changed)


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


def _check_by_hand(course: Course, answer: OfficeAnswer, state: str, letter_date: dt.date | None, reason: str) -> None:
    if answer.state == AnswerState.FINAL and state != AnswerState.FINAL:
        raise Refusal(_("The list is final: this answer cannot go back. Only its letter can be put right."))
    if answer.state != AnswerState.FINAL and state not in BY_HAND:
        raise Refusal(_("An answer becomes final when the list of the class does."))
    if letter_date and letter_date > today():
        raise Refusal(_("The letter cannot be of a day to come. Please look at its date again."))
    if state != AnswerState.SENDS_NOBODY:
        return
    if not reason:
        raise Refusal(_("Please write why the office sends nobody."))
    registered = Registration.objects.filter(course=course, office_id=answer.office_id).active().count()
    if registered:
        raise Refusal(
            _("%(office)s still has %(number)d people on the list. Withdraw them first.")
            % {"office": answer.office, "number": registered}
        )


def _day(answer: OfficeAnswer) -> dt.date | None:
    return answer.told_at.astimezone(VIETNAM).date() if answer.told_at else None


def _plain(value):
    return value.isoformat() if isinstance(value, dt.date) else value

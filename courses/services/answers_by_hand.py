"""An office's answer as the organiser writes it down: a letter that came by post, an office that sends nobody; and who
was reminded."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.choices import AnswerState
from courses.constants.clock import VIETNAM, now, today
from courses.constants.errors import Refusal
from courses.models import Course, Office, OfficeAnswer, Registration
from courses.services.records import log_action
from courses.services.registrations import lock_course
from courses.services.roster_rows import in_the_clear

#: What may be written down by hand; an answer becomes final with the list.
BY_HAND = (AnswerState.NOT_SENT, AnswerState.IN_PROGRESS, AnswerState.SENT, AnswerState.SENDS_NOBODY)


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
    course = lock_course(course)
    if not course.is_open_to_change:
        raise Refusal(_("The class is concluded: answers cannot be changed any more."))
    OfficeAnswer.objects.get_or_create(course=course, office=office)
    # Locked: its link can be renewed meanwhile, without the lock of the class.
    answer = OfficeAnswer.objects.select_for_update().get(course=course, office=office)
    reason = in_the_clear(reason) if state == AnswerState.SENDS_NOBODY else ""
    _check(course, answer, state, letter_date, reason)
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
    for answer in answers.order_by("office__order", "pk"):
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


def _check(course: Course, answer: OfficeAnswer, state: str, letter_date: dt.date | None, reason: str) -> None:
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

"""Making the list of a class final: from then on everybody on it has a serial number that never changes."""

from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.constants.actors import Actor
from courses.constants.choices import AnswerState, RegistrationState
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import Course, OfficeAnswer, Registration
from courses.querysets.plan import ORDERS
from courses.reports.offices_of_class import still_open
from courses.services.records import log_action
from courses.services.registrations import confirm, lock_course, refuse_concluded
from courses.services.serial_numbers import give_numbers

Order = Literal["protocol", "name"]


def people_in_order(course: Course, order: str):
    """Those who stand on the list, in the order in which they are or would be numbered."""
    people = Registration.objects.filter(course=course).active().select_related("trainee", "office")
    return people.order_by(*ORDERS[order])


@transaction.atomic
def finalise_list(
    course: Course, *, actor: Actor, order: Order = "protocol", confirm_rest: bool = False, knowing: bool = True
) -> Course:
    """Numbers the list from 1 on, and answers that were sent become final; twice is harmless.

    confirm_rest: whoever is only nominated is confirmed with it; else there must be nobody. Refusal when the class is
    concluded, when somebody is left nominated, or when nobody is on the list. knowing: False refuses also while lists,
    seats or the deadline are still open, so that a person says first that they know it.
    """
    course = lock_course(course)
    if course.list_final_at:
        return course
    refuse_concluded(course)
    people = list(people_in_order(course, order))
    if not people:
        raise Refusal(_("Nobody is on the list yet: there is nothing to make final."))
    waiting = [person.pk for person in people if person.state == RegistrationState.NOMINATED]
    if waiting and not confirm_rest:
        text = ngettext(
            "%(number)d person still waits to be confirmed. Confirm or withdraw that person first, or confirm with it.",
            "%(number)d people still wait to be confirmed. Confirm or withdraw them first, or confirm them with it.",
            len(waiting),
        )
        raise Refusal(text % {"number": len(waiting)})
    if not knowing and still_open(course):
        raise Refusal(_("Lists, seats or the deadline are still open. Please tick that the list becomes final anyway."))
    confirm(course, waiting, actor=actor)
    give_numbers(course, people)
    course.list_final_at = now()
    course.save(update_fields=["list_final_at", "updated_at"])
    OfficeAnswer.objects.filter(course=course, state=AnswerState.SENT).update(state=AnswerState.FINAL)
    log_action(
        actor, "final list", course, course=course, changes={"order": [None, order], "count": [None, len(people)]}
    )
    return course

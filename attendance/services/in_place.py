"""Somebody comes instead of somebody on the list (đi thay): for the rest of the class or for half-days, judged by what
the record knows; the plan's part is `courses.services.nominations.replace` and `courses.services.stand_ins`.

Locks: the class, then its sheets, then people.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from attendance.constants import THERE, MarkState
from attendance.models import Mark
from attendance.services.ledger import Change, entries_in_force, lock_sheets, mark_by_hand, undo_entries
from courses.constants.actors import Actor
from courses.constants.errors import Refusal
from courses.models import Registration, Session, Trainee
from courses.rules.permissions import may_organise
from courses.services.nominations import NewPerson, replace
from courses.services.registrations import lock_course
from courses.services.stand_ins import end_stand_in, stand_in


@transaction.atomic
def replace_from(
    registration: Registration,
    session: Session,
    *,
    by: Trainee | NewPerson,
    actor: Actor,
    why: str,
    submission: UUID,
    present: bool = False,
) -> Registration:
    """Another person of the office comes for the whole class from this half-day on; before it the other stays expected.

    `present`: who comes is marked present at this half-day. Refusal as in `replace`, and when the other was there at
    this half-day or later.
    """
    lock_course(registration.course)
    lock_sheets([registration.course_id])
    if not may_organise(actor, registration.course):
        raise Refusal(_("Only the organisers of the class enter who comes instead."))
    new = replace(registration, by=by, actor=actor, why=why, submission=submission, begins_with=session)
    _check_was_not_there(
        registration, Session.objects.filter(course=session.course_id, starts_at__gte=session.starts_at)
    )
    if present:
        _mark_present(new, session, actor=actor, submission=submission)
    return new


@transaction.atomic
def stand_in_at(
    registration: Registration,
    sessions: Sequence[Session],
    *,
    by: Trainee | NewPerson,
    actor: Actor,
    why: str,
    submission: UUID,
    present_at: Session | None = None,
) -> Registration:
    """Another person comes for these half-days only, and is marked present at `present_at`; twice is harmless.

    The other's marks stay what they are: a stand-in's presence is the stand-in's alone. Refusal as in `stand_in`, and
    when the other was there at one of them.
    """
    lock_course(registration.course)
    lock_sheets([registration.course_id])
    new = stand_in(registration, by=by, sessions=sessions, actor=actor, why=why, submission=submission)
    _check_was_not_there(registration, sessions)
    if present_at:
        _mark_present(new, present_at, actor=actor, submission=submission)
    return new


@transaction.atomic
def end_stand_in_at(registration: Registration, session: Session, *, actor: Actor, act: UUID) -> Registration:
    """Takes a half-day away from a stand-in with what was entered there. Refusal on a closed sheet."""
    lock_course(registration.course)
    lock_sheets([registration.course_id])
    entries = entries_in_force(session, [registration.pk]).get(registration.pk, [])
    if entries:
        undo_entries(session, [event.pk for event in entries], actor=actor, act=act)
    return end_stand_in(registration, session, actor=actor)


def _check_was_not_there(registration: Registration, sessions) -> None:
    there = Mark.objects.filter(registration=registration, session__in=list(sessions), state__in=THERE)
    mark = there.select_related("session").order_by("session__starts_at").first()
    if mark:
        raise Refusal(
            _("%(name)s was marked present: %(half_day)s. Please put that right first, or choose another half-day.")
            % {"name": registration.trainee, "half_day": mark.session}
        )


def _mark_present(registration: Registration, session: Session, *, actor: Actor, submission: UUID) -> None:
    change = Change(registration.pk, "", MarkState.PRESENT)
    mark_by_hand(session, [change], actor=actor, submission=submission)

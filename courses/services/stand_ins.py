"""Somebody attends named half-days for somebody on the list (đi thay): no seat, no serial number, own periods."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.choices import ACTIVE_STATES, RegistrationKind, RegistrationState, SessionState
from courses.constants.errors import Refusal
from courses.models import Course, Registration, Session, Trainee
from courses.rules.naming import people_of
from courses.rules.permissions import may_organise
from courses.services.nominations import NewPerson, NumbersWatched, done_before, found_or_made
from courses.services.records import log_action
from courses.services.registrations import lock_course, lock_people


def stand_in(
    registration: Registration,
    *,
    by: Trainee | NewPerson,
    sessions: Sequence[Session],
    actor: Actor,
    why: str,
    submission: UUID | None = None,
) -> Registration:
    """Puts another person in somebody's place for these half-days only; returns the stand-in's registration.

    The same person for another half-day of the same one comes into the same registration; twice is harmless. People of
    other offices that the organiser sees may stand in too, for no seat is taken. Refusal when the actor does not
    organise the class, it is concluded, a half-day is not one of those that the other has to attend, or the person is
    on the list for the class or stands in for somebody else then.
    """
    with NumbersWatched(registration.course, registration.office, by, actor):
        return _stand_in(registration, by=by, sessions=sessions, actor=actor, why=why, submission=submission)


@transaction.atomic
def _stand_in(registration, *, by, sessions, actor, why, submission) -> Registration:
    course = lock_course(registration.course)
    if done := done_before(course, registration.office, submission, "stand in"):
        return done
    registration = Registration.objects.select_for_update().get(pk=registration.pk)
    _check_may(course, registration, sessions, actor)
    own_office = isinstance(by, NewPerson) or people_of(registration.office, course).filter(pk=by.pk).exists()
    trainee = found_or_made(by, course, registration.office, actor) if own_office else _of_another_office(by, actor)
    lock_people([trainee.pk])
    _check_free(course, registration, trainee, sessions)
    there = Registration.objects.filter(
        kind=RegistrationKind.STAND_IN, stand_in_for=registration, trainee=trainee, state__in=ACTIVE_STATES
    ).first()
    office = registration.office if own_office else trainee.office
    new = there or Registration.objects.create(
        course=course,
        trainee=trainee,
        kind=RegistrationKind.STAND_IN,
        stand_in_for=registration,
        office=office,
        office_name=office.name,
        position=by.position or trainee.position,
        place=registration.place,
        state=RegistrationState.CONFIRMED,
        why=why,
    )
    before = set(new.sessions.order_by().values_list("pk", flat=True))
    added = sorted({session.pk for session in sessions} - before)
    if added:
        new.sessions.add(*added)
        new.save(update_fields=["updated_at"])  # own calendars go by it
        changes = {"registration": [registration.pk, new.pk], "half_days": [sorted(before), sorted(before | {*added})]}
        log_action(actor, "stand in", registration, course=course, changes=changes, batch=submission)
    return new


@transaction.atomic
def end_stand_in(stand_in: Registration, session: Session, *, actor: Actor) -> Registration:
    """Takes a half-day away from a stand-in, entered by mistake; without any left the stand-in is withdrawn. Twice is
    harmless. The caller sees to what was marked there."""
    course = lock_course(stand_in.course)
    stand_in = Registration.objects.select_for_update().get(pk=stand_in.pk)
    if not may_organise(actor, course):
        raise Refusal(_("Only the organisers of the class enter stand-ins."))
    if not course.is_open_to_change:
        raise Refusal(_("The class is concluded: the list cannot be changed any more."))
    before = set(stand_in.sessions.order_by().values_list("pk", flat=True))
    if stand_in.kind != RegistrationKind.STAND_IN or session.pk not in before:
        return stand_in
    stand_in.sessions.remove(session)
    left = sorted(before - {session.pk})
    if not left:
        stand_in.state = RegistrationState.WITHDRAWN
    stand_in.save(update_fields=["state", "updated_at"])  # own calendars go by it
    changes = {"registration": [stand_in.stand_in_for_id, stand_in.pk], "half_days": [sorted(before), left]}
    log_action(actor, "stand in", stand_in, course=course, changes=changes)
    return stand_in


def _check_may(course: Course, registration: Registration, sessions: Sequence[Session], actor: Actor) -> None:
    if not may_organise(actor, course):
        raise Refusal(_("Only the organisers of the class enter stand-ins."))
    if not course.is_open_to_change:
        raise Refusal(_("The class is concluded: the list cannot be changed any more."))
    on_roll = Registration.objects.filter(pk=registration.pk, kind=RegistrationKind.CLASS).on_roll()
    if not on_roll.exists():
        raise Refusal(_("%(name)s is not on the list of the class any more.") % {"name": registration.trainee})
    if not sessions:
        raise Refusal(_("Please choose at least one half-day."))
    owed = set(registration.blocks.order_by().values_list("pk", flat=True))
    for session in Session.objects.filter(pk__in=[s.pk for s in sessions]).prefetch_related("blocks").order_by("pk"):
        served = {block.pk for block in session.blocks.all()}
        foreign = session.course_id != course.pk or session.state == SessionState.CANCELLED
        if foreign or (served and owed and served.isdisjoint(owed)):
            raise Refusal(_("One of these half-days is cancelled, or is not for this person. Please choose again."))


def _of_another_office(person: Trainee, actor: Actor) -> Trainee:
    found = Trainee.objects.visible_to(actor).filter(pk=person.pk).first()
    if found is None:
        raise Refusal(_("This person is not known here any more. Please look again."))
    return found


def _check_free(course: Course, registration: Registration, trainee: Trainee, sessions: Sequence[Session]) -> None:
    """Whether the person may sit there then: who is on the list sits for himself, and nobody for two at once."""
    wanted = {session.pk for session in sessions}
    own = Registration.objects.filter(course=course, trainee=trainee, kind=RegistrationKind.CLASS).on_roll()
    for on_list in own.select_related("replaced_by__begins_with"):
        until = on_list.replaced_by.begins_with if on_list.replaced_by and on_list.state not in ACTIVE_STATES else None
        if until is None or any(session.starts_at < until.starts_at for session in sessions):
            raise Refusal(_("%(name)s is on the list of this class and cannot stand in there.") % {"name": trainee})
    others = Registration.objects.filter(course=course, kind=RegistrationKind.STAND_IN, state__in=ACTIVE_STATES)
    others = others.filter(sessions__in=wanted).select_related("stand_in_for__trainee", "trainee").distinct()
    for other in others.order_by("pk"):
        if other.trainee_id == trainee.pk and other.stand_in_for_id != registration.pk:
            raise Refusal(
                _("%(name)s already stands in for %(other)s at that half-day.")
                % {"name": trainee, "other": other.stand_in_for.trainee}
            )
        if other.trainee_id != trainee.pk and other.stand_in_for_id == registration.pk:
            raise Refusal(
                _("%(other)s already stands in for %(name)s at that half-day.")
                % {"name": registration.trainee, "other": other.trainee}
            )

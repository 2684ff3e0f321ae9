"""People who are not on the list (ngoài danh sách): noted with the words typed, settled later by an organiser."""

from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from attendance.constants import Claim, MarkState, Way
from attendance.models import Event, EventWords
from attendance.reports.waiting import waiting_at
from attendance.services.in_place import stand_in_at
from attendance.services.ledger import (
    Said,
    check_may_write,
    check_states,
    decide,
    lock_sheet,
    lock_sheets,
    undo_entries,
    write,
)
from courses.constants.actors import Actor
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.models import Course, Office, Registration, Session, Trainee
from courses.services.nominations import NewPerson, nominate
from courses.services.records import log_action
from courses.services.registrations import confirm, lock_course, register

_KEY = "walk-in"


@transaction.atomic
def add_walk_in(session: Session, words: str, *, actor: Actor, submission: UUID, way: Way = Way.HAND) -> Event:
    """Notes that somebody was there who is not on the list; the same page sent again adds nobody.

    Long numbers in the words are masked. Refusal without words, and as in `mark_by_hand`. On a closed sheet it waits
    like everything that comes late.
    """
    sheet = lock_sheet(session)
    session = Session.objects.select_related("course").get(pk=session.pk)
    check_states(session, {MarkState.PRESENT})
    check_may_write(session, set(), actor=actor)
    text = in_the_clear(words)[:300]
    if not text:
        raise Refusal(_("Please write who it was: name, office, what was said."))
    said = Said(None, Claim.SEEN, _KEY, says=MarkState.PRESENT)
    write(sheet, session, [said], actor=actor, way=way, act=submission)
    event = Event.objects.get(client_id=uuid5(submission, f"None:{_KEY}"))
    EventWords.objects.get_or_create(event=event, defaults={"text": text})
    return event


@transaction.atomic
def settle_as_expected(event: Event, registration: Registration, *, actor: Actor, act: UUID) -> str:
    """It was somebody who is expected there and is present by it; returns the state that stands then.

    Refusal when it was settled otherwise meanwhile, and as in `decide`: on a closed sheet, too.
    """
    lock_sheet(event.session)
    if not _done_by(event, act):
        _check_waits(event)
        _log(event, registration, actor=actor)
    return decide(event.session, registration, MarkState.PRESENT, actor=actor, act=act, names=event)


@transaction.atomic
def settle_registered(
    event: Event, person: Trainee | NewPerson, *, actor: Actor, act: UUID, office: Office | None = None
) -> Registration:
    """The organiser takes the person into the class, and present by it. `office`: that of somebody new.

    Refusal when no seat or no room is left, and as in `settle_as_expected`.
    """
    course = _locked(event, actor=actor)
    if done := _done_by(event, act):
        return done
    _check_waits(event)
    if isinstance(person, Trainee):
        registration = register(course, person, actor=actor)
    elif office is None:
        raise Refusal(_("Please choose the office that the person comes from."))
    else:
        registration = nominate(course, person, office=office, actor=actor, submission=act)
        confirm(course, [registration.pk], actor=actor)
    settle_as_expected(event, registration, actor=actor, act=act)
    return registration


@transaction.atomic
def settle_as_stand_in(
    event: Event, registration: Registration, *, by: Trainee | NewPerson, why: str, actor: Actor, act: UUID
) -> Registration:
    """The person stood in for somebody on the list at this half-day, and is present by it."""
    _locked(event, actor=actor)
    if done := _done_by(event, act):
        return done
    _check_waits(event)
    new = stand_in_at(registration, [event.session], by=by, actor=actor, why=why, submission=act)
    settle_as_expected(event, new, actor=actor, act=act)
    return new


@transaction.atomic
def dismiss_walk_in(event: Event, *, why: str, actor: Actor, act: UUID) -> None:
    """It was nobody of ours and does not count; twice is harmless. Refusal without a reason, or on a closed sheet."""
    lock_sheet(event.session)
    if Event.objects.filter(undoes=event, act=act).exists():
        return
    why = in_the_clear(why)[:300]
    if not why:
        raise Refusal(_("Please write why this person does not count."))
    _check_waits(event)
    undo_entries(event.session, [event.pk], actor=actor, act=act, note=why)
    _log(event, None, actor=actor)


def _locked(event: Event, *, actor: Actor) -> Course:
    """The class, locked with its sheets. Refusal unless the actor may mark it; a closed sheet is refused by `decide`,
    which takes everything back."""
    session = Session.objects.select_related("course").get(pk=event.session_id)
    course = lock_course(session.course)
    lock_sheets([course.pk])
    check_may_write(session, set(), actor=actor)
    return course


def _done_by(event: Event, act: UUID) -> Registration | None:
    """Who it was by the same page sent before."""
    decision = Event.objects.filter(names=event, act=act).select_related("registration").first()
    return decision.registration if decision else None


def _check_waits(event: Event) -> None:
    if event.pk not in {waiting.event.pk for waiting in waiting_at(event.session)}:
        raise Refusal(_("Somebody has settled this already. Please open the page again."))


def _log(event: Event, registration: Registration | None, *, actor: Actor) -> None:
    changes = {"entry": [None, event.pk], "registration": [None, registration.pk if registration else None]}
    log_action(actor, "walk in", event.session, course=event.session.course_id, changes=changes)

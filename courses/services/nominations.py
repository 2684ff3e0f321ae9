"""An office names its people for a class, known ones or somebody typed, and puts another in somebody's place."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from courses.constants import citizen_numbers
from courses.constants.actors import Actor
from courses.constants.choices import ACTIVE_STATES, RegistrationKind, RegistrationState, SessionState
from courses.constants.errors import Refusal
from courses.constants.names import clean_text, search_key
from courses.constants.partial_dates import PartialDate
from courses.models import ActionLog, Course, Office, Registration, Session, Trainee
from courses.reports.room import Room
from courses.rules.naming import people_of
from courses.services.limits import count_failure, is_shut
from courses.services.records import log_action
from courses.services.registrations import (
    Nominee,
    answer_is_being_made,
    by_answer,
    check_replacing,
    latest_of,
    lock_course,
    lock_people,
    refuse_concluded,
    register_many,
)
from courses.services.serial_numbers import give_numbers
from courses.services.trainees import save_trainee


@dataclass(frozen=True)
class NewPerson:
    """Somebody whom nobody knows yet, as typed. `another`: it is none of the office's people of the same name."""

    full_name: str
    position: str = ""
    gender: str = ""
    birth: PartialDate | None = None
    phone: str = ""
    citizen_number: str = ""
    another: bool = False


class AskWho(Refusal):
    """The office has people of this name: is it one of them? `candidates` are trainees."""

    def __init__(self, candidates: list[Trainee]):
        super().__init__(_("Your office already has somebody of this name. Please say whether it is the same person."))
        self.candidates = candidates


class NumberOfAnother(Refusal):
    """The citizen number is kept with another name. Whose it is stays unsaid: `trainee_id` is for the log."""

    def __init__(self, trainee_id: int):
        super().__init__(_("The citizen number is kept with another name. Please check both."))
        self.trainee_id = trainee_id


class OfAnotherOffice(Refusal):
    """The person is on the list of the class, but named by another office. `trainee_id` is for the log."""

    def __init__(self, registration: Registration):
        super().__init__(
            _("%(name)s is already on the list of this class for another office. Please ask its organisers.")
            % {"name": registration.trainee}
        )
        self.trainee_id = registration.trainee_id


def namesakes(office: Office, full_name: str, course: Course) -> list[Trainee]:
    """The people whom the office may name for the class and who are called so, marks and case set aside, or were before
    another row of theirs went into this one."""
    key = search_key(clean_text(full_name))
    earlier = Trainee.objects.filter(merged_into=OuterRef("pk"), search_key=key).order_by()
    found = people_of(office, course).filter(Q(search_key=key) | Exists(earlier))
    return list(found.select_related("office"))


def nominate(
    course: Course, person: Trainee | NewPerson, *, office: Office, actor: Actor, submission: UUID | None = None
) -> Registration:
    """Names one person for a class: nominated, until an organiser confirms.

    A person whom the office has in the class stays as is; the same `submission` again gives the same registration.
    `AskWho` when somebody new has the name of somebody known, `Refusal` when no seat is left, when the time is over
    (for an office), when the person is in the class for another office, or when the citizen number is another's.
    """
    with NumbersWatched(course, office, person, actor):
        return _nominate(course, person, office=office, actor=actor, submission=submission)


@transaction.atomic
def _nominate(course, person, *, office, actor, submission) -> Registration:
    course = lock_course(course)
    if done := done_before(course, office, submission, "nominate"):
        return done
    trainee = found_or_made(person, course, office, actor)
    _on_the_list(course, [trainee], office)
    nominee = Nominee(trainee, office, person.position or trainee.position)
    nominated = RegistrationState.NOMINATED
    taken, refused = register_many(course, [nominee], actor=actor, state=nominated, batch=submission)
    if refused:
        raise Refusal(refused[trainee.pk])
    return taken[trainee.pk]


@transaction.atomic
def nominate_many(course: Course, people: Sequence[Trainee], *, office: Office, actor: Actor) -> list[Registration]:
    """Names several of the office's people, all or nobody: who goes without is not for us to say. Those whom the office
    has in the class stay as they are."""
    course = lock_course(course)
    own = set(people_of(office, course).filter(pk__among=[person.pk for person in people]).values_list("pk", flat=True))
    if any(person.pk not in own for person in people):
        raise Refusal(_("Only people of your own office can be named here."))
    fresh = len(people) - len(_on_the_list(course, people, office))
    left = Room(course).left(office)
    nominees = [Nominee(person, office, person.position) for person in people]
    taken, refused = register_many(course, nominees, actor=actor, state=RegistrationState.NOMINATED)
    if refused and left and fresh > left:
        raise Refusal(
            _("Seats left: %(left)d; you chose %(chosen)d people. Please take off %(over)d.")
            % {"left": left, "chosen": fresh, "over": fresh - left}
        )
    if refused:
        sentence = next(iter(refused.values()))
        if fresh > len(refused):
            sentence += " " + _("You chose %(chosen)d people and %(left)d can be named. Please choose again.") % {
                "chosen": fresh,
                "left": fresh - len(refused),
            }
        raise Refusal(sentence)
    return list(taken.values())


def replace(
    registration: Registration,
    *,
    by: Trainee | NewPerson,
    actor: Actor,
    why: str,
    submission: UUID | None = None,
    begins_with: Session | None = None,
) -> Registration:
    """Puts another person of the office in somebody's place (thay người): the same seat, blocks and hall.

    The old registration becomes replaced and stays with its history and its serial number; who comes after the list is
    final gets the next number. Works when office and class are full, since no seat is taken or given. Twice is
    harmless. An organiser's replacement is confirmed, an office's is nominated; an office replaces until the last
    half-day. `begins_with`: in a class under way, the first half-day of who comes; before it the one replaced stays
    expected. Refusal when the person is not on the list any more, or the other already is.
    """
    with NumbersWatched(registration.course, registration.office, by, actor):
        return _replace(registration, by=by, actor=actor, why=why, submission=submission, begins_with=begins_with)


@transaction.atomic
def _replace(registration, *, by, actor, why, submission, begins_with) -> Registration:
    course = lock_course(registration.course)
    if done := done_before(course, registration.office, submission, "replace"):
        return done
    registration = Registration.objects.select_for_update().get(pk=registration.pk)
    after = registration.replaced_by
    if after and isinstance(by, Trainee) and after.trainee_id == by.pk:
        return after
    _check_replaceable(course, registration, actor)
    _check_beginning(registration, begins_with)
    office = registration.office
    trainee = found_or_made(by, course, office, actor)
    lock_people([trainee.pk])
    new = latest_of(course, trainee) or Registration(course=course, trainee=trainee)
    if new.state not in ACTIVE_STATES and new.pk and Registration.objects.filter(replaced_by=new).exists():
        # It says until when somebody else was expected; who comes a second time comes by a row of its own.
        new = Registration(course=course, trainee=trainee)
    if new.pk and new.state in ACTIVE_STATES:
        raise Refusal(
            _("%(name)s is already on the list of the class. Please choose somebody else.") % {"name": trainee}
        )
    registration.state, registration.why = RegistrationState.REPLACED, why
    registration.save(update_fields=["state", "why", "updated_at"])
    by_office = actor.kind == "office"
    new.state = RegistrationState.NOMINATED if by_office else RegistrationState.CONFIRMED
    new.office, new.office_name, new.place, new.why = office, office.name, registration.place, ""
    new.position, new.begins_with = by.position or trainee.position, begins_with
    new.save()
    if course.list_final_at:
        give_numbers(course, [new])
    new.blocks.set(registration.blocks.order_by())
    registration.replaced_by = new
    registration.save(update_fields=["replaced_by"])
    if by_office:
        answer_is_being_made(course, actor)
    changes = {"registration": [registration.pk, new.pk], **by_answer(actor)}
    log_action(actor, "replace", registration, course=course, changes=changes, batch=submission)
    return new


def _check_replaceable(course: Course, registration: Registration, actor: Actor) -> None:
    if actor.kind == "office":
        check_replacing(course, actor, registration.office_id)
    refuse_concluded(course)
    if registration.state not in ACTIVE_STATES or registration.kind != RegistrationKind.CLASS:
        raise Refusal(_("%(name)s is not on the list of the class any more.") % {"name": registration.trainee})


def _check_beginning(registration: Registration, begins_with: Session | None) -> None:
    """The first half-day of who comes is one of the class that takes place, not before the other's own first one."""
    if begins_with is None:
        return
    if begins_with.course_id != registration.course_id or begins_with.state == SessionState.CANCELLED:
        raise Refusal(_("Please choose a half-day of this class that takes place."))
    own = registration.begins_with
    if own and begins_with.starts_at < own.starts_at:
        raise Refusal(
            _("%(name)s came in only with %(half_day)s. Please choose that half-day or a later one.")
            % {"name": registration.trainee, "half_day": own}
        )


# Who it is


def done_before(course: Course, office: Office, submission: UUID | None, action: str) -> Registration | None:
    """What the same form of the office did when it was sent before: a double tap names nobody twice."""
    if submission is None:
        return None
    entry = ActionLog.objects.filter(course_id=course.pk, batch=submission, action=action).order_by("pk").first()
    if entry is None:
        return None
    pk = entry.changes["registrations"][0] if action == "nominate" else entry.changes["registration"][1]
    return Registration.objects.select_related("trainee").filter(pk=pk, office=office).first()


def _on_the_list(course: Course, people: Sequence[Trainee], office: Office) -> list[Registration]:
    """Those of the people whom the office has in the class already; `OfAnotherOffice` when another one has."""
    theirs = Registration.objects.filter(course=course, trainee__among=[person.pk for person in people])
    found = theirs.active().select_related("trainee")
    there = list(found.order_by("pk"))
    if elsewhere := next((r for r in there if r.office_id != office.pk), None):
        raise OfAnotherOffice(elsewhere)
    return there


def found_or_made(person: Trainee | NewPerson, course: Course, office: Office, actor: Actor) -> Trainee:
    """The trainee who is meant; somebody new is written. Known people keep what is known of them."""
    if isinstance(person, Trainee):
        if not people_of(office, course).filter(pk=person.pk).exists():
            raise Refusal(_("Only people of your own office can be named here."))
        return person
    name = search_key(clean_text(person.full_name))
    if person.citizen_number:
        fingerprint = citizen_numbers.fingerprint(person.citizen_number)
        row = Trainee.objects.select_related("merged_into").filter(citizen_number_fingerprint=fingerprint).first()
        known = row and (row.merged_into or row)
        if known and not _is_called(known, name):
            raise NumberOfAnother(known.pk)
        if known:
            log_action(actor, "find by citizen number", course, course=course, changes={"trainees": [known.pk]})
            return known
    if not person.another and (same := namesakes(office, person.full_name, course)):
        raise AskWho(same)
    return save_trainee(
        Trainee(),
        actor=actor,
        full_name=person.full_name,
        office=office,
        position=person.position,
        gender=person.gender,
        birth=person.birth,
        phone=person.phone,
        citizen_number=person.citizen_number or None,
    )


def _is_called(trainee: Trainee, name: str) -> bool:
    """By this name, or by that of a row that went into the person's own."""
    return Trainee.objects.filter(Q(pk=trainee.pk) | Q(merged_into=trainee), search_key=name).exists()


class NumbersWatched:
    """Trying citizen numbers leaves a trace and ends: the log is written outside the transaction that is taken back,
    and ten numbers of others within five minutes shut the field for the office."""

    def __init__(self, course: Course, office: Office, person, actor: Actor):
        self.course, self.actor = course, actor
        self.key = f"{course.pk}:{office.pk}"
        self.has_number = isinstance(person, NewPerson) and bool(person.citizen_number)

    def __enter__(self):
        if self.has_number and is_shut("citizen number", self.key):
            raise Refusal(
                _("Too many citizen numbers were refused. Please leave the number empty, or wait five minutes.")
            )

    def __exit__(self, _kind, error, _trace):
        if isinstance(error, NumberOfAnother):
            count_failure("citizen number", self.key)
        if self.has_number and isinstance(error, (NumberOfAnother, OfAnotherOffice)):
            found = {"trainees": [error.trainee_id], **by_answer(self.actor)}
            log_action(self.actor, "find by citizen number", self.course, course=self.course, changes=found)

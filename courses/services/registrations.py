"""Writing registrations: never over seats or capacity, never twice, whatever the way in."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.choices import ACTIVE_STATES, AnswerState, CourseState, RegistrationState
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import Block, Course, Office, OfficeAnswer, Registration, Session, Trainee
from courses.reports.room import Owed, Room
from courses.rules.naming import deadline_is_over, is_over, may_name, speaks_for
from courses.rules.permissions import may_organise
from courses.services.many_rows import insert_objects, insert_values, update_objects
from courses.services.records import log_action
from courses.services.serial_numbers import number_late_ones


@dataclass(frozen=True)
class Nominee:
    """One person to be registered. `blocks` None: those of the person's audiences, else all."""

    trainee: Trainee
    office: Office
    position: str
    blocks: tuple[Block, ...] | None = None


def lock_course(course: Course) -> Course:
    """The class as it is now, locked until the transaction ends; everything that takes a seat passes here."""
    return Course.objects.select_for_update().get(pk=course.pk)


def lock_list(course: Course) -> Course:
    """The class, locked, whose list is about to change. Refusal when it is concluded."""
    course = lock_course(course)
    refuse_concluded(course)
    return course


def refuse_concluded(course: Course | None) -> None:
    """Refusal when the list cannot change any more; there is none without a class, as in the directory of an office."""
    if course and not course.is_open_to_change:
        raise Refusal(_("The class is concluded: the list cannot be changed any more."))


def lock_people(ids: Iterable[int]) -> None:
    """Locks people who are about to be registered, after the class: whoever merges one of them waits until the
    registration is there, or has been waited for. Refusal when one went into another row meanwhile. (1 query.)"""
    people = Trainee.objects.select_for_update(no_key=True).filter(pk__among=ids).order_by("pk")
    if any(people.values_list("merged_into_id", flat=True)):
        raise Refusal(_("Somebody on this list has just been merged with another entry. Please look again."))


@transaction.atomic
def register(course: Course, trainee: Trainee, *, actor: Actor, blocks=None) -> Registration:
    """Registers one person with today's office and position; who is registered already stays so.

    Refusal when the class is concluded, or its seats or capacity are taken.
    """
    course = lock_course(course)
    # As the row is now: whoever moves people between offices holds it, and may have written since it was read. Without
    # a join: PostgreSQL would hold the new row against the old office, and find nobody.
    trainee = Trainee.objects.select_for_update(no_key=True).get(pk=trainee.pk)
    nominee = Nominee(trainee, trainee.office, trainee.position, tuple(blocks) if blocks else None)
    registrations, refused = register_many(course, [nominee], actor=actor)
    if refused:
        raise Refusal(next(iter(refused.values())))
    return registrations[trainee.pk]


@transaction.atomic
def register_many(
    course: Course,
    nominees: list[Nominee],
    *,
    actor: Actor,
    state: RegistrationState | None = None,
    batch: UUID | None = None,
) -> tuple[dict[int, Registration], dict[int, str]]:
    """Registers people in the order given until seats and capacity are taken.

    Returns registrations by trainee id and, for those refused, the sentence by trainee id. An office without a row of
    seats has no limit of its own. A withdrawn registration is taken up again. `state` None: nominated when an office
    names its own people, confirmed when an organiser registers them; an office names until the deadline and nobody of
    another office. Once the list is final, whoever comes gets the next serial number. `batch` stands in the log. The
    number of queries does not depend on the number of people.
    """
    course = lock_list(course)
    if actor.kind == "office":
        check_naming(course, actor)
    state = state or (RegistrationState.NOMINATED if actor.kind == "office" else RegistrationState.CONFIRMED)
    people = [nominee.trainee for nominee in nominees]
    known = Registration.objects.filter(course=course, trainee__among=[person.pk for person in people]).to_go_on_from()
    owed = Owed(course, people)
    room = Room(course, owed=owed)
    taken: dict[int, Registration] = {}
    refused: dict[int, str] = {}
    fresh: list[tuple[Registration, list[Block]]] = []
    for nominee in nominees:
        pk = nominee.trainee.pk
        registration = known.get(pk)
        blocks = owed.of(nominee.trainee, nominee.blocks)
        if pk in taken or (registration and registration.state in ACTIVE_STATES):
            taken.setdefault(pk, registration)
        elif sentence := _foreign(actor, course, nominee.office) or room.refusal(nominee.office, blocks=blocks):
            refused[pk] = sentence
        else:
            room.take(nominee.office, blocks=blocks)
            taken[pk] = registration = registration or Registration(course=course, trainee=nominee.trainee)
            registration.state, registration.why = state, ""
            registration.office, registration.office_name = nominee.office, nominee.office.name
            registration.position = nominee.position
            fresh.append((registration, blocks))
    _write(course, fresh, actor, batch)
    if course.list_final_at:
        for late in number_late_ones(course):
            if late.trainee_id in taken:
                taken[late.trainee_id].number = late.number
    return taken, refused


@transaction.atomic
def withdraw(registration: Registration, *, actor: Actor, why: str = "") -> Registration:
    """Gives the seat back; the row and its history stay. An office withdraws as long as it may name."""
    course = lock_course(registration.course)
    registration = Registration.objects.select_for_update().get(pk=registration.pk)
    if registration.state not in ACTIVE_STATES:
        return registration
    refuse_concluded(course)
    if actor.kind == "office":
        check_naming(course, actor, registration.office_id)
        answer_is_being_made(course, actor)
    old = registration.state
    registration.state, registration.why = RegistrationState.WITHDRAWN, why
    registration.save(update_fields=["state", "why", "updated_at"])
    changes = {"state": [old, registration.state], **by_answer(actor)}
    log_action(actor, "withdraw", registration, course=course, changes=changes)
    return registration


@transaction.atomic
def confirm(course: Course, ids: Iterable[int], *, actor: Actor) -> int:
    """Nominated → confirmed for these registrations of the class; how many were. Those in another state stay.

    Refusal unless the actor organises the class, and when it is concluded.
    """
    course = lock_list(course)
    if not may_organise(actor, course):
        raise Refusal(_("Only the organisers of the class confirm nominations."))
    waiting = Registration.objects.filter(course=course, pk__among=ids, state=RegistrationState.NOMINATED)
    confirmed = sorted(waiting.order_by().values_list("pk", flat=True))
    if confirmed:
        Registration.objects.filter(pk__among=confirmed).update(state=RegistrationState.CONFIRMED, updated_at=now())
        log_action(actor, "confirm", course, course=course, changes={"registrations": confirmed})
    return len(confirmed)


@transaction.atomic
def set_blocks(registration: Registration, blocks: Iterable[Block], *, actor: Actor) -> None:
    """Which blocks somebody owes, all when none is named; Refusal when the office has no seat left in a new one."""
    course = lock_list(registration.course)
    wanted, before = list(blocks), blocks_of(registration)
    added = [block for block in wanted or course.blocks.order_by("order", "pk") if block.pk not in before]
    if registration.state in ACTIVE_STATES and (sentence := Room(course).refusal_in_blocks(registration.office, added)):
        raise Refusal(sentence)
    registration.blocks.set(wanted)
    if log_blocks(registration, before, course=course, actor=actor):
        Registration.objects.filter(pk=registration.pk).update(updated_at=now())


def blocks_of(row: Registration | Session) -> list[int]:
    """The blocks that somebody owes, or that a half-day serves: all of the class when none is named. (2 queries.)"""
    own = row.blocks.order_by("pk").values_list("pk", flat=True)
    return list(own) or list(Block.objects.filter(course=row.course_id).order_by("pk").values_list("pk", flat=True))


def log_blocks(row: Registration | Session, before: list[int], *, course: Course, actor: Actor) -> bool:
    """Logs that the blocks are others than before, and whether they are: calendars of people who had half-days that are
    not theirs any more are told so by it. Nobody knows of those of a draft."""
    after = blocks_of(row)
    if course.state == CourseState.DRAFT or before == after:
        return False
    log_action(actor, "other blocks", row, course=course, changes={"blocks": [before, after]})
    return True


# What an office may do, and until when


def check_naming(course: Course, actor: Actor, office_id: int | None = None) -> None:
    """Refusal unless the actor acts as this office (of the actor when None), which may name people now."""
    check_replacing(course, actor, office_id)
    if course.list_final_at:
        raise Refusal(_("The list of the class is final: people can still be replaced, but not added or withdrawn."))
    if deadline_is_over(course):
        raise Refusal(
            _(
                "The deadline for lists was %(day)s: people can still be replaced. To add somebody, please ask the"
                " organisers of the class."
            )
            % {"day": f"{course.registration_deadline:%d/%m/%Y}"}
        )


def check_replacing(course: Course, actor: Actor, office_id: int | None = None) -> None:
    """Refusal unless the actor acts as this office (of the actor when None), and the class is not over."""
    if not speaks_for(actor, course, actor.office_id if office_id is None else office_id):
        raise Refusal(_("Only people of your own office can be named here."))
    refuse_concluded(course)
    if is_over(course):
        raise Refusal(_("The last half-day of the class is over: the list cannot be changed any more."))


def answer_is_being_made(course: Course, actor: Actor) -> None:
    """The list of the acting office changes before the deadline: a letter that was sent says something else now, so
    the answer is being made again. After the deadline and the final list it stays as it was sent."""
    if may_name(course):
        OfficeAnswer.objects.filter(pk=actor.answer_id).exclude(state=AnswerState.FINAL).update(
            state=AnswerState.IN_PROGRESS, reason=""
        )


def by_answer(actor: Actor) -> dict:
    """For the log: whose link was used."""
    return {"answer": [None, actor.answer_id]} if actor.answer_id else {}


def _foreign(actor: Actor, course: Course, office: Office) -> str:
    own = actor.kind != "office" or speaks_for(actor, course, office.pk)
    return "" if own else _("Only people of your own office can be named here.")


def latest_of(course: Course, trainee: Trainee) -> Registration | None:
    """The registration to go on from: an active one, else a withdrawn one; one that was replaced stays as it is."""
    return Registration.objects.filter(course=course, trainee=trainee).to_go_on_from().get(trainee.pk)


def _write(course: Course, fresh: list[tuple[Registration, list[Block]]], actor: Actor, batch: UUID | None) -> None:
    if not fresh:
        return
    lock_people(r.trainee_id for r, _blocks in fresh)
    again = [registration for registration, _blocks in fresh if registration.pk]
    for registration in again:
        registration.updated_at = now()  # which bulk_update does not set by itself
    update_objects(again, ["state", "why", "office", "office_name", "position", "updated_at"])
    insert_objects(registration for registration, _blocks in fresh if not registration.pk)
    _owe_blocks(fresh)
    OfficeAnswer.objects.bulk_create(
        [OfficeAnswer(course=course, office_id=pk) for pk in sorted({r.office_id for r, _blocks in fresh})],
        ignore_conflicts=True,
    )
    if actor.kind == "office":
        answer_is_being_made(course, actor)
    changes = {"registrations": sorted(r.pk for r, _blocks in fresh), **by_answer(actor)}
    action = "nominate" if actor.kind == "office" else "register"
    log_action(actor, action, course, course=course, changes=changes, batch=batch)


def _owe_blocks(fresh: list[tuple[Registration, list[Block]]]) -> None:
    through = Registration.blocks.through
    through.objects.filter(registration__among=[r.pk for r, _blocks in fresh]).delete()
    owed = [(registration.pk, block.pk) for registration, blocks in fresh for block in blocks]
    insert_values(through, ["registration", "block"], owed)

"""Writing registrations: never over seats or capacity, never twice, whatever the way in."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.choices import ACTIVE_STATES, RegistrationKind, RegistrationState
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import Block, Course, Office, OfficeAnswer, Registration, Seats, Trainee
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


@transaction.atomic
def register(course: Course, trainee: Trainee, *, actor: Actor, blocks=None) -> Registration:
    """Registers one person with today's office and position; who is registered already stays so.

    Refusal when the class is concluded, or its seats or capacity are taken.
    """
    nominee = Nominee(trainee, trainee.office, trainee.position, tuple(blocks) if blocks else None)
    registrations, refused = register_many(course, [nominee], actor=actor)
    if refused:
        raise Refusal(next(iter(refused.values())))
    return registrations[trainee.pk]


@transaction.atomic
def register_many(
    course: Course, nominees: list[Nominee], *, actor: Actor
) -> tuple[dict[int, Registration], dict[int, str]]:
    """Registers people in the order given until seats and capacity are taken.

    Returns registrations by trainee id and, for those refused, the sentence by trainee id. An office without a row of
    seats has no limit of its own. A withdrawn registration is taken up again. The number of queries does not depend on
    the number of people.
    """
    course = lock_course(course)
    if not course.is_open_to_change:
        raise Refusal(_("The class is concluded: nobody can be registered any more."))
    known = {r.trainee_id: r for r in _latest(course, [nominee.trainee for nominee in nominees])}
    room = Room(course)
    taken: dict[int, Registration] = {}
    refused: dict[int, str] = {}
    fresh: list[tuple[Registration, Nominee]] = []
    for nominee in nominees:
        pk = nominee.trainee.pk
        registration = known.get(pk)
        if pk in taken or (registration and registration.state in ACTIVE_STATES):
            taken.setdefault(pk, registration)
        elif sentence := room.refusal(nominee.office):
            refused[pk] = sentence
        else:
            room.take(nominee.office)
            taken[pk] = registration = registration or Registration(course=course, trainee=nominee.trainee)
            registration.state = RegistrationState.CONFIRMED
            registration.office, registration.office_name = nominee.office, nominee.office.name
            registration.position = nominee.position
            fresh.append((registration, nominee))
    _write(course, fresh, actor)
    if course.list_final_at:
        number_late_ones(course)
    return taken, refused


@transaction.atomic
def confirm(course: Course, ids: Iterable[int], *, actor: Actor) -> int:
    """Nominated → confirmed for these registrations of the class; those in another state stay. Returns how many."""
    course = lock_course(course)
    if not course.is_open_to_change:
        raise Refusal(_("The class is concluded: the list cannot be changed any more."))
    nominated = Registration.objects.filter(course=course, pk__in=list(ids), state=RegistrationState.NOMINATED)
    found = sorted(nominated.order_by().values_list("pk", flat=True))
    if found:
        Registration.objects.filter(pk__in=found).update(state=RegistrationState.CONFIRMED, updated_at=now())
        log_action(actor, "confirm", course, course=course, changes={"registrations": found})
    return len(found)


@transaction.atomic
def withdraw(registration: Registration, *, actor: Actor) -> Registration:
    """Gives the seat back; the row and its history stay."""
    course = lock_course(registration.course)
    registration = Registration.objects.select_for_update().get(pk=registration.pk)
    if registration.state not in ACTIVE_STATES:
        return registration
    if not course.is_open_to_change:
        raise Refusal(_("The class is concluded: the list cannot be changed any more."))
    old = registration.state
    registration.state = RegistrationState.WITHDRAWN
    registration.save(update_fields=["state", "updated_at"])
    log_action(actor, "withdraw", registration, course=course, changes={"state": [old, registration.state]})
    return registration


class Room:
    """Seats and capacity that are left, counted once: a promise only under the lock of the class."""

    def __init__(self, course: Course):
        active = Registration.objects.filter(course=course).active().order_by()
        self.by_office = Counter(active.values_list("office_id", flat=True))
        self.total = sum(self.by_office.values())
        self.capacity = course.capacity
        self.seats = dict(
            Seats.objects.filter(course=course, block__isnull=True).order_by().values_list("office_id", "number")
        )

    def refusal(self, office: Office) -> str:
        if self.capacity is not None and self.total >= self.capacity:
            return _("The class is full: %(number)d people.") % {"number": self.capacity}
        if office.pk in self.seats and self.by_office[office.pk] >= self.seats[office.pk]:
            return _("%(office)s has no seat left: %(number)d given.") % {
                "office": office.name,
                "number": self.seats[office.pk],
            }
        return ""

    def take(self, office: Office) -> None:
        self.by_office[office.pk] += 1
        self.total += 1


def _latest(course: Course, trainees: list[Trainee]):
    """The registration to go on from for each trainee: an active one before a withdrawn one."""
    found = Registration.objects.filter(course=course, kind=RegistrationKind.CLASS, trainee__in=trainees)
    # "withdrawn" sorts after "confirmed" and "nominated"; the last one of a dict wins, so read backwards.
    return found.exclude(state=RegistrationState.REPLACED).order_by("-state", "pk")


def _write(course: Course, fresh: list[tuple[Registration, Nominee]], actor: Actor) -> None:
    if not fresh:
        return
    again = [registration for registration, _nominee in fresh if registration.pk]
    for registration in again:
        registration.updated_at = now()  # which bulk_update does not set by itself
    Registration.objects.bulk_update(again, ["state", "office", "office_name", "position", "updated_at"])
    Registration.objects.bulk_create([registration for registration, _nominee in fresh if not registration.pk])
    _owe_blocks(course, fresh)
    OfficeAnswer.objects.bulk_create(
        [OfficeAnswer(course=course, office_id=pk) for pk in sorted({r.office_id for r, _nominee in fresh})],
        ignore_conflicts=True,
    )
    log_action(actor, "register", course, course=course, changes={"registrations": sorted(r.pk for r, _p in fresh)})


def _owe_blocks(course: Course, fresh: list[tuple[Registration, Nominee]]) -> None:
    """Writes the blocks owed: those named, else those whose audience the person belongs to, else all."""
    blocks = list(course.blocks.prefetch_related("audience").order_by("order"))
    through = Registration.blocks.through
    through.objects.filter(registration__in=[r.pk for r, _nominee in fresh]).delete()
    holds: dict[int, set[int]] = {}
    for trainee, field in Trainee.responsibilities.through.objects.filter(
        trainee__in=[nominee.trainee.pk for _r, nominee in fresh]
    ).values_list("trainee_id", "responsibility_id"):
        holds.setdefault(trainee, set()).add(field)
    rows = []
    for registration, nominee in fresh:
        owed = nominee.blocks or blocks_for(blocks, holds.get(nominee.trainee.pk, set()))
        rows += [through(registration_id=registration.pk, block_id=block.pk) for block in owed]
    through.objects.bulk_create(rows)


def blocks_for(blocks: list[Block], responsibilities: set[int]) -> list[Block]:
    """The blocks that a person of these fields of responsibility owes; nobody's audience means all blocks."""
    own = [b for b in blocks if responsibilities & {field.pk for field in b.audience.all()}]
    return [b for b in blocks if b in own or not b.audience.all()] if own else list(blocks)

"""Where an office stands with its list of a class: what a coordinator came for."""

from dataclasses import dataclass

from attendance.models import LeaveRequest
from attendance.reports.corrections import with_corrections
from attendance.reports.people import InClass, in_class
from courses.constants.actors import Actor
from courses.constants.choices import AnswerState, RegistrationKind, RegistrationState
from courses.constants.clock import now
from courses.models import Block, OfficeAnswer, Registration
from courses.reports.room import Room
from courses.rules.naming import deadline_is_over, may_name, may_replace

NAME, SEND, NOTHING = "name", "send", ""


@dataclass(frozen=True)
class Standing:
    """`left` and `given` None: the office has no number of its own. `blocks`: those in which it has one, with what is
    left. `step` is what the page's one button does."""

    answer: OfficeAnswer
    named: int
    given: int | None
    left: int | None
    blocks: list[tuple[Block, int, int]]
    may_name: bool
    may_replace: bool
    deadline_is_over: bool

    @property
    def has_room(self) -> bool:
        return self.left != 0

    @property
    def offers_naming(self) -> bool:
        """Also after the letter, or after it was said that nobody can be sent: the answer is then made again."""
        return self.may_name and self.has_room

    @property
    def step(self) -> str:
        """Name while seats are left, then send the letter; nothing when it is sent or the time is over."""
        unsent = self.answer.state in (AnswerState.NOT_SENT, AnswerState.IN_PROGRESS)
        if self.offers_naming and unsent:
            return NAME
        return SEND if self.may_replace and self.named and unsent else NOTHING


@dataclass(frozen=True)
class Named:
    """One person of the office in the class; `absences` are those reported, with their half-days."""

    item: InClass
    absences: list[LeaveRequest]


def standing_of(answer: OfficeAnswer) -> Standing:
    """(5 queries; two more for a class with seats by block.)"""
    course, office = answer.course, answer.office
    room = Room(course)
    left_in = room.left_in_blocks(office)
    blocks = course.blocks.filter(pk__in=left_in).order_by("order", "pk") if left_in else []
    return Standing(
        answer=answer,
        named=room.by_office[office.pk],
        given=room.seats.get(office.pk),
        left=room.left(office),
        blocks=[(block, room.block_seats[office.pk, block.pk], left_in[block.pk]) for block in blocks],
        may_name=may_name(course),
        may_replace=may_replace(course),
        deadline_is_over=deadline_is_over(course),
    )


def people_named(actor: Actor) -> list[Named]:
    """The office's people on the list of the class, in its order, with what is known of them."""
    registrations = Registration.objects.visible_to(actor).active().in_protocol_order()
    items = with_corrections(in_class(registrations))
    absences: dict[int, list[LeaveRequest]] = {}
    asked = LeaveRequest.objects.filter(registration__in=[item.registration.pk for item in items])
    for request in asked.prefetch_related("sessions").order_by("asked_at", "pk"):
        absences.setdefault(request.registration_id, []).append(request)
    return [Named(item, absences.get(item.registration.pk, [])) for item in items]


def on_the_list(actor: Actor) -> set[int]:
    """Ids of the registrations that the office has on the list of the class."""
    return set(Registration.objects.visible_to(actor).active().order_by().values_list("pk", flat=True))


def gone(actor: Actor) -> list[Registration]:
    """The office's people who were replaced or withdrawn, with who came instead: history that stays."""
    states = (RegistrationState.REPLACED, RegistrationState.WITHDRAWN)
    rows = Registration.objects.visible_to(actor).filter(state__in=states, kind=RegistrationKind.CLASS)
    return list(rows.select_related("trainee", "replaced_by__trainee").order_by("updated_at", "pk"))


def has_begun(people: list[Named]) -> bool:
    """Whether there is attendance to show: the first half-day of somebody has begun."""
    moment = now()
    return any(line.session.starts_at <= moment for person in people for line in person.item.attendance)

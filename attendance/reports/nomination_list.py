"""What stands on an office's list for signature."""

from attendance.reports.lists import blocks_in_words
from courses.constants.actors import Actor
from courses.constants.choices import AnswerState, CourseKind
from courses.constants.clock import today
from courses.models import Heading, OfficeAnswer, Registration
from courses.rendering.class_names import KINDS
from courses.rendering.nominations import NamedPerson, NominationList


def list_for(answer: OfficeAnswer, actor: Actor) -> NominationList:
    """The office's people on the list, under its own heading (else its name below its parent's).

    Years of birth are filled in only for a coordinator who is signed in: the link alone travels with a letter, and what
    it shows can be photographed by whoever holds it; the column stays and is filled in by hand. (6 queries.)
    """
    course, office = answer.course, answer.office
    heading = Heading.objects.filter(office=office).valid_on(today()).order_by("-valid_from", "-pk").first()
    superior = office.parent.name if office.parent_id else ""
    named = Registration.objects.visible_to(actor).active().in_protocol_order()
    blocks = list(course.blocks.order_by("order", "pk"))
    was_sent = answer.state in (AnswerState.SENT, AnswerState.FINAL)
    return NominationList(
        superior=heading.superior if heading else superior,
        body=heading.body if heading else office.name,
        office=office.name,
        course_title=course.title,
        course_kind=KINDS[CourseKind(course.kind)],
        letter_number=answer.letter_number if was_sent else "",
        letter_date=answer.letter_date if was_sent else None,
        has_blocks=len(blocks) > 1,
        people=tuple(
            _person(registration, len(blocks), with_year=actor.user_id is not None)
            for registration in named.select_related("trainee", "office").prefetch_related("blocks")
        ),
    )


def _person(registration: Registration, in_all: int, *, with_year: bool) -> NamedPerson:
    trainee = registration.trainee
    return NamedPerson(
        name=trainee.full_name,
        position=registration.position,
        gender=trainee.gender if with_year else "",
        year=str(trainee.birth_first.year) if with_year and trainee.birth_first else "",
        blocks=blocks_in_words(registration, in_all),
    )

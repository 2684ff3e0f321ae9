"""Writing the seats of offices: for a class or for one block of it, by hand or taken over from another class."""

from collections import Counter
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.errors import Refusal
from courses.models import Block, Course, Office, OfficeAnswer, Registration, Seats
from courses.reports.seats import numbers_on
from courses.services.records import log_action
from courses.services.schedule import lock_open_course


@transaction.atomic
def set_seats(
    course: Course, numbers: Mapping[int, int | None], *, actor: Actor, block: Block | None = None
) -> dict[int, int | None]:
    """Gives offices their seats in the class, or in one block of it; returns what has changed.

    numbers: office id → number, None for no limit; offices that are not named stay as they are. An office with seats
    gets its answer row, and with it the link for the letter. Refusal when the class is concluded, the block is of
    another class, or an office has more people registered (in the block) than the new number.
    """
    course = lock_open_course(course)
    if block and block.course_id != course.pk:
        raise Refusal(_("This block belongs to another class."))
    kept = dict(
        Seats.objects.filter(course=course, block=block).order_by().values_list("office_id", "number")
    )  # `block=None` is the class itself
    changed = {pk: number for pk, number in numbers.items() if kept.get(pk) != number}
    if not changed:
        return {}
    offices = Office.objects.in_bulk(list(changed))
    _check(course, block, changed, offices)
    Seats.objects.filter(course=course, block=block, office__in=list(changed)).delete()
    given = {pk: number for pk, number in changed.items() if number is not None}
    Seats.objects.bulk_create(
        Seats(course=course, office_id=pk, block=block, number=number) for pk, number in given.items()
    )
    _make_answers(course, given)
    said: dict = {offices[pk].code: [kept.get(pk), changed[pk]] for pk in changed}
    if block:
        said["block"] = [None, block.code]
    log_action(actor, "seats", course, course=course, changes=said)
    return changed


def copy_seats(course: Course, copy: Course, blocks: Mapping[int, Block]) -> None:
    """Gives a new class the seats of the one it is a copy of, inside the caller's transaction.

    blocks: those of the copy by the id of the block that each was made from. The seats of an office that has ended by
    the new first day go to its successors (`courses.reports.seats.numbers_on`).
    """
    by_block: dict[int | None, dict[int, int]] = {}
    rows = course.seats.order_by("office__order", "office__code").values_list("block_id", "office_id", "number")
    for block_id, office_id, number in rows:
        by_block.setdefault(block_id, {})[office_id] = number
    for block_id, numbers in by_block.items():
        given, _moved = numbers_on(copy.starts_on, numbers)
        block = blocks[block_id] if block_id else None
        Seats.objects.bulk_create(
            Seats(course=copy, office_id=pk, block=block, number=number) for pk, number in given.items()
        )
        _make_answers(copy, given)


def _check(course: Course, block: Block | None, changed: Mapping[int, int | None], offices) -> None:
    people = Registration.objects.filter(course=course).active()
    registered = Counter((people.owing(block) if block else people).order_by().values_list("office_id", flat=True))
    for pk, number in changed.items():
        if number is not None and registered[pk] > number:
            raise Refusal(
                _("%(office)s has %(registered)d people registered: it cannot have %(number)d seats.")
                % {"office": offices[pk], "registered": registered[pk], "number": number}
            )


def _make_answers(course: Course, given: Mapping[int, int]) -> None:
    OfficeAnswer.objects.bulk_create(
        [OfficeAnswer(course=course, office_id=pk) for pk in sorted(given) if given[pk]], ignore_conflicts=True
    )

"""Seats and capacity that are left in a class, and the blocks that people owe."""

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _

from courses.models import Block, Course, Office, Registration, Seats, Trainee


class Owed:
    """Which blocks people owe in a class: those named, else those whose audience they belong to, else all.
    (3 queries.)"""

    def __init__(self, course: Course, people: Iterable[Trainee] = ()):
        self.blocks = list(course.blocks.prefetch_related("audience").order_by("order"))
        self._holds: dict[int, set[int]] = {}
        held = Trainee.responsibilities.through.objects.filter(trainee__among=[p.pk for p in people if p.pk])
        for trainee, field in held.values_list("trainee_id", "responsibility_id"):
            self._holds.setdefault(trainee, set()).add(field)

    def of(self, trainee: Trainee | None, named: Iterable[Block] | None = None) -> list[Block]:
        """`trainee` None or not saved yet: somebody new, of no field of responsibility."""
        fields = self._holds.get(trainee.pk, set()) if trainee and trainee.pk else set()
        return list(named) if named else blocks_for(self.blocks, fields)


class Room:
    """Seats and capacity that are left, counted once: a promise only under the lock of the class.

    An office can have seats in all, in single blocks, or both: somebody who owes two blocks takes a seat in each. What
    `people` owe is read only where there are seats by block; others count as somebody new.
    """

    def __init__(self, course: Course, people: Iterable[Trainee] = (), *, owed: Owed | None = None):
        active = Registration.objects.filter(course=course).active().order_by()
        self.by_office = Counter(active.values_list("office_id", flat=True))
        self.total = sum(self.by_office.values())
        self.capacity = course.capacity
        self.seats: dict[int, int] = {}
        self.block_seats: dict[tuple[int, int], int] = {}
        rows = Seats.objects.filter(course=course).order_by()
        for office_id, block_id, number in rows.values_list("office_id", "block_id", "number"):
            if block_id is None:
                self.seats[office_id] = number
            else:
                self.block_seats[office_id, block_id] = number
        self.by_block: Counter[tuple[int, int]] = Counter()
        self.owed = owed
        if self.block_seats:
            self.by_block = active.numbers_owing(block_id for _office_id, block_id in self.block_seats)
            self.owed = owed or Owed(course, people)

    def refusal(self, office: Office, trainee: Trainee | None = None, *, blocks: Iterable[Block] | None = None) -> str:
        """Why the office cannot send this person (None: somebody new), or ""."""
        if self.capacity is not None and self.total >= self.capacity:
            return _("The class is full: %(number)d people.") % {"number": self.capacity}
        if office.pk in self.seats and self.by_office[office.pk] >= self.seats[office.pk]:
            return _("%(office)s has no seat left: %(number)d given.") % {
                "office": office.name,
                "number": self.seats[office.pk],
            }
        return self.refusal_in_blocks(office, self._blocks(trainee, blocks))

    def refusal_in_blocks(self, office: Office, blocks: Iterable[Block]) -> str:
        """Why the office cannot send one more to these blocks, or ""."""
        for block in blocks:
            given = self.block_seats.get((office.pk, block.pk))
            if given is not None and self.by_block[office.pk, block.pk] >= given:
                return _("%(office)s has no seat left in block %(block)s: %(number)d given.") % {
                    "office": office.name,
                    "block": block.code,
                    "number": given,
                }
        return ""

    def take(self, office: Office, trainee: Trainee | None = None, *, blocks: Iterable[Block] | None = None) -> None:
        self.by_office[office.pk] += 1
        self.total += 1
        for block in self._blocks(trainee, blocks):
            self.by_block[office.pk, block.pk] += 1

    def left(self, office: Office) -> int | None:
        """How many more people the office can send, whatever they owe; None where nothing limits it."""
        limits = []
        if office.pk in self.seats:
            limits.append(self.seats[office.pk] - self.by_office[office.pk])
        if self.capacity is not None:
            limits.append(self.capacity - self.total)
        return max(0, min(limits)) if limits else None

    def left_in_blocks(self, office: Office) -> dict[int, int]:
        """Seats left by the id of a block, for blocks in which the office has a number."""
        own = {block: number for (owner, block), number in self.block_seats.items() if owner == office.pk}
        return {block: max(0, number - self.by_block[office.pk, block]) for block, number in own.items()}

    def _blocks(self, trainee: Trainee | None, blocks: Iterable[Block] | None) -> Iterable[Block]:
        if not self.block_seats:
            return ()
        return blocks if blocks is not None else self.owed.of(trainee)


def blocks_for(blocks: list[Block], responsibilities: set[int]) -> list[Block]:
    """The blocks that a person of these fields of responsibility owes; nobody's audience means all blocks."""
    own = [b for b in blocks if responsibilities & {field.pk for field in b.audience.all()}]
    return [b for b in blocks if b in own or not b.audience.all()] if own else list(blocks)

"""Who took over from whom, followed through the years."""

import datetime as dt
from collections.abc import Callable, Iterable
from graphlib import CycleError, TopologicalSorter

from courses.models import OfficeSuccession


class Line:
    """Successions of offices as they count on one day. `passed` holds (old, new, date) by ids of offices."""

    def __init__(self, passed: Iterable[tuple[int, int, dt.date]], on: dt.date):
        self._next: dict[int, list[int]] = {}
        self._before: dict[int, list[int]] = {}
        for old, new, date in passed:
            if date <= on:
                self._next.setdefault(old, []).append(new)
                self._before.setdefault(new, []).append(old)

    def came_from(self, office: int) -> list[int]:
        """The offices whose work came straight to `office`."""
        return self._before.get(office, [])

    def behind(self, office: int) -> frozenset[int]:
        """The office and those whose work came to it, however many steps ago."""
        return frozenset(_reached(office, self.came_from))

    def heirs(self, office: int) -> frozenset[int]:
        """The offices in which the work of `office` lies on the day: itself when nobody took over from it."""
        reached = _reached(office, lambda here: self._next.get(here, ()))
        return frozenset(here for here in reached if here not in self._next)

    def nearest(self, office: int, exists: Callable[[int], bool]) -> set[int]:
        """The offices that exist and to which the work of `office` came first: itself while it exists."""
        reached = _reached(office, lambda here: () if exists(here) else self._next.get(here, ()))
        return {here for here in reached if exists(here)}

    def heir(self, office: int, present: Iterable[int] = ()) -> int:
        """The one office in which somebody of `office` counts on the day.

        After a split that is the part in which the person is now: `present` are the person's office and those above
        it. Nobody's part is guessed: somebody who is in none of them counts where they were.
        """
        heirs = self.heirs(office)
        if len(heirs) > 1:
            heirs &= frozenset(heir for here in present for heir in self.heirs(here))
        return next(iter(heirs)) if len(heirs) == 1 else office


def _reached(start: int, onward: Callable[[int], Iterable[int]]) -> set[int]:
    found, waiting = {start}, [start]
    while waiting:
        fresh = set(onward(waiting.pop())) - found
        found |= fresh
        waiting += fresh
    return found


def line_on(day: dt.date) -> Line:
    """The successions in force on the day. (1 query.)"""
    return Line(OfficeSuccession.objects.order_by("pk").values_list("old_id", "new_id", "date"), day)


def ring(passed: Iterable[tuple[int, int]]) -> int | None:
    """An office that would take over from itself by way of others; None when there is none."""
    order: TopologicalSorter[int] = TopologicalSorter()
    for old, new in passed:
        order.add(new, old)
    try:
        order.prepare()
    except CycleError as error:
        return error.args[1][0]
    return None

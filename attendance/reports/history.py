"""How a mark came about: every entry of a cell, what it changed, and what was taken back."""

from collections.abc import Collection
from dataclasses import dataclass

from attendance.constants import Claim
from attendance.models import Event
from attendance.reports.waiting import claimed_of
from attendance.rules.ledger import add_up, annulled, proposals
from courses.models import Session


@dataclass(frozen=True)
class Entry:
    """One entry, and the states of the cell before and after it arrived ("" for nothing known).

    `undone`: somebody took it back later. `waits`: it came after closing and nobody has decided on it.
    """

    event: Event
    before: str
    after: str
    undone: bool
    waits: bool

    @property
    def changed(self) -> bool:
        return self.before != self.after

    @property
    def happened_elsewhen(self) -> bool:
        """Whether it is said to have happened at another minute than it arrived."""
        return abs(self.event.arrived_at - self.event.happened_at).total_seconds() >= 60

    @property
    def clock_was_off(self) -> bool:
        """Whether the clock of the phone that read it was off by a minute or more."""
        said = self.event.device_at
        return said is not None and abs(said - self.event.happened_at).total_seconds() >= 60

    @property
    def says_something(self) -> bool:
        """Whether it claims or decides a state and still stands."""
        return not self.undone and self.event.claim != Claim.UNDO


def histories(session: Session, registration_ids: Collection[int]) -> dict[int, list[Entry]]:
    """The entries of each of these cells in order of arrival, also of registrations that went into them; a cell of
    which nothing was ever said has an empty list. (1 query.)"""
    events: dict[int, list[Event]] = {pk: [] for pk in registration_ids}
    about = Event.objects.filter(session=session).about(registration_ids)
    about = about.select_related("registration", "by", "door", "undoes__by")
    for event in about.order_by("pk"):
        into = event.registration.merged_into_id
        events[into if into in events else event.registration_id].append(event)
    return {pk: _entries(session, of_cell) for pk, of_cell in events.items()}


def _entries(session: Session, events: list[Event]) -> list[Entry]:
    claimed = [claimed_of(event) for event in events]
    gone, waiting = annulled(claimed), {one.id for one in proposals(claimed)}
    states = [""]
    for number in range(1, len(claimed) + 1):
        standing = add_up(claimed[:number], starts_at=session.starts_at, grace_minutes=session.grace_minutes)
        states.append(standing.state if standing else "")
    return [
        Entry(event, states[n], states[n + 1], event.pk in gone, event.pk in waiting) for n, event in enumerate(events)
    ]

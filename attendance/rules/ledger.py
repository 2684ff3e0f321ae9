"""How the events of one person in one half-day add up to one standing. Pure: no database, no clock.

The rules, first that fits:

(a) A person's *decision* beats every claim; the latest by arrived_at, then id, wins.
(b) *Excused* together with *seen* is disputed; excused alone is excused.
(c) *Seen* and *not seen* that came in by two different ways are disputed.
(d) *Seen* is seen: present, late, or left early.
(e) *Not seen* is absent.
(f) Else nothing is known.

What follows from them, and what was chosen where they are silent:

* Only decisions look at the time of arrival, so claims that arrive in any order add up to the same.
* Seen and not seen by *one* way are seen (d): one look that found the person is enough, as when the list is called a
  second time after the break. To take a mark back is an undo or a decision, never a second claim; the services write a
  change of a cell that already shows a mark as a decision, and a make-up, which answers an absence, likewise.
* Door and screen are late when they saw the person after the start and the grace. Hand, paper, file and make-up say
  themselves whether it was late. Where several saw the person, one that saw it on time is enough.
* Left early belongs to seen and never makes it; it is shown rather than late.
* An undo names an event that is older than itself (a lower id) and takes exactly that one away; an undo can be undone.
* A proposal (it arrived when its sheet was closed) counts only while a decision that is in force names it. That
  decision says the state.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from attendance.constants import SAYABLE_STATES, SEEN_STATES, THERE, TIMED_WAYS, Claim, MarkState, Way


@dataclass(frozen=True, slots=True)
class Claimed:
    """One event of the ledger, as far as adding up needs it.

    `id` is the row's number, growing with arrival. `state` is what a decision decided, or how a person, a paper or a
    file saw somebody (present, late, left early; empty is present); door and screen leave it empty. `undoes` is the
    event that an undo annuls, `names` the proposal that a decision is about. Times are aware.
    """

    id: int
    claim: str
    way: str
    happened_at: datetime
    arrived_at: datetime
    state: str = ""
    undoes: int | None = None
    names: int | None = None
    proposal: bool = False

    def __post_init__(self):
        if self.claim == Claim.DECISION and self.state not in SAYABLE_STATES:
            raise ValueError(f"event {self.id}: a decision says one of {sorted(SAYABLE_STATES)}, not '{self.state}'")
        if self.claim == Claim.SEEN and self.state and self.state not in SEEN_STATES:
            raise ValueError(f"event {self.id}: seen cannot be '{self.state}'")


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known. `basis` are the sorted ids of the events it rests on, `since` when the earliest happened."""

    state: MarkState
    since: datetime
    ways: tuple[Way, ...]
    basis: tuple[int, ...]

    @property
    def disputed(self) -> bool:
        return self.state == MarkState.DISPUTED

    @property
    def counts_as_seen(self) -> bool:
        return self.state in THERE


def add_up(events: Iterable[Claimed], *, starts_at: datetime, grace_minutes: int) -> Standing | None:
    """The standing of one registration in one half-day, or None when nothing is known."""
    in_force, _waiting = _sift(events)
    decisions = [event for event in in_force if event.claim == Claim.DECISION]
    if decisions:
        last = max(decisions, key=lambda event: (event.arrived_at, event.id))
        return _standing(MarkState(last.state), [last])

    seen, not_seen, excused, left = (
        [event for event in in_force if event.claim == claim]
        for claim in (Claim.SEEN, Claim.NOT_SEEN, Claim.EXCUSED, Claim.LEFT_EARLY)
    )
    if excused and seen:
        return _standing(MarkState.DISPUTED, excused + seen)
    if excused:
        return _standing(MarkState.EXCUSED, excused)
    if seen and not_seen and len({event.way for event in seen + not_seen}) > 1:
        return _standing(MarkState.DISPUTED, seen + not_seen)
    if seen:
        return _seen(seen, left, late_from=late_after(starts_at, grace_minutes))
    if not_seen:
        return _standing(MarkState.ABSENT, not_seen)
    return None


def late_after(starts_at: datetime, grace_minutes: int) -> datetime:
    """From when on somebody whom a door or a screen sees is late."""
    return starts_at + timedelta(minutes=grace_minutes)


def proposals(events: Iterable[Claimed]) -> tuple[Claimed, ...]:
    """Events that arrived after closing and that nobody has decided on or undone, by id."""
    return tuple(_sift(events)[1])


def annulled(events: Iterable[Claimed]) -> frozenset[int]:
    """The ids of what was taken back: neither in force nor waiting for a decision."""
    events = list(events)
    in_force, waiting = _sift(events)
    return frozenset(event.id for event in events) - {event.id for event in [*in_force, *waiting]}


def _sift(events):
    """What is in force and what still waits for a decision.

    From the newest to the oldest, so that whatever undoes or names an event has itself been judged before it. A
    decision or an undo that points at itself or at something newer points at nothing.
    """
    in_force, waiting, annulled, named = [], [], set(), set()
    for event in sorted({event.id: event for event in events}.values(), key=lambda event: -event.id):
        if event.id in annulled:
            continue
        if event.proposal and event.id not in named:
            waiting.append(event)
            continue
        in_force.append(event)
        if event.claim == Claim.UNDO:
            annulled.add(event.undoes)
        elif event.claim == Claim.DECISION:
            named.add(event.names)
    return in_force[::-1], waiting[::-1]


def _seen(seen, left, *, late_from):
    said_left = left + [event for event in seen if event.state == MarkState.LEFT_EARLY]
    if said_left:
        state = MarkState.LEFT_EARLY
    elif all(_saw_late(event, late_from) for event in seen):
        state = MarkState.LATE
    else:
        state = MarkState.PRESENT
    return _standing(state, seen, also=left)


def _saw_late(event, late_from):
    if event.way in TIMED_WAYS:
        return event.happened_at > late_from
    return event.state == MarkState.LATE


def _standing(state, basis, *, also=()):
    return Standing(
        state=state,
        since=min(event.happened_at for event in basis),
        ways=tuple(sorted({Way(event.way) for event in basis})),
        basis=tuple(sorted({event.id for event in [*basis, *also]})),
    )

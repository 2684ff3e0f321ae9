"""What waits for an organiser's decision in a half-day: entries that came late, and people who are not on the list."""

from dataclasses import dataclass

from attendance.constants import Claim
from attendance.models import Event
from attendance.rules.ledger import Claimed, proposals
from courses.models import Registration, Session


@dataclass(frozen=True)
class Waiting:
    """An entry to decide on. `registration` None: somebody not on the list, of whom `words` were typed."""

    event: Event
    registration: Registration | None
    words: str

    @property
    def door_was_closed(self) -> bool:
        """Whether a phone sent it after its door had been closed."""
        door = self.event.door
        return door is not None and door.revoked_at is not None and door.revoked_at <= self.event.arrived_at

    @property
    def after_door(self) -> bool:
        """Whether it was read when the time of its door was over."""
        return self.event.door is not None and self.event.happened_at > self.event.door.until


def waiting_at(session: Session) -> list[Waiting]:
    """The entries of a half-day that no decision names and no undo annuls, in order of arrival. (1 query.)"""
    return waiting_in([session.pk]).get(session.pk, [])


def waiting_in(session_ids: list[int]) -> dict[int, list[Waiting]]:
    """The same for many half-days, by their ids; a half-day where nothing waits is not in it. (1 query.)"""
    of_sessions = Event.objects.filter(session__in=session_ids)
    people = of_sessions.may_wait().filter(registration__isnull=False).order_by().values("registration")
    events = (
        of_sessions.about_these_or_nobody(people)
        .select_related("registration__trainee", "registration__office", "words", "by", "door", "undoes__by")
        .order_by("pk")
    )
    by_session: dict[int, list[Event]] = {}
    for event in events:
        by_session.setdefault(event.session_id, []).append(event)
    return {session: found for session, events in by_session.items() if (found := _waiting(events))}


def _waiting(events: list[Event]) -> list[Waiting]:
    rows = {event.pk: event for event in events}
    claimed = [claimed_of(event) for event in events]
    late = {one.id for one in proposals(claimed)}
    annulled = {event.undoes_id for event in events if event.claim == Claim.UNDO and not event.proposal}
    named = {event.names_id for event in events if event.claim == Claim.DECISION and event.pk not in annulled}
    loose = {
        event.pk
        for event in events
        if event.registration_id is None
        and event.claim not in (Claim.UNDO, Claim.DECISION)
        and event.pk not in annulled | named
    }
    return [
        Waiting(rows[pk], rows[pk].registration, rows[pk].words.text if hasattr(rows[pk], "words") else "")
        for pk in sorted(late | loose)
    ]


def claimed_of(event: Event) -> Claimed:
    """An entry as the rules that add up read it."""
    return Claimed(
        id=event.pk,
        claim=event.claim,
        way=event.way,
        happened_at=event.happened_at,
        arrived_at=event.arrived_at,
        state=event.says,
        undoes=event.undoes_id,
        names=event.names_id,
        proposal=event.proposal,
    )


def stands_for(event: Event) -> int | None:
    """The registration for which an entry counts today."""
    return (event.registration.merged_into_id or event.registration_id) if event.registration else None

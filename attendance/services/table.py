"""Writing the table of a class: cells of several half-days at once."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid5

from attendance.services.ledger import Change, Outcome, mark_by_hand
from courses.constants.actors import Actor
from courses.constants.errors import Refusal
from courses.models import Session


def mark_cells(
    changes: Mapping[Session, Sequence[Change]], *, actor: Actor, submission: UUID
) -> dict[Session, Outcome | Refusal]:
    """Marks by hand what was changed, each half-day in a transaction of its own; a half-day that is refused holds up
    none of the others. The same submission again adds nothing."""
    outcomes: dict[Session, Outcome | Refusal] = {}
    for session, wanted in sorted(changes.items(), key=lambda one: one[0].pk):
        try:
            outcomes[session] = mark_by_hand(session, wanted, actor=actor, submission=act_of(submission, session))
        except Refusal as refusal:
            outcomes[session] = refusal
    return outcomes


def act_of(submission: UUID, session: Session) -> UUID:
    """What is sent with one page is one act in each half-day: entries of two half-days never have the same name."""
    return uuid5(submission, f"half-day {session.pk}")

"""Writing the table of a class: cells of several half-days at once."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid5

from attendance.models import Event
from attendance.services.ledger import Change, Outcome, last_act, mark_by_hand, undo_last_act
from courses.constants.actors import Actor
from courses.constants.errors import Refusal
from courses.models import Course, Session


def mark_cells(
    changes: Mapping[Session, Sequence[Change]], *, actor: Actor, submission: UUID
) -> dict[Session, Outcome | Refusal]:
    """Marks by hand what was changed, each half-day in a transaction of its own; a half-day that is refused holds up
    none of the others. Each cell is an act of its own. The same submission again adds nothing."""
    outcomes: dict[Session, Outcome | Refusal] = {}
    for session, wanted in sorted(changes.items(), key=lambda one: one[0].pk):
        try:
            outcomes[session] = mark_by_hand(
                session, wanted, actor=actor, submission=act_of(submission, session), one_by_one=True
            )
        except Refusal as refusal:
            outcomes[session] = refusal
    return outcomes


def undo_last_act_in_class(course: Course, *, actor: Actor, act: UUID) -> Session | None:
    """Takes back what the actor last wrote in any half-day of the class, in one of them at a time; returns that
    half-day, None when there is nothing. The same act again takes back no more. Refusal as in `undo_last_act`."""
    if actor.user_id is None:
        return None
    sessions = course.sessions.in_bulk()
    done = Event.objects.filter(session__in=sessions, act=act, by=actor.user_id).order_by("pk").first()
    if done:
        return sessions[done.session_id]
    last = last_act(sessions, actor.user_id)
    if last is None:
        return None
    undo_last_act(sessions[last.session_id], actor=actor, act=act)
    return sessions[last.session_id]


def act_of(submission: UUID, session: Session) -> UUID:
    """What is sent with one page is one act in each half-day: entries of two half-days never have the same name."""
    return uuid5(submission, f"half-day {session.pk}")

"""Who is asking."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Actor:
    """The one who asks, made once a request; `visible_to(actor)` judges by nothing else.

    kind
        "nobody": no sign-in, no link. "user": signed in. "trainee": a personal link.
        "office": an office's link. "door": a helper's phone. "system": a task or a command.
    user_id, is_superuser
        of a user (superusers see everything; see also "system").
    organises, certifies, coordinates
        ids of the offices reached with that role today: those at which it is held, those below
        them and those that they succeeded. They may be read. Of an office's link `coordinates` are
        the office itself and those that it succeeded: their people may be named.
    organises_writable, certifies_writable
        the part of them in which the role may also write: an office that has ended without a
        successor keeps its roles for reading.
    answers_for
        of an officer: ids of offices that ended without a successor, and of those behind them, whose certificates the
        office named in their *closed by* checks and revokes.
    trainee_id
        of a personal link.
    answer_id, office_id, course_id
        of an office's link: the answer, its office and its course.
    course_id, session_ids
        of a door: its course and the half-days that it may mark.
    """

    kind: Literal["nobody", "user", "trainee", "office", "door", "system"]
    user_id: int | None = None
    is_superuser: bool = False
    organises: frozenset[int] = frozenset()
    certifies: frozenset[int] = frozenset()
    coordinates: frozenset[int] = frozenset()
    organises_writable: frozenset[int] = frozenset()
    certifies_writable: frozenset[int] = frozenset()
    answers_for: frozenset[int] = frozenset()
    trainee_id: int | None = None
    answer_id: int | None = None
    office_id: int | None = None
    course_id: int | None = None
    session_ids: frozenset[int] = frozenset()

    @property
    def sees_everything(self) -> bool:
        return self.is_superuser or self.kind == "system"


NOBODY = Actor("nobody")
SYSTEM = Actor("system")

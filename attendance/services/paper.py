"""Writing what the signed paper says: claims, no decisions, so that another way that disagrees makes it disputed."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from attendance.constants import Claim, MarkState, SheetState, Way
from attendance.models import Event
from attendance.services.ledger import (
    Outcome,
    Said,
    check_may_write,
    check_states,
    claim_of,
    clearing,
    entries_in_force,
    lock_sheet,
    states_of,
    write,
)
from courses.constants.actors import Actor
from courses.constants.errors import Refusal
from courses.models import Session

FIRST, SECOND = 1, 2


@transaction.atomic
def mark_from_paper(
    session: Session, says: Mapping[int, str], *, actor: Actor, submission: UUID, call: int = FIRST
) -> Outcome:
    """Takes what a column of the signed sheet says of people, {id of registration: state}; "" takes it back.

    `saved` and `unchanged` hold the states that stand then: *disputed* where another way says otherwise. Typed again,
    what the paper itself said before in that column is taken back wherever it changes, so that a slip of the typist is
    no dispute. At the second call people are present or absent, and it is written so that the two columns may be typed
    in any order and corrected: found is *seen, late* (which leaves whoever was seen before as they were), not found is
    *left early* (which makes nobody seen). The same page sent twice adds nothing. On a closed sheet everything becomes
    a proposal. Refusal as in `mark_by_hand`.
    """
    sheet = lock_sheet(session)
    session = Session.objects.select_related("course").get(pk=session.pk)
    if call not in (FIRST, SECOND):
        raise Refusal(_("The list is called once or twice."))
    if call == SECOND and not set(says.values()) <= {MarkState.PRESENT, MarkState.ABSENT, ""}:
        raise Refusal(_("At the second call people are found or not; leave is entered with the first."))
    check_states(session, set(says.values()))
    check_may_write(session, set(says), actor=actor)
    is_closed = sheet.state == SheetState.CLOSED
    if Event.objects.filter(session=session, act=submission).exists():
        return Outcome(unchanged=states_of(session, list(says)))
    entries = entries_in_force(session, says)
    said, changed = [], []
    for pk, state in says.items():
        earlier = [event for event in entries.get(pk, []) if event.way == Way.PAPER and event.call == call]
        more = _said(pk, state, earlier, call=call, is_closed=is_closed)
        said += more
        changed += [pk] if more else []
    write(sheet, session, said, actor=actor, way=Way.PAPER, act=submission)
    standing = states_of(session, list(says))
    outcome = Outcome(unchanged={pk: standing.get(pk, "") for pk in says if pk not in set(changed)})
    if is_closed:
        outcome.proposed = {pk: says[pk] for pk in changed}
    else:
        outcome.saved = {pk: standing.get(pk, "") for pk in changed}
    return outcome


def _said(pk: int, state: str, earlier: list[Event], *, call: int, is_closed: bool) -> list[Said]:
    """What brings the paper's own column from its earlier entries to this state; nothing when it says so already.

    On a closed sheet nothing is taken back: what was typed before stands beside it until somebody decides.
    """
    wanted = _claim(state, call)
    same = [event for event in earlier if (event.claim, event.says) == wanted and (is_closed or not event.proposal)]
    kept = same[:1]
    said = []
    if not is_closed:
        said = [
            Said(pk, Claim.UNDO, clearing(event), undoes=event.pk, call=call) for event in earlier if event not in kept
        ]
    if wanted and not kept:
        claim, says = wanted
        said.append(Said(pk, claim, f"{call}:{state}", says=says, call=call))
    return said


def _claim(state: str, call: int) -> tuple[Claim, str] | None:
    if not state:
        return None
    if call == FIRST:
        return claim_of(state)
    return (Claim.SEEN, MarkState.LATE) if state == MarkState.PRESENT else (Claim.LEFT_EARLY, "")


def said_on_paper(session: Session, registration_ids: list[int], *, call: int = FIRST) -> dict[int, str]:
    """What a column of the paper says so far, by id of registration; the second: present or absent."""
    entries = entries_in_force(session, registration_ids)
    found: dict[int, str] = {}
    for pk, events in entries.items():
        for event in events:  # the newest first
            if pk is not None and event.way == Way.PAPER and event.call == call:
                found.setdefault(pk, _state(event))
    return found


def _state(event: Event) -> str:
    if event.claim == Claim.SEEN:
        return MarkState.PRESENT if event.call == SECOND else event.says or MarkState.PRESENT
    return MarkState.EXCUSED if event.claim == Claim.EXCUSED else MarkState.ABSENT

"""Marks read in from a file: claims of their own way, so that a file and another way that disagree become disputed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from attendance.constants import Claim, MarkState, SheetState, Way
from attendance.models import Event, Sheet
from attendance.services.ledger import (
    Said,
    check_may_write,
    check_states,
    claim_of,
    entries_in_force,
    lock_sheet,
    states_of,
    write,
)
from courses.constants.actors import Actor
from courses.models import Session
from courses.services.records import log_action


@dataclass
class ImportPlan:
    """What a file would do in one half-day: {registration: state of the file}.

    `new`: nothing was known. `same`: nothing to do. `corrected`: only an earlier file said otherwise. `disagreeing`:
    another way says otherwise, which is disputed until somebody decides, or stays as it was decided. `standing` is what
    stands now. `closed`: all of it would wait for a decision.
    """

    new: dict[int, str] = field(default_factory=dict)
    same: dict[int, str] = field(default_factory=dict)
    corrected: dict[int, str] = field(default_factory=dict)
    disagreeing: dict[int, str] = field(default_factory=dict)
    standing: dict[int, str] = field(default_factory=dict)
    closed: bool = False
    #: Earlier entries of a file that the new ones take the place of.
    replaced: dict[int, list[Event]] = field(default_factory=dict)

    @property
    def changed(self) -> dict[int, str]:
        return self.new | self.corrected | self.disagreeing


def plan_import(session: Session, states: Mapping[int, str], *, actor: Actor) -> ImportPlan:
    """What `import_marks` would do now; nothing is written. Refusal as there."""
    check_states(session, set(states.values()))
    check_may_write(session, set(states), actor=actor)
    plan = ImportPlan(standing=states_of(session, states))
    plan.closed = Sheet.objects.filter(session=session, state=SheetState.CLOSED).exists()
    entries = entries_in_force(session, states)
    for pk, wanted in states.items():
        # What a file said when the sheet was closed still waits for its own decision once the sheet is open again.
        in_force = [event for event in entries.get(pk, []) if plan.closed or not event.proposal]
        own = [event for event in in_force if event.way == Way.IMPORT]
        said = claim_of(wanted)
        stands = plan.standing.get(pk, MarkState.ABSENT if plan.closed else "")
        if all((event.claim, event.says) == said for event in own) if own else stands == wanted:
            plan.same[pk] = wanted
            continue
        plan.replaced[pk] = own
        if stands and (not own or len(in_force) > len(own)):
            plan.disagreeing[pk] = wanted
        else:
            (plan.corrected if own else plan.new)[pk] = wanted
    return plan


@transaction.atomic
def import_marks(session: Session, states: Mapping[int, str], *, actor: Actor, act: UUID) -> ImportPlan:
    """Writes what a file says of people in a half-day as claims; returns what was done, with what stands since.

    What an earlier file said otherwise is taken back first. The same again adds nothing. On a closed sheet all becomes
    proposals. Refusal, with nothing written, as in `mark_by_hand`.
    """
    sheet = lock_sheet(session)
    session = Session.objects.select_related("course").get(pk=session.pk)
    plan = plan_import(session, states, actor=actor)
    said: list[Said] = []
    for pk, wanted in plan.changed.items():
        if not plan.closed:
            said += [Said(pk, Claim.UNDO, event.pk, undoes=event.pk) for event in plan.replaced[pk]]
        claim, says = claim_of(wanted)
        said.append(Said(pk, claim, wanted, says=says))
    if said:
        plan.standing |= write(sheet, session, said, actor=actor, way=Way.IMPORT, act=act)
        changes = {"changed": [None, len(plan.changed)], "same": [None, len(plan.same)]}
        log_action(actor, "import marks", sheet, course=session.course, changes=changes)
    return plan

"""Applying a roster: its people are registered, once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.choices import BatchState, RowDecision, RowStatus
from courses.constants.clock import now, today
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.models import Course, ImportBatch, Office, Registration, Trainee, Transfer
from courses.readers import sentences
from courses.reports.room import Room
from courses.rules.permissions import may_edit_trainee
from courses.services.many_rows import insert_objects, update_objects
from courses.services.records import log_action, log_each
from courses.services.registrations import Nominee, lock_course, refuse_concluded, register_many
from courses.services.rosters.matching import Verdict, match_people
from courses.services.rosters.reading import earlier_people, log_found_elsewhere
from courses.services.rosters.rows import (
    NEW,
    QUESTIONS,
    SKIP,
    Fate,
    OpenedRow,
    Outcome,
    merged_since,
    open_rows,
    outcome_of,
    sha256_of,
)
from courses.services.trainees import fill_trainee
from courses.services.transfers import lock_classes_to_come, move_people

_COMPLETED = (
    "gender", "position", "phone", "email", "birth_first", "birth_precision", "citizen_number_sealed",
    "citizen_number_fingerprint", "updated_at",
)  # fmt: skip


#: What applying changes of a row; the seal stays.
_DONE = (
    "problems", "status", "decision", "trainee", "registration", "fate", "why", "filled", "made_trainee", "transfer",
)  # fmt: skip


@transaction.atomic
def start_applying(batch: ImportBatch, *, actor: Actor) -> ImportBatch:
    """Notes that a long list will be applied in the background; the caller enqueues the task. Twice is harmless.

    Refusal when it cannot be applied (any more).
    """
    course = lock_course(batch.course) if batch.course else None
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.state == BatchState.READ:
        _refuse_if_closed(batch, course)
        batch.state, batch.total, batch.done, batch.refusal = BatchState.APPLYING, batch.rows.count(), 0, ""
        batch.save(update_fields=["state", "total", "done", "refusal"])
        log_action(actor, "start applying roster", batch, course=course, changes={"rows": [None, batch.total]})
    return batch


@transaction.atomic
def stop_applying(batch: ImportBatch, *, why: str) -> None:
    """Applying in the background was refused: the list stands as it was read, and says why."""
    ImportBatch.objects.filter(pk=batch.pk, state=BatchState.APPLYING).update(
        state=BatchState.READ, refusal=why[:300], done=0
    )


def give_up_applying(batch_id: int, *_user: int | None) -> None:
    """The work was tried several times and never came to an end."""
    stop_applying(ImportBatch(pk=batch_id), why=_("The list could not be imported to its end. Please try once more."))


@transaction.atomic
def apply_batch(batch: ImportBatch, *, actor: Actor, decisions: Mapping[int, int | str] | None = None) -> Outcome:
    """Registers the people of a batch, once; applied again it gives the same outcome and adds nothing. The people of a
    directory are made and completed, and nobody is registered.

    What was decided stands in the rows (`choice`); `decisions` may say otherwise, by the id of a row: the id of one
    of its candidates (of its person, where that person is busy at the time or kept at another office), "new" or
    "skip"; in a directory also that the person moves (`rows.moving_from`), by the service that moves people. Every
    row is judged again under the lock of the class, as others may have imported since. Rows with problems, and
    those that ask and are not answered, stay and say so. Known persons get what they lack and keep what they have;
    persons whom the actor may not edit are only registered. The number of queries does not depend on the number of
    rows, only on that of the pairs of offices between which people move. Refusal when the class is concluded.
    """
    course = lock_course(batch.course) if batch.course else None
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.state == BatchState.APPLIED:
        return outcome_of(batch)
    _refuse_if_closed(batch, course)
    kept = batch.rows.order_by("pk").values_list("pk", "choice")
    said = {pk: (decisions or {}).get(pk, _chosen(choice)) for pk, choice in kept}
    if course is None and any(_leaving(choice)[1] for choice in said.values()):
        lock_classes_to_come(today(), actor)  # before the people, as whoever moves people does
    # People of one office are made by one import at a time, also when two classes import them at once.
    named = batch.rows.filter(office__isnull=False).order_by().values("office")
    offices = {o.pk: o for o in Office.objects.select_for_update(no_key=True).filter(pk__in=named).order_by("pk")}
    rows = open_rows(batch, offices)
    plan = _people_made(course, batch, rows, said, actor)
    if course:
        _register(course, plan, actor)
    else:
        _move(plan, actor)
    for step in plan:
        step.close()
    update_objects([step.opened.kept for step in plan], _DONE)
    batch.state, batch.applied_at, batch.applied_by_id = BatchState.APPLIED, now(), actor.user_id
    batch.total = batch.done = len(plan)
    batch.refusal = ""
    batch.save(update_fields=["state", "applied_at", "applied_by", "total", "done", "refusal"])
    outcome = outcome_of(batch)
    log_action(actor, "apply roster", batch, course=course, changes={k: v for k, v in vars(outcome).items() if v})
    log_found_elsewhere(batch, [step.verdict for step in plan if step.person], actor)
    return outcome


def _refuse_if_closed(batch: ImportBatch, course: Course | None) -> None:
    if batch.state not in (BatchState.READ, BatchState.APPLYING):
        raise Refusal(_("This roster was taken back or discarded. Please upload the file again."))
    refuse_concluded(course)


@dataclass
class _Step:
    """One row on its way: judged anew, decided, then with its person and registration."""

    opened: OpenedRow
    verdict: Verdict
    course: Course | None
    fate: str = ""
    why: str = ""
    person: Trainee | None = None
    registration: Registration | None = None
    made: bool = False
    filled: dict[str, list] = field(default_factory=dict)
    #: The office from which the person moves to that of the row, and the move.
    leaves: int | None = None
    transfer: Transfer | None = None

    def decide(self, choice: int | str | None, merged: Mapping[int, int]) -> None:
        """Sets `person` (unsaved for a new one) or the fate of a row that goes no further.

        `merged`: of rows that were shown and went into others since, into which. "New" says that it is none of those
        shown: it is no answer about somebody who came since.
        """
        verdict = self.verdict
        choice, self.leaves = _leaving(choice)
        shown = {merged.get(pk, pk) for pk in self.opened.candidates}
        if isinstance(choice, int):
            choice = merged.get(choice, choice)
        people: dict[Any, Trainee] = {trainee.pk: trainee for trainee in verdict.candidates}
        if choice == SKIP:
            self.fate = Fate.LEFT_OUT
        elif not self.opened.sound or verdict.problem:
            self.fate, self.why = Fate.WAITING, verdict.problem
        elif self._office_id is None and not verdict.registration:  # was in the class when the row was judged
            self.fate, self.why = Fate.WAITING, sentences.problem("office_missing", {})
        elif verdict.registration or verdict.decision not in QUESTIONS:
            self.person = verdict.trainee or Trainee()
        elif verdict.decision != RowDecision.ASK and verdict.trainee and choice == verdict.trainee.pk:
            self.person = verdict.trainee
        elif verdict.decision == RowDecision.ASK and (choice in people or (choice == NEW and people.keys() <= shown)):
            self.person = people.get(choice) or Trainee()
        else:
            self.fate = Fate.WAITING
            if verdict.decision == RowDecision.MOVES:
                self.why = _("Nobody has decided yet whether this person moves.")
            elif choice == NEW and people:
                self.why = _("Somebody of this name was added meanwhile: please say again who this is.")
            else:
                self.why = _("Nobody has decided yet who this is.") if people else " ".join(verdict.notes)
        if self.person is None or self.person.pk is None or self.person.office_id == self._office_id:
            self.leaves = None
        elif self.leaves and verdict.moves.get(self.person.pk) != self.leaves:
            self.wait(_("The office of this person was changed meanwhile: please decide again."))

    @property
    def _office_id(self) -> int | None:
        return self.opened.kept.office_id

    def wait(self, why: str) -> None:
        self.person, self.leaves, self.fate, self.why = None, None, Fate.WAITING, why

    def fill(self, actor: Actor) -> None:
        """Puts what was read into a new person, and into a known one where that says nothing."""
        read, person, office = self.opened.read, self.person, self.opened.kept.office
        stated: dict[str, Any] = {
            name: getattr(read, name)
            for name in ("gender", "position", "phone", "email")
            if getattr(read, name) and not getattr(person, name)
        }
        if "position" in stated:
            stated["position"] = in_the_clear(stated["position"])
        if person.pk is None:
            stated |= {"full_name": read.full_name, "office": office}
        elif not may_edit_trainee(actor, person):
            return
        if read.birth and not person.birth:
            stated["birth"] = read.birth
        if read.citizen_id and not person.citizen_number_fingerprint and not self.verdict.by_number:
            stated["citizen_number"] = read.citizen_id
        fill_trainee(person, **stated)
        if person.pk is None:
            stated |= {"full_name": person.full_name, "office": office.code}
        self.filled = {name: [None, str(value)] for name, value in stated.items() if name != "citizen_number"}
        if "citizen_number" in stated:
            self.filled["citizen_number"] = [None, "…"]

    def close(self) -> None:
        """Writes the fate into the row, not yet to the database."""
        kept, verdict = self.opened.kept, self.verdict
        if verdict.problem and verdict.problem not in kept.problems:
            kept.problems, kept.status = [*kept.problems, verdict.problem], RowStatus.PROBLEM
        kept.decision = verdict.decision
        person = self.person if self.person and self.person.pk else verdict.trainee
        kept.trainee_id = person.pk if person else None
        kept.registration_id = self.registration.pk if self.registration else None
        kept.made_trainee, kept.transfer = self.made, self.transfer
        kept.fate, kept.why = self.fate, str(self.why)[:300]
        kept.filled = [] if self.made else sorted(self.filled)


def _people_made(
    course: Course | None, batch: ImportBatch, rows: list[OpenedRow], said: Mapping[int, int | str | None], actor: Actor
) -> list[_Step]:
    """Judges the rows again and writes their people.

    A citizen number that somebody else wrote in this very moment makes the row judged once more: it is then that
    person's, or says that it is kept with another name. So does a person who was merged with another meanwhile.
    """
    earlier = earlier_people(course, sha256_of(batch), batch.office_id) if course else {}
    for _attempt in range(3):
        asked = [(row.read, row.kept.office) for row in rows]
        verdicts = match_people(course, asked, actor=actor, earlier=earlier)
        plan = [_Step(row, verdict, course) for row, verdict in zip(rows, verdicts, strict=True)]
        try:
            with transaction.atomic():
                _write_people(course, plan, said, actor)
        except _ChangedMeanwhile:
            continue
        except IntegrityError as error:
            if "fingerprint" not in str(error) and "one_trainee_a_citizen_number" not in str(error):
                raise
        else:
            return plan
    raise Refusal(_("Somebody else is writing the same people at this moment. Please press the button again."))


def _write_people(course: Course | None, plan: list[_Step], said: Mapping[int, int | str | None], actor: Actor) -> None:
    """Makes the people who find a seat and completes the known ones; nobody is made who could not be registered."""
    merged = merged_since(step.opened for step in plan)
    for step in plan:
        step.decide(said[step.opened.kept.pk], merged)
    _lock_known(plan)
    if course:
        _give_seats(course, plan)
    else:
        _let_each_move_once(plan)
    for step in plan:
        if step.person:
            step.fill(actor)
    made = [step for step in plan if step.person and step.person.pk is None]
    changed = {step.person.pk: step for step in plan if step.person and step.person.pk and step.filled}
    if course is None:
        _say_of_directory(plan)
    insert_objects(step.person for step in made)
    for step in made:
        step.made = True
    for step in changed.values():
        step.person.updated_at = now()
    update_objects([step.person for step in changed.values()], _COMPLETED)
    group = uuid4()
    log_each(actor, "add", {step.person: step.filled for step in made}, course=course, batch=group)
    log_each(actor, "complete", {s.person: s.filled for s in changed.values()}, course=course, batch=group)


class _ChangedMeanwhile(Exception):
    """Somebody who was found went into another row, or to another office, before that person could be locked."""


def _lock_known(plan: list[_Step]) -> None:
    """Locks everybody who is known already, by id, and goes on with what is kept of them now: nothing that was saved
    since the rows were judged is written over, and nobody waits for us who holds what we still want. (1 query.)"""
    known = {step.person.pk for step in plan if step.person and step.person.pk}
    fresh = {t.pk: t for t in Trainee.objects.select_for_update().filter(pk__among=known).order_by("pk")}
    if any(trainee.merged_into_id for trainee in fresh.values()):
        raise _ChangedMeanwhile
    for step in plan:
        if step.person and step.person.pk:
            step.person = fresh[step.person.pk]
            if step.leaves and step.leaves != step.person.office_id:
                raise _ChangedMeanwhile


def _leaving(choice: int | str | None) -> tuple[int | str | None, int | None]:
    """The choice, and the office that its person leaves (see `rows.moving_from`), None when nobody moves."""
    person, colon, office = str(choice).partition(":")
    return (int(person), int(office)) if colon else (choice, None)


def _chosen(choice: str) -> int | str | None:
    return int(choice) if choice.isascii() and choice.isdigit() else choice or None


def _give_seats(course: Course, plan: list[_Step]) -> None:
    likely = [person for step in plan for person in (step.verdict.trainee, *step.verdict.candidates) if person]
    room = Room(course, likely)
    active = set(Registration.objects.filter(course=course).active().order_by().values_list("trainee_id", flat=True))
    for step in plan:
        office = step.opened.kept.office
        if step.person is None:
            continue
        if step.person.pk in active:
            step.fate = Fate.ALREADY
        elif sentence := room.refusal(office, step.person):
            step.fate, step.why, step.person = Fate.OVER, sentence, None
        else:
            room.take(office, step.person)
            step.fate = Fate.REGISTERED
            if step.person.pk:
                active.add(step.person.pk)


def _let_each_move_once(plan: list[_Step]) -> None:
    goes: dict[int, int | None] = {}
    for step in plan:
        if step.leaves and goes.setdefault(step.person.pk, step.opened.kept.office_id) != step.opened.kept.office_id:
            step.wait(_("This person stands in the list at two offices: please decide for one of them."))


def _say_of_directory(plan: list[_Step]) -> None:
    for step in plan:
        if not step.person:
            continue
        if step.person.pk is None:
            step.fate = Fate.MADE
        elif step.leaves:
            step.fate = Fate.MOVED
        else:
            step.fate = Fate.COMPLETED if step.filled else Fate.KNOWN


def _move(plan: list[_Step], actor: Actor) -> None:
    """Moves the people of whom it was decided, pair by pair of offices, as of today."""
    pairs: dict[tuple[int, int], list[_Step]] = {}
    for step in plan:
        if step.leaves:
            pairs.setdefault((step.leaves, step.opened.kept.office_id), []).append(step)
    offices = Office.objects.in_bulk({pk for pair in pairs for pk in pair})
    for (old, new), steps in sorted(pairs.items(), key=lambda pair: pair[0]):
        people = [step.person.pk for step in steps]
        # Who goes to another office goes to what the list says there; what was kept was of the old one.
        said = {step.person.pk: in_the_clear(step.opened.read.position or "") for step in steps}
        positions = {pk: position for pk, position in said.items() if position}
        transfer = move_people(
            offices[old], offices[new], people, effective_on=today(), actor=actor, positions=positions
        )
        for step in steps:
            step.transfer = transfer


def _register(course: Course, plan: list[_Step], actor: Actor) -> None:
    steps = [step for step in plan if step.person]
    nominees = [
        Nominee(
            step.person,
            step.opened.kept.office,
            in_the_clear(step.opened.read.position or "") or step.person.position,
        )
        for step in steps
    ]
    registered, refused = register_many(course, nominees, actor=actor)
    for step in steps:
        step.registration = registered.get(step.person.pk)
        if step.person.pk in refused:  # not while the class is locked; said, if it ever happens
            step.fate, step.why = Fate.OVER, refused[step.person.pk]

"""Applying a roster: its people are registered, once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.choices import BatchState, RowDecision, RowStatus
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import Course, File, ImportBatch, ImportRow, Office, Registration, Trainee
from courses.rules.permissions import may_edit_trainee
from courses.services.matching import Verdict, match_people
from courses.services.records import log_action, log_each
from courses.services.registrations import Nominee, Room, lock_course, register_many
from courses.services.roster_reading import earlier_people, log_found_elsewhere
from courses.services.roster_rows import NEW, SKIP, Fate, OpenedRow, Outcome, in_the_clear, open_rows, outcome_of, seal
from courses.services.trainees import fill_trainee

_COMPLETED = (
    "gender", "position", "phone", "email", "birth_first", "birth_precision", "citizen_number_sealed",
    "citizen_number_fingerprint", "updated_at",
)  # fmt: skip


@transaction.atomic
def apply_batch(batch: ImportBatch, *, actor: Actor, decisions: Mapping[int, int | str]) -> Outcome:
    """Registers the people of a batch, once; applied again it gives the same outcome and adds nothing.

    `decisions` holds, by the id of a row: the id of one of its candidates (of its person, where that person is busy
    at the time), "new" or "skip". Every row is judged again under the lock of the class, as others may have imported
    since. Rows with problems, and those that ask and are not answered, stay and say so. Known persons get what they
    lack and keep what they have; persons whom the actor may not edit are only registered. The number of queries does
    not depend on the number of rows. Refusal when the class is concluded.
    """
    course = lock_course(batch.course)
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state == BatchState.APPLIED:
        return outcome_of(open_rows(batch))
    if batch.state != BatchState.READ:
        raise Refusal(_("This roster was discarded. Please upload the file again."))
    if not course.is_open_to_change:
        raise Refusal(_("The class is concluded: nobody can be registered any more."))
    rows = open_rows(batch)
    # People of one office are made by one import at a time, also when two classes import them at once.
    offices = {row.kept.office_id for row in rows if row.kept.office_id}
    list(Office.objects.select_for_update(no_key=True).filter(pk__in=offices).order_by("pk").values_list("pk"))
    plan = _people_made(course, batch, rows, decisions, actor)
    _register(course, plan, actor)
    for step in plan:
        step.close()
    ImportRow.objects.bulk_update(
        [step.opened.kept for step in plan],
        ["sealed", "problems", "status", "decision", "trainee", "registration"],
    )
    batch.state, batch.applied_at, batch.applied_by_id = BatchState.APPLIED, now(), actor.user_id
    batch.save(update_fields=["state", "applied_at", "applied_by"])
    outcome = outcome_of([step.opened for step in plan])
    log_action(actor, "apply roster", batch, course=course, changes=vars(outcome))
    log_found_elsewhere(batch, [step.verdict for step in plan if step.person], actor)
    return outcome


@dataclass
class _Step:
    """One row on its way: judged anew, decided, then with its person and registration."""

    opened: OpenedRow
    verdict: Verdict
    fate: str = ""
    why: str = ""
    person: Trainee | None = None
    registration: Registration | None = None
    filled: dict[str, list] = field(default_factory=dict)

    def decide(self, choice: int | str | None) -> None:
        """Sets `person` (unsaved for a new one) or the fate of a row that goes no further."""
        verdict = self.verdict
        people: dict[Any, Trainee] = {trainee.pk: trainee for trainee in verdict.candidates}
        if not self.opened.sound or verdict.problem:
            self.fate, self.why = Fate.WAITING, verdict.problem
        elif choice == SKIP:
            self.fate = Fate.LEFT_OUT
        elif verdict.registration or verdict.decision not in (RowDecision.ASK, RowDecision.CLASH):
            self.person = verdict.trainee or Trainee()
        elif verdict.decision == RowDecision.CLASH and verdict.trainee and choice == verdict.trainee.pk:
            self.person = verdict.trainee
        elif verdict.decision == RowDecision.ASK and (choice == NEW or choice in people):
            self.person = people.get(choice) or Trainee()
        else:
            self.fate = Fate.WAITING
            self.why = _("Nobody has decided yet who this is.") if people else " ".join(verdict.notes)

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
            fill_trainee(person, full_name=read.full_name, office=office)
        elif not may_edit_trainee(actor, person):
            return
        if read.birth and not person.birth:
            stated["birth"] = read.birth
        if read.citizen_id and not person.citizen_number_fingerprint:
            stated["citizen_number"] = read.citizen_id
        fill_trainee(person, **stated)
        if person.pk is None:
            stated |= {"full_name": person.full_name, "office": office.code}
        self.filled = {name: [None, str(value)] for name, value in stated.items() if name != "citizen_number"}
        if "citizen_number" in stated:
            self.filled["citizen_number"] = [None, "…"]

    def close(self) -> None:
        """Writes the fate into the row, not yet to the database."""
        kept, verdict, opened = self.opened.kept, self.verdict, self.opened
        if verdict.problem and verdict.problem not in kept.problems:
            kept.problems, kept.status = [*kept.problems, verdict.problem], RowStatus.PROBLEM
        kept.decision = verdict.decision
        kept.trainee = self.person if self.person and self.person.pk else verdict.trainee
        kept.registration = self.registration
        kept.sealed = seal(opened.read, verdict, self.fate, self.why)
        opened.fate, opened.why = self.fate, self.why


def _people_made(
    course: Course, batch: ImportBatch, rows: list[OpenedRow], decisions: Mapping[int, int | str], actor: Actor
) -> list[_Step]:
    """Judges the rows again and writes their people.

    A citizen number that somebody else wrote in this very moment makes the row judged once more: it is then that
    person's, or says that it is kept with another name.
    """
    sha256 = File.objects.filter(pk=batch.file_id).values_list("sha256", flat=True).first()  # without the bytes
    earlier = earlier_people(course, sha256, batch.office_id) if sha256 else {}
    for _attempt in range(3):
        asked = [(row.read, row.kept.office) for row in rows]
        verdicts = match_people(course, asked, actor=actor, earlier=earlier)
        plan = [_Step(row, verdict) for row, verdict in zip(rows, verdicts, strict=True)]
        try:
            with transaction.atomic():
                _write_people(course, plan, decisions, actor)
        except IntegrityError as error:
            if "fingerprint" not in str(error) and "one_trainee_a_citizen_number" not in str(error):
                raise
        else:
            return plan
    raise Refusal(_("Somebody else is writing the same people at this moment. Please press the button again."))


def _write_people(course: Course, plan: list[_Step], decisions: Mapping[int, int | str], actor: Actor) -> None:
    """Makes the people who find a seat and completes the known ones; nobody is made who could not be registered."""
    likely = [person for step in plan for person in (step.verdict.trainee, *step.verdict.candidates) if person]
    room = Room(course, likely)
    active = set(Registration.objects.filter(course=course).active().order_by().values_list("trainee_id", flat=True))
    for step in plan:
        step.decide(decisions.get(step.opened.kept.pk))
        if step.person is None:
            continue
        if step.person.pk in active:
            step.fate = Fate.ALREADY
        elif sentence := room.refusal(step.opened.kept.office, step.person):
            step.fate, step.why, step.person = Fate.OVER, sentence, None
            continue
        else:
            room.take(step.opened.kept.office, step.person)
            step.fate = Fate.REGISTERED
            if step.person.pk:
                active.add(step.person.pk)
        step.fill(actor)
    made = [step for step in plan if step.person and step.person.pk is None]
    changed = {step.person.pk: step for step in plan if step.person and step.person.pk and step.filled}
    Trainee.objects.bulk_create(step.person for step in made)
    for step in changed.values():
        step.person.updated_at = now()
    Trainee.objects.bulk_update(
        [step.person for step in changed.values()],
        _COMPLETED,
    )
    group = uuid4()
    log_each(actor, "add", {step.person: step.filled for step in made}, course=course, batch=group)
    log_each(actor, "complete", {s.person: s.filled for s in changed.values()}, course=course, batch=group)


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

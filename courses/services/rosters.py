"""Rosters: reading one into a batch of rows, and applying the batch once.

What the file says is kept encrypted, since rosters carry citizen numbers; what stands in the clear beside it (problems,
notes, names of sheets and files) has such numbers masked.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from courses.constants import citizen_numbers
from courses.constants.actors import Actor
from courses.constants.choices import BatchState, FilePurpose, RowDecision, RowStatus
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.names import clean_text
from courses.constants.partial_dates import PartialDate
from courses.models import Course, File, ImportBatch, ImportRow, Office, Registration, Trainee
from courses.readers.limited import read_in_child
from courses.readers.records import Reading, RosterRow
from courses.rules.permissions import may_edit_trainee
from courses.services.matching import Verdict, match_offices, match_people
from courses.services.records import log_action, log_each, store_file
from courses.services.registrations import Nominee, Room, lock_course, register_many
from courses.services.trainees import fill_trainee

NEW, SKIP = "new", "skip"
_LONG_NUMBER = re.compile(r"\d(?:[\s.\-]?\d){10,}")
_COMPLETED = (
    "gender", "position", "phone", "email", "birth_first", "birth_precision", "citizen_number_sealed",
    "citizen_number_fingerprint", "updated_at",
)  # fmt: skip
_READ = ("full_name", "gender", "position", "office_text", "office_from", "phone", "email", "citizen_id")


class Fate:
    """What became of a row of an applied batch."""

    REGISTERED, ALREADY, OVER, WAITING, LEFT_OUT = "registered", "already", "over", "waiting", "left out"


@dataclass(frozen=True)
class Outcome:
    """How many rows of an applied batch met which fate."""

    registered: int = 0
    already: int = 0
    over: int = 0
    waiting: int = 0
    left_out: int = 0


@dataclass(frozen=True)
class Judged:
    """One row as it was read, its office, and what it would become. `problems` are the row's and the verdict's."""

    row: RosterRow
    office: Office | None
    verdict: Verdict

    @property
    def problems(self) -> list[str]:
        return [*self.row.problems, *([self.verdict.problem] if self.verdict.problem else [])]

    @property
    def status(self) -> str:
        return RowStatus.PROBLEM if self.problems else RowStatus.OK


@dataclass
class OpenedRow:
    """A kept row with its seal opened: `read` as the file said it, candidates by id, the fate once applied."""

    kept: ImportRow
    read: RosterRow
    candidates: list[int]
    notes: list[str]
    elsewhere: bool
    fate: str | None
    why: str

    @property
    def sound(self) -> bool:
        return self.kept.status == RowStatus.OK

    @property
    def asks(self) -> bool:
        """A person must decide before it can be applied."""
        return self.sound and self.kept.decision in (RowDecision.ASK, RowDecision.CLASH) and not self.is_there

    @property
    def is_there(self) -> bool:
        return self.fate is None and self.kept.registration_id is not None

    @property
    def ready(self) -> bool:
        """It will be registered without anybody's decision."""
        in_order = (RowDecision.NEW, RowDecision.KNOWN, RowDecision.LATE)
        return self.sound and self.kept.decision in in_order and not self.is_there


def judge_roster(
    course: Course, data: bytes, *, actor: Actor, office: Office | None = None
) -> tuple[Reading, list[Judged]]:
    """Reads a roster in a child process and judges each row; writes nothing. `office` is that of rows naming none.

    Refusal, with a sentence, when the file as a whole cannot be read. Reading takes no query, judging a fixed number.
    """
    reading = read_in_child(data, on=course.starts_on)
    rows = match_offices(reading.rows, course, office)
    earlier = _earlier(course, hashlib.sha256(data).hexdigest(), office.pk if office else None)
    verdicts = match_people(course, rows, actor=actor, earlier=earlier)
    return reading, [Judged(row, at, verdict) for (row, at), verdict in zip(rows, verdicts, strict=True)]


def read_roster(
    course: Course, data: bytes, file_name: str, *, actor: Actor, office: Office | None = None
) -> ImportBatch:
    """Reads a roster and keeps it, each row with what is wrong and what would happen; nobody is registered yet.

    Refusal when the file as a whole cannot be read, or the class is concluded.
    """
    if not course.is_open_to_change:
        raise Refusal(_("The class is concluded: nobody can be registered any more."))
    reading, judged = judge_roster(course, data, actor=actor, office=office)
    notes = list(reading.notes)
    if reading.hidden_sheets:
        notes.append(_("Hidden sheets were not read: %(names)s.") % {"names": ", ".join(reading.hidden_sheets)})
    with transaction.atomic():
        file = store_file(data, purpose=FilePurpose.IMPORT, media_type="application/octet-stream", sealed=True)
        before = ImportBatch.objects.filter(course=course, file=file, office=office, state=BatchState.APPLIED).first()
        if before:
            day = f"{localtime(before.applied_at):%d/%m/%Y}"
            notes.insert(0, _("This very file was already imported into this class on %(day)s.") % {"day": day})
        batch = ImportBatch.objects.create(
            course=course,
            office=office,
            file=file,
            file_name=in_the_clear(file_name)[-255:],
            uploaded_by_id=actor.user_id,
            uploaded_at=now(),
            notes=[in_the_clear(note) for note in notes],
        )
        ImportRow.objects.bulk_create(_kept_rows(batch, judged))
        _log_found_elsewhere(batch, [one.verdict for one in judged], actor)
        log_action(actor, "read roster", batch, course=course, changes={"rows": len(judged)})
    return batch


def _earlier(course: Course, sha256: str, office_id: int | None) -> dict[tuple[str, int], int]:
    """Who the rows of this very file became when it was applied before."""
    rows = ImportRow.objects.filter(
        batch__course=course,
        batch__state=BatchState.APPLIED,
        batch__file__sha256=sha256,
        batch__office=office_id,
        registration__isnull=False,
    )
    return {
        (sheet, row): trainee
        for sheet, row, trainee in rows.order_by("pk").values_list("sheet", "row", "registration__trainee_id")
    }


def _kept_rows(batch: ImportBatch, judged: list[Judged]) -> list[ImportRow]:
    sheets: dict[str, str] = {}
    for one in judged:
        name = one.row.sheet or ""
        # The column holds 100 characters; two long names that begin alike stay two.
        kept = in_the_clear(name)
        sheets.setdefault(name, kept if len(kept) <= 90 else f"{kept[:90]} ({len(sheets) + 1})")
    return [
        ImportRow(
            batch=batch,
            sheet=sheets[one.row.sheet or ""],
            row=one.row.row,
            sealed=_seal(one.row, one.verdict),
            problems=[in_the_clear(problem) for problem in one.problems],
            status=one.status,
            decision=one.verdict.decision,
            office=one.office,
            trainee=one.verdict.trainee,
            registration=one.verdict.registration,
        )
        for one in judged
    ]


def in_the_clear(text: str) -> str:
    """One line as it may be shown and kept: long numbers are masked, since citizen numbers stand in odd places."""
    return _LONG_NUMBER.sub(lambda found: citizen_numbers.masked(found[0]), clean_text(text))


def _seal(row: RosterRow, verdict: Verdict, fate: str | None = None, why: str = "") -> str:
    read = {name: getattr(row, name) for name in _READ} | {"birth": row.birth.iso() if row.birth else None}
    return citizen_numbers.encrypt(
        json.dumps(
            {
                "sheet": row.sheet,
                "read": read,
                "raw": row.raw,
                "candidates": [trainee.pk for trainee in verdict.candidates],
                "elsewhere": verdict.elsewhere,
                "notes": verdict.notes,
                "fate": fate,
                "why": why,
            },
            ensure_ascii=False,
        )
    )


def open_rows(batch: ImportBatch) -> list[OpenedRow]:
    """All rows of a batch in the order of the file, opened. (1 query.) Refusal when the key is not here."""
    return [_open(kept) for kept in batch.rows.select_related("office", "registration").order_by("pk")]


def _open(kept: ImportRow) -> OpenedRow:
    sealed = json.loads(citizen_numbers.decrypt(kept.sealed))
    birth = sealed["read"].pop("birth")
    read = RosterRow(
        sheet=sealed["sheet"],
        row=kept.row,
        birth=PartialDate.from_iso(birth) if birth else None,
        problems=tuple(kept.problems),
        raw=sealed["raw"],
        **sealed["read"],
    )
    return OpenedRow(
        kept, read, sealed["candidates"], sealed["notes"], sealed["elsewhere"], sealed["fate"], sealed["why"]
    )


def outcome_of(rows: list[OpenedRow]) -> Outcome:
    """The counts of an applied batch."""
    counts = Counter(row.fate for row in rows)
    return Outcome(
        counts[Fate.REGISTERED], counts[Fate.ALREADY], counts[Fate.OVER], counts[Fate.WAITING], counts[Fate.LEFT_OUT]
    )


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
    _log_found_elsewhere(batch, [step.verdict for step in plan if step.person], actor)
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
        kept.sealed = _seal(opened.read, verdict, self.fate, self.why)
        opened.fate, opened.why = self.fate, self.why


def _people_made(
    course: Course, batch: ImportBatch, rows: list[OpenedRow], decisions: Mapping[int, int | str], actor: Actor
) -> list[_Step]:
    """Judges the rows again and writes their people.

    A citizen number that somebody else wrote in this very moment makes the row judged once more: it is then that
    person's, or says that it is kept with another name.
    """
    sha256 = File.objects.filter(pk=batch.file_id).values_list("sha256", flat=True).first()  # without the bytes
    earlier = _earlier(course, sha256, batch.office_id) if sha256 else {}
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
    room = Room(course)
    active = set(Registration.objects.filter(course=course).active().order_by().values_list("trainee_id", flat=True))
    for step in plan:
        step.decide(decisions.get(step.opened.kept.pk))
        if step.person is None:
            continue
        if step.person.pk in active:
            step.fate = Fate.ALREADY
        elif sentence := room.refusal(step.opened.kept.office):
            step.fate, step.why, step.person = Fate.OVER, sentence, None
            continue
        else:
            room.take(step.opened.kept.office)
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


def _log_found_elsewhere(batch: ImportBatch, verdicts: list[Verdict], actor: Actor) -> None:
    """Whose number was found among people whom the actor does not see, by id; also where the names differ, so that
    trying numbers leaves a trace."""
    found = {verdict.trainee.pk for verdict in verdicts if verdict.elsewhere and verdict.trainee}
    found |= {verdict.collides for verdict in verdicts if verdict.collides}
    if found:
        log_action(actor, "find by citizen number", batch, course=batch.course_id, changes={"trainees": sorted(found)})

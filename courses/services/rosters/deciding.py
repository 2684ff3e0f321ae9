"""What people decide about the rows of a roster that is read and not yet applied: who somebody is, what a cell should
say, which office is meant. Everything is kept with the row, so that another organiser can go on another day."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.choices import BatchState
from courses.constants.clock import today
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.constants.names import search_key
from courses.models import ImportBatch, ImportRow, Office, OfficeAlias
from courses.rules.permissions import may_plan_for
from courses.services.many_rows import update_objects
from courses.services.records import log_action
from courses.services.rosters.matching import match_people
from courses.services.rosters.offices import match_offices
from courses.services.rosters.reading import earlier_people
from courses.services.rosters.retyping import retyped
from courses.services.rosters.rows import (
    SKIP,
    Judged,
    OpenedRow,
    in_columns,
    moving_from,
    open_rows,
    opened,
    seal,
    sha256_of,
)

_JUDGED = ("sealed", "problems", "status", "decision", "choice", "fixed", "asked_office", "office", "trainee",
           "registration")  # fmt: skip
_LONGEST_ALIAS = OfficeAlias._meta.get_field("text").max_length


@transaction.atomic
def decide_rows(batch: ImportBatch, choices: Mapping[int, int | str], *, actor: Actor) -> int:
    """Keeps what was chosen, by the id of a row: the id of one of its candidates, "new" or "skip", or that its person
    moves (`moving_from`); returns how many rows changed. What is no answer to the row's question is passed over. (4
    queries.)

    Refusal when the roster is applied already.
    """
    batch = _lock(batch)
    rows = batch.rows.filter(pk__among=[pk for pk in choices if pk < 2**63]).order_by("pk")
    changed = []
    for row in opened(rows):
        choice = str(choices[row.kept.pk])
        if choice in row.answers and choice != row.kept.choice:
            row.kept.choice = choice
            changed.append(row.kept)
    update_objects(changed, ["choice"])
    return len(changed)


@transaction.atomic
def decide_moves(batch: ImportBatch, *, move: bool, actor: Actor) -> int:
    """Answers for every row of a directory that still asks whether its person moves to the office of the list;
    returns for how many. What was decided before stays. (3 queries, and one more for each thousand of rows or so.)

    Refusal when the roster is applied already.
    """
    batch = _lock(batch)
    changed = []
    for row in opened(batch.rows.which_are("moves").order_by("pk")):
        person = row.kept.trainee_id
        if person in row.moves:
            row.kept.choice = moving_from(person, row.moves[person]) if move else str(person)
            changed.append(row.kept)
    ImportRow.objects.bulk_update(changed, ["choice"])
    return len(changed)


@transaction.atomic
def put_right(row: ImportRow, typed: Mapping[str, str], *, office: Office | None, actor: Actor) -> OpenedRow:
    """Puts the cells of one row right and judges the list again, as other rows may have been repeats of it.

    `typed` holds words by field (`roster_rows.CELLS`), all of them, read as a cell of the file is read; what cannot be
    read is again a problem of the row. The raw cells stay as they came. Refusal when the roster is applied already.
    """
    batch = _lock(row.batch)
    rows = open_rows(batch)
    mine = next((one for one in rows if one.kept.pk == row.pk), None)
    if mine is None:
        raise Refusal(_("This row is not there any more. Please look at the list again."))
    day = batch.course.starts_on if batch.course else today()
    mine.read, mine.typed = retyped(mine.read, typed, day), dict(typed)
    mine.kept.fixed, mine.kept.office, mine.kept.choice, mine.before = True, office, "", None
    _judge_again(batch, rows, actor, also={row.pk})
    log_action(actor, "put row right", batch, course=batch.course_id, changes={"row": [None, str(row)]})
    return next(iter(opened(ImportRow.objects.filter(pk=row.pk).select_related("office"))))


@transaction.atomic
def leave_out(row: ImportRow, *, actor: Actor, out: bool = True) -> None:
    """Leaves a row out, whatever is wrong with it, or takes it in again."""
    _lock(row.batch)
    ImportRow.objects.filter(pk=row.pk).update(choice=SKIP if out else "")


@transaction.atomic
def say_office(batch: ImportBatch, words: str, office: Office, *, actor: Actor, remember: bool) -> int:
    """Says which office is meant by `words`, for every row of the list that has them; returns for how many.

    Remembered, the words are another spelling of the office for every later list of this host of a day on which it
    exists; other hosts are asked, until a superuser makes it general. Refusal when the office does
    not exist on the day of the class, or the roster is applied already.
    """
    batch = _lock(batch)
    day = batch.course.starts_on if batch.course else today()
    if not office.exists_on(day):
        raise Refusal(_("%(office)s does not exist on %(day)s. Please choose another office.")
                      % {"office": office.name, "day": f"{day:%d/%m/%Y}"})  # fmt: skip
    rows = open_rows(batch)
    asked = [row for row in rows if words and row.kept.asked_office == words]
    if not asked:
        return 0
    for row in asked:
        row.kept.office, row.kept.fixed, row.before = office, True, None
    host_id = batch.course.host_office_id if batch.course else batch.kept_by_id
    if remember and may_plan_for(actor, host_id):
        spelled = in_the_clear(asked[0].read.office_text or "")[:_LONGEST_ALIAS]
        kept = OfficeAlias.objects.filter(Q(taught_by=None) | Q(taught_by=host_id), office=office, text=spelled)
        if not kept.exists():
            key = search_key(spelled)[:_LONGEST_ALIAS]
            OfficeAlias.objects.create(office=office, text=spelled, key=key, taught_by_id=host_id)
            log_action(actor, "teach office", office, course=batch.course_id, changes={"spelling": [None, spelled]})
    _judge_again(batch, rows, actor, also={row.kept.pk for row in asked})
    log_action(
        actor, "say office", batch, course=batch.course_id, changes={"office": [words, office.code], "rows": len(asked)}
    )
    return len(asked)


def _lock(batch: ImportBatch) -> ImportBatch:
    """The roster as it is now, locked. Refusal unless it is read and waits for decisions."""
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.state != BatchState.READ:
        raise Refusal(_("This list was applied already, or is being applied: nothing in it can be changed any more."))
    return batch


def _judge_again(batch: ImportBatch, rows: list[OpenedRow], actor: Actor, *, also: set[int]) -> None:
    """Judges all rows and writes those that changed (`also` those); a choice that is no answer any more is dropped."""
    said = [row.kept.office if row.kept.fixed else None for row in rows]
    asked = match_offices([row.read for row in rows], batch.course, batch.office, kept_by=batch.kept_by, said=said)
    earlier = earlier_people(batch.course, sha256_of(batch), batch.office_id) if batch.course else {}
    verdicts = match_people(batch.course, asked, actor=actor, earlier=earlier)
    changed = []
    for row, (read, office), verdict in zip(rows, asked, verdicts, strict=True):
        judged = Judged(read, office, verdict)
        candidates = [trainee.pk for trainee in verdict.candidates]
        columns = in_columns(judged)
        now_said = (candidates, verdict.notes, verdict.moves)
        sealed_anew = row.kept.pk in also or (row.candidates, row.notes, row.moves) != now_said
        if not sealed_anew and all(_same(getattr(row.kept, name), value) for name, value in columns.items()):
            continue
        for name, value in columns.items():
            setattr(row.kept, name, value)
        row.read, (row.candidates, row.notes, row.moves) = read, now_said
        if row.kept.choice not in row.answers:
            row.kept.choice = ""
        row.kept.sealed = seal(read, verdict, row.typed, before=row.before)
        changed.append(row.kept)
    ImportRow.objects.bulk_create(changed, update_conflicts=True, unique_fields=["id"], update_fields=_JUDGED)


def _same(one, other) -> bool:
    return (getattr(one, "pk", one)) == (getattr(other, "pk", other))

"""Taking an applied roster back, as long as nothing depends on what it made."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import router, transaction
from django.db.models import Model, ProtectedError
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.constants.actors import Actor
from courses.constants.choices import ACTIVE_STATES, BatchState, RegistrationState
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.models import ImportBatch, ImportRow, Registration, Trainee
from courses.services.many_rows import update_objects
from courses.services.records import log_action
from courses.services.registrations import lock_course, refuse_concluded
from courses.services.rosters.rows import Fate, OpenedRow, merged_since, open_rows
from courses.services.transfers import undo_transfers

#: The columns of a person behind each thing that a roster fills in.
_COLUMNS = {
    "birth": ("birth_first", "birth_precision"),
    "citizen_number": ("citizen_number_sealed", "citizen_number_fingerprint"),
}
_EMPTY = {"birth_first": None, "citizen_number_fingerprint": None}
_WRITTEN = ("gender", "position", "phone", "email", *_COLUMNS["birth"], *_COLUMNS["citizen_number"], "updated_at")


@dataclass(frozen=True)
class Undone:
    """How many registrations were withdrawn, people taken away, people emptied again of what was filled in, people
    kept since something else has come to depend on them, and people who moved back to their office."""

    withdrawn: int = 0
    removed: int = 0
    emptied: int = 0
    kept: int = 0
    returned: int = 0


@transaction.atomic
def undo_batch(batch: ImportBatch, *, actor: Actor) -> Undone:
    """Takes an applied roster back: its registrations are withdrawn, the people whom it made are taken away, and what
    it filled in of known people is emptied again where it still stands as it was filled in. Who moved by it moves back.
    Twice is harmless.

    A person whom it made and on whom something else depends by now (another class, a merger, a serial number that was
    given) stays, withdrawn. Refusal, with the number of people, when marks, papers or anything else depend on the
    registrations themselves; when a move cannot be taken back any more (`undo_transfer`); and when the class is
    concluded or the roster was never applied.
    """
    course = lock_course(batch.course) if batch.course else None
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.state == BatchState.UNDONE:
        return Undone()
    if batch.state != BatchState.APPLIED:
        raise Refusal(_("This list was not applied, so there is nothing to take back."))
    refuse_concluded(course)
    rows = open_rows(batch)
    made = {row.kept.registration_id for row in rows if row.kept.fate == Fate.REGISTERED and row.kept.registration_id}
    registrations = list(Registration.objects.select_for_update().filter(pk__among=made).order_by("pk"))
    if held := _held(registrations):
        raise Refusal(
            ngettext(
                "Marks, papers or requests already depend on %(number)d person of this list. It cannot be taken back "
                "as a whole any more; please withdraw single people.",
                "Marks, papers or requests already depend on %(number)d people of this list. It cannot be taken back "
                "as a whole any more; please withdraw single people.",
                len(held),
            )
            % {"number": len(held)}
        )
    returned = undo_transfers({row.kept.transfer_id for row in rows if row.kept.transfer_id}, actor=actor)
    emptied = _empty(rows)
    removed, kept = _remove(rows, registrations)
    _say_who_was_merged(rows)
    withdrawn = _withdraw(registrations)
    batch.state, batch.undone_at, batch.undone_by_id = BatchState.UNDONE, now(), actor.user_id
    batch.save(update_fields=["state", "undone_at", "undone_by"])
    undone = Undone(withdrawn, removed, emptied, kept, returned)
    log_action(actor, "undo roster", batch, course=course, changes={k: [None, v] for k, v in vars(undone).items()})
    return undone


def _held(objects: list, apart_from: Iterable[Model] = ()) -> set[int]:
    """Ids of the objects that something depends on which may not go with them (PROTECT), whatever app it is of.

    Nothing is deleted: the collector only looks, in as many queries as there are relations.
    """
    if not objects:
        return set()
    model, own = type(objects[0]), {(type(one), one.pk) for one in apart_from}
    try:
        Collector(using=router.db_for_write(model)).collect(objects)
    except ProtectedError as error:
        return {
            getattr(holder, field.attname)
            for holder in error.protected_objects
            if (type(holder), holder.pk) not in own
            for field in holder._meta.concrete_fields
            if field.is_relation and field.related_model is model
        } - {None}
    return set()


def _remove(rows: list[OpenedRow], registrations: list[Registration]) -> tuple[int, int]:
    """Takes away the people whom the roster made, with their registrations; (how many, how many had to stay)."""
    ids = {row.kept.trainee_id for row in rows if row.kept.made_trainee and row.kept.trainee_id}
    people = list(Trainee.objects.select_for_update(of=("self",)).filter(pk__among=ids).order_by("pk"))
    held = _held(people, apart_from=registrations)
    # Whose place somebody took, or whose registration went into another, belongs to the history of the class.
    # A number that was given is never given again, so the row that has it stays.
    held |= {
        r.trainee_id
        for r in registrations
        if r.state == RegistrationState.REPLACED or r.merged_into_id or r.number is not None
    }
    free = [person.pk for person in people if person.pk not in held]
    try:
        with transaction.atomic():
            Registration.objects.filter(pk__among=[r.pk for r in registrations if r.trainee_id in set(free)]).delete()
            Trainee.objects.filter(pk__among=free).delete()
    except ProtectedError:  # something further away holds them: they stay and are only withdrawn
        return 0, len(people)
    return len(free), len(people) - len(free)


def _say_who_was_merged(rows: list[OpenedRow]) -> None:
    """Of people whom the roster made and who went into others since: their rows say what is left to do. Who it is now
    stands beside the row on its page; no name is written into the clear. (2 queries.)"""
    made = [row for row in rows if row.kept.made_trainee]
    merged = merged_since(made)
    told = [row.kept.pk for row in made if row.kept.trainee_id in merged]
    ImportRow.objects.filter(pk__in=told).update(
        why=_(
            "This person was merged with another entry after the import, so the entry stays. Please look at the person "
            "named here, and correct by hand what the list brought."
        )
    )


def _withdraw(registrations: list[Registration]) -> int:
    left = Registration.objects.filter(pk__among=[r.pk for r in registrations], state__in=ACTIVE_STATES)
    left.update(state=RegistrationState.WITHDRAWN, updated_at=now())
    return sum(registration.state in ACTIVE_STATES for registration in registrations)


def _empty(rows: list[OpenedRow]) -> int:
    """Empties what the roster filled in of known people, where it still says the same."""
    filled = {row.kept.trainee_id: row for row in rows if row.kept.filled and row.kept.trainee_id}
    people = Trainee.objects.select_for_update(of=("self",)).filter(pk__among=filled).order_by("pk")
    changed = []
    for person in people:
        row = filled[person.pk]
        same = [name for name in row.kept.filled if _says(person, name) == _filled_in(row, name)]
        for column in (column for name in same for column in _COLUMNS.get(name, (name,))):
            setattr(person, column, _EMPTY.get(column, ""))
        if same:
            person.updated_at = now()
            changed.append(person)
    update_objects(changed, _WRITTEN)
    return len(changed)


def _says(person: Trainee, name: str) -> Any:
    return getattr(person, name)


def _filled_in(row: OpenedRow, name: str) -> Any:
    if name == "position":
        return in_the_clear(row.read.position or "")
    return row.read.citizen_id if name == "citizen_number" else getattr(row.read, name)

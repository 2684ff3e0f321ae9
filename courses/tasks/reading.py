"""Reading rosters: a short file while the person waits, a long one while nobody does."""

from collections.abc import Mapping

from django.db import transaction
from django_tasks import task

from courses.constants.actors import Actor
from courses.models import Course, ImportBatch, Office
from courses.readers.limited import NotRead
from courses.services.background import WHEN_GIVEN_UP
from courses.services.rosters.reading import read_roster
from courses.services.rosters.taking import (
    explain_columns,
    finish_reading,
    give_up_reading,
    keep_unread,
    take_in_roster,
)

#: Bytes up to which a file is read at once; one of this size holds some thousand people and takes about two seconds.
LARGEST_READ_AT_ONCE = 300_000


@task()
def read_roster_file(batch_id: int) -> None:
    """Enqueued with `take_in_roster`, in the same transaction."""
    finish_reading(batch_id)


WHEN_GIVEN_UP[read_roster_file.module_path] = give_up_reading


def read_now_or_later(
    course: Course | None,
    data: bytes,
    file_name: str,
    *,
    actor: Actor,
    office: Office | None = None,
    kept_by: Office | None = None,
) -> ImportBatch:
    """The batch of a list, for a class or for the directory of `kept_by`: read, or being read when the file is large,
    or waiting for what its columns mean. Refusal, and nothing is kept, when a small file cannot be read."""
    if len(data) > LARGEST_READ_AT_ONCE:
        # The file and the task that reads it are kept together or not at all.
        with transaction.atomic():
            batch = take_in_roster(course, data, file_name, actor=actor, office=office, kept_by=kept_by)
            read_roster_file.enqueue(batch.pk)
        return batch
    try:
        return read_roster(course, data, file_name, actor=actor, office=office, kept_by=kept_by)
    except NotRead as refused:
        if not refused.titles:
            raise
        return keep_unread(course, data, file_name, actor=actor, office=office, kept_by=kept_by, refused=refused)


def explain_and_read(batch: ImportBatch, *, actor: Actor, meanings: Mapping[str, str]) -> None:
    """Remembers what column titles mean, as `explain_columns` says, and has the file read by them, now or later."""
    at_once = batch.file.size <= LARGEST_READ_AT_ONCE
    with transaction.atomic():
        explain_columns(batch, actor=actor, meanings=meanings)
        if not at_once:
            read_roster_file.enqueue(batch.pk)
    if at_once:
        finish_reading(batch.pk)

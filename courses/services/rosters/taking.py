"""Taking a roster in now and reading it later: a file that takes long, or whose column titles a person explains first.

`take_in_roster` keeps the file, sealed, as a batch that is being read; `finish_reading` reads it, whenever and by whom
ever, once. A small file is read at once by `roster_reading.read_roster`, which leaves nothing behind when it refuses.
"""

from collections.abc import Iterable, Iterator, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import BatchState
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.models import ColumnMeaning, Course, ImportBatch, ImportRow, Office
from courses.readers import container, header, sentences
from courses.readers.limited import NotRead
from courses.readers.records import Reading
from courses.readers.unreadable import Title
from courses.rules.actors import actor_of, offices_behind
from courses.services.records import log_action, read_file
from courses.services.registrations import lock_list
from courses.services.rosters.reading import (
    host_of,
    judge_roster,
    log_reading,
    new_batch,
    say_what_was_read,
)
from courses.services.rosters.rows import Judged, kept_rows

ROWS_AT_A_TIME = 500


@transaction.atomic
def take_in_roster(
    course: Course | None,
    data: bytes,
    file_name: str,
    *,
    actor: Actor,
    office: Office | None = None,
    kept_by: Office | None = None,
    by_link: bool = False,
) -> ImportBatch:
    """Keeps the file as a batch that is being read; who calls it has `finish_reading` called, in the background.

    For a class, or without one for the directory of `kept_by`. The same file that is being read for the same office is
    not taken in twice. Refusal when it is empty or too large, or the class is concluded.
    """
    if course:
        course = lock_list(course)
    else:
        list(Office.objects.select_for_update(no_key=True).filter(pk=kept_by.pk).values_list("pk"))
    if not data:
        raise Refusal(sentences.refusal("empty", {}))
    if len(data) > container.MOST_BYTES:
        raise Refusal(sentences.refusal("too_big", {"megabytes": container.MOST_MEGABYTES}))
    batch = new_batch(course, data, file_name, actor=actor, office=office, kept_by=kept_by, by_link=by_link)
    being_read = ImportBatch.objects.filter(course=course, kept_by=kept_by, state=BatchState.READING)
    if same := being_read.filter(office=office, file=batch.file).first():
        return same
    batch.state = BatchState.READING
    batch.save()
    return batch


def finish_reading(batch_id: int) -> None:
    """Reads what was taken in; harmless when it was read already, and when it is begun again after a kill.

    A file that is refused says why in `refusal`. Rows are written some at a time, so that others see how far it is;
    they count only once all are there.
    """
    batch = _being_read(batch_id)
    if batch is None:
        return
    actor = _actor_of(batch)
    try:
        reading, judged = _judge(batch, actor)
    except Refusal as refusal:
        _refuse(batch_id, str(refusal.sentence), header_unknown=bool(getattr(refusal, "titles", ())))
        return
    with transaction.atomic():
        if (batch := _being_read(batch_id, lock=True)) is None:
            return
        batch.rows.all().delete()
        batch.total, batch.done = len(judged), 0
        batch.save(update_fields=["total", "done"])
    for part in _parts(judged):
        # Sealed a part at a time: a hundred thousand sealed rows at once would take half of a task's memory.
        rows = kept_rows(batch, part)
        with transaction.atomic():
            if (batch := _being_read(batch_id, lock=True)) is None:
                return
            batch.done += len(ImportRow.objects.bulk_create(rows))
            batch.save(update_fields=["done"])
    with transaction.atomic():
        if (batch := _being_read(batch_id, lock=True)) is None:
            return
        say_what_was_read(batch, reading, judged)
        batch.save(update_fields=["notes", "state", "header_unknown"])
        log_reading(batch, judged, actor)


def _judge(batch: ImportBatch, actor: Actor) -> tuple[Reading, list[Judged]]:
    content = read_file(batch.file)
    return judge_roster(
        batch.course, content, actor=actor, office=batch.office, kept_by=batch.kept_by, by_link=batch.by_link
    )


def _parts(judged: list[Judged]) -> Iterator[list[Judged]]:
    """Names of sheets that are cut off are told apart by `kept_rows` only among the rows that it is given."""
    size = len(judged) if any(len(one.row.sheet or "") > 90 for one in judged) else ROWS_AT_A_TIME
    yield from (judged[start : start + size] for start in range(0, len(judged), size or 1))


def give_up_reading(batch_id: int) -> None:
    """The file was tried several times and its reading never came to an end."""
    _refuse(batch_id, _("The file could not be read to its end. Please upload it again, or split the list."))


def keep_unread(
    course: Course | None,
    data: bytes,
    file_name: str,
    *,
    actor: Actor,
    office: Office | None,
    refused: NotRead,
    kept_by: Office | None = None,
    by_link: bool = False,
) -> ImportBatch:
    """Keeps a file whose column titles are not known, until somebody says what they mean."""
    with transaction.atomic():
        batch = take_in_roster(course, data, file_name, actor=actor, office=office, kept_by=kept_by, by_link=by_link)
        _refuse(batch.pk, str(refused.sentence), header_unknown=True)
    batch.refresh_from_db()
    return batch


def unknown_titles(batch: ImportBatch) -> list[Title]:
    """The column titles of the file with some cells of each, long numbers masked, as the file is read now; none when
    all its columns are read by now, or it cannot be read at all. Takes as long as reading does."""
    titles: Iterable[Title]
    try:
        reading, _judged = _judge(batch, SYSTEM)
    except Refusal as refusal:
        titles = getattr(refusal, "titles", ())
    else:
        titles = reading.titles
    return [
        Title(title=in_the_clear(one["title"]), samples=[in_the_clear(sample) for sample in one["samples"]])
        for one in titles
    ]


@transaction.atomic
def explain_columns(batch: ImportBatch, *, actor: Actor, meanings: Mapping[str, str]) -> ImportBatch:
    """Remembers what column titles mean in lists that this host takes in, for the office of the list, or for every
    office when it has none, and has the file read again: who calls it has `finish_reading` called. A list that was
    read, with columns left out, is read anew, and what was decided of its rows is asked again; one that is applied
    stays.

    Titles that are understood without help keep their meaning: nothing is remembered of them.
    `meanings`: {title as it was shown: one of `header.MAPPABLE`, or "" for a column that is not read}. Refusal when no
    column holds the names.
    """
    batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("course", "office").get(pk=batch.pk)
    said = {header.title_key(title): (title, field) for title, field in meanings.items() if header.title_key(title)}
    fields = {header.understood(title) or field for title, field in said.values()}
    if not (header.NAME in fields or {header.FAMILY, header.GIVEN} <= fields):
        raise Refusal(_("Please say which column holds the full names, or which two the family and the given names."))
    said = {key: pair for key, pair in said.items() if header.understood(pair[0]) is None}
    host_id = host_of(batch)
    for key, (title, field) in said.items():
        ColumnMeaning.objects.update_or_create(
            host_id=host_id,
            office=batch.office,
            key=key[:200],
            defaults={"title": title[:200], "field": field, "said_by_id": actor.user_id, "said_at": now()},
        )
    log_action(actor, "explain columns", batch, course=batch.course_id, changes={"columns": len(said)})
    if batch.state in (BatchState.REFUSED, BatchState.READ):
        batch.state, batch.refusal, batch.header_unknown, batch.notes = BatchState.READING, "", False, []
        batch.save(update_fields=["state", "refusal", "header_unknown", "notes"])
    return batch


def _being_read(batch_id: int, *, lock: bool = False) -> ImportBatch | None:
    rows = ImportBatch.objects.select_for_update(of=("self",)) if lock else ImportBatch.objects
    found = rows.select_related("course", "kept_by", "office", "file", "uploaded_by").filter(pk=batch_id)
    return found.filter(state=BatchState.READING).first()


def _actor_of(batch: ImportBatch) -> Actor:
    """Who sent it, with the offices reached now: the background knows people by what they see, as a page does."""
    if batch.by_link:
        behind = offices_behind(batch.office_id, batch.course.starts_on)
        return Actor("office", office_id=batch.office_id, course_id=batch.course_id, coordinates=behind)
    return actor_of(batch.uploaded_by) if batch.uploaded_by else SYSTEM


def _refuse(batch_id: int, why: str, *, header_unknown: bool = False) -> None:
    with transaction.atomic():
        if (batch := _being_read(batch_id, lock=True)) is None:
            return
        batch.rows.all().delete()
        batch.state, batch.refusal, batch.header_unknown = BatchState.REFUSED, in_the_clear(why)[:300], header_unknown
        batch.total = batch.done = 0
        batch.save(update_fields=["state", "refusal", "header_unknown", "total", "done"])

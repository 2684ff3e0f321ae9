"""Taking in a directory: the people of offices, without a class."""

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.choices import BatchState, FilePurpose
from courses.constants.clock import now, today
from courses.models import ImportBatch, ImportRow, Office
from courses.readers.limited import read_in_child
from courses.readers.records import Reading
from courses.services.matching import match_people
from courses.services.office_matching import match_offices
from courses.services.records import log_action, store_file
from courses.services.roster_reading import log_found_elsewhere
from courses.services.roster_rows import Judged, in_the_clear, kept_rows


def judge_directory(
    kept_by: Office | None, data: bytes, *, actor: Actor, office: Office | None = None
) -> tuple[Reading, list[Judged]]:
    """Reads a list of people in a child process and judges each row; writes nothing. (4 queries.)"""
    reading = read_in_child(data, on=today())
    rows = match_offices(reading.rows, None, office, kept_by=kept_by)
    verdicts = match_people(None, rows, actor=actor)
    return reading, [Judged(row, at, verdict) for (row, at), verdict in zip(rows, verdicts, strict=True)]


def read_directory(
    kept_by: Office | None, data: bytes, file_name: str, *, actor: Actor, office: Office | None = None
) -> ImportBatch:
    """Reads a list of people and keeps it, each row with what is wrong and what would happen; nobody is kept yet.

    `kept_by` is the office whose organisers take it in, `office` that of rows which name none; offices are those of
    today. Refusal when the file as a whole cannot be read.
    """
    reading, judged = judge_directory(kept_by, data, actor=actor, office=office)
    notes = list(reading.notes)
    if reading.hidden_sheets:
        notes.append(_("Hidden sheets were not read: %(names)s.") % {"names": ", ".join(reading.hidden_sheets)})
    with transaction.atomic():
        file = store_file(data, purpose=FilePurpose.IMPORT, media_type="application/octet-stream", sealed=True)
        same = ImportBatch.objects.filter(course=None, kept_by=kept_by, file=file, state=BatchState.APPLIED)
        if before := same.order_by("pk").first():
            day = f"{localtime(before.applied_at):%d/%m/%Y}"
            notes.insert(0, _("This very file was already taken in on %(day)s.") % {"day": day})
        batch = ImportBatch.objects.create(
            kept_by=kept_by,
            office=office,
            file=file,
            file_name=in_the_clear(file_name)[-255:],
            uploaded_by_id=actor.user_id,
            uploaded_at=now(),
            notes=[in_the_clear(note) for note in notes],
            total=len(judged),
        )
        ImportRow.objects.bulk_create(kept_rows(batch, judged))
        log_found_elsewhere(batch, [one.verdict for one in judged], actor)
        log_action(actor, "read roster", batch, changes={"rows": len(judged)})
    return batch

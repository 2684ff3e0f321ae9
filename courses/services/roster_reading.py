"""Reading a roster into a batch of rows; nobody is registered yet."""

import hashlib

from django.db import transaction
from django.db.models import F, Q
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.choices import BatchState, FilePurpose
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import ColumnMeaning, Course, File, ImportBatch, ImportRow, Office
from courses.readers.limited import read_in_child
from courses.readers.records import Reading
from courses.rendering.roster_template import CHOICES_SHEET
from courses.services.matching import Verdict, match_people
from courses.services.office_matching import match_offices
from courses.services.records import log_action, store_file
from courses.services.roster_rows import Judged, in_the_clear, kept_rows


def judge_roster(
    course: Course, data: bytes, *, actor: Actor, office: Office | None = None
) -> tuple[Reading, list[Judged]]:
    """Reads a roster in a child process and judges each row; writes nothing. `office` is that of rows naming none.

    Refusal, with a sentence, when the file as a whole cannot be read; where its column titles are not known it is a
    `NotRead` with them. Reading takes one query, judging a fixed number.
    """
    reading = read_in_child(data, on=course.starts_on, meanings=meanings_for(course.host_office_id, office))
    rows = match_offices(reading.rows, course, office)
    earlier = earlier_people(course, hashlib.sha256(data).hexdigest(), office.pk if office else None)
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
    with transaction.atomic():
        file = store_file(data, purpose=FilePurpose.IMPORT, media_type="application/octet-stream", sealed=True)
        batch = ImportBatch.objects.create(
            course=course,
            office=office,
            file=file,
            file_name=in_the_clear(file_name)[-255:],
            uploaded_by_id=actor.user_id,
            uploaded_at=now(),
            notes=notes_on(course, office, file, reading),
            total=len(judged),
            done=len(judged),
        )
        ImportRow.objects.bulk_create(kept_rows(batch, judged))
        log_found_elsewhere(batch, [one.verdict for one in judged], actor)
        log_action(actor, "read roster", batch, course=course, changes={"rows": len(judged)})
    return batch


def meanings_for(host_id: int, office: Office | None) -> dict[str, str]:
    """What people have said of column titles in lists of the host, as `read_in_child` takes it: for every office, and
    for this one, which wins. (1 query.)"""
    said = ColumnMeaning.objects.filter(Q(office=None) | Q(office=office), host=host_id)
    said = said.order_by(F("office").asc(nulls_first=True))
    return dict(said.values_list("key", "field"))


def notes_on(course: Course, office: Office | None, file: File, reading: Reading) -> list[str]:
    """What is to be said of a list as a whole, safe to be shown."""
    notes = list(reading.notes)
    if hidden := [name for name in reading.hidden_sheets if name != CHOICES_SHEET]:
        notes.append(_("Hidden sheets were not read: %(names)s.") % {"names": ", ".join(hidden)})
    before = ImportBatch.objects.filter(course=course, file=file, office=office, state=BatchState.APPLIED).first()
    if before:
        day = f"{localtime(before.applied_at):%d/%m/%Y}"
        notes.insert(0, _("This very file was already imported into this class on %(day)s.") % {"day": day})
    return [in_the_clear(note) for note in notes]


def earlier_people(course: Course, sha256: str, office_id: int | None) -> dict[tuple[str, int], int]:
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


def log_found_elsewhere(batch: ImportBatch, verdicts: list[Verdict], actor: Actor) -> None:
    """Whose number was found among people whom the actor does not see, by id; also where the names differ, so that
    trying numbers leaves a trace."""
    found = {verdict.trainee.pk for verdict in verdicts if verdict.elsewhere and verdict.trainee}
    found |= {verdict.collides for verdict in verdicts if verdict.collides}
    if found:
        log_action(actor, "find by citizen number", batch, course=batch.course_id, changes={"trainees": sorted(found)})

"""Reading a list, of a class or a directory, into a batch of rows; nobody is registered yet."""

import hashlib

from django.db import transaction
from django.db.models import F, Q
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.constants.actors import Actor
from courses.constants.choices import BatchState, FilePurpose
from courses.constants.clock import now, today
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.models import ColumnMeaning, Course, ImportBatch, ImportRow, Office
from courses.readers.limited import read_in_child
from courses.readers.records import Reading
from courses.rendering.roster_template import CHOICES_SHEET
from courses.services.records import log_action, store_file
from courses.services.registrations import refuse_concluded
from courses.services.rosters.matching import Verdict, match_people
from courses.services.rosters.offices import match_offices
from courses.services.rosters.remembering import as_before
from courses.services.rosters.rows import Judged, kept_rows

#: An office's own list is read and applied while its page waits, in about a second, and whoever holds the link can send
#: one. No office of a city has as many people for one class; a longer list is one for the organisers, who take in any.
MOST_BY_LINK = 500


def judge_roster(
    course: Course | None,
    data: bytes,
    *,
    actor: Actor,
    office: Office | None = None,
    kept_by: Office | None = None,
    by_link: bool = False,
) -> tuple[Reading, list[Judged]]:
    """Reads a list in a child process and judges each row; writes nothing. `office` is that of rows naming none. A row
    that was put right or decided before is judged as it was put right.

    Without a class it is a directory that `kept_by` takes in, and its offices are those of today. Refusal, with a
    sentence, when the file as a whole cannot be read or holds more people than an office may send `by_link`; where its
    column titles are not known it is a `NotRead` with them. Reading takes one query, judging a fixed number.
    """
    host = course.host_office_id if course else kept_by.pk
    on = course.starts_on if course else today()
    reading = read_in_child(data, on=on, meanings=meanings_for(host, office))
    most = MOST_BY_LINK
    if by_link and len(reading.rows) > most:
        raise Refusal(
            _(
                "There are more than %(most)d people in the list. Please split it, or send the file to the organisers "
                "of the class: they can take in a longer one."
            )
            % {"most": most}
        )
    sha256 = hashlib.sha256(data).hexdigest()
    known = as_before(reading.rows, course, office, host=host, sha256=sha256, by_link=by_link, on=on)
    befores = [before for _row, before in known]
    said = [before.office if before else None for before in befores]
    rows = match_offices([row for row, _before in known], course, office, kept_by=kept_by, said=said)
    earlier = earlier_people(course, sha256, office.pk if office else None) if course else None
    verdicts = match_people(course, rows, actor=actor, earlier=earlier)
    judged = zip(rows, verdicts, befores, strict=True)
    return reading, [Judged(row, at, verdict, before) for (row, at), verdict, before in judged]


def read_roster(
    course: Course | None,
    data: bytes,
    file_name: str,
    *,
    actor: Actor,
    office: Office | None = None,
    kept_by: Office | None = None,
    by_link: bool = False,
) -> ImportBatch:
    """Reads a list and keeps it, each row with what is wrong and what would happen; nobody is registered yet.

    For a class, or without one for the directory of `kept_by`. Refusal, and nothing is kept, when the file as a whole
    cannot be read, holds more people than an office may send `by_link`, or the class is concluded.
    """
    refuse_concluded(course)
    reading, judged = judge_roster(course, data, actor=actor, office=office, kept_by=kept_by, by_link=by_link)
    with transaction.atomic():
        batch = new_batch(course, data, file_name, actor=actor, office=office, kept_by=kept_by, by_link=by_link)
        batch.total = batch.done = len(judged)
        say_what_was_read(batch, reading, judged)
        batch.save()
        ImportRow.objects.bulk_create(kept_rows(batch, judged))
        log_reading(batch, judged, actor)
    return batch


def new_batch(
    course: Course | None,
    data: bytes,
    file_name: str,
    *,
    actor: Actor,
    office: Office | None,
    kept_by: Office | None,
    by_link: bool,
) -> ImportBatch:
    """The batch of a file, which is stored, sealed; the batch itself is not yet in the database."""
    return ImportBatch(
        course=course,
        kept_by=kept_by,
        office=office,
        file=store_file(data, purpose=FilePurpose.IMPORT, media_type="application/octet-stream", sealed=True),
        file_name=in_the_clear(file_name)[-255:],
        uploaded_by_id=actor.user_id,
        uploaded_at=now(),
        by_link=by_link,
    )


def say_what_was_read(batch: ImportBatch, reading: Reading, judged: list[Judged]) -> None:
    """Sets what is to be said of the list as a whole, and that a person can help with its columns; does not save."""
    batch.state = BatchState.READ
    batch.notes = notes_on(batch, reading)
    if before := sum(one.before is not None for one in judged):
        batch.notes.insert(
            0,
            ngettext(
                "%(number)d row stands as it was put right or decided when it came before.",
                "%(number)d rows stand as they were put right or decided when they came before.",
                before,
            )
            % {"number": before},
        )
    batch.header_unknown = bool(reading.titles)


def log_reading(batch: ImportBatch, judged: list[Judged], actor: Actor) -> None:
    log_found_elsewhere(batch, [one.verdict for one in judged], actor)
    log_action(actor, "read roster", batch, course=batch.course_id, changes={"rows": len(judged)})


def host_of(batch: ImportBatch) -> int:
    """The id of the office that takes the list in: the host of its class, or who keeps the directory."""
    return batch.course.host_office_id if batch.course else batch.kept_by_id


def meanings_for(host_id: int, office: Office | None) -> dict[str, str]:
    """What people have said of column titles in lists of the host, as `read_in_child` takes it: for every office, and
    for this one, which wins. (1 query.)"""
    said = ColumnMeaning.objects.filter(Q(office=None) | Q(office=office), host=host_id)
    said = said.order_by(F("office").asc(nulls_first=True))
    return dict(said.values_list("key", "field"))


def notes_on(batch: ImportBatch, reading: Reading) -> list[str]:
    """What is to be said of a list as a whole, safe to be shown. (1 query.)"""
    notes = list(reading.notes)
    if hidden := [name for name in reading.hidden_sheets if name != CHOICES_SHEET]:
        notes.append(_("Hidden sheets were not read: %(names)s.") % {"names": ", ".join(hidden)})
    same = ImportBatch.objects.filter(course=batch.course, kept_by=batch.kept_by, office=batch.office, file=batch.file)
    if before := same.filter(state=BatchState.APPLIED).order_by("pk").first():
        told = (
            _("This very file was already imported into this class on %(day)s.")
            if batch.course
            else _("This very file was already taken in on %(day)s.")
        )
        notes.insert(0, told % {"day": f"{localtime(before.applied_at):%d/%m/%Y}"})
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

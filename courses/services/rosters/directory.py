"""Taking in a directory: the people of offices, without a class. It is read as any roster, by the offices of today."""

from courses.constants.actors import Actor
from courses.models import ImportBatch, Office
from courses.readers.records import Reading
from courses.services.rosters.reading import judge_roster, read_roster
from courses.services.rosters.rows import Judged


def judge_directory(
    kept_by: Office | None, data: bytes, *, actor: Actor, office: Office | None = None
) -> tuple[Reading, list[Judged]]:
    """Reads a list of people in a child process and judges each row; writes nothing. (5 queries.)"""
    return judge_roster(None, data, actor=actor, office=office, kept_by=kept_by)


def read_directory(
    kept_by: Office | None, data: bytes, file_name: str, *, actor: Actor, office: Office | None = None
) -> ImportBatch:
    """Reads a list of people and keeps it, each row with what is wrong and what would happen; nobody is kept yet.

    `kept_by` is the office whose organisers take it in, `office` that of rows which name none. Refusal when the file as
    a whole cannot be read.
    """
    return read_roster(None, data, file_name, actor=actor, office=office, kept_by=kept_by)

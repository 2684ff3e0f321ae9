"""One scan at a time, as a door sends them while people stand before it: one statement on PostgreSQL.

It knows the plain case alone: an open door, an open sheet, somebody expected of whom nothing was known. Whatever is
else, and every other database, goes the way of `scans.take_scans`, which is what this says again in SQL; a test holds
the two together. What makes it right beside others who write at the same time:

* The sheet is locked for share: who closes it, marks by hand or decides holds it for themselves, so that this waits and
  looks at it again.
* The mark is inserted and never changed: if somebody else has made one since the statement began, the statement fails
  as a whole, and the other way adds up.
"""

from datetime import datetime
from functools import cache
from uuid import UUID

import psycopg
from django.db import connection, transaction

from attendance.constants import Claim, MarkState, ScanAnswer, SheetState, Way
from attendance.models import Door, DoorPhone, Event, Mark, PassCode, Sheet
from attendance.reports.passes import FIRST_VERSION, hash_of_code
from attendance.rules.scans import BEFORE, moment_of
from attendance.services.scans import Answer, Scan, seconds_off
from courses.constants import links
from courses.constants.choices import ACTIVE_STATES, CourseState, RegistrationKind, SessionState
from courses.constants.clock import now
from courses.models import Course, Registration, Session

#: The server was begun again meanwhile, its tables were changed, or a pooler in between gave us another's session.
_BEGIN_ANEW = (
    psycopg.OperationalError,
    psycopg.errors.DuplicatePreparedStatement,
    psycopg.errors.FeatureNotSupported,
    psycopg.errors.InvalidSqlStatementName,
)
#: A pass renewed more often is read the other way.
_VERSIONS = range(FIRST_VERSION, 4)


def take_one(door_id: int, scan: Scan, *, device: UUID, sent: datetime, holds_back: int) -> Answer | None:
    """Enters one scan if it is the plain case; None when it has to go the other way, and then nothing was written."""
    if connection.vendor != "postgresql":
        return None
    claimed = _claimed(scan)
    if claimed is None:
        return None
    registration, version = claimed
    received = now()
    moment = moment_of(scan.at, sent=sent, received=received, off=scan.off)
    values = {
        "door": door_id,
        "registration": registration,
        "version": version,
        "moment": moment,
        "received": received,
        "device_at": scan.at,
        "device": device,
        "device_text": str(device),
        "client_id": scan.id,
        "subject_hash": hash_of_code(scan.code) if scan.code else "",
        "holds_back": holds_back,
        "clock_off": seconds_off(sent, received),
        "before": BEFORE,
    }
    try:
        row = _execute(values)
    except psycopg.errors.UniqueViolation:
        return None
    except _BEGIN_ANEW:  # the other way opens a connection anew
        if not connection.in_atomic_block:
            connection.close()
        return None
    if row is None:
        return None
    session, late, door_name = row
    answer = ScanAnswer.LATE if late else ScanAnswer.ON_TIME
    return Answer(scan.id, answer, registration, session, since=moment, door=door_name)


def _claimed(scan: Scan) -> tuple[int, int | None] | None:
    """The registration that is meant, and the version of its pass (None when it was picked by name); None for what is
    not one of the two."""
    if scan.registration_id:
        return scan.registration_id, None
    pk = links.registration_id_of(scan.code) if scan.code else None
    if pk is None:
        return None
    version = next((version for version in _VERSIONS if links.is_pass_code(scan.code, pk, version)), None)
    return (pk, version) if version else None


def _execute(values: dict) -> tuple | None:
    """As a prepared statement of the server's, which Django leaves off: to plan it anew takes longer than to run it."""
    connection.ensure_connection()
    raw = connection.connection
    if connection.in_atomic_block:
        with transaction.atomic():
            return psycopg.Cursor(raw).execute(statement(), values).fetchone()
    before, raw.prepare_threshold = raw.prepare_threshold, 0
    try:
        return psycopg.Cursor(raw).execute(statement(), values).fetchone()
    finally:
        raw.prepare_threshold = before


def _table(model) -> str:
    return model._meta.db_table


def _quoted(values) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))


@cache
def statement() -> str:
    """Names and words come from our own models and constants; all that is said from outside is a parameter."""
    return f"""
WITH {_half_day()}, {_person()}, {_written()}
SELECT half_day.id, half_day.late, door.name FROM entry JOIN half_day ON half_day.id = entry.session_id CROSS JOIN door
"""  # noqa: S608


def _half_day() -> str:
    """The open door, the half-day that somebody comes to at the moment (`half_day_at`), its open sheet."""
    return f"""
door AS (
    SELECT door.id, door.course_id, door.name
    FROM {_table(Door)} door JOIN {_table(Course)} course ON course.id = door.course_id
    WHERE door.id = %(door)s AND door.revoked_at IS NULL AND door.until >= %(moment)s
        AND course.state IN ({_quoted([CourseState.PUBLISHED, CourseState.RUNNING])})
), half_day AS (
    SELECT session.id, %(moment)s > session.starts_at + session.grace_minutes * interval '1 minute' AS late
    FROM {_table(Session)} session
        JOIN {_table(Door.sessions.through)} opens ON opens.session_id = session.id
        JOIN door ON opens.door_id = door.id
    WHERE session.state <> '{SessionState.CANCELLED}'
        AND session.starts_at - %(before)s <= %(moment)s AND %(moment)s <= session.ends_at
    ORDER BY session.starts_at LIMIT 1
), sheet AS (
    SELECT sheet.id FROM {_table(Sheet)} sheet JOIN half_day ON sheet.session_id = half_day.id
    WHERE sheet.state IN ({_quoted([SheetState.OPEN, SheetState.REOPENED])})
    FOR SHARE OF sheet
)"""  # noqa: S608


def _person() -> str:
    """Who is meant, if expected there (`roll.expected_of`) with the pass in force, and if nothing was said before.

    The row is locked after the sheet, so that it is read as it is then: two entries may have been merged while this
    waited for the sheet. Whoever holds the row may want the sheet next: it is not waited for, and the scan goes the
    other way.
    """
    blocks_of_session, blocks_of_person = _table(Session.blocks.through), _table(Registration.blocks.through)
    return f"""
person AS (
    SELECT person.id
    FROM {_table(Registration)} person JOIN door ON person.course_id = door.course_id
        CROSS JOIN half_day CROSS JOIN sheet
    WHERE person.id = %(registration)s AND person.kind = '{RegistrationKind.CLASS}'
        AND person.state IN ({_quoted(ACTIVE_STATES)})
        AND person.begins_with_id IS NULL AND person.merged_into_id IS NULL
        AND NOT EXISTS (SELECT FROM {_table(Registration)} gone WHERE gone.merged_into_id = person.id)
        AND (
            NOT EXISTS (SELECT FROM {blocks_of_session} serves WHERE serves.session_id = half_day.id)
            OR NOT EXISTS (SELECT FROM {blocks_of_person} owes WHERE owes.registration_id = person.id)
            OR EXISTS (
                SELECT FROM {blocks_of_session} serves JOIN {blocks_of_person} owes ON owes.block_id = serves.block_id
                WHERE serves.session_id = half_day.id AND owes.registration_id = person.id
            )
        )
        AND (%(version)s::int IS NULL OR %(version)s::int = COALESCE(
            (SELECT version FROM {_table(PassCode)} WHERE registration_id = person.id AND ended_at IS NULL),
            {FIRST_VERSION}
        ))
        AND NOT EXISTS (
            SELECT FROM {_table(Event)} event WHERE event.session_id = half_day.id AND event.registration_id = person.id
        )
    FOR SHARE OF person SKIP LOCKED
)"""  # noqa: S608


def _written() -> str:
    """The entry, the mark that it alone adds up to, and the phone that was heard."""
    return f"""
entry AS (
    INSERT INTO {_table(Event)} (
        session_id, registration_id, claim, says, way, device, device_at, door_id, subject_hash, note, call, proposal,
        client_id, happened_at, arrived_at
    )
    SELECT half_day.id, person.id, '{Claim.SEEN}', '', '{Way.DOOR}', %(device_text)s, %(device_at)s, door.id,
        %(subject_hash)s, '', 1, FALSE, %(client_id)s, %(moment)s, %(received)s
    FROM door, half_day, sheet, person
    RETURNING session_id, registration_id
), mark AS (
    INSERT INTO {_table(Mark)} (session_id, registration_id, state, since, updated_at)
    SELECT half_day.id, entry.registration_id,
        CASE WHEN half_day.late THEN '{MarkState.LATE}' ELSE '{MarkState.PRESENT}' END, %(moment)s, %(received)s
    FROM entry JOIN half_day ON half_day.id = entry.session_id
), phone AS (
    INSERT INTO {_table(DoorPhone)} (door_id, device, heard_at, holds_back, clock_off)
    SELECT door.id, %(device)s, %(received)s, %(holds_back)s, %(clock_off)s FROM door CROSS JOIN entry
    ON CONFLICT (door_id, device) DO UPDATE SET
        heard_at = excluded.heard_at, holds_back = excluded.holds_back, clock_off = excluded.clock_off
)"""  # noqa: S608

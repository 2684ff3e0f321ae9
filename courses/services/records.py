"""Writing what every app keeps: the log of actions, files as rows."""

import base64
import hashlib
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _

from courses.constants import citizen_numbers
from courses.constants.actors import Actor
from courses.constants.choices import FilePurpose
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.media_types import DOCX, XLSX
from courses.models import ActionDetail, ActionLog, Course, File
from courses.readers import container
from courses.readers.unreadable import Unreadable
from courses.services.many_rows import insert_values

MOST_MEGABYTES = 10
#: How the files begin that a scanner or a telephone makes; names and stated types are not believed.
_BEGINNINGS = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)

_OFFICE_TYPES = {"docx": DOCX, "xlsx": XLSX}


def log_action(
    actor: Actor,
    action: str,
    subject,
    *,
    course: Course | int | None = None,
    changes: dict | None = None,
    personal: dict | None = None,
    batch: UUID | None = None,
) -> ActionLog:
    """Adds one entry to the log, inside the caller's transaction.

    `subject` is the row acted on. `changes` holds what is not personal as {field: [old, new]}; `personal` the same for
    personal fields, kept apart so that erasure can delete it. A citizen number goes into neither.
    """
    entry = ActionLog.objects.create(
        at=now(),
        user_id=actor.user_id,
        actor_kind=actor.kind,
        action=action,
        subject=subject._meta.label_lower,
        subject_id=subject.pk,
        course_id=course.pk if isinstance(course, Course) else course,
        batch=batch,
        changes=changes or {},
    )
    if personal:
        ActionDetail.objects.create(entry=entry, changes=personal)
    return entry


def log_list(actor: Actor, action: str, model: type[Model], *, count: int) -> ActionLog:
    """Adds one entry about so many rows of a kind at once, none of them by itself."""
    said = {"at": now(), "user_id": actor.user_id, "actor_kind": actor.kind, "action": action}
    return ActionLog.objects.create(subject=model._meta.label_lower, changes={"count": [None, count]}, **said)


def log_each(actor: Actor, action: str, personal: dict, *, course: Course | None = None, batch: UUID) -> None:
    """Adds one entry for each row that was acted on; `personal` holds {row: {field: [old, new]}}. (2 queries.)"""
    at, course_id = now(), course.pk if course else None
    kinds = {type(subject): subject._meta.label_lower for subject in personal}
    ids = insert_values(
        ActionLog,
        ["at", "user", "actor_kind", "action", "subject", "subject_id", "course_id", "batch", "changes"],
        [
            (at, actor.user_id, actor.kind, action, kinds[type(subject)], subject.pk, course_id, batch, {})
            for subject in personal
        ],
    )
    insert_values(ActionDetail, ["entry", "changes"], list(zip(ids, personal.values(), strict=True)))


def store_file(
    content: bytes, *, purpose: FilePurpose, media_type: str, sealed: bool = False, is_new: bool = False
) -> File:
    """Keeps bytes as a row; the same bytes for the same purpose are kept once. `sealed` bytes are encrypted. `is_new`:
    they hold a secret of their own and cannot be here yet, so nobody looks for them. (1 query instead of 4.)"""
    kept = base64.b64encode(content).decode("ascii") if sealed else ""
    key = {"sha256": hashlib.sha256(content).hexdigest(), "purpose": purpose}
    rest = {
        "media_type": media_type,
        "size": len(content),
        "sealed": sealed,
        "content": citizen_numbers.encrypt(kept).encode("ascii") if sealed else content,
    }
    if is_new:
        return File.objects.create(**key, **rest)
    return File.objects.get_or_create(**key, defaults=rest)[0]


def store_scan(content: bytes, *, purpose: FilePurpose) -> File:
    """Keeps a scan or photograph, encrypted. Refusal when it is neither PDF, JPG nor PNG by its bytes, or too big."""
    check_scan_size(len(content))
    media_type = next((kind for beginning, kind in _BEGINNINGS if content.startswith(beginning)), None)
    if media_type is None:
        raise Refusal(_("This is not a PDF, JPG or PNG file. Please scan the paper, or take a photograph of it."))
    return store_file(content, purpose=purpose, media_type=media_type, sealed=True)


def store_document(content: bytes, *, purpose: FilePurpose) -> File:
    """Keeps a paper as it was finished, encrypted: Word, Excel, PDF or a picture, by its bytes. Refusal for anything
    else, or when it is too big."""
    if not content.startswith(b"PK"):
        return store_scan(content, purpose=purpose)
    check_scan_size(len(content))
    try:
        kind = container.kind_of(content)
    except Unreadable:
        kind = ""
    if kind not in _OFFICE_TYPES:
        raise Refusal(_("This is not a Word or Excel file (.docx, .xlsx). Please save it in that form and try again."))
    return store_file(content, purpose=purpose, media_type=_OFFICE_TYPES[kind], sealed=True)


def check_scan_size(size: int) -> None:
    """Refusal when a scan of so many bytes is not taken; a form asks before the bytes are read into memory."""
    if size > MOST_MEGABYTES * 1024 * 1024:
        raise Refusal(
            _("The file is larger than %(megabytes)d MB. Please scan it with a lower resolution.")
            % {"megabytes": MOST_MEGABYTES}
        )


def read_file(file: File) -> bytes:
    """The bytes as they came. Refusal when they are sealed and the key is not here."""
    content = bytes(file.content)
    return base64.b64decode(citizen_numbers.decrypt(content.decode("ascii"))) if file.sealed else content

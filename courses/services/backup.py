"""Everything of a site in one file, and back again into an empty site, on either database.

The file is a zip. `manifest.json` says what is in it; `rows/<app.model>.jsonl` holds a JSON list a row, in the order
of the manifest's columns, so that what was saved on SQLite goes into PostgreSQL and the reverse; `keys.sealed`, only
when a passphrase was given, holds the key file under scrypt and AES-256-GCM. Sessions are left out: nobody should be
signed in by a restore.
"""

import base64
import datetime as dt
import decimal
import hashlib
import json
import os
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from courses.constants import keys
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.guards import install_guards, remove_guards

FORMAT = 1
MANIFEST = "manifest.json"
SEALED_KEYS = "keys.sealed"
LARGEST_MANIFEST = 5 * 1024 * 1024
CHUNK = 500
LEFT_OUT = {"sessions.session"}
# Every migrated site has rows here; a site with rows anywhere else is not empty.
STANDING = {"contenttypes.contenttype", "auth.permission", "courses.index", "courses.responsibility"}
SNAPSHOT = "backup_snapshot"
SALT_BYTES, NONCE_BYTES = 16, 12


@dataclass(frozen=True)
class Made:
    rows: int
    with_keys: bool


@dataclass(frozen=True)
class Restored:
    """`unreadable`: sentences about what the site cannot read or open, because its keys are not those of the backup."""

    rows: int
    with_keys: bool
    unreadable: tuple[str, ...]


def make_backup(path: Path, *, passphrase: str = "") -> Made:
    """Writes all rows as of one moment to a new file that only its owner can read; nobody waits meanwhile.

    Refusal when the file is there already or cannot be written; half a file is never left under its name.
    """
    if path.exists():
        raise Refusal(_("There is already a file “%s”: choose another name for the backup.") % path)
    part = path.with_name(f".{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                made = _write_archive(archive, passphrase)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise Refusal(
            _("The backup “%(path)s” cannot be written (%(reason)s).") % {"path": path, "reason": error.strerror}
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return made


def restore_backup(path: Path, *, passphrase: str = "") -> Restored:
    """Puts a backup into an empty site of the same version; the file is checked whole before anything is written.

    Refusal, with nothing changed, when the file is damaged, foreign or of another version, the passphrase is wrong,
    or the site is not empty.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _read_manifest(archive)
            _check_members(archive, manifest)
            key_file = _open_keys(archive, passphrase) if passphrase else None
            rows = _write_rows(archive, manifest)
    except FileNotFoundError:
        raise Refusal(_("There is no file “%s”.") % path) from None
    except OSError as error:
        raise Refusal(
            _("The file “%(path)s” cannot be read (%(reason)s).") % {"path": path, "reason": error.strerror}
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _damaged() from error
    if key_file is not None:
        _replace_keys(key_file)
    same_keys = _keys_mark() == manifest["keys_mark"]
    return Restored(rows, key_file is not None, () if same_keys else _unreadable())


def _unreadable() -> tuple[str, ...]:
    return (
        _("Citizen numbers cannot be read."),
        _("Personal links, offices’ links, passes and calendar addresses given out before do not open."),
        _("Copy keys.json of the old site into DATA_DIR and start again, and all of it is back."),
    )


# Making


def _write_archive(archive: zipfile.ZipFile, passphrase: str) -> Made:
    members = {}
    with _snapshot() as using:
        migrations = _applied(using)
        for model in _models():
            members[model._meta.label_lower] = _write_member(archive, model, using)
    if passphrase:
        archive.writestr(SEALED_KEYS, _seal(_key_path().read_bytes(), passphrase))
    manifest = {
        "format": FORMAT,
        "made_at": now().isoformat(),
        "migrations": migrations,
        "keys_mark": _keys_mark(),
        "members": members,
    }
    archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    return Made(sum(member["rows"] for member in members.values()), bool(passphrase))


@contextmanager
def _snapshot() -> Iterator[str]:
    """An alias whose one read transaction sees the database as of one moment and holds up no writer."""
    snapshot = connections[DEFAULT_DB_ALIAS].copy(alias=SNAPSHOT)
    if snapshot.vendor == "sqlite":
        snapshot.settings_dict["OPTIONS"]["transaction_mode"] = "DEFERRED"
    else:
        from psycopg import IsolationLevel  # only where PostgreSQL is used

        snapshot.settings_dict["OPTIONS"]["isolation_level"] = IsolationLevel.REPEATABLE_READ
    connections[SNAPSHOT] = snapshot
    try:
        with transaction.atomic(using=SNAPSHOT):
            yield SNAPSHOT
    finally:
        snapshot.close()
        del connections[SNAPSHOT]


def _write_member(archive: zipfile.ZipFile, model: type[models.Model], using: str) -> dict[str, Any]:
    fields = _fields(model)
    digest, rows, size = hashlib.sha256(), 0, 0
    with archive.open(_member_name(model._meta.label_lower), "w", force_zip64=True) as member:
        for row in model._base_manager.using(using).order_by("pk").iterator(chunk_size=CHUNK):
            values = [_as_json(field, field.value_from_object(row)) for field in fields]
            line = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            member.write(line)
            digest.update(line)
            rows, size = rows + 1, size + len(line)
    return {"columns": [field.attname for field in fields], "rows": rows, "bytes": size, "sha256": digest.hexdigest()}


def _as_json(field: models.Field, value: Any) -> Any:
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode("ascii")
    # With all their digits, which Django's own serializer cuts: a frozen copy and its hash must agree.
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value if type(value) in (bool, int, float) else str(value)


# Checking


def _damaged() -> Refusal:
    return Refusal(_("This file is damaged or is not a backup of this program. Nothing was changed."))


def _read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
            raise _damaged()
        manifest = json.loads(archive.read(MANIFEST))
        known = manifest["format"] == FORMAT and manifest["migrations"] == _applied(DEFAULT_DB_ALIAS)
        known = known and isinstance(manifest["keys_mark"], str)
        columns = {label: member["columns"] for label, member in manifest["members"].items()}
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _damaged() from None
    expected = {model._meta.label_lower: [field.attname for field in _fields(model)] for model in _models()}
    if not known or columns != expected:
        raise Refusal(
            _(
                "This backup was made by another version of the program. Restore it with that version, then upgrade. "
                "Nothing was changed."
            )
        )
    return manifest


def _check_members(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    """Every member that must be there and no other, each whole. Nothing is ever unpacked to the disk."""
    names = [member.filename for member in archive.infolist()]
    wanted = {MANIFEST, *(_member_name(label) for label in manifest["members"])}
    if len(names) != len(set(names)) or set(names) - {SEALED_KEYS} != wanted:
        raise _damaged()
    if any(stat.S_ISLNK(member.external_attr >> 16) for member in archive.infolist()):
        raise _damaged()
    for label, facts in manifest["members"].items():
        if archive.getinfo(_member_name(label)).file_size != facts.get("bytes"):
            raise _damaged()
        digest = hashlib.sha256()
        with archive.open(_member_name(label)) as member:
            while chunk := member.read(1024 * 1024):
                digest.update(chunk)
        if digest.hexdigest() != facts.get("sha256"):
            raise _damaged()


# Restoring


def _write_rows(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> int:
    """All rows in one transaction; the order of tables does not matter, for references are checked at its end."""
    connection = connections[DEFAULT_DB_ALIAS]
    connection.disable_constraint_checking()
    try:
        with transaction.atomic():
            _refuse_rows_already_there()
            remove_guards()
            for model in _models():
                model._base_manager.all()._raw_delete(DEFAULT_DB_ALIAS)
            rows = sum(_fill(archive, model, manifest) for model in _models())
            connection.check_constraints()
            install_guards()
            with connection.cursor() as cursor:
                for statement in connection.ops.sequence_reset_sql(no_style(), _models()):
                    cursor.execute(statement)
    except (DatabaseError, ValidationError, KeyError, ValueError, TypeError) as error:
        raise _damaged() from error
    finally:
        connection.enable_constraint_checking()
        ContentType.objects.clear_cache()
    return rows


def _refuse_rows_already_there() -> None:
    for model in _models():
        if model._meta.label_lower not in STANDING and model._base_manager.exists():
            raise Refusal(
                _(
                    "This site is not empty (%s): a backup is restored into a new, empty database only. "
                    "Nothing was changed."
                )
                % model._meta.verbose_name
            )


def _fill(archive: zipfile.ZipFile, model: type[models.Model], manifest: dict[str, Any]) -> int:
    fields = _fields(model)
    rows = 0
    batch: list[models.Model] = []
    with archive.open(_member_name(model._meta.label_lower)) as member:
        for values in _lines(member):
            python = zip(fields, values, strict=True)
            batch.append(model(**{field.attname: _as_python(field, value) for field, value in python}))
            if len(batch) == CHUNK:
                rows += _insert(model, fields, batch)
                batch = []
    rows += _insert(model, fields, batch)
    if rows != manifest["members"][model._meta.label_lower]["rows"]:
        raise _damaged()
    return rows


def _lines(member: IO[bytes]) -> Iterator[list[Any]]:
    for line in member:
        yield json.loads(line)


def _as_python(field: models.Field, value: Any) -> Any:
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.BinaryField):
        return base64.b64decode(value, validate=True)
    if isinstance(field, models.DecimalField):
        return decimal.Decimal(value)
    return field.to_python(value)


def _insert(model: type[models.Model], fields: list[models.Field], rows: list[models.Model]) -> int:
    """`raw`, which bulk_create does not offer: else auto_now would write the moment of the restore."""
    connection = connections[DEFAULT_DB_ALIAS]
    step = max(connection.ops.bulk_batch_size(fields, rows), 1)
    for start in range(0, len(rows), step):
        model._base_manager._insert(rows[start : start + step], fields=fields, using=DEFAULT_DB_ALIAS, raw=True)
    return len(rows)


# Keys


def _key_path() -> Path:
    return Path(settings.DATA_DIR) / keys.FILE_NAME


def _keys_mark() -> str:
    """Tells whether two sites have the same keys, and nothing about them."""
    return hashlib.sha256(b"keys of a backup\0" + _key_path().read_bytes()).hexdigest()[:32]


def _seal(content: bytes, passphrase: str) -> bytes:
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    return salt + nonce + AESGCM(_stretched(passphrase, salt)).encrypt(nonce, content, SEALED_KEYS.encode())


def _open_keys(archive: zipfile.ZipFile, passphrase: str) -> bytes:
    if SEALED_KEYS not in archive.namelist():
        raise Refusal(_("This backup holds no keys: restore it without a passphrase. Nothing was changed."))
    sealed = archive.read(SEALED_KEYS)
    salt, nonce, rest = sealed[:SALT_BYTES], sealed[SALT_BYTES:][:NONCE_BYTES], sealed[SALT_BYTES + NONCE_BYTES :]
    try:
        return AESGCM(_stretched(passphrase, salt)).decrypt(nonce, rest, SEALED_KEYS.encode())
    except (InvalidTag, ValueError):
        raise Refusal(_("The passphrase is not the one of this backup. Nothing was changed.")) from None


def _stretched(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode())


def _replace_keys(content: bytes) -> None:
    """The site was empty, so nothing hangs on the keys that go. A running server must be started again."""
    handle, beside = tempfile.mkstemp(prefix=".keys-", dir=settings.DATA_DIR)  # mode 0600
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(beside).replace(_key_path())


# What is in it


def _models() -> list[type[models.Model]]:
    found = [model for model in apps.get_models(include_auto_created=True) if _has_own_rows(model)]
    return sorted(found, key=lambda model: model._meta.label_lower)


def _has_own_rows(model: type[models.Model]) -> bool:
    meta = model._meta
    return meta.managed and not meta.proxy and not meta.swapped and meta.label_lower not in LEFT_OUT


def _fields(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.local_concrete_fields if not field.generated]


def _applied(using: str) -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connections[using]).applied_migrations())


def _member_name(label: str) -> str:
    return f"rows/{label}.jsonl"

"""What is wrong with an installation: for `/readyz` in one word each, for `manage.py doctor` in sentences."""

import datetime as dt
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.constants import keys
from courses.constants.clock import now
from courses.guards import missing_guards
from courses.models import BackgroundTask, Message
from courses.reports.outbox import TROUBLED
from courses.services.background import work_waits_unheard

# Below it two connections that write and checkpoint at once can, rarely, damage a database in WAL mode.
SQLITE_WITHOUT_WAL_RESET_BUG = (3, 51, 3)
MEGABYTE = 1024 * 1024
# What a copy that leaves out "binary files" loses: the Vietnamese words, the letters of papers.
PARTS = ("locale/vi/LC_MESSAGES/django.mo", "courses/rendering/fonts/Tinos-Regular.ttf")
SPACE_NEEDED = 500 * MEGABYTE


@dataclass(frozen=True)
class Finding:
    """One thing that `doctor` has to say; `wrong` if the installation cannot be relied on as it is."""

    sentence: str
    wrong: bool = False


def unready(*, using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """What keeps the site from serving people: any of "database", "migrations", "guards"; the order tells the cause."""
    try:
        if unapplied_migrations(using=using):
            return ["migrations"]
        return ["guards"] if missing_guards(using) else []
    except DatabaseError:
        return ["database"]


def unapplied_migrations(*, using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Names, "app.name", of migrations in the code that the database has not seen."""
    applied = set(MigrationRecorder(connections[using]).applied_migrations())
    return [f"{app}.{name}" for app, name in _migrations_in_code() if (app, name) not in applied]


@lru_cache(maxsize=1)
def _migrations_in_code() -> tuple[tuple[str, str], ...]:
    """Code does not change under a running process, and reading it takes longer than a probe should."""
    return tuple(sorted(MigrationLoader(None).graph.nodes))


def examine() -> list[Finding]:
    """Everything that `doctor` says, the most important first."""
    findings = [*_database(), *_work(), *_messages(), *_keys(), *_address(), *_machine(), *_files()]
    return sorted(findings, key=lambda finding: not finding.wrong)


def _database() -> Iterator[Finding]:
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        connection.ensure_connection()
    except DatabaseError:
        yield Finding(_("The database cannot be reached: check DATABASE_URL and whether its server runs."), wrong=True)
        return
    if connection.vendor == "sqlite":
        yield from _sqlite(connection)
    if missing := unapplied_migrations():
        yield Finding(
            _("The database is older than the program (%d steps behind): run “manage.py migrate”.") % len(missing),
            wrong=True,
        )
        return
    if missing_guards():
        yield Finding(
            _("Locks that keep the record from being changed are missing in the database: run “manage.py migrate”."),
            wrong=True,
        )
    if settings.CACHES["default"]["LOCATION"] not in connection.introspection.table_names():
        yield Finding(_("The table of the cache is missing: run “manage.py createcachetable”."), wrong=True)
    if not get_user_model()._default_manager.filter(is_active=True, is_superuser=True).exists():
        yield Finding(_("There is no administrator yet: run “manage.py createsuperuser”."), wrong=True)


def _sqlite(connection) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        pragma = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "quick_check")
        }
    if pragma["quick_check"] != "ok":
        yield Finding(_("The database file is damaged: stop the site and restore the latest backup."), wrong=True)
    if (pragma["journal_mode"], pragma["foreign_keys"], pragma["recursive_triggers"]) != ("wal", 1, 1) or (
        pragma["synchronous"] < 2
    ):
        yield Finding(
            _("The database file does not accept its safety settings: keep DATA_DIR on a disk of this computer."),
            wrong=True,
        )
    if sqlite3.sqlite_version_info < SQLITE_WITHOUT_WAL_RESET_BUG:
        yield Finding(
            _(
                "SQLite %(version)s has a rare fault that can damage the database file; %(fixed)s or later has not. "
                "Make a backup every day, or use PostgreSQL."
            )
            % {
                "version": sqlite3.sqlite_version,
                "fixed": ".".join(str(part) for part in SQLITE_WITHOUT_WAL_RESET_BUG),
            }
        )


def _work() -> Iterator[Finding]:
    try:
        waiting, failed = work_waits_unheard(), BackgroundTask.objects.failed().count()
    except DatabaseError:
        return  # it has been said why
    if waiting:
        yield Finding(
            ngettext(
                "%d piece of long work waits, and nobody does it: start “manage.py work”, or use “manage.py serve”.",
                "%d pieces of long work wait, and nobody does them: start “manage.py work”, or use “manage.py serve”.",
                waiting,
            )
            % waiting,
            wrong=True,
        )
    if failed:
        yield Finding(
            ngettext(
                "%d piece of long work has failed; the administrator’s page “Background work” says why.",
                "%d pieces of long work have failed; the administrator’s page “Background work” says why.",
                failed,
            )
            % failed
        )


def _messages() -> Iterator[Finding]:
    try:
        troubled = Message.objects.filter(state__in=TROUBLED).count()
    except DatabaseError:
        return
    if not troubled:
        return
    text = ngettext(
        "%(number)d message could not be sent, or it is not known whether it was: look at “All messages” of its class.",
        "%(number)d messages could not be sent, or it is not known whether they were: look at “All messages” of their "
        "classes.",
        troubled,
    )
    yield Finding(text % {"number": troubled})


def _keys() -> Iterator[Finding]:
    path = Path(settings.DATA_DIR) / keys.FILE_NAME
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Finding(
            _("Others on this computer can read the keys in %(path)s: run “chmod 600 %(path)s”.") % {"path": path},
            wrong=True,
        )
    yield Finding(
        _(
            "The keys are in %s. Keep a copy of this file in another place than the backups: without it citizen "
            "numbers cannot be read again, and with both a thief can read them."
        )
        % path
    )


def _address() -> Iterator[Finding]:
    if settings.ON_TRIAL_WITHOUT_HTTPS:
        yield Finding(
            _(
                "The site runs without https (ALLOW_HTTP=1): passwords and names can be read on the way, and phones "
                "refuse the camera. This is for a trial only."
            )
        )
    elif settings.HTTPS and not settings.TLS_CERT and not settings.TRUSTED_PROXIES:
        yield Finding(
            _(
                "SITE_URL is https, but nothing here speaks it: set TLS_CERT and TLS_KEY, or TRUSTED_PROXIES to the "
                "address of the proxy that does."
            ),
            wrong=True,
        )
    if settings.DEMO:
        yield Finding(_("This is the demo: its passwords are known to everybody. Do not enter real people here."))
    if not settings.EMAIL_USED:
        yield Finding(_("No e-mail is sent (EMAIL_URL is not set): invitations and links are printed or copied."))


def _machine() -> Iterator[Finding]:
    newest = max((Path(settings.BASE_DIR) / name).stat().st_mtime for name in ("manage.py", "courses/guards.py"))
    if now() < dt.datetime.fromtimestamp(newest, dt.UTC) - dt.timedelta(days=1):
        yield Finding(_("The clock of this computer is slow: it is before the day the program was made."), wrong=True)
    if settings.CLOCK_FILE:
        yield Finding(_("The site takes the time from CLOCK_FILE, which is for tests only: unset it."), wrong=True)
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < SPACE_NEEDED:
        yield Finding(
            _("Only %(free)d MB are free on the disk of %(folder)s: make room.")
            % {"free": free // MEGABYTE, "folder": settings.DATA_DIR},
            wrong=True,
        )


def _files() -> Iterator[Finding]:
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        yield Finding(
            _("Pictures, styles and scripts have not been prepared: run “manage.py collectstatic --noinput”."),
            wrong=True,
        )
    missing = [name for name in PARTS if not (Path(settings.BASE_DIR) / name).is_file()]
    if missing:
        yield Finding(
            _("The program was not copied whole (%s is missing): copy it again.") % ", ".join(missing), wrong=True
        )

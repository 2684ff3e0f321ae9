"""The database as the first process of a run has migrated it, with which the others begin: migrating is slow."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files import locks
from django.db import connection


def _kept() -> Path:
    return Path(os.environ["TESTS_FOLDER"], f"migrated-{settings.TEST_DATABASE}")


def migrated() -> Path | None:
    """A file of SQLite, or the data of a PostgreSQL server; None before anybody has migrated."""
    return _kept() if _kept().exists() else None


@contextmanager
def first_migrates() -> Iterator[None]:
    """Whoever comes second waits for the first."""
    with _kept().with_suffix(".lock").open("w") as lock:
        locks.lock(lock, locks.LOCK_EX)
        yield


def keep() -> None:
    """Copies the database that has just been migrated; nobody else is connected to it."""
    half = _kept().with_suffix(".half")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")
            cursor.execute("SHOW data_directory")
            [data] = cursor.fetchone()
        connection.close()
        subprocess.run(["cp", "-a", data, half], check=True)  # as root, the files belong to somebody else
        for mark in (*half.glob("postmaster.*"), *half.glob(".s.PGSQL.*")):  # of the server that runs
            mark.unlink()
    else:
        name = connection.settings_dict["NAME"]
        connection.close()  # so that nothing of it stands in the write-ahead log any more
        shutil.copy(name, half)
    half.rename(_kept())

"""SQLite as some systems build it: with few variables in a statement."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

#: What Django's own bulk statements keep to; a list of more people than this stands for a hundred thousand of 32,766.
FEW = 999


@contextmanager
def few_variables() -> Iterator[None]:
    """Inside, SQLite takes `FEW` variables a statement; on PostgreSQL nothing changes."""
    connection.ensure_connection()
    if connection.vendor != "sqlite":
        yield
        return
    usual = connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, FEW)
    try:
        yield
    finally:
        connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, usual)

"""The database as the product relies on it: settings of the live connection, guards through a flush."""

import pytest
from django.core.management import call_command
from django.db import connection

from courses.guards import GUARDS, missing_guards


@pytest.mark.django_db
def test_live_connection_has_the_durable_settings():
    if connection.vendor != "sqlite":
        pytest.skip("pragmas are SQLite's")
    with connection.cursor() as cursor:
        pragmas = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "busy_timeout")
        }
    assert pragmas["journal_mode"] == "wal"
    assert pragmas["synchronous"] >= 2
    assert pragmas["foreign_keys"] == 1
    assert pragmas["recursive_triggers"] == 1
    assert pragmas["busy_timeout"] >= 5000
    assert connection.transaction_mode == "IMMEDIATE"


@pytest.mark.django_db
def test_every_declared_guard_is_in_the_live_catalogue():
    assert GUARDS
    assert missing_guards() == []


@pytest.mark.django_db(transaction=True)
def test_a_flush_between_tests_passes_the_guards_and_puts_them_back():
    call_command("flush", interactive=False, verbosity=0)
    assert missing_guards() == []

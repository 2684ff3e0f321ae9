"""A new site makes its tables at once, an old one step by step: both end with the same."""

import re
from contextlib import contextmanager

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState

#: Where an old site stood that was left for a while.
LONG_AGO = [("courses", "0005_stand_ins_and_first_half_days"), ("attendance", "0003_acts_calls_and_copies_of_sheets")]
AT_ONCE = {
    ("courses", "0001_squashed_0008_purposes_of_files"),
    ("attendance", "0001_squashed_0010_who_decided_special_cases"),
}


@contextmanager
def empty_database(alias: str, tmp_path):
    """A connection to a database of its own, without a table, of the kind that this run is about."""
    connection = connections["default"].copy(alias=alias)
    if connection.vendor == "sqlite":
        connection.settings_dict["NAME"] = str(tmp_path / f"{alias}.sqlite3")
    else:
        connection.settings_dict["NAME"] = alias
        with connections["default"].cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {alias}")
    connections[alias] = connection
    try:
        yield connection
    finally:
        connection.close()
        del connections[alias]
        if connection.vendor == "postgresql":
            with connections["default"].cursor() as cursor:
                cursor.execute(f"DROP DATABASE {alias}")


def schema(connection) -> set[tuple]:
    """Tables with their columns, indices and constraints."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name, name, sql FROM sqlite_master")
            return {(table, name, _parts_of(sql or "")) for table, name, sql in cursor.fetchall()}
        found = set()
        for question in (
            "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default,"
            " is_identity, rank() OVER (PARTITION BY table_name ORDER BY ordinal_position)"
            " FROM information_schema.columns WHERE table_schema = 'public'",
            "SELECT tablename, indexname, indexdef, '' FROM pg_indexes WHERE schemaname = 'public'",
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), condeferrable, condeferred"
            " FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
        ):
            cursor.execute(question)
            found |= set(cursor.fetchall())
        return found


def _parts_of(sql: str) -> frozenset[str]:
    """Columns and constraints of a table; a table that was made anew has them in another order."""
    return frozenset(re.split(r", (?=\"|CONSTRAINT )| \((?=\")", sql.removesuffix(")")))


def everything(executor) -> list[tuple[str, str]]:
    return executor.loader.graph.leaf_nodes()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_site_left_long_ago_ends_with_the_tables_of_a_new_one(tmp_path):
    with empty_database("old_site", tmp_path) as old, empty_database("new_site", tmp_path) as new:
        executor = MigrationExecutor(old)
        executor.loader = MigrationLoader(old, replace_migrations=False)
        executor.migrate(LONG_AGO)
        for connection in (old, new):
            executor = MigrationExecutor(connection)
            assert AT_ONCE.isdisjoint(executor.loader.applied_migrations)
            assert (connection is new) == (set(executor.loader.graph.nodes) >= AT_ONCE)
            executor.migrate(everything(executor))
            assert set(MigrationLoader(connection).applied_migrations) >= AT_ONCE
        assert len(schema(new)) > 200
        assert schema(old) ^ schema(new) == set()


def test_both_ways_lead_to_the_same_models():
    """Quick, and of each run; what the databases make of it is asked by the test above."""
    ways = [MigrationLoader(None, replace_migrations=replaced) for replaced in (True, False)]
    short, long = [
        loader.project_state([node for node in loader.graph.leaf_nodes() if replaced or node not in AT_ONCE]).models
        for replaced, loader in zip((True, False), ways, strict=True)
    ]
    assert set(ways[0].graph.nodes) >= AT_ONCE
    assert {key: told(model) for key, model in short.items()} == {key: told(model) for key, model in long.items()}


def told(model: ModelState) -> tuple:
    fields = [(name, field.deconstruct()[1:]) for name, field in model.fields.items()]
    options = {
        name: [part.deconstruct() for part in value] if name in ("indexes", "constraints") else value
        for name, value in model.options.items()
        if value
    }
    return (fields, options, model.bases, [name for name, _manager in model.managers])

"""What stands in the tables of the project, as a fingerprint, and which of them a request writes to."""

import hashlib
import re
from contextlib import contextmanager

from django.apps import apps
from django.db import connection

#: Written whenever somebody comes by: sessions and counted failures.
PASSING = ("django_session", "cache")
_READS = re.compile(r"\s*(SELECT|SAVEPOINT|RELEASE|ROLLBACK|PRAGMA|SHOW|EXPLAIN)", re.IGNORECASE)
_WRITES_TO = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')


def tables() -> dict[str, list[str]]:
    """{table: its columns}, of every table of the project and of signing in, but for sessions."""
    models = [
        model
        for app in ("courses", "attendance", "account", "mfa", "auth")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if not model._meta.proxy
    ]
    return {model._meta.db_table: [field.column for field in model._meta.local_fields] for model in models}


def fingerprint(*, of: set[str] | None = None, but: tuple[str, ...] = ()) -> dict[str, str]:
    """{table: hash of its rows}, of these tables or of all, without the tables and columns named by `but`."""
    named = {
        table: ", ".join(f'"{column}"' for column in columns if column not in but)
        for table, columns in tables().items()
        if table not in but and (of is None or table in of)
    }
    if not named:
        return {}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # one question instead of one a table, and no row leaves the server
            cursor.execute(
                " UNION ALL ".join(
                    f"SELECT '{table}', md5(string_agg(said, '|' ORDER BY said COLLATE \"C\"))"
                    f' FROM (SELECT ROW({columns})::text AS said FROM "{table}") AS rows'
                    for table, columns in named.items()
                )
            )
            return dict(cursor.fetchall())
        found = {}
        for table, columns in named.items():
            cursor.execute(f'SELECT {columns} FROM "{table}"')
            rows = sorted(repr([bytes(c) if isinstance(c, memoryview) else c for c in row]) for row in cursor)
            found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
        return found


@contextmanager
def writes():
    """A list that fills with the statements that write to a table of the project."""
    seen: list[str] = []

    def watch(execute, sql, params, many, context):
        if not _READS.match(sql) and not any(f'"{table}"' in sql.split("(")[0] for table in PASSING):
            seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield seen


def written_to(statements: list[str]) -> set[str]:
    """The tables that the statements write to, all of them if one does not say so: neither a trigger of ours nor a
    foreign key of Django's writes to any other."""
    found = [_WRITES_TO.match(sql) for sql in statements]
    return {match[1] for match in found} if all(found) else set(tables())

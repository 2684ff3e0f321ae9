"""Writing very many rows at once, without what an ORM does for each value."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import BooleanField, CharField, Field, ForeignKey, IntegerField, JSONField, Model, TextField

#: Fields whose values the database takes as they are when they are of these types.
_PLAIN_FIELDS, _PLAIN = (BooleanField, CharField, ForeignKey, IntegerField, TextField), (str, int, bool, type(None))
#: Of one statement on SQLite, which may allow less.
_MOST_VARIABLES = 30_000


def insert_objects(objects: Iterable[Model]) -> None:
    """Inserts new objects of one model, which then have their ids, in less time than `bulk_create`.

    What `bulk_create` does not do (signals, checks, values made by the database) is not done here, either.
    """
    objects = list(objects)
    if not objects:
        return
    model = type(objects[0])
    fields = _written(model)
    rows: list[Sequence[Any]] = [[field.pre_save(one, True) for field in fields] for one in objects]
    for one, pk in zip(objects, _insert(model, fields, rows), strict=True):
        one.pk = pk
        one._state.adding, one._state.db = False, connection.alias


def insert_values(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[int]:
    """Inserts rows given as values of these fields (a foreign key by its id); their ids, in the same order.

    Every field but the id must be named.
    """
    fields = _named(model, names)
    if set(fields) != set(_written(model)):
        raise TypeError(f"not all fields of {model.__name__}: {names}")
    return _insert(model, fields, list(rows))


def update_objects(objects: Sequence[Model], names: Sequence[str]) -> None:
    """Writes these fields of objects of one model: by one statement, on SQLite executed for each.

    `bulk_update` builds a CASE of every row for every column, and an upsert would send all columns again: both take
    longer than making the rows.
    """
    if not objects:
        return
    meta, quoted = objects[0]._meta, connection.ops.quote_name
    fields = _named(type(objects[0]), names)
    prepare = [(field.attname, _prepared(field)) for field in fields]
    values = [[*(ready(getattr(one, name)) for name, ready in prepare), one.pk] for one in objects]
    table, key = quoted(meta.db_table), quoted(meta.pk.column)
    columns = [quoted(field.column) for field in fields]
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            settings = ", ".join(f"{column} = %s" for column in columns)
            cursor.executemany(f"UPDATE {table} SET {settings} WHERE {key} = %s", values)  # noqa: S608
        else:
            settings = ", ".join(f"{column} = new.{column}" for column in columns)
            cursor.execute(
                f"UPDATE {table} SET {settings} FROM {_unnest([*fields, meta.pk])} "  # noqa: S608
                f"AS new ({', '.join([*columns, key])}) WHERE {table}.{key} = new.{key}",
                list(map(list, zip(*values, strict=True))),
            )


def _prepared(field: Field) -> Callable[[Any], Any]:
    """What makes a value of this field one that the database takes; equal values are made once."""
    if isinstance(field, JSONField):
        return lambda value: field.get_db_prep_save(value, connection)
    known: dict[Any, Any] = {}
    plain = _PLAIN if isinstance(field, _PLAIN_FIELDS) else ()

    def prepare(value: Any) -> Any:
        if type(value) in plain:
            return value
        if value not in known:
            ready = field.get_db_prep_save(value, connection)
            known[value] = str(ready) if isinstance(ready, str) else ready  # a choice as its plain text
        return known[value]

    return prepare


def _written(model: type[Model]) -> list[Field]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def _named(model: type[Model], names: Sequence[str]) -> list[Field]:
    by_name = {field.name: field for field in model._meta.concrete_fields}
    return [by_name[name] for name in names]


def _insert(model: type[Model], fields: list[Field], rows: list[Sequence[Any]]) -> list[int]:
    if not rows:
        return []
    quoted = connection.ops.quote_name
    columns = [list(map(_prepared(f), column)) for f, column in zip(fields, zip(*rows, strict=True), strict=True)]
    into = f"INSERT INTO {quoted(model._meta.db_table)} ({', '.join(quoted(field.column) for field in fields)}) "
    returning = f" RETURNING {quoted(model._meta.pk.column)}"
    ids: list[int] = []
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute(f"{into}SELECT * FROM {_unnest(fields)}{returning}", columns)  # noqa: S608
            return [pk for (pk,) in cursor.fetchall()]
        ready, size = list(zip(*columns, strict=True)), _most_variables() // len(fields)
        one = f"({', '.join(['%s'] * len(fields))})"
        for start in range(0, len(ready), size):
            part = ready[start : start + size]
            values = f"VALUES {', '.join([one] * len(part))}"
            cursor.execute(into + values + returning, [value for row in part for value in row])
            ids += [pk for (pk,) in cursor.fetchall()]
    return ids


def _unnest(fields: Sequence[Field]) -> str:
    """PostgreSQL takes a column as one array: psycopg reads each placeholder of a statement for longer than a value."""
    types = ((field.db_type(connection) or "").partition("(")[0] for field in fields)
    return f"UNNEST({', '.join(f'%s::{kind}[]' for kind in types)})"


def _most_variables() -> int:
    return min(_MOST_VARIABLES, connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER))

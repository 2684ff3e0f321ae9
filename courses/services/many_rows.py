"""Writing very many rows at once, without what an ORM does for each value."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import BooleanField, CharField, Field, ForeignKey, IntegerField, JSONField, Model, TextField

#: Fields whose values the database takes as they are when they are of these types.
_PLAIN_FIELDS, _PLAIN = (BooleanField, CharField, ForeignKey, IntegerField, TextField), (str, int, bool, type(None))
#: Values in one statement: SQLite may allow less, PostgreSQL is sent the finished text.
_MOST_VALUES = 30_000


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
    """Writes these fields of objects of one model by one statement, executed for each.

    `bulk_update` builds a CASE of every row for every column, and an upsert would send all columns again: both take
    longer than making the rows.
    """
    if not objects:
        return
    meta, quoted = objects[0]._meta, connection.ops.quote_name
    fields = _named(type(objects[0]), names)
    prepare = [(field.attname, _prepared(field)) for field in fields]
    values = [[*(ready(getattr(one, name)) for name, ready in prepare), one.pk] for one in objects]
    settings = ", ".join(f"{quoted(field.column)} = %s" for field in fields)
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quoted(meta.db_table)} SET {settings} WHERE {quoted(meta.pk.column)} = %s",  # noqa: S608
            values,
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
            known[value] = field.get_db_prep_save(value, connection)
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
    columns = zip(fields, zip(*rows, strict=True), strict=True)
    ready = list(zip(*(map(_prepared(field), values) for field, values in columns), strict=True))
    one = f"({', '.join(['%s'] * len(fields))})"
    into = f"INSERT INTO {quoted(model._meta.db_table)} ({', '.join(quoted(f.column) for f in fields)}) VALUES "  # noqa: S608
    returning = f" RETURNING {quoted(model._meta.pk.column)}"
    ids: list[int] = []
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        size = _most_values() // len(fields)
        for start in range(0, len(ready), size):
            part = ready[start : start + size]
            cursor.execute(into + ", ".join([one] * len(part)) + returning, [value for row in part for value in row])
            ids += [pk for (pk,) in cursor.fetchall()]
    return ids


def _most_values() -> int:
    if connection.vendor != "sqlite":
        return _MOST_VALUES
    return min(_MOST_VALUES, connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER))

"""Trying to break a guard in every way that a program has."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from courses.guards import REFUSED_DELETE, REFUSED_UPDATE, Guard


def row_of(guard: Guard):
    """A kept row of the guarded table, as (model, primary key)."""
    [model] = [model for model in apps.get_models() if model._meta.db_table == guard.table and not model._meta.proxy]
    return model, model._base_manager.order_by("pk").values_list("pk", flat=True)[0]


def refused(words: str, act) -> None:
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        act()


def execute(sql: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def refuses_updates(guard: Guard, column: str) -> None:
    """`column` is a frozen one of a table that has a row."""
    model, pk = row_of(guard)
    before = model._base_manager.values().get(pk=pk)
    field = next(field for field in model._meta.concrete_fields if field.column == column)
    other = _other(field, before[field.attname])
    refused(REFUSED_UPDATE, lambda: model._base_manager.filter(pk=pk).update(**{field.attname: other}))
    refused(
        REFUSED_UPDATE,
        lambda: execute(f'UPDATE "{guard.table}" SET "{column}" = %s WHERE id = %s', _raw(field, other), pk),
    )
    assert model._base_manager.values().get(pk=pk) == before


def refuses_deletion(guard: Guard) -> None:
    model, pk = row_of(guard)
    refused(REFUSED_DELETE, lambda: model._base_manager.filter(pk=pk)._raw_delete("default"))
    refused(REFUSED_DELETE, lambda: execute(f'DELETE FROM "{guard.table}" WHERE id = %s', pk))
    if connection.vendor == "postgresql":
        execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the end of the test would be refused first
        refused(REFUSED_DELETE, lambda: execute(f'TRUNCATE "{guard.table}" CASCADE'))
    else:
        columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
        same = f'INSERT OR REPLACE INTO "{guard.table}" ({columns}) SELECT {columns} FROM "{guard.table}" WHERE id = %s'
        refused(REFUSED_DELETE, lambda: execute(same, pk))
    assert model._base_manager.filter(pk=pk).exists()


def _other(field, value):
    """Another value of the column's type; one that a foreign key would refuse is refused by the guard first."""
    kind = field.get_internal_type()
    if kind == "BinaryField":
        return b"other"
    if kind == "JSONField":
        return {"other": 1}
    if kind == "DateField":
        return "1999-01-01"
    if kind == "DateTimeField":
        return "1999-01-01T00:00:00+00:00"
    if kind == "UUIDField":
        return "12345678123456781234567812345678"
    if kind == "BooleanField":
        return not value
    if kind in ("CharField", "TextField"):
        return "other"
    if "Small" in kind:
        return (value or 0) + 1
    return 999_999 if value is None else value + 999_999


def _raw(field, value):
    return field.get_db_prep_save(field.to_python(value), connection)

"""Lookups that the whole product may use; importing this module makes them known."""

import json
from collections.abc import Iterable

from django.core.exceptions import EmptyResultSet
from django.db.models import BigIntegerField, Field, ForeignObject, Func, Lookup


@ForeignObject.register_lookup
@Field.register_lookup
class Among(Lookup):
    """`pk__among=ids`: one of many plain numbers or texts, however many there are.

    What `__in` writes takes a variable a value, and SQLite as it is built by default allows 32,766 in a statement:
    here the values go as one, and come apart in the database. None among the values finds nothing, as with `__in`.
    Ids are given, not objects.
    """

    lookup_name = "among"
    prepare_rhs = False

    def __init__(self, lhs, rhs: Iterable[int | str | None]):
        super().__init__(lhs, sorted({value for value in rhs if value is not None}))

    def as_sql(self, compiler, connection):
        if not self.rhs:
            raise EmptyResultSet
        sql, params = self.process_lhs(compiler, connection)
        if connection.vendor == "postgresql":
            return f"{sql} = ANY(%s)", [*params, self.rhs]
        values = json.dumps(self.rhs, ensure_ascii=False)
        return f"{sql} IN (SELECT value FROM json_each(%s))", [*params, values]  # noqa: S608 (no text of anybody's)


class Seconds(Func):
    """A time as whole seconds since 1970: where tens of thousands are only compared, reading them as times takes longer
    than all else."""

    function, output_field = "EXTRACT", BigIntegerField()
    template = "EXTRACT(EPOCH FROM %(expressions)s)::bigint"

    def as_sqlite(self, compiler, connection, **extra):
        days = "CAST(ROUND((julianday(%(expressions)s) - 2440587.5) * 86400) AS INTEGER)"
        return super().as_sql(compiler, connection, template=days, **extra)

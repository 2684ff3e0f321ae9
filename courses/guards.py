"""Database triggers for what must never be changed or deleted, declared as data.

Altering a column on SQLite rebuilds its table and drops every trigger without a word, so migrations do not carry them:
`install_guards` runs after every migrate (each app connects it in `apps.py`) and is idempotent. `doctor`, `/readyz` and
a test compare the live catalogue with `GUARDS`. A table is guarded by what its app declares here by `declare`.
"""

from dataclasses import dataclass

from django.db import connections

#: The words with which a guard refuses; they stand in the database error.
REFUSED_UPDATE = "guarded: this row is never changed"
REFUSED_DELETE = "guarded: this row is never deleted"


@dataclass(frozen=True)
class Guard:
    """Forbids changes of a table's rows.

    `frozen`: the columns that no update may change, ("*",) for every column, () for none.
    `kept_when`: SQL over OLD saying which rows may not be deleted; "" for none.
    """

    table: str
    frozen: tuple[str, ...]
    kept_when: str = "1 = 1"

    def triggers(self) -> dict[str, tuple[str, str]]:
        """Trigger name → (event, SQL condition over OLD and NEW; "" always)."""
        found = {}
        if self.frozen:
            condition = (
                "" if self.frozen == ("*",) else " OR ".join(f'OLD."{c}" {{differs}} NEW."{c}"' for c in self.frozen)
            )
            found[f"guard_{self.table}_update"] = ("UPDATE", condition)
        if self.kept_when:
            found[f"guard_{self.table}_delete"] = ("DELETE", "" if self.kept_when == "1 = 1" else self.kept_when)
        return found


GUARDS: list[Guard] = []


def declare(*guards: Guard) -> None:
    """Adds guards to the list; called once by each app at import."""
    GUARDS.extend(guards)


declare(
    # Old values of personal fields stand in a table of their own, which erasure may thin out; nothing is rewritten.
    Guard("courses_actionlog", ("*",)),
    Guard("courses_actiondetail", ("*",), kept_when=""),
    Guard("courses_file", ("*",), kept_when="OLD.purpose <> 'import'"),
)


def install_guards(using: str = "default") -> None:
    """Puts every declared guard on its table, where the table exists; harmless when repeated."""
    connection = connections[using]
    with connection.schema_editor() as editor:
        tables = set(connection.introspection.table_names())
        for guard in GUARDS:
            if guard.table in tables:
                for statement in _dropping(guard, connection.vendor) + _creating(guard, connection.vendor):
                    editor.execute(statement, params=None)


def remove_guards(using: str = "default") -> None:
    """Takes the guards away, for restoring a backup into an empty site and for the flush between tests."""
    connection = connections[using]
    with connection.schema_editor() as editor:
        tables = set(connection.introspection.table_names())
        for guard in GUARDS:
            if guard.table in tables:
                for statement in _dropping(guard, connection.vendor):
                    editor.execute(statement, params=None)


def missing_guards(using: str = "default") -> list[str]:
    """Names of declared triggers that the live catalogue does not have."""
    connection = connections[using]
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        present = {name for (name,) in cursor.fetchall()}
    return sorted(name for guard in GUARDS for name in _names(guard, connection.vendor) if name not in present)


def _names(guard: Guard, vendor: str) -> list[str]:
    names = list(guard.triggers())
    if vendor == "postgresql" and guard.kept_when:
        names.append(f"guard_{guard.table}_truncate")
    return names


def _dropping(guard: Guard, vendor: str) -> list[str]:
    on_table = f' ON "{guard.table}"' if vendor == "postgresql" else ""
    return [f'DROP TRIGGER IF EXISTS "{name}"{on_table}' for name in _names(guard, vendor)]


def _creating(guard: Guard, vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [_sqlite_trigger(guard.table, name, *trigger) for name, trigger in guard.triggers().items()]
    statements = []
    for name, (event, condition) in guard.triggers().items():
        statements += _postgres_trigger(guard.table, name, event, condition)
    if guard.kept_when:
        # Row triggers do not see TRUNCATE.
        statements += _postgres_trigger(guard.table, f"guard_{guard.table}_truncate", "TRUNCATE", "")
    return statements


def _sqlite_trigger(table: str, name: str, event: str, condition: str) -> str:
    when = f" WHEN {condition.format(differs='IS NOT')}" if condition else ""
    words = REFUSED_UPDATE if event == "UPDATE" else REFUSED_DELETE
    return f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}"{when} BEGIN SELECT RAISE(ABORT, \'{words}\'); END'


def _postgres_trigger(table: str, name: str, event: str, condition: str) -> list[str]:
    """The condition stands in the function: a WHEN of the trigger would forbid ever altering the columns it names."""
    words = REFUSED_UPDATE if event == "UPDATE" else REFUSED_DELETE
    broken = condition.format(differs="IS DISTINCT FROM") or "TRUE"
    passes = {"UPDATE": "NEW", "DELETE": "OLD", "TRUNCATE": "NULL"}[event]
    body = (
        f"BEGIN IF {broken} THEN RAISE EXCEPTION '{words}' USING ERRCODE = 'restrict_violation'; END IF; "
        f"RETURN {passes}; END"
    )
    each = "STATEMENT" if event == "TRUNCATE" else "ROW"
    return [
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$',
        f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" FOR EACH {each} EXECUTE FUNCTION "{name}"()',
    ]

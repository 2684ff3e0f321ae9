"""Rows that are never changed or deleted, tried on the live database in every way. Each fails without its guard."""

import pytest
from django.core.management import call_command
from django.db import connection, models

from courses.constants.actors import SYSTEM
from courses.constants.choices import FilePurpose
from courses.guards import GUARDS, Guard, install_guards, missing_guards
from courses.models import ActionDetail, ActionLog, File
from courses.services.records import log_action, store_file
from courses.tests.guarding import execute, refuses_deletion, refuses_updates
from courses.tests.planning import make_office

OWN = [guard for guard in GUARDS if guard.table.startswith("courses_")]


@pytest.fixture
def rows(db):
    office = make_office("A")
    log_action(SYSTEM, "change", office, personal={"full_name": ["Ngô Thử", "Ngô Thử Mẫu"]})
    store_file(b"%PDF", purpose=FilePurpose.CERTIFICATE, media_type="application/pdf")


def test_the_plan_guards_its_log_its_details_and_its_files():
    assert {guard.table for guard in OWN} == {"courses_actionlog", "courses_actiondetail", "courses_file"}


@pytest.mark.parametrize(
    ("guard", "column"),
    [
        pytest.param(guard, field, id=f"{guard.table}.{field}")
        for guard, columns in zip(
            OWN,
            (
                ("at", "user_id", "action", "subject", "subject_id", "course_id", "batch", "changes"),
                ("entry_id", "changes"),
                ("sha256", "purpose", "media_type", "size", "sealed", "content"),
            ),
            strict=True,
        )
        for field in columns
    ],
)
def test_no_column_is_ever_changed(rows, guard, column):
    refuses_updates(guard, column)


@pytest.mark.parametrize("guard", [guard for guard in OWN if guard.kept_when], ids=lambda guard: guard.table)
def test_no_row_is_ever_deleted(rows, guard):
    refuses_deletion(guard)


def test_erasure_may_thin_out_personal_details_and_rosters_may_go(rows):
    ActionDetail.objects.all().delete()
    assert ActionLog.objects.exists()
    roster = store_file(b"rows", purpose=FilePurpose.IMPORT, media_type="text/csv", sealed=True)
    roster.delete()
    assert not File.objects.filter(purpose=FilePurpose.IMPORT).exists()


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.table)
@pytest.mark.django_db(transaction=True)
def test_a_guard_that_is_gone_is_named(guard):
    name = next(iter(guard.triggers()))
    execute(f'DROP TRIGGER "{name}"' + (f' ON "{guard.table}"' if connection.vendor == "postgresql" else ""))
    assert missing_guards() == [name]
    install_guards()
    assert missing_guards() == []


@pytest.mark.django_db(transaction=True)
def test_installing_twice_is_harmless_and_a_table_that_is_not_there_yet_is_passed_over(monkeypatch):
    monkeypatch.setattr("courses.guards.GUARDS", [*GUARDS, Guard("courses_nothing", ("*",))])
    install_guards()
    install_guards()
    assert missing_guards() == ["guard_courses_nothing_delete"] + (
        ["guard_courses_nothing_truncate"] if connection.vendor == "postgresql" else []
    ) + ["guard_courses_nothing_update"]


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_rebuilds_a_table_leaves_it_guarded():
    """On SQLite altering a column makes the table anew without its triggers; post_migrate brings them back."""
    old = File._meta.get_field("media_type")
    new = models.CharField(max_length=130)
    new.set_attributes_from_name("media_type")
    new.model = File
    for before, after in ((old, new), (new, old)):
        with connection.schema_editor() as editor:
            editor.alter_field(File, before, after, strict=True)
    if connection.vendor == "sqlite":
        assert missing_guards() == ["guard_courses_file_delete", "guard_courses_file_update"]
    call_command("migrate", verbosity=0)
    assert missing_guards() == []
    store_file(b"%PDF", purpose=FilePurpose.CERTIFICATE, media_type="application/pdf")
    guard = next(guard for guard in OWN if guard.table == "courses_file")
    refuses_updates(guard, "content")
    refuses_deletion(guard)

"""Guards are back on a table that is made anew; apart from test_guards.py, whose rows stand in a transaction."""

import pytest
from django.core.management import call_command
from django.db import connection, models

from attendance.models import Certificate
from attendance.services.register import prepare_papers
from attendance.tests.records import Class
from attendance.tests.test_guards import OWN
from courses.guards import missing_guards
from courses.tests.guarding import refuses_deletion, refuses_updates


@pytest.mark.django_db(transaction=True)
def test_a_rebuilt_table_of_the_record_is_guarded_again():
    old, new = Certificate._meta.get_field("template_version"), models.CharField(max_length=50, blank=True)
    new.set_attributes_from_name("template_version")
    new.model = Certificate
    for before, after in ((old, new), (new, old)):
        with connection.schema_editor() as editor:
            editor.alter_field(Certificate, before, after, strict=True)
    if connection.vendor == "sqlite":
        assert missing_guards() == ["guard_attendance_certificate_delete", "guard_attendance_certificate_update"]
    call_command("migrate", verbosity=0)
    assert missing_guards() == []
    lop = Class()
    lop.attended(1)
    prepare_papers(lop.course, lop.order, actor=lop.officer)
    refuses_updates(OWN["attendance_certificate"], "number")
    refuses_deletion(OWN["attendance_certificate"])

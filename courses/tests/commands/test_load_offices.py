"""The offices of the project come in by one command, as often as one likes."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from courses.models import Office, OfficeSuccession


@pytest.mark.django_db
def test_offices_are_loaded_once_however_often_it_is_called():
    for _time in range(2):
        call_command("load_offices", stdout=StringIO())
    assert Office.objects.count() == 51
    assert OfficeSuccession.objects.count() == 10
    office = Office.objects.get(code="P-NV")
    assert office.path == f"/{office.parent_id}/{office.pk}/"
    assert {alias.text for alias in office.aliases.all()} == {"P. Nội vụ", "Phòng NV"}


@pytest.mark.django_db
def test_a_file_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(CommandError):
        call_command("load_offices", str(tmp_path / "none.csv"))

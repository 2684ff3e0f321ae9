"""What the command prints, and where it refuses."""

import io

import pytest
from django.core.management import CommandError, call_command

from courses.models import Course, Office, User


@pytest.fixture(autouse=True)
def _demo(db, settings, tmp_path):
    settings.DEMO, settings.DATA_DIR = True, tmp_path


def printed():
    out = io.StringIO()
    call_command("load_demo", stdout=out)
    return out.getvalue()


def test_it_prints_addresses_and_sign_ins_and_the_same_again(settings):
    first = printed()
    assert printed() == first
    for path in ("/accounts/login/", "/my/", "/office/", "/verify/"):
        assert f"{settings.SITE_URL}{path}" in first
    for username in ("tochuc", "tochucphuong", "capgiay", "daumoi", "quantri"):
        assert f"  {username} " in first


@pytest.mark.parametrize("mine", ["a user", "a class"])
def test_a_site_with_people_or_classes_of_its_own_is_left_alone(mine):
    if mine == "a user":
        User.objects.create_user("thu", full_name="Người Thử")
    else:
        office = Office.objects.create(code="THU", name="Đơn vị thử", kind="other")
        Course.objects.create(code="THU", title="Thử", host_office=office, starts_on="2026-01-01", ends_on="2026-01-01")
    with pytest.raises(CommandError):
        printed()
    assert not User.objects.filter(username="quantri").exists()


def test_outside_the_demo_it_refuses_and_makes_nobody(settings, tmp_path):
    settings.DEMO = False
    with pytest.raises(CommandError):
        printed()
    assert not User.objects.exists()
    assert not list(tmp_path.iterdir())

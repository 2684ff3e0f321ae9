"""A backup holds everything as it was; what is damaged, foreign or in the way is refused with nothing changed."""

import datetime as dt
import hashlib
import json
import os
import stat
import subprocess
import sys
import uuid
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import override_settings

from courses.constants.errors import Refusal
from courses.guards import missing_guards
from courses.models import ActionLog, File, Office, Responsibility, Trainee, User
from courses.services import backup
from courses.services.backup import make_backup, restore_backup

pytestmark = pytest.mark.django_db(transaction=True)

MOMENT = dt.datetime(2022, 6, 20, 1, 2, 3, 456789, tzinfo=dt.UTC)
PASSPHRASE = "một câu mật khẩu dài"


def fill_site():
    office = Office.objects.create(code="930", name="Thành phố Vị Thanh", kind="city", valid_to=dt.date(2025, 7, 1))
    ward = Office.objects.create(code="31321", name="Phường III", kind="ward", parent=office)
    user = User.objects.create_user("thu.demo", password="khong-dung-that", full_name="Nguyễn Thị Thử")
    trainee = Trainee.objects.create(
        full_name="Đặng Văn Ví Dụ", given_name="Dụ", sort_key="1", search_key="dang van vi du", office=ward
    )
    trainee.responsibilities.set(Responsibility.objects.all())
    Trainee.objects.update(updated_at=MOMENT)
    content = bytes(range(256)) * 40
    File.objects.create(
        sha256=hashlib.sha256(content).hexdigest(),
        purpose="material",
        media_type="application/pdf",
        size=len(content),
        content=content,
    )
    ActionLog.objects.bulk_create(
        ActionLog(
            at=MOMENT,
            user=user,
            actor_kind="user",
            action="change",
            subject="trainee",
            subject_id=number,
            batch=uuid.UUID(int=number),
            changes={"tên": ["cũ", None, 1.5]},
        )
        for number in range(2 * backup.CHUNK + 1)
    )


def site_rows():
    """Every row of every table that a backup holds, as text."""
    return {
        model._meta.label_lower: [
            [backup._as_json(field, field.value_from_object(row)) for field in backup._fields(model)]
            for row in model._base_manager.order_by("pk")
        ]
        for model in backup._models()
    }


def empty_site():
    call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def saved(tmp_path):
    """A backup without keys, and the rows that were saved."""
    fill_site()
    path = tmp_path / "site.zip"
    make_backup(path)
    return path, site_rows()


def test_every_row_comes_back_as_it_was(saved):
    path, rows = saved
    empty_site()
    restored = restore_backup(path)
    assert site_rows() == rows
    assert restored.rows == sum(len(table) for table in rows.values())
    assert restored.unreadable == ()
    assert missing_guards() == []


def test_numbering_goes_on_after_the_restored_rows(saved):
    path, rows = saved
    empty_site()
    restore_backup(path)
    assert User.objects.create_user("moi.demo", full_name="Người Mới").pk > max(row[0] for row in rows["courses.user"])


def test_references_are_checked_again_after_a_restore(saved):
    path, _ = saved
    empty_site()
    restore_backup(path)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_a_site_that_is_not_empty_is_refused_and_keeps_its_rows(saved):
    path, rows = saved
    with pytest.raises(Refusal):
        restore_backup(path)
    assert site_rows() == rows
    assert missing_guards() == []


def test_an_existing_file_is_not_overwritten(saved):
    path, _ = saved
    before = path.read_bytes()
    with pytest.raises(Refusal):
        make_backup(path)
    assert path.read_bytes() == before


def test_a_backup_is_readable_by_its_owner_alone_and_leaves_nothing_beside_it(saved):
    path, _ = saved
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["site.zip"]


def test_a_folder_that_does_not_exist_is_a_sentence(tmp_path):
    with pytest.raises(Refusal):
        make_backup(tmp_path / "none" / "site.zip")


def test_no_key_is_in_a_backup_without_a_passphrase(saved):
    path, _ = saved
    key_file = json.loads((Path(settings.DATA_DIR) / "keys.json").read_text())
    secrets = [key_file["secret_key"], key_file["link"], *key_file["citizen"].values()]
    with zipfile.ZipFile(path) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert "keys.sealed" not in zipfile.ZipFile(path).namelist()
    assert not [secret for secret in secrets if secret.encode() in content]


# What is refused: each of these leaves an empty site empty


def rewrite(path, change):
    """The backup with its members, a dict of name → bytes, changed by `change`."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def _set_manifest(members, **facts):
    members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | facts).encode()


def _other_row(members):
    members["rows/courses.user.jsonl"] = members["rows/courses.user.jsonl"].replace(b"thu.demo", b"kia.demo")


def _consistent_but_impossible(members):
    """A hash that fits and a date that does not exist: only the writing itself can notice."""
    name = "rows/courses.office.jsonl"
    members[name] = members[name].replace(b"2025-07-01", b"2025-02-31")
    manifest = json.loads(members["manifest.json"])
    manifest["members"]["courses.office"]["sha256"] = hashlib.sha256(members[name]).hexdigest()
    members["manifest.json"] = json.dumps(manifest).encode()


def _dangling_reference(members):
    name = "rows/courses.office.jsonl"
    members[name] = members[name][: members[name].index(b"\n") + 1].replace(b"null", b"99", 1)
    manifest = json.loads(members["manifest.json"])
    manifest["members"]["courses.office"] |= {
        "sha256": hashlib.sha256(members[name]).hexdigest(),
        "bytes": len(members[name]),
        "rows": 1,
    }
    members["manifest.json"] = json.dumps(manifest).encode()


FOREIGN = {
    "a changed row": _other_row,
    "no manifest": lambda members: members.pop("manifest.json"),
    "a missing member": lambda members: members.pop("rows/courses.user.jsonl"),
    "a path that climbs": lambda members: members.update({"../evil.txt": b"x"}),
    "an absolute path": lambda members: members.update({"/tmp/evil.txt": b"x"}),
    "a pickle": lambda members: members.update({"rows/courses.user.pickle": b"\x80\x04."}),
    "another format": lambda members: _set_manifest(members, format=2),
    "another version": lambda members: _set_manifest(members, migrations=["courses.0001_initial"]),
    "a manifest of another shape": lambda members: members.update({"manifest.json": b'{"format": 1, "members": []}'}),
    "a manifest without the mark of its keys": lambda members: _set_manifest(members, keys_mark=None),
    "an impossible date under a fitting hash": _consistent_but_impossible,
    "a reference to nothing": _dangling_reference,
}


@pytest.mark.parametrize("change", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_foreign_or_changed_file_is_refused_and_nothing_is_written(saved, change):
    path, _ = saved
    rewrite(path, change)
    empty_site()
    before = site_rows()
    with pytest.raises(Refusal):
        restore_backup(path)
    assert site_rows() == before
    assert missing_guards() == []


def test_a_truncated_file_and_one_that_is_no_zip_are_refused(saved, tmp_path):
    path, _ = saved
    content = path.read_bytes()
    empty_site()
    for broken in (content[: len(content) // 2], content[:-10], b"", b"not a zip"):
        path.write_bytes(broken)
        with pytest.raises(Refusal):
            restore_backup(path)
    with pytest.raises(Refusal):
        restore_backup(tmp_path / "none.zip")
    assert not User.objects.exists()


def test_a_flipped_bit_in_the_rows_is_refused(saved):
    path, _ = saved
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("rows/courses.actionlog.jsonl")
    data = member.header_offset + 30 + len(member.filename) + 100
    empty_site()
    for place in range(data, data + member.compress_size - 200, member.compress_size // 10):
        content[place] ^= 1
        path.write_bytes(content)
        with pytest.raises(Refusal):
            restore_backup(path)
        content[place] ^= 1


def test_a_symbolic_link_in_the_file_is_refused(saved):
    path, _ = saved
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = ((stat.S_IFLNK if name.endswith("user.jsonl") else stat.S_IFREG) | 0o777) << 16
            archive.writestr(info, content)
    empty_site()
    with pytest.raises(Refusal):
        restore_backup(path)
    assert not User.objects.exists()


# Keys


def test_without_the_keys_it_says_what_stays_unreadable(saved, tmp_path):
    path, _ = saved
    empty_site()
    other = tmp_path / "other"
    other.mkdir()
    (other / "keys.json").write_text("{}")
    with override_settings(DATA_DIR=other):
        assert restore_backup(path).unreadable != ()


def test_keys_come_back_with_the_passphrase_and_only_with_it(tmp_path):
    fill_site()
    path = tmp_path / "site.zip"
    keys = (Path(settings.DATA_DIR) / "keys.json").read_bytes()
    make_backup(path, passphrase=PASSPHRASE)
    assert keys not in path.read_bytes()
    empty_site()
    other = tmp_path / "other"
    other.mkdir()
    (other / "keys.json").write_text("{}")
    with override_settings(DATA_DIR=other):
        with pytest.raises(Refusal):
            restore_backup(path, passphrase="một câu khác hẳn")
        assert not User.objects.exists()
        restored = restore_backup(path, passphrase=PASSPHRASE)
    assert restored.with_keys
    assert restored.unreadable == ()
    assert (other / "keys.json").read_bytes() == keys


def test_a_passphrase_for_a_backup_without_keys_is_refused(saved):
    path, _ = saved
    empty_site()
    with pytest.raises(Refusal):
        restore_backup(path, passphrase=PASSPHRASE)
    assert not User.objects.exists()


# The commands


def test_the_commands_save_and_restore_and_refuse_with_a_sentence(tmp_path):
    fill_site()
    path, out = tmp_path / "site.zip", StringIO()
    call_command("backup", str(path), stdout=out)
    assert str(path) in out.getvalue()
    with pytest.raises(CommandError):
        call_command("restore", str(path))
    empty_site()
    call_command("restore", str(path), stdout=StringIO())
    assert User.objects.get().username == "thu.demo"
    with pytest.raises(CommandError):
        call_command("backup", str(tmp_path / "second.zip"), passphrase="short")


# From one database to the other


def test_a_backup_of_sqlite_goes_into_postgresql(tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("The way from SQLite to PostgreSQL is walked in the run on PostgreSQL.")
    path = tmp_path / "site.zip"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "vithanh_training.settings", "DATA_DIR": str(tmp_path)}
    program = (
        "import django; django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('migrate', verbosity=0)\n"
        "from courses.tests.services import test_backup\n"
        "import json, pathlib\n"
        "test_backup.fill_site()\n"
        f"test_backup.make_backup(pathlib.Path({str(path)!r}))\n"
        "print(json.dumps(test_backup.site_rows()))\n"
    )
    made = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env=environment,
        cwd=settings.BASE_DIR,
        timeout=120,
        check=True,
    )
    empty_site()
    restore_backup(path)
    assert json.loads(json.dumps(site_rows())) == json.loads(made.stdout)
    assert User.objects.create_user("moi.demo", full_name="Người Mới").pk > 1

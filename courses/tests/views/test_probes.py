"""The probes say whether the process lives and whether it can serve people, and why not in one word."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from courses.guards import install_guards, remove_guards
from courses.services.health import unready


def test_a_living_process_says_ok_without_asking_the_database(client):
    assert client.get("/healthz").content == b"ok"


@pytest.mark.django_db
def test_a_ready_site_says_ok(client):
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_a_site_behind_its_code_is_not_ready(client):
    MigrationRecorder(connection).record_unapplied("courses", "0001_squashed_0008_purposes_of_files")
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"migrations")


@pytest.mark.django_db(transaction=True)
def test_a_site_without_its_guards_is_not_ready(client):
    remove_guards()
    try:
        response = client.get("/readyz")
    finally:
        install_guards()
    assert (response.status_code, response.content) == (503, b"guards")


@pytest.mark.django_db(transaction=True)
def test_a_site_without_its_database_is_not_ready(monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "NAME", "/no/such/folder/none.sqlite3")
    assert unready() == ["database"]

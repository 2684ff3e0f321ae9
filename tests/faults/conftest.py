"""What the tests of faults share: one installation a run and database."""

import os
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings

pytest.register_assert_rewrite("tests.faults.acts")

from tests.faults.installation import Installation, Server  # noqa: E402


@pytest.fixture(scope="package")
def installation(request, tmp_path_factory, django_db_blocker):
    """Prepared and empty; its database may be read by the tests, and is no test's own database."""
    folder = tmp_path_factory.mktemp("faults")
    if settings.TEST_DATABASE == "postgres":
        host = str(request.getfixturevalue("postgres_server"))
        name = f"faults_{uuid4().hex[:12]}"
        with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        made = Installation(folder, host=host, database=name)
    else:
        made = Installation(folder)
    with django_db_blocker.unblock():
        yield made


@pytest.fixture(scope="package")
def server(installation):
    """The installation's server, not started; what is left of it is killed at the end."""
    if os.name != "posix":
        pytest.skip("process groups are those of POSIX")
    server = Server(installation)
    yield server
    server.kill()

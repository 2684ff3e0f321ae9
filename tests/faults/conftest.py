"""What the tests of faults share: one installation a run and database, and two hosts for what is typed wrongly."""

import os
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import transaction

pytest.register_assert_rewrite("tests.faults.acts")

from tests.access.browsers import sign_everybody_in  # noqa: E402
from tests.access.world import World  # noqa: E402
from tests.faults.installation import Installation, Server  # noqa: E402
from tests.faults.queue import Queue  # noqa: E402


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


@pytest.fixture
def queue(installation, server):
    server.kill()  # other tests leave it running, and it has a worker beside it
    with installation.opened():
        queue = Queue(installation)
        yield queue
        for worker in queue.workers:
            if worker.poll() is None:
                worker.kill()
            worker.wait()


@pytest.fixture(scope="package")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        world = World()
        sign_everybody_in(world)
        yield world
        transaction.set_rollback(True)

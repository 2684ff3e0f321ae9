"""The world of two hosts, made once; what a test writes on it is taken back."""

import pytest
from django.db import transaction

from tests.access.browsers import sign_everybody_in
from tests.access.world import World


@pytest.fixture(scope="package")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        world = World()
        sign_everybody_in(world)
        yield world
        transaction.set_rollback(True)

import pytest

from courses.tests.listing import World


@pytest.fixture
def world(db):
    return World()

"""What the tests of the record share."""

import pytest
from django.utils import translation


@pytest.fixture
def english():
    """Sentences are compared in the language of the code; that all have their Vietnamese is tested elsewhere."""
    with translation.override("en"):
        yield

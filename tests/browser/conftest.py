"""The browser tests' own: a running demo a worker, and eyes a test."""

from contextlib import nullcontext

import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, expect

from tests.browser.eyes import Eyes
from tests.browser.site import Site
from tests.postgres import running_postgres


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """A demo that runs as an installation does; its tests leave it usable for each other, in any order.

    Its PostgreSQL server is its own: the write-ahead log, which is searched for citizen numbers, is a whole server's.
    """
    with running_postgres() if settings.TEST_DATABASE == "postgres" else nullcontext() as socket:
        running = Site(tmp_path_factory.mktemp("walk"), socket)
        try:
            running.start()
            yield running
        finally:
            running.stop()


@pytest.fixture(scope="session", autouse=True)
def _clicks_settle():
    """A click returns when the next page has begun, and on a busy computer a moment before; what a test then counts
    must be there."""
    clicks = {kind: kind.click for kind in (Page, Locator)}

    def settled(kind):
        def click(self, *arguments, **options):
            clicks[kind](self, *arguments, **options)
            page = self if kind is Page else self.page
            page.wait_for_timeout(50)
            page.wait_for_load_state()

        return click

    for kind in clicks:
        kind.click = settled(kind)
    expect.set_options(timeout=60_000)
    yield
    for kind, click in clicks.items():
        kind.click = click


@pytest.fixture
def eyes(browser, site):
    """Findings are told all together when the test is over, also when a step failed: they often say why."""
    watching = Eyes(browser, site.address)
    yield watching
    watching.close()
    assert watching.findings == [], "\n".join(["", *watching.findings])

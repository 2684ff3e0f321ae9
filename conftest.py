"""What every test of the project gets: its database, guards that a flush may pass, a browser, strict templates."""

import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path

import hypothesis
import hypothesis.configuration
import pytest
from django.conf import settings
from django.db.backends.base.operations import BaseDatabaseOperations
from django.utils import translation

from tests.migrated import first_migrates, keep, migrated
from tests.postgres import running_postgres

# What it keeps of a run names folders of this machine, and no run needs it of another.
hypothesis.configuration.set_hypothesis_home_dir(Path(tempfile.gettempdir(), "hypothesis"))
# Property tests try the same examples in each run; other seeds are for looking further (--hypothesis-seed).
hypothesis.settings.register_profile("same", derandomize="--hypothesis-seed" not in " ".join(sys.argv))
hypothesis.settings.load_profile("same")

ALLOW_MISSING = os.environ.get("ALLOW_MISSING", "").replace(",", " ").split()
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_report_header():
    return f"database: {settings.TEST_DATABASE}"


@pytest.fixture(autouse=True)
def _in_vietnamese():
    """A request leaves the language of its person behind, and tests of one process follow one another."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def english():
    """Sentences are compared in the language of the code; that all have their Vietnamese is tested elsewhere."""
    with translation.override("en"):
        yield


# What is left lying is little, and looking through all of Django's objects for it again and again takes its time.
gc.set_threshold(100_000, 50, 100)

#: What knows no database but one of its own: tried once, on SQLite, but for tests that open the database all the same.
PURE = (
    "/tests/constants/",
    "/tests/readers/",
    "/tests/rendering/",
    "/tests/rules/",
    "tests/test_catalogues.py",
    "tests/test_commands.py",
    "tests/test_settings.py",
    "tests/test_structure.py",
)
#: What takes long and is done on one database: on PostgreSQL, which is the stricter, what is asked of pages one by one;
#: on SQLite what a browser shows and the crawl over all pages. The long walk from a roster to certificates is the one
#: thing that a browser does on PostgreSQL; of rosters what writes is done on both; faults are for `make test-slow`.
#: With BOTH=1 everything is done on both.
ONCE = {
    "attendance/tests/admin/": "postgres",
    "attendance/tests/services/test_demo.py": "postgres",
    "attendance/tests/services/test_making_papers.py": "sqlite",
    "attendance/tests/services/test_signed_copies.py": "postgres",
    "attendance/tests/services/test_word_templates.py": "postgres",
    "attendance/tests/views/": "postgres",
    "courses/tests/admin/": "postgres",
    "courses/tests/commands/test_import_roster.py": "sqlite",
    **{
        f"courses/tests/services/rosters/test_{name}.py": "postgres"
        for name in ("deciding", "directory", "export", "matching", "own", "reading", "remembering", "who_is_it")
    },
    "courses/tests/views/": "postgres",
    "tests/access/": "postgres",
    "tests/access/test_scope.py": "sqlite",
    "tests/browser/": "sqlite",
    "tests/browser/test_walk.py": "postgres",
    "tests/faults/test_bad_input.py": "postgres",
    "tests/test_july_2025.py": "postgres",
    "tests/test_look.py": "sqlite",
}


def pytest_collection_modifyitems(config, items):
    """What takes long begins first, so that no process waits for another at the end; of two processes one is given
    the browser's tests and prepares their site."""
    once = [item for item in items if _is_tried_on_the_other_database(item)]
    config.hook.pytest_deselected(items=once)
    items[:] = [item for item in items if item not in set(once)]
    items.sort(key=lambda item: "tests/browser/" not in item.nodeid)


def _is_tried_on_the_other_database(item) -> bool:
    if os.environ.get("BOTH") or item.get_closest_marker("slow"):
        return False
    own = ONCE.get(max((path for path in ONCE if item.nodeid.startswith(path)), key=len, default=""))
    if own is None and _knows_no_database(item):
        own = "sqlite"
    return own not in (None, settings.TEST_DATABASE)


def _knows_no_database(item) -> bool:
    opens = item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(item.fixturenames)
    return not opens and any(part in item.nodeid for part in PURE)


# The database


@pytest.fixture(scope="session")
def postgres_server():
    """The folder of the socket of a PostgreSQL server that belongs to this run (or xdist worker) alone."""
    with running_postgres(migrated()) as socket:
        yield socket


@pytest.fixture(scope="session")
def django_db_keepdb():
    """What another process has migrated is not done again; all is gone with the folders of the run."""
    return True


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_blocker):
    """The first process of a run migrates; each other begins with a copy of its database."""
    with first_migrates():
        request.getfixturevalue("django_db_modify_db_settings")
        before = settings.DATABASES["default"]["NAME"]
        request.getfixturevalue("django_db_setup")  # pytest-django's own; it makes none when no test opens it
        if not migrated() and settings.DATABASES["default"]["NAME"] != before:
            with django_db_blocker.unblock():
                keep()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request):
    if settings.TEST_DATABASE == "postgres":
        settings.DATABASES["default"]["HOST"] = str(request.getfixturevalue("postgres_server"))
    else:
        request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")  # beside each other in one folder
        if migrated():
            shutil.copy(migrated(), settings.DATABASES["default"]["TEST"]["NAME"])


@pytest.fixture(scope="session", autouse=True)
def _flush_passes_guards():
    """A flush between tests empties guarded tables; the product has no switch that would let it. What must always be
    there comes back after it; Django's own permissions, which nobody here asks, stay away: they took longer than all
    the rest."""
    from django.contrib.contenttypes.models import ContentType
    from django.core.cache import cache
    from django.core.management.commands import flush as command

    from courses.guards import install_guards, remove_guards  # models are loaded only now
    from courses.services.standing import make_standing_rows

    flush, after_flush = BaseDatabaseOperations.execute_sql_flush, command.emit_post_migrate_signal

    def lifted(self, sql_list):
        remove_guards(self.connection.alias)
        try:
            return flush(self, sql_list)
        finally:
            install_guards(self.connection.alias)

    def made_again(verbosity, interactive, database):
        ContentType.objects.clear_cache()
        cache.clear()  # its table is no model's, and no flush empties it: tries of one test would count in the next
        make_standing_rows(using=database)

    BaseDatabaseOperations.execute_sql_flush, command.emit_post_migrate_signal = lifted, made_again
    yield
    BaseDatabaseOperations.execute_sql_flush, command.emit_post_migrate_signal = flush, after_flush


# Templates: a misspelt variable of ours is an error, not an empty place on a page


class _MissingVariable(str):
    """Stands for a variable that the context lacks; asked for its truth, it looks at which template wants it.

    Templates of Django, allauth and crispy, and ours that override theirs, lean on missing variables.
    """

    def __bool__(self):
        frame = sys._getframe()  # inspect.stack looks for the file of each frame, at a millisecond a variable
        while frame := frame.f_back:
            node = frame.f_locals.get("self")
            origin = getattr(getattr(node, "origin", None), "name", None)
            if origin and hasattr(node, "token"):
                if _is_ours(Path(origin)):
                    raise AssertionError(f"{origin} names a variable that its context lacks: {node.token.contents}")
                return False
        return False


def _is_ours(path):
    folder = settings.BASE_DIR / "templates"
    return path.is_relative_to(folder) and path.relative_to(folder).parts[0] not in (
        "account",
        "admin",
        "allauth",
        "mfa",
    )


@pytest.fixture(scope="session", autouse=True)
def _strict_templates():
    from django.template import engines

    engines["django"].engine.string_if_invalid = _MissingVariable()


# The browser


@pytest.fixture(scope="session")
def chromium_path():
    """Where Chromium lies, best the one without windows, which takes a third of the time. Without any a test fails,
    unless ALLOW_MISSING=chromium-headless-shell says that it may be skipped."""
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    if "chromium-headless-shell" in ALLOW_MISSING:
        pytest.skip("Chromium is not installed, and ALLOW_MISSING names it.")
    pytest.fail("Chromium is not installed; install chromium-headless-shell, or name it in ALLOW_MISSING.")


@pytest.fixture(scope="session")
def browser(chromium_path):
    """A running Chromium (Playwright's synchronous interface); each test opens a context of its own."""
    from playwright.sync_api import sync_playwright  # heavy; only for tests that want it

    # Playwright runs an event loop in this thread, and Django refuses queries beside one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


# Another reader of our papers


@pytest.fixture(scope="session")
def office(tmp_path_factory):
    """Word and Excel files as PDF by LibreOffice: {"paper.docx": bytes} to {"paper.docx": PDF}, many in one call."""
    from courses.tests.rendering.office import office_in

    return office_in(tmp_path_factory.mktemp("office"), ALLOW_MISSING)


# The clock


@pytest.fixture(autouse=True)
def _running_clock():
    """A test that stops the clock does not stop it for the next."""
    yield
    from courses.constants.clock import set_clock  # its settings are ready only now

    set_clock(None)

"""Settings for the tests. The database is a SQLite file, or PostgreSQL with TEST_DATABASE=postgres."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path


def _folder() -> Path:
    """A folder for this run, so that nothing of an installation is read or written; its child processes share it."""
    if "TESTS_FOLDER" not in os.environ:
        os.environ["TESTS_FOLDER"] = folder = tempfile.mkdtemp(prefix="training-tests-")
        atexit.register(_remove, folder, os.getpid())
    return Path(os.environ["TESTS_FOLDER"])


def _remove(folder: str, owner: int) -> None:
    if os.getpid() == owner:  # a forked child must not tidy up for its parent
        shutil.rmtree(folder, ignore_errors=True)


_FOLDER = _folder()
for _name in ("SECRET_KEY", "ALLOWED_HOSTS", "EMAIL_URL", "PORT", "TLS_CERT", "TLS_KEY", "TRUSTED_PROXIES"):
    os.environ.pop(_name, None)
os.environ |= {"DATA_DIR": str(_FOLDER), "SITE_URL": "http://localhost:8000", "ALLOW_HTTP": "", "DEMO": ""}
os.environ.pop("DATABASE_URL", None)

from vithanh_training.settings import *  # noqa: E402, F403

TEST_DATABASE = os.environ.get("TEST_DATABASE", "sqlite")
if TEST_DATABASE == "postgres":
    # The fixture that starts the server sets the host.
    DATABASES["default"] = {  # noqa: F405
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "postgres",
        "USER": "postgres",
        "HOST": "",
    }
else:
    # A file, as in an office: a database in memory has no WAL and no second writer.
    DATABASES["default"]["TEST"] = {"NAME": str(_FOLDER / "tests.sqlite3")}  # noqa: F405

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
# The tests of the second factor switch it on; all others sign organisers in by force_login.
SECOND_FACTOR_REQUIRED = False

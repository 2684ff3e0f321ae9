"""An installation of its own for faults: its data, its server in a process group that can be killed, its browser."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.static_files import hand_on_static_files

#: Under this alias the tests read the database of the installation with the project's models.
ALIAS = "installation"
#: Far more than it takes: the machine may be busy with other tests.
SECONDS_TO_START = SECONDS_TO_END = 60


class Installation:
    """`host` and `database` are those of a PostgreSQL server; without them it is on SQLite."""

    def __init__(self, folder: Path, *, host: str = "", database: str = ""):
        self.data, self.host, self.database = folder / "data", host, database
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ},
            "DJANGO_SETTINGS_MODULE": "vithanh_training.settings",
            "DATA_DIR": str(self.data),
            "PORT": str(self.port),
            "PYTHONIOENCODING": "utf-8",
            # The officer signs in with a password alone.
            "DEMO": "1",
            **({"DATABASE_URL": f"postgresql://postgres:@/{database}?host={host}"} if database else {}),
        }
        self.run("manage.py", "migrate", "--verbosity=0")
        hand_on_static_files(self.data)

    def run(self, *arguments: str, timeout: int = 120) -> str:
        """What a Python process of the installation prints."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def make_ground(self, *, classes: int, people: int) -> dict:
        """Adds a host with its classes, see `ground.py`."""
        return json.loads(self.run("-m", "tests.faults.ground", str(classes), str(people)))

    @contextmanager
    def opened(self):
        """The database under ALIAS, read while nothing else of the installation runs, or beside it."""
        if ALIAS in connections.settings:  # by somebody who closes it
            yield connections[ALIAS]
            return
        name = self.database or str(self.data / "training.sqlite3")
        # The settings of `default` are complete; those of a database that is added later would not be.
        connections.settings[ALIAS] = {**connections.settings["default"], "NAME": name, "HOST": self.host}
        try:
            yield connections[ALIAS]
        finally:
            connections[ALIAS].close()
            del connections[ALIAS]
            del connections.settings[ALIAS]

    def wait_until_let_go(self) -> None:
        """PostgreSQL needs a moment to notice that its clients are dead."""
        if not self.database:
            return
        with self.opened() as connection, connection.cursor() as cursor:
            ends = time.monotonic() + SECONDS_TO_END
            while time.monotonic() < ends:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
                    " AND backend_type = 'client backend'",
                    [self.database],
                )
                if cursor.fetchone() == (0,):
                    return
                time.sleep(0.05)
        raise AssertionError("a connection of the killed processes is still there")


class Server:
    """`manage.py serve` in a process group of its own; what it prints is appended to a file of the data folder."""

    def __init__(self, installation: Installation):
        self.installation = installation
        self.process: subprocess.Popen | None = None

    def start(self, *, within: float = SECONDS_TO_START) -> float:
        """Starts it and waits until it serves; how long that took, in seconds."""
        began = time.monotonic()
        with (self.installation.data / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=settings.BASE_DIR,
                env=self.installation.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        answered = "nothing"
        while time.monotonic() - began < within:
            assert self.process.poll() is None, self.printed()
            try:
                answer = Browser(self.installation.port, patience=within).get("/readyz")
            except OSError as error:
                answered = repr(error)
                time.sleep(0.05)
            else:
                if answer.status == 200:
                    return time.monotonic() - began
                answered = f"{answer.status} {answer.text}"
        self.kill()
        raise AssertionError(f"not ready after {time.monotonic() - began:.1f} s: {answered}\n{self.printed()[-2000:]}")

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """SIGKILL to the supervisor, the workers and whatever they started, at once."""
        if self.runs:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def printed(self) -> str:
        return (self.installation.data / "serve.log").read_text(encoding="utf-8")


class Answer:
    def __init__(self, response: http.client.HTTPResponse):
        self.status = response.status
        self.location = response.headers.get("Location", "")
        self.cookies = response.headers.get_all("Set-Cookie") or []
        self.text = response.read().decode(errors="replace")


class Browser:
    """As much of one as a form needs: cookies, and fields sent from the page that holds the token."""

    def __init__(self, port: int, *, patience: float = SECONDS_TO_END):
        self.port, self.patience = port, patience
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, fields: dict) -> Answer:
        body = encode_multipart(BOUNDARY, {"csrfmiddlewaretoken": self.cookies["csrftoken"], **fields})
        return self._ask("POST", path, body, {"Content-Type": MULTIPART_CONTENT})

    def sign_in(self, username: str, password: str) -> None:
        self.get("/accounts/login/")
        answer = self.post("/accounts/login/", {"login": username, "password": password})
        assert answer.status == 302, answer.text
        # Papers are prepared and issued by whoever has just shown the password once more.
        answer = self.post("/accounts/reauthenticate/", {"password": password})
        assert answer.status == 302, answer.text

    def _ask(self, method: str, path: str, body: bytes | None = None, headers: dict | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, {"Cookie": cookies, **(headers or {})})
            answer = Answer(connection.getresponse())
        finally:
            connection.close()
        for line in answer.cookies:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer

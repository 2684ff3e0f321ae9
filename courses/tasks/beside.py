"""The worker beside the web server: begun with it, begun again when it dies, ended with it."""

import hashlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress

from django.conf import settings

logger = logging.getLogger(__name__)

#: The server starts first: both at once would take twice as long.
SECONDS_BEFORE = 2
#: For what the worker has under way when the server ends.
PATIENCE = 8
LONGEST_PAUSE = 60


class WorkerBeside:
    """While the block runs there is a worker. One that dies at once again and again is begun ever more seldom."""

    def __init__(self) -> None:
        self.process: subprocess.Popen | None = None
        self.ending = threading.Event()
        self.starting = threading.Lock()

    def __enter__(self) -> "WorkerBeside":
        threading.Thread(target=self._keep, daemon=True).start()
        return self

    def __exit__(self, *error) -> None:
        self.ending.set()
        with self.starting:
            process = self.process
        if process is None:
            return
        with suppress(OSError):
            process.stdin.close()  # the word to end, also where there are no signals
        if os.name == "posix":
            # A worker of the server that was forked meanwhile may hold the other end of that input open.
            process.terminate()
        try:
            process.wait(PATIENCE + 2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _keep(self) -> None:
        if hasattr(signal, "pthread_sigmask"):
            # Ctrl-C is the server's to answer; a child has the mask of the thread that starts it.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        pause = 1
        self.ending.wait(SECONDS_BEFORE)
        while not self.ending.is_set():
            began = time.monotonic()
            with self.starting:
                if self.ending.is_set():
                    return
                self.process = subprocess.Popen(  # noqa: S603
                    [sys.executable, settings.BASE_DIR / "manage.py", "work", *_arguments()], stdin=subprocess.PIPE
                )
            code = self.process.wait()
            if self.ending.is_set():
                return
            pause = 1 if time.monotonic() - began > LONGEST_PAUSE else min(2 * pause, LONGEST_PAUSE)
            logger.warning("The worker ended with %s; another begins in %d s.", code, pause)
            self.ending.wait(pause)


def _arguments() -> list[str]:
    # The port is this server's alone on this computer, so is the name; after a kill it takes up what was left.
    place = hashlib.sha256(f"{settings.DATA_DIR}:{settings.PORT}".encode()).hexdigest()[:8]
    name = f"{socket.gethostname()[:30]}-{place}"
    return [f"--name={name}", f"--patience={PATIENCE}", f"--parent={os.getpid()}"]

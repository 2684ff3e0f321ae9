"""Reads a roster in a child process, so that a file made to harm can only end the child.

Measured: reading takes 70 MB and 0.4 s for a list of a hundred people; a 5 kB file can make the library for
spreadsheets ask for 105 GB.
"""

import datetime as dt
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

from courses.constants import clock
from courses.constants.errors import Refusal
from courses.readers import container, sentences
from courses.readers.records import Reading, reading_of

logger = logging.getLogger(__name__)

_PROJECT = Path(__file__).resolve().parents[2]
MEMORY = 288 * 1024 * 1024
SECONDS = 9
#: What a Python process needs from its surroundings; keys and addresses of databases are not among it.
_KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")


def read_in_child(data: bytes, *, on: dt.date | None = None, seconds: float = SECONDS, memory: int = MEMORY) -> Reading:
    """The rows of a roster. Refusal, with a sentence, when the file as a whole cannot be read.

    What the file is, is judged by its bytes. `on` is the day that ages are reckoned on, today by default. The child
    has `memory` bytes and `seconds`, of the processor and by the clock.
    """
    if not data:
        raise _refusal("empty")
    if len(data) > container.MOST_BYTES:
        raise _refusal("too_big", megabytes=container.MOST_BYTES // 1024 // 1024)
    day = (on or clock.today()).isoformat()
    command = [sys.executable, "-m", "courses.readers.child", str(memory), str(max(1, round(seconds))), day]
    surroundings = {key: os.environ[key] for key in _KEPT if key in os.environ} | {"PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ended = subprocess.run(  # noqa: S603 (our own module, and nothing of the file among the arguments)
            command, input=data, capture_output=True, cwd=_PROJECT, env=surroundings, timeout=seconds, check=False
        )
        answer = json.loads(ended.stdout) if ended.returncode == 0 else _death(ended.returncode)
    except subprocess.TimeoutExpired:
        answer = {"refused": ["too_long", {}]}
    if "refused" in answer:
        code, params = answer["refused"]
        raise _refusal(code, **params)
    return reading_of(answer)


def _death(code: int) -> dict:
    """A child that was killed by its limits, or one that met what nobody had thought of."""
    logger.error("The reader of rosters ended with %s.", code)
    return {"refused": ["too_long" if code < 0 or code > 128 else "unexpected", {}]}


def _refusal(code: str, **params) -> Refusal:
    return Refusal(sentences.refusal(code, params))

"""Reads a roster in a child process, so that a file made to harm can only end the child.

Measured: reading takes 70 MB and 0.4 s for a list of a hundred people; a 5 kB file can make the library for
spreadsheets ask for 105 GB.
"""

import datetime as dt
import json
import logging
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from courses.constants import clock
from courses.constants.child_process import PROJECT, surroundings
from courses.constants.errors import Refusal
from courses.readers import container, sentences
from courses.readers.records import Reading, reading_of
from courses.readers.unreadable import Title

logger = logging.getLogger(__name__)

MEMORY = 288 * 1024 * 1024
SECONDS = 9


class NotRead(Refusal):
    """A file that is refused as a whole.

    `code` is one of `sentences.REFUSALS`. With "unknown_header" come `titles`, one of {"title", "samples"} a column,
    for a person to explain: the answer goes into `meanings` of `read_in_child`. Long numbers in samples are masked.
    """

    def __init__(self, code: str, params: Mapping[str, Any], titles: Sequence[Title] = ()):
        super().__init__(sentences.refusal(code, params))
        self.code = code
        self.titles = list(titles)


def read_in_child(
    data: bytes,
    *,
    on: dt.date | None = None,
    meanings: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
    memory: int = MEMORY,
) -> Reading:
    """The rows of a roster. `NotRead`, a Refusal with a sentence, when the file as a whole cannot be read.

    What the file is, is judged by its bytes. `on` is the day that ages are reckoned on, today by default. `meanings`
    ({`header.title_key` of a column's title: one of `header.MAPPABLE`, or "" for a column not to be read}) win over
    the words known here; other values are passed over. The child has `memory` bytes and `seconds`, of the processor
    and by the clock.
    """
    asked = {"on": (on or clock.today()).isoformat(), "meanings": dict(meanings or {})}
    return reading_of(answer_of_child(data, asked, seconds=seconds, memory=memory))


def answer_of_child(
    data: bytes,
    asked: Mapping[str, Any],
    *,
    reader: str = "courses.readers.rosters",
    seconds: float = SECONDS,
    memory: int = MEMORY,
) -> dict[str, Any]:
    """What `answer_asked(data, asked)` of the module `reader` answers, as JSON; raises as `read_in_child`."""
    if not data:
        raise NotRead("empty", {})
    if len(data) > container.MOST_BYTES:
        raise NotRead("too_big", {"megabytes": container.MOST_MEGABYTES})
    command = [sys.executable, "-m", "courses.readers.child", str(memory), str(max(1, round(seconds)))]
    try:
        ended = subprocess.run(  # noqa: S603 (our own module, and nothing of the file among the arguments)
            command,
            input=json.dumps({**asked, "reader": reader}).encode() + b"\n" + data,
            capture_output=True,
            cwd=PROJECT,
            env=surroundings(),
            timeout=seconds,
            check=False,
        )
        answer = _answer(ended.stdout) if ended.returncode == 0 else _death(ended.returncode)
    except subprocess.TimeoutExpired:
        answer = {"refused": ["too_long", {}]}
    if "refused" in answer:
        code, params = answer["refused"]
        raise NotRead(code, params, answer.get("titles", ()))
    return answer


def _answer(output: bytes) -> dict[str, Any]:
    first, *rows = output.splitlines()
    return {**json.loads(first), "rows": map(json.loads, rows)}


def _death(code: int) -> dict:
    """A child that was killed by its limits, or one that met what nobody had thought of."""
    logger.error("The reader of rosters ended with %s.", code)
    return {"refused": ["too_long" if code < 0 or code > 128 else "unexpected", {}]}

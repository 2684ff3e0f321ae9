"""Draws the PDF of a long Word file in a process that ends with it: what the tree of thousands of rows and their pages
take, half a gigabyte, a server would keep.

The process reads a line of JSON, what `drawn` is asked beside the file, and the file; it writes the PDF.
"""

import datetime as dt
import io
import json
import logging
import subprocess
import sys
import zipfile

from django.utils.translation import gettext as _

from courses.constants.child_process import PROJECT, limit, surroundings
from courses.constants.errors import Refusal
from courses.rendering.word_pdf.drawing import drawn

logger = logging.getLogger(__name__)

#: Of the text with its tags: some thousand rows of a list. They take a second and 150 MB, three thousand 650 MB.
_LONG = 1024 * 1024
_MEMORY, _SECONDS = 2 * 1024 * 1024 * 1024, 60
_NO_MEMORY = 3


def is_long(word: bytes) -> bool:
    """False for what is no Word file: to refuse that takes no process of its own."""
    try:
        with zipfile.ZipFile(io.BytesIO(word)) as archive:
            return archive.getinfo("word/document.xml").file_size > _LONG
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError):
        return False


def drawn_apart(word: bytes, *, title: str, author: str, timestamp: dt.datetime, instead: str = "") -> bytes:
    """As `drawn`. Refusal also when it would take more than two gigabytes or a minute."""
    asked = {"title": title, "author": author, "timestamp": timestamp.isoformat(), "instead": instead}
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "courses.rendering.word_pdf.apart"],
            input=json.dumps(asked).encode() + b"\n" + word,
            capture_output=True,
            cwd=PROJECT,
            env=surroundings(),
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refusal(_("This Word file is too long for one PDF.")) from None
    if ended.returncode == 0:
        return ended.stdout
    if ended.returncode == 1:  # an exception; its sentence needs the settings, which are here
        return drawn(word, title=title, author=author, timestamp=timestamp, instead=instead)
    logger.error("The process that draws a long paper ended with %s.", ended.returncode)
    raise Refusal(_("This Word file is too long for one PDF."))


def main() -> None:
    limit(_MEMORY, _SECONDS)
    asked = json.loads(sys.stdin.buffer.readline())
    timestamp = dt.datetime.fromisoformat(asked.pop("timestamp"))
    try:
        pdf = drawn(sys.stdin.buffer.read(), timestamp=timestamp, **asked)
    except MemoryError:
        sys.exit(_NO_MEMORY)
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()

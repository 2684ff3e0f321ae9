"""Draws the PDF of a long Word file in a process that ends with it: what the tree of thousands of rows and their pages
take, half a gigabyte, a server would keep.

The process reads a line of JSON, what `drawn` is asked beside the file and the language, and the file; it writes the
PDF, or the sentence of a refusal. It alone draws: what fails there is not tried here, where nothing bounds it.
"""

import datetime as dt
import io
import json
import logging
import os
import re
import subprocess
import sys
import threading
import zipfile

from django.apps import apps
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from courses.constants.child_process import PROJECT, limit, surroundings
from courses.constants.errors import Refusal
from courses.rendering.word_pdf.drawing import drawn

logger = logging.getLogger(__name__)

#: Of the text with its tags: some thousand rows of a list. They take a second and 150 MB, three thousand 650 MB.
_LONG = 1024 * 1024
#: Twice as many as such a list has. Cells without a word are short and take as much as others.
_MANY_PARAGRAPHS = 10_000
_PARAGRAPH = re.compile(rb"<(?:\w+:)?p[ />]")
_MEMORY, _SECONDS = 2 * 1024 * 1024 * 1024, 60
_REFUSED = 3
#: Four at once would take the memory of the whole computer.
_one_at_a_time = threading.Lock()


def is_long(word: bytes) -> bool:
    """False for what is no Word file: to refuse that takes no process of its own."""
    try:
        with zipfile.ZipFile(io.BytesIO(word)) as archive:
            text = archive.getinfo("word/document.xml")
            return text.file_size > _LONG or len(_PARAGRAPH.findall(archive.read(text))) > _MANY_PARAGRAPHS
    except Exception:  # zlib, bad CRC, unknown method, a password: the library names no common class
        return False


def drawn_apart(word: bytes, *, title: str, author: str, timestamp: dt.datetime, instead: str = "") -> bytes:
    """As `drawn`. Refusal also when the process takes more than two gigabytes or a minute, or fails."""
    asked = {"title": title, "author": author, "timestamp": timestamp.isoformat(), "instead": instead}
    asked["language"] = translation.get_language() or ""
    try:
        with _one_at_a_time:
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
    if ended.returncode == _REFUSED:
        raise Refusal(ended.stdout.decode())
    logger.error("The process that draws a long paper ended with %s.", ended.returncode)
    raise Refusal(_("This Word file is too long for one PDF."))


def main() -> None:
    limit(_MEMORY, _SECONDS)
    # What a library prints goes to the errors, not into the PDF.
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    asked = json.loads(sys.stdin.buffer.readline())
    _speak(asked.pop("language"))
    timestamp = dt.datetime.fromisoformat(asked.pop("timestamp"))
    status = 0
    try:
        said = drawn(sys.stdin.buffer.read(), timestamp=timestamp, **asked)
    except Refusal as refusal:
        said, status = str(refusal.sentence).encode(), _REFUSED
    with answer:
        answer.write(said)
    sys.exit(status)


def _speak(language: str) -> None:
    """Sentences of refusals in this language, without the settings and their keys; "" for none."""
    settings.configure(LOCALE_PATHS=[PROJECT / "locale"])
    apps.populate(())
    if language:
        translation.activate(language)
    else:
        translation.deactivate_all()


if __name__ == "__main__":
    main()

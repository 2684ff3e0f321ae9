"""The text and the first page of PDF files that came from outside, read in a child process with limits."""

import base64
from collections.abc import Sequence

from courses.constants.names import nfc
from courses.readers.limited import NotRead, answer_of_child

_AT_ONCE, _MOST_BYTES = 25, 15 * 1024 * 1024


def texts_of(files: Sequence[bytes]) -> list[str]:
    """The text of each file, white space made single spaces; "" where it cannot be read."""
    found: list[str] = []
    for start in range(0, len(files), _AT_ONCE):
        pile = files[start : start + _AT_ONCE]
        looks = _looks(pile) if sum(map(len, pile)) <= _MOST_BYTES else None
        # One of them asked too much: each by itself, so that the others do not suffer.
        looks = looks or [look for one in pile for look in _looks([one]) or [_NONE]]
        found += [" ".join(nfc(look["text"]).split()) for look in looks]
    return found


def picture_of(content: bytes) -> bytes | None:
    """The first page as a PNG, None when it cannot be drawn."""
    [look] = _looks([content], picture=True) or [_NONE]
    return base64.b64decode(look["picture"]) or None


_NONE = {"text": "", "picture": ""}


def _looks(files: Sequence[bytes], *, picture: bool = False) -> list[dict[str, str]] | None:
    asked = {"sizes": [len(one) for one in files], "picture": picture}
    try:
        return list(answer_of_child(b"".join(files), asked, reader="attendance.readers.paper_looks")["rows"])
    except NotRead:
        return None

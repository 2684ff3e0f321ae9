"""What a log may not hold: the secret part of an address, and anything that looks like a citizen number."""

import logging
import re

from courses.constants import citizen_digits
from courses.constants.names import clean_text

_PLACES = "my|office|p|calendar|verify|check-in|here/screen|here|accounts/invitation|accounts/password/reset/key"
_TOKEN = re.compile(rf"(/(?:{_PLACES})/)[^/\s\"'?&]+")
_QUERY = re.compile(r"([?&]code=)[^\s\"'&]+")
_CITIZEN_NUMBER = re.compile(r"(?<!\d)\d{12}(?!\d)")
_LONG_NUMBER = re.compile(r"\d(?:[\s.\-]?\d){10,}")


def mask(text: str) -> str:
    """`text` with tokens in addresses as *** and numbers of twelve digits as ************."""
    return _CITIZEN_NUMBER.sub("*" * 12, _QUERY.sub(r"\1***", _TOKEN.sub(r"\1***", text)))


class MaskingFormatter(logging.Formatter):
    """Masks the finished line, so that arguments and tracebacks are masked with it."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


def in_the_clear(text: str) -> str:
    """One line as it may be shown and kept: long numbers are masked, since citizen numbers stand in odd places."""
    return _LONG_NUMBER.sub(lambda found: citizen_digits.masked(found[0]), clean_text(text))

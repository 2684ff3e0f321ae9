"""What a log may not hold: the secret part of an address, and anything that looks like a citizen number."""

import logging
import re

_PLACES = "my|office|p|calendar|verify|check-in|here|accounts/invitation|accounts/password/reset/key"
_TOKEN = re.compile(rf"(/(?:{_PLACES})/)[^/\s\"'?&]+")
_CITIZEN_NUMBER = re.compile(r"(?<!\d)\d{12}(?!\d)")


def mask(text: str) -> str:
    """`text` with tokens in addresses as *** and numbers of twelve digits as ************."""
    return _CITIZEN_NUMBER.sub("*" * 12, _TOKEN.sub(r"\1***", text))


class MaskingFormatter(logging.Formatter):
    """Masks the finished line, so that arguments and tracebacks are masked with it."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))

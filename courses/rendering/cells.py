"""Texts in the cells of files that spreadsheets open."""

import re

#: All that XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets): one such character and no file is written.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: With one of these in front a spreadsheet takes a text for a formula; the full-width signs where East Asian input is
#: made narrow.
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Cell = str | int | float | None


def writable(text: str) -> str:
    """The text without what a file of a spreadsheet cannot hold."""
    return _NOT_XML.sub("", text)


def neutral(value: Cell, *, by: str = "'") -> Cell:
    """A value that can be written and that no spreadsheet computes: `by` stands before what would begin a formula."""
    if not isinstance(value, str):
        return value
    text = writable(value)
    return f"{by}{text}" if text.startswith(_STARTS_A_FORMULA) else text

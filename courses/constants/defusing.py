"""Words that others typed, put so that no program that shows them as plain text makes an address or markup of them."""

import re

from courses.constants.names import clean_text
from courses.constants.telling import LINK

#: Full stops of other scripts, which names of computers take for a plain one.
_STOPS = str.maketrans("。．｡﹒\N{ONE DOT LEADER}：﹕／＠﹫", ".....::/@@")
_MARKUP = str.maketrans({"[": "(", "]": ")", "<": None, ">": None, "`": None, LINK: None, "{": "(", "}": ")"})
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?=\S)")
_SLASHES = re.compile(r"/{2,}|\\+")
#: Decimals, which stay as they are, and full stops between what is written together: also names of computers may be of
#: signs that are no letters.
_DECIMAL = r"(?<![\w.])\d+\.\d+(?![\w.])"
_DOTTED = re.compile(rf"({_DECIMAL})|(?<=[^\s.])\.(?=[^\s.,;:!?)])")
_AT = re.compile(r"\s*@\s*")


def without_links(text: str) -> str:
    """One line in which nothing reads as an address of a page or of e-mail, or as markup.

    `http://xau.example` → `http: xau. example`; `T.Anh` → `T. Anh`. Numbers such as 2.5 stay.
    """
    text = clean_text(text).translate(_STOPS).translate(_MARKUP)
    text = _SLASHES.sub(" ", _SCHEME.sub(r"\1: ", text))
    text = _DOTTED.sub(_apart, _AT.sub(" (a) ", text))
    return clean_text(text)


def _apart(dotted: re.Match) -> str:
    return dotted[1] or ". "

"""What the papers can print: letters of the Latin alphabet with any marks, digits, and the signs of ordinary writing.

Narrower than the paper font (`courses/rendering/fonts`), which a test holds it to: what passes here is on every paper.
"""

import re

from courses.constants.errors import Refusal
from courses.constants.names import clean_text

# Signs of a fount of its own (Word's bullets), pictures and other alphabets are not among them.
_NOT_PRINTED = re.compile(
    "[^ -~\u00a1-\u02ff\u0300-\u036f\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u20ab\u2116\u2190-\u2195\u2212\u2264\u2265"
    "\u25a0\u25a1\u25cf]+"
)
#: What stands on a list in the place of signs that cannot be printed.
STAND_IN = "□"


def unprintable(text: str) -> str:
    """The first signs of a text, as it is stored (`clean_text`), that no paper can print; "" when all can be."""
    found = _NOT_PRINTED.search(text)
    return found[0] if found else ""


def refuse_unprintable(*texts: str) -> None:
    """Refusal, naming the signs, when one of the texts holds some that no paper can print."""
    # Loaded only now: the child that reads lists needs none of it, and loading it takes longer than most lists.
    from django.utils.translation import gettext as _

    for text in texts:
        if signs := unprintable(clean_text(text)):
            raise Refusal(
                _("“%(signs)s” cannot be printed on papers. Please type only letters, digits and ordinary signs.")
                % {"signs": signs}
            )


def with_stand_ins(text: str) -> str:
    """The text with a visible sign in each place that cannot be printed."""
    return _NOT_PRINTED.sub(STAND_IN, clean_text(text))

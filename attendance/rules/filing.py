"""How offices file attendance: one sign a cell, one column a half-day under its day. Pure: no database, no clock."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from attendance.constants import MarkState
from courses.constants.choices import HalfDay

#: The sign of each state in a file (DOMAIN 4.1: x, P *có phép*, K *không phép*). Late (*đến trễ*) and left early (*về
#: sớm*) are people who were there, so their sign begins with x; the file explains all of them.
SIGNS = {
    MarkState.PRESENT: "x",
    MarkState.LATE: "xT",
    MarkState.LEFT_EARLY: "xS",
    MarkState.EXCUSED: "P",
    MarkState.ABSENT: "K",
    MarkState.DISPUTED: "?",
}
NOT_EXPECTED = "–"
HALVES = {HalfDay.MORNING: "S", HalfDay.AFTERNOON: "C"}

_STATES = {sign.casefold(): state for state, sign in SIGNS.items() if state != MarkState.DISPUTED}
#: Signs that say nothing about the person: not expected there, not agreed yet.
_SAY_NOTHING = frozenset({"", NOT_EXPECTED, "-", SIGNS[MarkState.DISPUTED]})


def state_of_sign(text: str) -> str | None:
    """The state that a cell says, "" when it says nothing, None when it cannot be read.

    A lone *v* is not read: some offices mean somebody who was there by it, others somebody who was not.
    """
    sign = "".join(text.split())
    return "" if sign in _SAY_NOTHING else _STATES.get(sign.casefold())


def titles_of(half_days: Iterable[tuple[dt.date, str]]) -> list[str]:
    """The second line of each column's title, in the order given: S, C; "S 1", "S 2" when a half of one day is held
    several times side by side (for different blocks)."""
    half_days = list(half_days)
    held, counted = Counter(half_days), Counter[tuple[dt.date, str]]()
    titles = []
    for one in half_days:
        counted[one] += 1
        titles.append(f"{HALVES[HalfDay(one[1])]} {counted[one]}" if held[one] > 1 else HALVES[HalfDay(one[1])])
    return titles

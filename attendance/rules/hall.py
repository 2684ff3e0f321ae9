"""The code on the hall's screen: derived from the half-day and the time, so that any number of screens agree and
nothing is kept that could run out of step (mod_attendance keeps a table: two screens, slow clocks and a detour by the
sign-in break it, docs/decisions/0012)."""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from django.conf import settings

from attendance.rules.scans import AFTER, BEFORE, SHORT_LENGTH, SHORT_LETTERS

#: A code changes with each step and is taken during its own and the next: refused 40 seconds after it was first shown.
STEP = timedelta(seconds=20)
#: Wrong codes are counted by address and lot: ten of one lot shut that lot for that address.
LOTS = 256
#: Whoever walks from one hall to another needs at least this long.
WAY_BETWEEN_HALLS = timedelta(minutes=20)
#: A code used longer before the half-day, or after its end, is looked at by the organiser.
EARLY = timedelta(minutes=60)


class HalfDay(Protocol):
    pk: int
    starts_at: datetime
    ends_at: datetime


T = TypeVar("T", bound=HalfDay)


def code_at(session_id: int, moment: datetime) -> str:
    """The six letters that the screens of the half-day show at the moment."""
    return _code(session_id, _step(moment))


def seconds_left(moment: datetime) -> float:
    """How long the code of the moment goes on being shown."""
    return STEP.total_seconds() - moment.timestamp() % STEP.total_seconds()


def is_near(half_day: HalfDay, moment: datetime) -> bool:
    """Whether anybody can come to the half-day at the moment, so that its code is taken at all."""
    return half_day.starts_at - BEFORE <= moment <= half_day.ends_at + AFTER


def half_day_of_code(code: str, half_days: Iterable[T], moment: datetime) -> T | None:
    """The half-day whose screen showed this code (as `short_code` writes it) less than 40 seconds ago."""
    step, found = _step(moment), None
    for half_day in half_days:
        for good in (_code(half_day.pk, step), _code(half_day.pk, step - 1)):
            if hmac.compare_digest(code.encode(errors="replace"), good.encode()) and is_near(half_day, moment):
                found = half_day
    return found


def lot_of(code: str) -> int:
    """Into which of the lots a code falls (as `short_code` writes it). Nobody outside can tell, so that no ten codes
    can be picked which shut out the one on the screen."""
    return hmac.digest(settings.KEYS.hall, f"lot:{code}".encode(errors="replace"), hashlib.sha256)[0] % LOTS


def _step(moment: datetime) -> int:
    return int(moment.timestamp() // STEP.total_seconds())


def _code(session_id: int, step: int) -> str:
    digest = hmac.digest(settings.KEYS.hall, f"{session_id}:{step}".encode("ascii"), hashlib.sha256)
    number = int.from_bytes(digest[:8])
    return "".join(SHORT_LETTERS[number >> (5 * place) & 31] for place in range(SHORT_LENGTH))

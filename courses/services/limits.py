"""How often a secret may be tried wrongly. Only failures count: a hall of 150 behind one address is many people.

A failure takes one of ten places in the shared cache for five minutes. A place is taken by `add`, which only one of two
processes can do, so that parallel failures are all counted. When all places are taken the key is shut until the
oldest failure is five minutes old; tries on a shut key are refused unseen and prolong nothing.
"""

import datetime as dt
import hashlib

from django.core.cache import cache

from courses.constants.clock import now

FAILURES = 10
WINDOW = dt.timedelta(minutes=5)


def is_shut(kind: str, key: str, most: int = FAILURES) -> bool:
    """Whether so many tries failed within five minutes. `key` is an account, or the address and the thing tried."""
    places = _places(kind, key, most)
    return sum(map(_is_recent, cache.get_many(places).values())) >= most


def count_failure(kind: str, key: str, most: int = FAILURES) -> None:
    """Call it outside a transaction that may be rolled back. `most` as in `is_shut`."""
    places = _places(kind, key, most)
    taken = cache.get_many(places)
    moment = now().timestamp()
    for place in places:
        if place not in taken:
            if cache.add(place, moment, timeout=WINDOW.total_seconds()):
                return
        elif not _is_recent(taken[place]):  # only where a test has moved the clock: the cache drops old places itself
            cache.set(place, moment, timeout=WINDOW.total_seconds())
            return


def count_failure_once(kind: str, key: str, tried: str, most: int = FAILURES) -> None:
    """As `count_failure`, but the same thing tried again within five minutes, which tells nothing new, is not counted
    again. `tried` is hashed before it is kept."""
    digest = hashlib.sha256(f"{kind}\0{key}\0{tried}".encode(errors="replace")).hexdigest()
    if cache.add(f"tried:{digest}", 1, timeout=WINDOW.total_seconds()):
        count_failure(kind, key, most)


def _places(kind: str, key: str, most: int) -> list[str]:
    # Hashed: what was typed may be a password in the wrong field, and is longer than a key of the cache may be.
    digest = hashlib.sha256(f"{kind}\0{key}".encode(errors="replace")).hexdigest()
    return [f"failure:{digest}:{number}" for number in range(most)]


def _is_recent(moment: float) -> bool:
    return now().timestamp() - moment < WINDOW.total_seconds()

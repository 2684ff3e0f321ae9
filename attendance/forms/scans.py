"""What a phone at a door sends, taken apart: nothing in it is believed before it has the right shape."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive

from attendance.services.scans import Scan

MOST_SCANS = 500
_LONGEST_CODE, _LONGEST_WORDS = 200, 300
#: Two hundred years: the clocks of phones begin in 1970.
_MOST_MILLISECONDS = 200 * 366 * 86_400_000


class WrongShape(ValueError):
    """It was not our page that sent this."""


@dataclass(frozen=True)
class Batch:
    """`sent` is the moment of sending by the phone's clock, `holds_back` how many scans it keeps beside these."""

    device: UUID
    sent: datetime
    holds_back: int
    scans: list[Scan]


def read_batch(body: bytes) -> Batch:
    """`{"device": UUID, "sent": time, "holds_back": number, "scans": [{"id": UUID, "at": time, "off": milliseconds or
    null, "code": …} or with "registration": id or "words": text, with
    which "takes_back": UUID can stand]}`, times in ISO 8601 with their zone, 500 scans at
    most. WrongShape for all else."""
    try:
        data = json.loads(body)
        sent = _moment(data["sent"])
        scans = [_scan(one) for one in _list(data["scans"])]
        holds_back = data.get("holds_back", 0)
        if type(holds_back) is not int or not 0 <= holds_back < 2**31:
            raise WrongShape
        return Batch(UUID(data["device"]), sent, holds_back, scans)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise WrongShape from error


def _list(value: Any) -> list:
    if not isinstance(value, list) or len(value) > MOST_SCANS:
        raise WrongShape
    return value


def _scan(one: dict) -> Scan:
    code, words, registration = one.get("code", ""), one.get("words", ""), one.get("registration")
    if not isinstance(code, str) or not isinstance(words, str) or "\0" in code + words:
        raise WrongShape
    words = words.strip() or ("–" if words else "")  # somebody was there, whatever was typed
    if registration is not None and (type(registration) is not int or not 0 < registration < 2**63):
        raise WrongShape
    if sum([bool(code), bool(words), registration is not None]) != 1:
        raise WrongShape
    return Scan(
        UUID(one["id"]),
        _moment(one["at"]),
        code=code[:_LONGEST_CODE],
        registration_id=registration,
        words=words[:_LONGEST_WORDS],
        off=_off(one.get("off")),
        takes_back=UUID(one["takes_back"]) if words and one.get("takes_back") is not None else None,
    )


def _off(value: Any) -> timedelta | None:
    if value is not None and type(value) is not int:
        raise WrongShape
    return timedelta(milliseconds=value) if value is not None and abs(value) < _MOST_MILLISECONDS else None


def _moment(value: Any) -> datetime:
    moment = parse_datetime(value)
    if moment is None or is_naive(moment) or not 1970 <= moment.year < 2200:
        raise WrongShape
    return moment.astimezone(UTC)  # PostgreSQL knows no zone that is sixteen hours off

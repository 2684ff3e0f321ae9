"""Rows of a roster as they are kept: sealed, opened, counted.

What the file says is kept encrypted, since rosters carry citizen numbers; what stands in the clear beside it (problems,
notes, names of sheets and files) has such numbers masked.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass

from courses.constants import citizen_numbers
from courses.constants.choices import RowDecision, RowStatus
from courses.constants.names import clean_text
from courses.constants.partial_dates import PartialDate
from courses.models import ImportBatch, ImportRow
from courses.readers.records import RosterRow
from courses.services.matching import Verdict

NEW, SKIP = "new", "skip"
_LONG_NUMBER = re.compile(r"\d(?:[\s.\-]?\d){10,}")
_READ = ("full_name", "gender", "position", "office_text", "office_from", "phone", "email", "citizen_id")


class Fate:
    """What became of a row of an applied batch."""

    REGISTERED, ALREADY, OVER, WAITING, LEFT_OUT = "registered", "already", "over", "waiting", "left out"


@dataclass(frozen=True)
class Outcome:
    """How many rows of an applied batch met which fate."""

    registered: int = 0
    already: int = 0
    over: int = 0
    waiting: int = 0
    left_out: int = 0


@dataclass
class OpenedRow:
    """A kept row with its seal opened: `read` as the file said it, candidates by id, the fate once applied."""

    kept: ImportRow
    read: RosterRow
    candidates: list[int]
    notes: list[str]
    elsewhere: bool
    fate: str | None
    why: str

    @property
    def sound(self) -> bool:
        return self.kept.status == RowStatus.OK

    @property
    def asks(self) -> bool:
        """A person must decide before it can be applied."""
        return self.sound and self.kept.decision in (RowDecision.ASK, RowDecision.CLASH) and not self.is_there

    @property
    def is_there(self) -> bool:
        return self.fate is None and self.kept.registration_id is not None

    @property
    def ready(self) -> bool:
        """It will be registered without anybody's decision."""
        in_order = (RowDecision.NEW, RowDecision.KNOWN, RowDecision.LATE)
        return self.sound and self.kept.decision in in_order and not self.is_there


def in_the_clear(text: str) -> str:
    """One line as it may be shown and kept: long numbers are masked, since citizen numbers stand in odd places."""
    return _LONG_NUMBER.sub(lambda found: citizen_numbers.masked(found[0]), clean_text(text))


def seal(row: RosterRow, verdict: Verdict, fate: str | None = None, why: str = "") -> str:
    read = {name: getattr(row, name) for name in _READ} | {"birth": row.birth.iso() if row.birth else None}
    return citizen_numbers.encrypt(
        json.dumps(
            {
                "sheet": row.sheet,
                "read": read,
                "raw": row.raw,
                "candidates": [trainee.pk for trainee in verdict.candidates],
                "elsewhere": verdict.elsewhere,
                "notes": verdict.notes,
                "fate": fate,
                "why": why,
            },
            ensure_ascii=False,
        )
    )


def open_rows(batch: ImportBatch) -> list[OpenedRow]:
    """All rows of a batch in the order of the file, opened. (1 query.) Refusal when the key is not here."""
    return [_open(kept) for kept in batch.rows.select_related("office", "registration").order_by("pk")]


def _open(kept: ImportRow) -> OpenedRow:
    sealed = json.loads(citizen_numbers.decrypt(kept.sealed))
    birth = sealed["read"].pop("birth")
    read = RosterRow(
        sheet=sealed["sheet"],
        row=kept.row,
        birth=PartialDate.from_iso(birth) if birth else None,
        problems=tuple(kept.problems),
        raw=sealed["raw"],
        **sealed["read"],
    )
    return OpenedRow(
        kept, read, sealed["candidates"], sealed["notes"], sealed["elsewhere"], sealed["fate"], sealed["why"]
    )


def outcome_of(rows: list[OpenedRow]) -> Outcome:
    """The counts of an applied batch."""
    counts = Counter(row.fate for row in rows)
    return Outcome(
        counts[Fate.REGISTERED], counts[Fate.ALREADY], counts[Fate.OVER], counts[Fate.WAITING], counts[Fate.LEFT_OUT]
    )

"""Rows of a roster as they are kept: sealed, opened, counted.

What the file says is kept encrypted, since rosters carry citizen numbers; what stands in the clear beside it (problems,
notes, names of sheets and files) has such numbers masked.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count

from courses.constants import citizen_numbers
from courses.constants.choices import RowDecision, RowFate, RowStatus
from courses.constants.masking import in_the_clear
from courses.constants.partial_dates import PartialDate
from courses.models import File, ImportBatch, ImportRow, Office, Trainee
from courses.services.rosters.matching import Verdict
from courses.services.rosters.offices import MatchedRow

Fate = RowFate
#: Answers to "who is this?" beside the id of a trainee.
NEW, SKIP = "new", "skip"
#: What a person can put right in a row, apart from its office.
CELLS = ("full_name", "gender", "birth", "position", "phone", "email", "citizen_id")
#: Decisions that a person must take.
QUESTIONS = (RowDecision.ASK, RowDecision.CLASH, RowDecision.MOVES)
_READ = ("full_name", "gender", "position", "office_text", "office_from", "phone", "email", "citizen_id")


@dataclass(frozen=True)
class Outcome:
    """How many rows of an applied batch met which fate; `made`, `completed` and `moved` are of directories."""

    registered: int = 0
    already: int = 0
    over: int = 0
    waiting: int = 0
    left_out: int = 0
    made: int = 0
    completed: int = 0
    moved: int = 0
    known: int = 0


@dataclass(frozen=True)
class Before:
    """What people decided about the same row of an earlier list: the words they typed, the office they said, whether
    anything was put right, and their choice."""

    typed: dict[str, str]
    office: Office | None
    fixed: bool
    choice: str


@dataclass(frozen=True)
class Judged:
    """One row as it was read, its office, and what it would become. `problems` are the row's and the verdict's."""

    row: MatchedRow
    office: Office | None
    verdict: Verdict
    before: Before | None = None

    @property
    def asks_office(self) -> bool:
        """Nobody knows its office, and the row needs one: whoever is in the class already stays at the office there,
        and the row stays as it is unless something else is wrong with it."""
        others = len(self.row.problems) - (self.office is None)
        return self.office is None and (self.verdict.registration is None or others > 0)

    @property
    def problems(self) -> list[str]:
        if self.office is None and not self.asks_office:
            return [self.verdict.problem] if self.verdict.problem else []
        return [*self.row.problems, *([self.verdict.problem] if self.verdict.problem else [])]

    @property
    def status(self) -> str:
        return RowStatus.PROBLEM if self.problems else RowStatus.OK


@dataclass
class OpenedRow:
    """A kept row with its seal opened: `read` as the file said it and people put it right, candidates by id.

    `typed` are the words in which people put it right, by field; `moves` see `Verdict`. `before` is the choice that was
    remembered of an earlier list, "" when only what was put right was, None when nothing was.
    """

    kept: ImportRow
    read: MatchedRow
    candidates: list[int]
    notes: list[str]
    elsewhere: bool
    typed: dict[str, str]
    moves: dict[int, int] = field(default_factory=dict)
    before: str | None = None

    @property
    def decided_before(self) -> bool:
        """It stands as it was put right, or decided, when its list came before."""
        kept = self.kept
        return self.before is not None and kept.choice in ("", self.before) and bool(kept.fixed or kept.choice)

    @property
    def fate(self) -> str:
        return self.kept.fate

    @property
    def why(self) -> str:
        return self.kept.why

    @property
    def sound(self) -> bool:
        return self.kept.status == RowStatus.OK

    @property
    def asks(self) -> bool:
        """A person must decide before it can be applied."""
        return self.sound and self.kept.decision in QUESTIONS and not self.is_there

    @property
    def is_there(self) -> bool:
        return not self.kept.fate and self.kept.registration_id is not None

    @property
    def ready(self) -> bool:
        """It will be registered without anybody's decision."""
        in_order = (RowDecision.NEW, RowDecision.KNOWN, RowDecision.LATE)
        return self.sound and self.kept.decision in in_order and not self.is_there and self.kept.choice != SKIP

    @property
    def answers(self) -> set[str]:
        """The choices that mean something for this row."""
        moving = [moving_from(person, office) for person, office in self.moves.items()]
        if self.sound and self.kept.decision == RowDecision.ASK:
            return {NEW, SKIP, *map(str, self.candidates), *moving}
        if self.sound and self.kept.decision == RowDecision.CLASH:
            return {SKIP, str(self.kept.trainee_id)}
        if self.sound and self.kept.decision == RowDecision.MOVES:
            return {SKIP, str(self.kept.trainee_id), *moving}
        return {SKIP}


def moving_from(person_id: int, office_id: int) -> str:
    """The choice that this person moves to the office of the row, from the office where the person was kept when it
    was asked: moved meanwhile, the answer is none."""
    return f"{person_id}:{office_id}"


def seal(row: MatchedRow, verdict: Verdict, typed: dict[str, str] | None = None, *, before: str | None = None) -> str:
    """What is personal of a row, encrypted; `before` see `OpenedRow`."""
    read = {name: getattr(row, name) for name in _READ} | {"birth": row.birth.iso() if row.birth else None}
    return citizen_numbers.encrypt(
        json.dumps(
            {
                "sheet": row.sheet,
                "read": read,
                "raw": row.raw,
                "own": row.own_problems,
                "typed": typed or {},
                "before": before,
                "candidates": [trainee.pk for trainee in verdict.candidates],
                "elsewhere": verdict.elsewhere,
                "moves": sorted(verdict.moves.items()),
                "notes": verdict.notes,
            },
            ensure_ascii=False,
        )
    )


def kept_rows(batch: ImportBatch, judged: list[Judged]) -> list[ImportRow]:
    """The rows of a new batch, not yet in the database."""
    sheets: dict[str, str] = {}
    for one in judged:
        name = one.row.sheet or ""
        # The column holds 100 characters; two long names that begin alike stay two.
        kept = in_the_clear(name)
        sheets.setdefault(name, kept if len(kept) <= 90 else f"{kept[:90]} ({len(sheets) + 1})")
    return [_kept(batch, one, sheets[one.row.sheet or ""]) for one in judged]


def _kept(batch: ImportBatch, one: Judged, sheet: str) -> ImportRow:
    row = ImportRow(batch=batch, sheet=sheet, row=one.row.row, **in_columns(one))
    if (before := one.before) is None:
        row.sealed = seal(one.row, one.verdict)
        return row
    row.fixed, row.choice = before.fixed, before.choice
    candidates = [trainee.pk for trainee in one.verdict.candidates]
    told = OpenedRow(row, one.row, candidates, one.verdict.notes, one.verdict.elsewhere, before.typed)
    if row.choice not in told.answers:
        row.choice = ""
    row.sealed = seal(one.row, one.verdict, before.typed, before=row.choice)
    return row


def in_columns(judged: Judged) -> dict:
    """What stands in the clear beside the seal: nothing of it is personal."""
    return {
        "problems": [in_the_clear(problem) for problem in judged.problems],
        "status": judged.status,
        "decision": judged.verdict.decision,
        "asked_office": in_the_clear(judged.row.asked_office)[:200] if judged.asks_office else "",
        "office": judged.office,
        "trainee": judged.verdict.trainee,
        "registration": judged.verdict.registration,
    }


def open_rows(batch: ImportBatch, offices: Mapping[int, Office] | None = None) -> list[OpenedRow]:
    """All rows of a batch in the order of the file, opened. (1 query.) Refusal when the key is not here.

    `offices` are theirs, by id, where the caller has them: a few objects instead of one for each row.
    """
    if offices is None:
        return opened(batch.rows.select_related("office").order_by("pk"))
    rows = list(batch.rows.order_by("pk"))
    for row in rows:
        row.office = offices.get(row.office_id)
    return opened(rows)


def opened(rows: Iterable[ImportRow]) -> list[OpenedRow]:
    """These rows with their seals opened, about 30 µs each."""
    return [_open(kept) for kept in rows]


def _open(kept: ImportRow) -> OpenedRow:
    sealed = json.loads(citizen_numbers.decrypt(kept.sealed))
    birth = sealed["read"].pop("birth")
    read = MatchedRow(
        sheet=sealed["sheet"],
        row=kept.row,
        birth=PartialDate.from_iso(birth) if birth else None,
        problems=tuple(kept.problems),
        raw=sealed["raw"],
        own_problems=tuple(sealed.get("own", kept.problems)),
        **sealed["read"],
    )
    return OpenedRow(
        kept,
        read,
        sealed["candidates"],
        sealed["notes"],
        sealed["elsewhere"],
        dict(sealed.get("typed", {})),
        dict(sealed.get("moves", [])),
        sealed.get("before"),
    )


def merged_since(rows: Iterable[OpenedRow]) -> dict[int, int]:
    """Of people whom these rows name, by id: into whom each went who was merged since they were judged. (1 query.)"""
    named = {pk for row in rows for pk in (*row.candidates, row.kept.trainee_id) if pk}
    gone = Trainee.objects.filter(pk__among=named, merged_into__isnull=False).order_by()
    return dict(gone.values_list("pk", "merged_into_id"))


def sha256_of(batch: ImportBatch) -> str:
    """What names the file of the batch, read without its bytes; "" once the file is dropped. (1 query.)"""
    return File.objects.filter(pk=batch.file_id).values_list("sha256", flat=True).first() or ""


def outcome_of(batch: ImportBatch) -> Outcome:
    """The counts of an applied batch. (1 query.)"""
    counts = dict(batch.rows.order_by().values_list("fate").annotate(Count("pk")))
    return Outcome(**{name: counts.get(name.replace("_", " "), 0) for name in vars(Outcome())})

"""What people decided about a row when the list, or another one with the very same row, came before.

Nothing is written here: what is remembered is kept with the new row, which says so, and can be decided otherwise.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import F, Max, Q

from courses.constants.choices import BatchState
from courses.models import ColumnMeaning, Course, ImportRow, Office
from courses.readers.records import RosterRow
from courses.services.rosters.matching import place_of
from courses.services.rosters.offices import unmatched
from courses.services.rosters.retyping import retyped
from courses.services.rosters.rows import CELLS, SKIP, Before, OpenedRow, opened

_KEPT = (BatchState.READ, BatchState.APPLYING, BatchState.APPLIED, BatchState.UNDONE)


@dataclass(frozen=True)
class _Decided:
    """A decided row of an earlier list; `same_file`: of this very file; `older`: from before somebody last said what
    columns mean, so that a cell it left empty may only not have been read."""

    row: OpenedRow
    same_file: bool
    older: bool


def as_before(
    rows: Sequence[RosterRow],
    course: Course | None,
    office: Office | None,
    *,
    host: int,
    sha256: str,
    by_link: bool,
    on: dt.date,
) -> list[tuple[RosterRow, Before | None]]:
    """Each row as it was put right before, with what was decided; itself and None where nobody decided anything.

    Lists of the same class (or directory of `host`) and office count, and what the office sent itself apart from what
    organisers took in. A row is the same when each of its cells and the office above it are: in its place, or as the
    only one of its kind. That a row was left out, and what was put right in one without a name, is remembered in the
    same file alone. (1 query, 2 when something was decided.)
    """
    decided = _decided(course, office, host, sha256, by_link)
    if not decided:
        return [(row, None) for row in rows]
    times = Counter(_key(row) for row in rows)
    told = []
    for row in rows:
        key = _key(row)
        found = _same(decided.get(key, []), row, alone=times[key] == 1)
        told.append(_again(row, found, on) if found else (row, None))
    return told


def _decided(
    course: Course | None, office: Office | None, host: int, sha256: str, by_link: bool
) -> Mapping[tuple, list[_Decided]]:
    rows = (
        ImportRow.objects.filter(batch__course=course, batch__office=office, batch__by_link=by_link)
        .filter(batch__state__in=_KEPT)
        .filter(Q(fixed=True) | (~Q(choice="") & ~Q(choice__contains=":")))
        .select_related("office")
        .annotate(sha256=F("batch__file__sha256"), uploaded_at=F("batch__uploaded_at"))
        .order_by("pk")
    )
    if course is None:
        rows = rows.filter(batch__kept_by=host)
    found = opened(rows)
    if not found:
        return MappingProxyType({})
    meanings = ColumnMeaning.objects.filter(Q(office=None) | Q(office=office), host=host)
    said = meanings.aggregate(at=Max("said_at"))["at"]
    decided: dict[tuple, list[_Decided]] = {}
    for row in found:
        older = said is not None and row.kept.uploaded_at <= said
        decided.setdefault(_key(row.read), []).append(_Decided(row, row.kept.sha256 == sha256, older))
    return decided


def _key(row: RosterRow) -> tuple:
    return (*sorted(row.raw.items()), row.office_text, row.office_from)


def _same(found: list[_Decided], row: RosterRow, *, alone: bool) -> _Decided | None:
    """The latest decision about this row."""
    found = [one for one in found if one.same_file or row.full_name]
    here = [one for one in found if place_of(one.row.read) == place_of(row)]
    if here or not found:
        return here[-1] if here else None
    of_latest = [one for one in found if one.row.kept.batch_id == found[-1].row.kept.batch_id]
    return of_latest[0] if alone and len(of_latest) == 1 else None


def _again(row: RosterRow, found: _Decided, on: dt.date) -> tuple[RosterRow, Before | None]:
    kept, typed = found.row.kept, found.row.typed
    choice = "" if ":" in kept.choice or (kept.choice == SKIP and not found.same_file) else kept.choice
    office = kept.office if kept.fixed and kept.office and kept.office.exists_on(on) else None
    fixed = bool(typed or office)
    if not (fixed or choice):
        return row, None
    if typed:
        if found.older:
            read = {name: getattr(row, name) or "" for name in CELLS}
            read["birth"] = row.birth.vietnamese() if row.birth else ""
            typed = {name: typed.get(name) or read[name] for name in CELLS}
        row = retyped(unmatched(row), typed, on)
    return row, Before(typed=dict(typed), office=office, fixed=fixed, choice=choice)

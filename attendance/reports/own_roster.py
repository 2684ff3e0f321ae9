"""The rows of a list that an office sent by its own page, in words; no birth date, telephone or number."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from courses.constants.choices import RowDecision
from courses.models import ImportBatch, Registration, Trainee
from courses.services.rosters.rows import Fate, OpenedRow, open_rows


@dataclass(frozen=True)
class Line:
    """`said` is what will become, or became, of the row, `tone` its colour; `who` are people of that name among whom
    somebody must choose; `needs_a_look`: it will not be named, or was not, unless somebody does something."""

    key: int
    row: int
    name: str
    position: str
    said: str
    tone: str
    problems: list[str]
    who: list[Trainee]
    is_ready: bool
    needs_a_look: bool


def lines_of(batch: ImportBatch) -> list[Line]:
    """(3 queries.)"""
    rows = open_rows(batch)
    named = {row.kept.registration_id for row in rows if row.kept.registration_id}
    by_others = Registration.objects.filter(pk__in=named).exclude(office=batch.office_id).order_by()
    elsewhere = set(by_others.values_list("pk", flat=True))
    found = Trainee.objects.select_related("merged_into").in_bulk({pk for row in rows for pk in row.candidates})
    people = {pk: trainee.merged_into or trainee for pk, trainee in found.items()}
    return [_line(row, batch.office_id, people, row.kept.registration_id in elsewhere) for row in rows]


def _line(row: OpenedRow, office_id: int, people: dict[int, Trainee], elsewhere: bool) -> Line:
    own = row.kept.office_id in (None, office_id)
    said, tone = _fate(row) if row.fate else _prospect(row, own)
    if elsewhere and own and (row.fate == Fate.ALREADY or (row.sound and row.is_there)):
        # Which office it is, this one need not know.
        said, tone = _("On the list for another office already: please ask the organisers"), "warn"
    who = {people[pk].pk: people[pk] for pk in row.candidates if pk in people} if own and row.asks else {}
    return Line(
        key=row.kept.pk,
        row=row.kept.row,
        name=row.read.full_name or "",
        position=row.read.position or "",
        said=said,
        tone=tone,
        problems=[*row.kept.problems, *([row.why] if row.why else row.notes if own else [])],
        who=list(who.values()),
        is_ready=own and row.ready and not row.fate,
        needs_a_look=tone in ("warn", "bad") or (not own and not row.fate),
    )


def _fate(row: OpenedRow) -> tuple[str, str]:
    return {
        Fate.REGISTERED: (pgettext("row", "Named"), "ok"),
        Fate.ALREADY: (_("Already on the list"), ""),
        Fate.OVER: (_("No seat left"), "bad"),
        Fate.WAITING: (_("To be looked at"), "warn"),
        Fate.LEFT_OUT: (_("Left out"), ""),
    }[Fate(row.fate)]


def _prospect(row: OpenedRow, own: bool) -> tuple[str, str]:
    if not own:
        return _("Of another office: left out"), ""
    if not row.sound:
        return _("To be looked at"), "warn"
    if row.is_there:
        return _("Already on the list"), ""
    if row.kept.decision == RowDecision.OVER_SEATS:
        return _("No seat left"), "bad"
    if row.asks:
        return _("Who is this?"), "warn"
    return _("Will be named"), "ok"

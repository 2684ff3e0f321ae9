"""Rows of a roster held against the offices of the day: which office do the words of a row name?

Nothing is written here. The number of queries does not depend on the number of rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from courses.constants.clock import today
from courses.constants.names import sort_key, split_name
from courses.models import Course, Office, Trainee
from courses.readers import sentences
from courses.readers.offices import Close, Match, OfficeEntry, OfficeIndex
from courses.readers.records import RosterRow
from courses.readers.repeats import mark_repeats
from courses.rules.succession import Line, line_on

_LONGEST = {
    field.name: field.max_length
    for field in Trainee._meta.fields
    if field.name in ("full_name", "position", "phone", "email", "sort_key")
}
#: A key has at most a few digits for each letter, so that shorter names need no look.
_SURELY_SHORT = 60


@dataclass(frozen=True)
class MatchedRow(RosterRow):
    """A row beside the offices. `own_problems` are those of its cells alone; `asked_office` are the words that name no
    known office, "" when its office is known or not stated at all."""

    own_problems: tuple[str, ...] = ()
    asked_office: str = ""


class KnownOffices:
    """The offices that a list may name: those of the first day of its class, or of today for a directory. Those that
    had ended by then are read only for words that name none of them. (2 queries, and once 3 more.)"""

    def __init__(self, course: Course | None, kept_by: Office | None = None):
        self.day = course.starts_on if course else today()
        self.home = course.host_office_id if course else kept_by.pk if kept_by else None
        self.by_code = _by_code(Office.objects.valid_on(self.day))
        self.index = _index_of(self.by_code, self.home)
        self._heirs: dict[str, list[Office]] = {}

    def heirs(self, words: str) -> list[Office]:
        """Who has taken over from the ended office that the words name for certain; nobody when they name none."""
        if words not in self._heirs:
            answer = self._index_of_ended.find(words)
            ended = self._ended[answer.code].pk if isinstance(answer, Match) else None
            heirs = self._line.heirs(ended) if ended else frozenset()
            self._heirs[words] = [office for office in self.by_code.values() if office.pk in heirs]
        return self._heirs[words]

    @cached_property
    def _ended(self) -> dict[str, Office]:
        return _by_code(Office.objects.filter(valid_to__lte=self.day))

    @cached_property
    def _index_of_ended(self) -> OfficeIndex:
        return _index_of(self._ended, self.home)

    @cached_property
    def _line(self) -> Line:
        return line_on(self.day)


def _by_code(offices: QuerySet[Office]) -> dict[str, Office]:
    return {office.code: office for office in offices.prefetch_related("aliases").order_by("order", "code")}


def _index_of(offices: Mapping[str, Office], home: int | None) -> OfficeIndex:
    """These offices to be asked by name in lists of the host `home`: what another host taught is not certain there."""
    codes = {o.pk: o.code for o in offices.values()}
    entries = []
    for o in offices.values():
        own = tuple(a.text for a in o.aliases.all() if a.taught_by_id in (None, home))
        elsewhere = tuple(a.text for a in o.aliases.all() if a.taught_by_id not in (None, home))
        parent = codes.get(o.parent_id)
        entries.append(OfficeEntry(o.code, o.name, o.kind, parent, own, order=o.order, elsewhere=elsewhere))
    return OfficeIndex(entries)


def match_offices(
    rows: Sequence[RosterRow],
    course: Course | None,
    office: Office | None,
    *,
    kept_by: Office | None = None,
    said: Sequence[Office | None] | None = None,
) -> list[tuple[MatchedRow, Office | None]]:
    """Each row with the office it names, or with one more problem; offices are those of the first day of the class,
    those of today for a directory (`course` None) that `kept_by` keeps.

    `office` is that of rows which name none; `said`, beside the rows, is what people said about single ones. Rows that
    are the same person as an earlier one, and rows whose texts are too long to be kept, say so too. (2 queries, and 3
    more when some row names no office of the day.)
    """
    known = KnownOffices(course, kept_by)
    offices = known.by_code
    within = next((code for code, one in offices.items() if one.pk == known.home), None)
    for one in filter(None, (office, *(said or ()))):  # it may be one that did not exist on that day: a person named it
        offices.setdefault(one.code, one)
    asked = zip(map(unmatched, rows), said or [None] * len(rows), strict=True)
    default = office.code if office else None
    found = [(row, one.code) if one else _with_office(row, known, within, default) for row, one in asked]
    marked = mark_repeats([row for row, _code in found], [code for _row, code in found])
    return [
        (_with_length(row), offices[code] if code else None)  # type: ignore[arg-type]
        for row, (_row, code) in zip(marked, found, strict=True)
    ]


def unmatched(row: RosterRow) -> MatchedRow:
    """The row before it was held against anything: with the problems of its own cells."""
    if isinstance(row, MatchedRow):
        return replace(row, problems=row.own_problems, asked_office="")
    return MatchedRow(**vars(row), own_problems=row.problems)


def _with_office(
    row: MatchedRow, known: KnownOffices, within: str | None, default: str | None
) -> tuple[RosterRow, str | None]:
    answer = known.index.find(row.office_text, within) if row.office_text else None
    if isinstance(answer, Match):
        return row, answer.code
    if default and row.office_from in (None, "sheet"):  # a sheet may be called anything
        return row, default
    asked = replace(row, asked_office=row.office_text or "")
    if row.office_text and (heirs := known.heirs(row.office_text)):
        names = "; ".join(office.name for office in heirs)
        return asked.with_problem("office_ended", office=row.office_text, names=names), None
    if isinstance(answer, Close):
        names = "; ".join(known.index.name(code) for code in answer.codes)
        return asked.with_problem("office_close", office=row.office_text, names=names), None
    if row.office_text and row.office_from != "sheet":
        return asked.with_problem("office_unknown", office=row.office_text), None
    return row.with_problem("office_missing"), None


def _with_length(row: RosterRow) -> RosterRow:
    values = {name: getattr(row, name) or "" for name in ("full_name", "position", "phone", "email")}
    long = [name for name, value in values.items() if len(value) > _LONGEST[name]]
    if (
        not long
        and len(row.full_name) > _SURELY_SHORT
        and len(sort_key(*split_name(row.full_name))) > _LONGEST["sort_key"]
    ):
        long = ["full_name"]
    problems = [
        _("The text in the column “%(field)s” is too long.") % {"field": sentences.FIELDS[name]} for name in long
    ]
    return replace(row, problems=(*row.problems, *problems)) if problems else row

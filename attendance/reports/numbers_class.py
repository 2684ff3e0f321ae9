"""The numbers of one class: seats and people by office, attendance by half-day and by office, where the papers are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from attendance.reports.numbers import PAPERS, TURNS, WORDS, Counts, Row, Table, known_turns, numbers, summed, table
from attendance.reports.papers import Candidate, candidates
from attendance.reports.turns import counted_as, turns_of
from attendance.rules.filing import HALVES
from courses.constants.choices import HalfDay
from courses.models import Course, Office, Session
from courses.rendering.charts import Bar, bars, line
from courses.reports.offices_of_class import Board, board

SEATS = ("seats", "named", "confirmed", "nominated", "missing")
STAGES = ("named", "possible", "never", "earned", *PAPERS.values())


@dataclass(frozen=True)
class Shown:
    """A table with its charts, none where there is nothing to draw."""

    table: Table
    charts: Sequence[str] = ()


@dataclass(frozen=True)
class ClassNumbers:
    seats: Shown
    half_days: Shown
    offices: Shown
    papers: Shown

    @property
    def is_empty(self) -> bool:
        return not self.seats.table.rows and not self.offices.table.rows


def stage_of(person: Candidate) -> str:
    """Where somebody is on the way to the paper: one of `STAGES`."""
    if person.certificate:
        return PAPERS[person.certificate.state]
    if person.verdict.earned:
        return "earned"
    return "possible" if person.verdict.can_still else "never"


def class_numbers(course: Course, page: str) -> ClassNumbers:
    """`page`: the address of the list of the people behind the numbers. (About 20 queries, whatever the number of
    people.)"""
    by_half_day, by_office = _turns(course)
    return ClassNumbers(
        seats=_seats(board(course), page),
        half_days=_half_days(course, by_half_day, page),
        offices=_offices(by_office, page),
        papers=_papers(course, page),
    )


def _seats(offices: Board, page: str) -> Shown:
    rows, drawn, together = [], [], []
    for row in offices.invited:
        counts = Counts()
        seats = row.asked or 0
        said = {"seats": seats, "named": row.registered, "confirmed": row.confirmed, "nominated": row.nominated}
        counts.numbers.update(said | {"missing": row.missing})
        together.append(counts)
        note = "; ".join(f"{part.block.code}: {part.registered}/{part.number}" for part in row.blocks)
        rows.append(Row(row.office.name, numbers(counts, SEATS, page, office=row.office.pk), note=note))
        drawn.append(Bar(row.office.name, (row.confirmed, row.nominated, row.missing), f"{row.registered}/{seats}"))
    whole = table(_("Office"), SEATS, rows, summed(together), page, _("Together"))
    parts = [str(_("Confirmed")), str(_("Wait to be confirmed")), str(_("Still to be named"))]
    return Shown(whole, bars("seats", _("Seats filled, by office"), parts, drawn))


def _turns(course: Course) -> tuple[dict[int, Counts], dict[Office, Counts]]:
    """(by id of half-day, by office in protocol order) everybody expected, and what became of it. (2 queries.)"""
    found = turns_of(Course.objects.filter(pk=course.pk))
    rows = found.values_list("half_day", "office_id", "known", "closed", "begun").annotate(number=Count("pk"))
    by_half_day: dict[int, Counts] = {}
    by_office: dict[int, Counts] = {}
    for half_day, office, *turn, number in rows:
        for counts in (by_half_day.setdefault(half_day, Counts()), by_office.setdefault(office, Counts())):
            counts.add("expected", number)
            counts.add(counted_as(*turn), number)
    offices = Office.objects.filter(pk__in=by_office).in_protocol_order()
    return by_half_day, {office: by_office[office.pk] for office in offices}


def _half_days(course: Course, counts: dict[int, Counts], page: str) -> Shown:
    held = list(Session.objects.filter(course=course).held().in_order())
    known = [(session, counts.get(session.pk, Counts())) for session in held]
    together = summed(found for _one, found in known)
    whats = known_turns(TURNS, together)
    rows = [Row(str(one), numbers(found, whats, page, session=one.pk)) for one, found in known]
    whole = table(_("Half-day"), whats, rows, together, page, _("Together (half-days of people)"))
    marked = [
        (one, found) for one, found in known if not found.of("to_come") and found.of("unmarked") < found.of("expected")
    ]
    course_of = [(f"{HALVES[HalfDay(one.half)]} {one.date:%d/%m}", found.of("there")) for one, found in marked]
    top = max((found.of("expected") for _one, found in known), default=0)
    charts = _attendance("half-days", _("Attendance by half-day"), whats, [(str(one), found) for one, found in known])
    return Shown(whole, charts + line("there", _("People present, from half-day to half-day"), course_of, top=top))


def _offices(counts: dict[Office, Counts], page: str) -> Shown:
    together = summed(counts.values())
    whats = known_turns(TURNS, together)
    rows = [Row(one.name, numbers(found, whats, page, office=one.pk)) for one, found in counts.items()]
    whole = table(_("Office"), whats, rows, together, page, _("Together (half-days of people)"))
    return Shown(whole, attendance_charts([(one.name, found) for one, found in counts.items()]))


def attendance_charts(counts: Iterable[tuple[str, Counts]]) -> list[SafeString]:
    """Attendance by office, of those from which anybody was expected."""
    drawn = [(label, found) for label, found in counts if found.of("expected")]
    whats = known_turns(TURNS, summed(found for _label, found in drawn))
    return _attendance("offices", _("Attendance by office"), whats, drawn)


def _attendance(name: str, title: str, whats: Sequence[str], rows: Iterable[tuple[str, Counts]]) -> list[SafeString]:
    """`whats`: everybody expected, then the parts."""
    drawn = [
        Bar(label, tuple(map(found.of, whats[1:])), f"{found.of('there')}/{found.of('expected')}")
        for label, found in rows
    ]
    return bars(name, title, [str(WORDS[what]) for what in whats[1:]], drawn)


def _papers(course: Course, page: str) -> Shown:
    counts: dict[Office, Counts] = {}
    for person in candidates(course):
        found = counts.setdefault(person.registration.office, Counts())
        found.add("named")
        found.add(stage_of(person))
    together = summed(counts.values())
    rows = [Row(one.name, numbers(found, STAGES, page, office=one.pk)) for one, found in counts.items()]
    whole = table(_("Office"), STAGES, rows, together, page, _("Together"))
    drawn = [Bar(str(WORDS[what]), (together.of(what),), str(together.of(what))) for what in STAGES[1:]]
    return Shown(whole, bars("papers", _("Certificates"), [_("People")], drawn))

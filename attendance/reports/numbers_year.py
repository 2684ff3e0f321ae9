"""The numbers of a year: the classes of whoever asks summed by class and by office, who was trained for which index,
periods against the target, papers. Counted in the database, so that a year costs the same queries as a class."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Exists, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from attendance.constants import THERE
from attendance.models import Certificate, Mark
from attendance.reports.numbers import (
    PAPERS,
    TURNS,
    WORDS,
    Counts,
    Number,
    Row,
    Table,
    known_turns,
    numbers,
    summed,
    table,
)
from attendance.reports.numbers_class import Shown, attendance_charts
from attendance.reports.turns import counted_as, turns_of
from attendance.reports.yearly import years_of
from courses.constants.actors import Actor
from courses.constants.choices import CourseState, SessionState
from courses.models import Course, Office, Registration
from courses.rendering.charts import Bar, bars
from courses.reports.settings import SAID_OF_TARGETS, targets_of
from courses.reports.trained import HELD, RAISES, InCharge, in_charge, raised
from courses.rules.seats import people_asked_for

OF_CLASSES = ("seats", "named", "came", *TURNS, "no_paper", *PAPERS.values())
OF_OFFICES = ("seats", "named", "people", "turns", *TURNS, "no_paper", *PAPERS.values())
PERIODS = ("year", "reached", "below", "periods")


@dataclass(frozen=True)
class Held:
    """A class as the year's page needs it."""

    pk: int
    code: str
    title: str
    state: str
    starts_on: dt.date


@dataclass(frozen=True)
class YearNumbers:
    """`people` and `turns`: of the classes that have begun, as `courses.reports.trained` counts them. `indices`: None
    where no class of the year names an index and people in charge. `came`: by class id, people of its list who were
    there at least once."""

    year: int
    years: list[int]
    classes: Shown
    offices: Shown
    papers: Shown
    periods: Shown
    indices: Shown | None
    people: Number
    turns: Number
    came: dict[int, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not self.classes.table.rows


def classes_of(actor: Actor, year: int) -> QuerySet[Course]:
    """The actor's classes that begin in the year, drafts apart."""
    return Course.objects.hosted_for(actor).exclude(state=CourseState.DRAFT).filter(starts_on__year=year)


def came(registrations: QuerySet[Registration]) -> QuerySet[Registration]:
    """Adds `came`: whether somebody was there at a half-day that was held."""
    marks = Mark.objects.filter(registration=OuterRef("pk"), state__in=THERE)
    return registrations.annotate(came=Exists(marks.exclude(session__state=SessionState.CANCELLED).order_by()))


def with_paper(registrations: QuerySet[Registration]) -> QuerySet[Registration]:
    """Adds `paper`: the state of the certificate in force, None without one."""
    papers = Certificate.objects.filter(registration=OuterRef("pk")).in_force().order_by()
    return registrations.annotate(paper=Subquery(papers.values("state")[:1]))


def year_numbers(actor: Actor, year: int, page: str) -> YearNumbers:
    """`page`: the address of the list of the people behind the numbers. (7 queries, whatever the number of classes
    and people.)"""
    every = Course.objects.hosted_for(actor).exclude(state=CourseState.DRAFT).order_by("starts_on", "code", "pk")
    # What everybody's periods are held against comes along with the classes: without a class there is nobody.
    every = every.annotate(targets=Subquery(SAID_OF_TARGETS[:1]))
    rows = list(every.values_list("code", "title", "starts_on", *RAISES, "targets"))
    courses = {
        pk: Held(pk, code, title, state, first) for code, title, first, pk, state, *_ in rows if first.year == year
    }
    sums = _Sums(classes_of(actor, year), courses)
    charged = in_charge(actor, raised(row[3:-1] for row in rows if row[3] in courses), sums.classes_of)
    periods, names = sums.periods(year, targets_of(rows[0][-1] if rows else None)), sums.names
    together = summed(sums.by_office.values())
    people, turns = numbers(together, ("people", "turns"), page)
    return YearNumbers(
        year=year,
        years=sorted({year, *(row[2].year for row in rows)}, reverse=True),
        classes=Shown(_of_classes(sums, courses.values(), page)),
        offices=_of_offices(sums, names, together, page),
        papers=_of_papers(together, page),
        periods=_of_periods(periods, names, page),
        indices=_of_indices(charged, names, page) if charged else None,
        people=people,
        turns=turns,
        came={pk: counts.of("came") for pk, counts in sums.by_class.items()},
    )


class _Sums:
    """Everything counted by class and by office. (3 queries.)"""

    def __init__(self, classes: QuerySet[Course], courses: dict[int, Held]):
        self.by_class: dict[int, Counts] = {pk: Counts() for pk in courses}
        self.by_office: dict[int, Counts] = {}
        #: Of everybody on a list: staff category and the office of today; the classes.
        self.on_lists: dict[int, tuple[str, int]] = {}
        self.classes_of: dict[int, set[int]] = {}
        #: Of every office, in protocol order.
        self.names: dict[int, str] = {}
        self._seats()
        self._people(classes, courses)
        self._turns(classes)

    def _at(self, course: int, office: int) -> tuple[Counts, Counts]:
        return self.by_class[course], self.by_office.setdefault(office, Counts())

    def _seats(self) -> None:
        """The names of offices come along."""
        seats: list[tuple[int, int, int | None, int]] = []
        given = FilteredRelation("seats", condition=Q(seats__course__among=list(self.by_class)))
        rows = Office.objects.annotate(given=given).in_protocol_order()
        columns = ("given__course_id", "pk", "name", "given__block_id", "given__number")
        for course, office, name, block, number in rows.values_list(*columns):
            self.names[office] = name
            if course is not None:
                seats.append((course, office, block, number))
        for (course, office), number in people_asked_for(seats).items():
            for counts in self._at(course, office):
                counts.add("seats", number)

    def _people(self, classes: QuerySet[Course], courses: dict[int, Held]) -> None:
        rows = Registration.objects.filter(course__in=classes.order_by().values("pk")).active().order_by()
        rows = with_paper(came(rows))
        columns = ("course_id", "office_id", "trainee_id", "trainee__staff_category", "trainee__office_id")
        for course, office, who, category, here, was_there, paper in rows.values_list(*columns, "came", "paper"):
            self.on_lists[who] = category, here
            self.classes_of.setdefault(who, set()).add(course)
            begun = courses[course].state in HELD
            for counts in self._at(course, office):
                counts.add("named")
                counts.add(PAPERS[paper] if paper else "no_paper")
                if was_there:
                    counts.add("came")
                if begun:
                    counts.add("turns")
                    counts.add_person("people", who)

    def _turns(self, classes: QuerySet[Course]) -> None:
        rows = turns_of(classes).values_list("course_id", "office_id", "known", "closed", "begun")
        for course, office, *turn, number in rows.annotate(number=Count("pk")):
            for counts in self._at(course, office):
                counts.add("expected", number)
                counts.add(counted_as(*turn), number)

    def periods(self, year: int, targets: dict[str, int]) -> dict[int, Counts]:
        """By the office of today, people on lists of the year, and who has reached the target. (2 queries.)"""
        found: dict[int, Counts] = {}
        reached = years_of({who: category for who, (category, _here) in self.on_lists.items()}, year, targets)
        for who, one in reached.items():
            counts = found.setdefault(self.on_lists[who][1], Counts())
            counts.add("year")
            counts.add("below" if one.missing else "reached")
            counts.add("periods", one.periods)
        return found


def _of_classes(sums: _Sums, courses: Iterable[Held], page: str) -> Table:
    together = summed(sums.by_class.values())
    whats = known_turns(OF_CLASSES, together)
    rows = [
        Row(
            one.title,
            numbers(sums.by_class[one.pk], whats, page, course=one.pk),
            reverse("admin:attendance_courseresult_numbers", args=[one.pk]),
            f"{one.code}, {one.starts_on:%d/%m/%Y}",
        )
        for one in courses
    ]
    return table(_("Class"), whats, rows, together, page, _("Together"))


def _of_offices(sums: _Sums, names: dict[int, str], together: Counts, page: str) -> Shown:
    known = [(pk, name, sums.by_office[pk]) for pk, name in names.items() if pk in sums.by_office]
    whats = known_turns(OF_OFFICES, together)
    rows = [Row(name, numbers(counts, whats, page, office=pk)) for pk, name, counts in known]
    charts = attendance_charts((name, counts) for _pk, name, counts in known)
    return Shown(table(_("Office"), whats, rows, together, page, _("Together")), charts)


def _of_papers(together: Counts, page: str) -> Shown:
    whats = ("no_paper", *PAPERS.values())
    row = Row(str(_("People on the lists")), numbers(together, ("named", *whats), page))
    columns = [number.label for number in row.numbers]
    drawn = [Bar(str(WORDS[what]), (together.of(what),), str(together.of(what))) for what in whats]
    return Shown(Table("", columns, [], row), bars("papers", _("Certificates"), [str(_("People"))], drawn))


def _of_periods(counts: dict[int, Counts], names: dict[int, str], page: str) -> Shown:
    known = [(pk, name, counts[pk]) for pk, name in names.items() if pk in counts]
    rows = [Row(name, numbers(found, PERIODS, page, office=pk)) for pk, name, found in known]
    drawn = [
        Bar(name, (found.of("reached"), found.of("below")), f"{found.of('reached')}/{found.of('year')}")
        for _pk, name, found in known
    ]
    parts = [str(WORDS[what]) for what in ("reached", "below")]
    whole = table(_("Office"), PERIODS, rows, summed(counts.values()), page, _("Together"))
    return Shown(whole, bars("periods", _("Periods against the target, by office"), parts, drawn))


def _of_indices(charged: list[InCharge], names: dict[int, str], page: str) -> Shown:
    """People in charge, by office and index: trained, and not yet."""
    codes = list(dict.fromkeys(one.index for one in charged))
    counts: dict[int, dict[str, Counts]] = {}
    for one in charged:
        found = counts.setdefault(one.office, {}).setdefault(one.index, Counts())
        found.add("trained" if one.trained else "untrained")

    def of(by_code: dict[str, Counts], **query) -> list[Number]:
        return [
            number
            for code in codes
            for number in numbers(by_code.get(code, Counts()), ("trained", "untrained"), page, index=code, **query)
        ]

    together = {code: summed(found[code] for found in counts.values() if code in found) for code in codes}
    rows = [Row(name, of(counts[pk], office=pk)) for pk, name in names.items() if pk in counts]
    columns = [f"{code}: {WORDS[what]}" for code in codes for what in ("trained", "untrained")]
    drawn = [
        Bar(code, (done, left), f"{done}/{done + left}")
        for code, found in together.items()
        for done, left in [(found.of("trained"), found.of("untrained"))]
    ]
    charts = bars(
        "indices",
        _("People in charge who were trained, by index"),
        [str(WORDS[what]) for what in ("trained", "untrained")],
        drawn,
    )
    return Shown(Table(_("Office"), columns, rows, Row(_("Together"), of(together))), charts)

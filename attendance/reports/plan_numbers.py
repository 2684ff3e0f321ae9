"""The yearly plan beside the record: people planned, on the list, and there."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from attendance.reports.numbers import Number
from attendance.reports.numbers_year import came
from courses.constants.actors import Actor
from courses.constants.choices import CourseState
from courses.models import Registration
from courses.rendering.cells import Cell
from courses.reports.year_plan import Line, Outcome, plan_of

#: What became of a line: the word, and the sign beside it.
OUTCOMES = {
    Outcome.HELD: (pgettext_lazy("class of the plan", "Held"), "ok"),
    Outcome.UNDER_WAY: (pgettext_lazy("class of the plan", "Under way"), "info"),
    Outcome.PREPARED: (pgettext_lazy("class of the plan", "Being prepared"), "info"),
    Outcome.PLANNED: (pgettext_lazy("class of the plan", "Not begun"), ""),
    Outcome.OVERDUE: (pgettext_lazy("class of the plan", "Overdue"), "bad"),
    Outcome.PUT_OFF: (pgettext_lazy("class of the plan", "Put off"), "warn"),
}


@dataclass(frozen=True)
class PlanRow:
    """`named` and `came`: people on the list of its class, and those of them who were there at least once; None without
    a class or with a draft."""

    line: Line
    outcome: str
    sign: str
    named: Number | None
    came: Number | None

    @property
    def planned(self):
        return self.line.planned

    @property
    def may_make_class(self) -> bool:
        return self.planned.course is None and self.line.outcome != Outcome.PUT_OFF


@dataclass(frozen=True)
class YearPlan:
    rows: list[PlanRow]

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """(word, sign, how many lines) of each outcome that there is, in their order."""
        found = [row.line.outcome for row in self.rows]
        return [(str(word), sign, found.count(one)) for one, (word, sign) in OUTCOMES.items() if one in found]

    @property
    def people(self) -> int:
        return sum(row.planned.people or 0 for row in self.rows)

    @property
    def named(self) -> int:
        return sum(row.named.value or 0 for row in self.rows if row.named)

    @property
    def came(self) -> int:
        return sum(row.came.value or 0 for row in self.rows if row.came)


def year_plan(actor: Actor, year: int) -> YearPlan:
    """(1 query.)"""
    people = Registration.objects.filter(course=OuterRef("course")).exclude(course__state=CourseState.DRAFT)
    counted = came(people.active()).order_by().values("course")
    named = counted.annotate(number=Count("pk")).values("number")
    there = counted.annotate(number=Count("pk", filter=Q(came=True))).values("number")
    planned = plan_of(actor, year).annotate(named=Subquery(named), came=Subquery(there))
    return YearPlan([_row(line) for line in map(Line.of, planned)])


def _row(line: Line) -> PlanRow:
    word, sign = OUTCOMES[line.outcome]
    course = line.planned.course
    if course is None or course.state == CourseState.DRAFT:
        return PlanRow(line, str(word), sign, None, None)
    page = reverse("admin:attendance_courseresult_numbers_people", args=[course.pk])

    def number(what: str) -> Number:
        value = getattr(line.planned, what) or 0
        return Number(value, "", f"{page}?what={what}" if value else "")

    return PlanRow(line, str(word), sign, number("named"), number("came"))


def plan_table(plan: YearPlan) -> tuple[list[str], list[list[Cell]]]:
    """As a file: the heads of its columns, and a line each."""
    heads = [
        _("Host office"), _("Title"), _("Kind"), _("Month"), _("Audience"), _("People planned"),
        _("On the list"), _("Present at least once"), _("What became of it"), _("Put off: why, until when"), _("Class"),
    ]  # fmt: skip
    rows = [
        [
            row.planned.host.name,
            row.planned.title,
            row.planned.get_kind_display(),
            row.planned.month,
            row.planned.audience,
            row.planned.people,
            row.named.value if row.named else None,
            row.came.value if row.came else None,
            row.outcome,
            row.planned.put_off,
            row.planned.course.code if row.planned.course else "",
        ]
        for row in plan.rows
    ]
    return heads, rows

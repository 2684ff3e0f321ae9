"""The yearly plan of the hosts: what was meant to be held in a year, and what became of each line."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import QuerySet

from courses.constants.actors import Actor
from courses.constants.choices import CourseState
from courses.constants.clock import today
from courses.models import PlannedClass


class Outcome(StrEnum):
    HELD = "held"
    UNDER_WAY = "under way"
    PREPARED = "prepared"
    PLANNED = "planned"
    OVERDUE = "overdue"
    PUT_OFF = "put off"


@dataclass(frozen=True)
class Line:
    planned: PlannedClass
    outcome: Outcome

    @classmethod
    def of(cls, planned: PlannedClass) -> "Line":
        return cls(planned, outcome_of(planned, today()))


def plan_of(actor: Actor, year: int) -> QuerySet[PlannedClass]:
    """The lines of a year with their hosts and classes, hosts in protocol order."""
    planned = PlannedClass.objects.visible_to(actor).filter(year=year).select_related("host", "course")
    return planned.order_by("host__order", "host__code", "order", "month", "pk")


def outcome_of(planned: PlannedClass, day: dt.date) -> Outcome:
    """What has become of a line by that day.

    Held: its class is concluded, or its last day is past and it was no draft. A class decides before what was said
    about putting off; without one, a line is overdue when its month is past, of no month when its year is.
    """
    course = planned.course
    if course and course.state in (CourseState.CONCLUDED, CourseState.ARCHIVED):
        return Outcome.HELD
    if course and course.state != CourseState.DRAFT:
        if course.ends_on < day:
            return Outcome.HELD
        return Outcome.UNDER_WAY if course.state == CourseState.RUNNING or course.starts_on <= day else Outcome.PREPARED
    if planned.put_off:
        return Outcome.PUT_OFF
    if course:
        return Outcome.PREPARED
    month = planned.month or 12
    return Outcome.OVERDUE if (planned.year, month) < (day.year, day.month) else Outcome.PLANNED

"""What becomes of a line of the yearly plan is derived from its class, its month and what was said of it."""

import datetime as dt

import pytest

from courses.constants.choices import CourseState
from courses.models import Course, PlannedClass
from courses.reports.year_plan import Outcome, outcome_of

DAY = dt.date(2026, 6, 15)


def line(state=None, first=DAY, days=3, **fields):
    course = Course(state=state, starts_on=first, ends_on=first + dt.timedelta(days=days - 1)) if state else None
    return PlannedClass(**{"year": 2026, "month": 6, **fields}, course=course)


@pytest.mark.parametrize(
    ("planned", "outcome"),
    [
        (line(CourseState.CONCLUDED), Outcome.HELD),
        (line(CourseState.ARCHIVED), Outcome.HELD),
        (line(CourseState.RUNNING), Outcome.UNDER_WAY),
        (line(CourseState.RUNNING, first=DAY - dt.timedelta(days=3)), Outcome.HELD),
        (line(CourseState.RUNNING, first=DAY - dt.timedelta(days=2)), Outcome.UNDER_WAY),
        (line(CourseState.PUBLISHED), Outcome.UNDER_WAY),
        (line(CourseState.PUBLISHED, first=DAY + dt.timedelta(days=1)), Outcome.PREPARED),
        (line(CourseState.PUBLISHED, put_off="Chờ kinh phí"), Outcome.UNDER_WAY),
        (line(CourseState.DRAFT), Outcome.PREPARED),
        (line(CourseState.DRAFT, first=DAY - dt.timedelta(days=9)), Outcome.PREPARED),
        (line(CourseState.DRAFT, put_off="Chờ kinh phí"), Outcome.PUT_OFF),
        (line(), Outcome.PLANNED),
        (line(month=5), Outcome.OVERDUE),
        (line(month=5, put_off="Chờ kinh phí"), Outcome.PUT_OFF),
        (line(month=12, year=2025), Outcome.OVERDUE),
        (line(month=None), Outcome.PLANNED),
        (line(month=None, year=2025), Outcome.OVERDUE),
        (line(month=1, year=2027), Outcome.PLANNED),
    ],
)
def test_what_became_of_a_line(planned, outcome):
    assert outcome_of(planned, DAY) == outcome

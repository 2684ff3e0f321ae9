"""Periods that people attended in a calendar year, against what their staff category aims at."""

import datetime as dt
from collections.abc import Collection, Mapping

from attendance.constants import THERE
from attendance.models import Mark
from attendance.reports.make_up import MadeUp, standing_make_ups
from attendance.rules.yearly import Attended, Year, periods_of
from courses.constants.choices import SessionState
from courses.constants.clock import VIETNAM
from courses.models import Session, Trainee
from courses.querysets.lookups import Seconds
from courses.reports.settings import yearly_targets


def year_of(trainee_ids: Collection[int], year: int) -> dict[int, Year]:
    """By the id of each trainee, what was attended in the half-days of this year, wherever it was.

    Present, late and left early count in full, disputed until it is decided; a stand-in's half-days are the stand-in's.
    What was made up in a class of ours counts as the half-day attended there and no second time; what was made up
    elsewhere counts in the year in which it was entered. Not visible to anybody by itself: the caller asks about people
    whom the actor sees. (4 queries.)
    """
    people = Trainee.objects.filter(pk__among=trainee_ids)
    return years_of(dict(people.order_by().values_list("pk", "staff_category")), year, yearly_targets())


def years_of(categories: Mapping[int, str], year: int, targets: Mapping[str, int]) -> dict[int, Year]:
    """The same of people whose staff categories are known, by their ids. `targets`: as `yearly_targets` gives them.
    (2 queries.)"""
    trainee_ids = categories.keys()
    made_up = standing_make_ups(trainee_ids)
    attended: dict[int, list[Attended]] = {}
    for trainee, registration, one in _seen(trainee_ids, year):
        if (registration, one.session) not in made_up:
            attended.setdefault(trainee, []).append(one)
    for trainee, one in _made_up_elsewhere(made_up, year):
        attended.setdefault(trainee, []).append(one)
    return {
        pk: Year(periods_of(attended.get(pk, ())), targets.get(category, targets[""]))
        for pk, category in categories.items()
    }


def _seen(trainee_ids: Collection[int], year: int):
    """(trainee, registration, half-day) of each mark in the year that says that the person was there. The year is that
    of the half-day's own date, which is one in Việt Nam. (1 query.)"""
    marks = Mark.objects.filter(
        registration__trainee__among=trainee_ids,
        state__in=THERE,
        session__date__gte=dt.date(year, 1, 1),
        session__date__lte=dt.date(year, 12, 31),
    ).exclude(session__state=SessionState.CANCELLED)
    columns = ("session_id", "session__periods", Seconds("session__starts_at"), Seconds("session__ends_at"))
    half_days: dict[int, Attended] = {}
    for trainee, registration, *half_day in marks.order_by().values_list(
        "registration__trainee_id", "registration_id", *columns
    ):
        one = half_days.get(half_day[0]) or half_days.setdefault(half_day[0], Attended(*half_day))
        yield trainee, registration, one


def _made_up_elsewhere(made_up: dict[tuple[int, int], MadeUp], year: int):
    for one in made_up.values():
        session: Session = one.event.session
        in_year = one.event.happened_at.astimezone(VIETNAM).year == year
        if one.is_elsewhere and in_year and session.state != SessionState.CANCELLED:
            yield one.trainee_id, Attended(session.pk, session.periods)

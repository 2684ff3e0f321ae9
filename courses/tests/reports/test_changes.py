"""What is news about half-days: old → new."""

import datetime as dt

import pytest

from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, PlaceKind
from courses.constants.clock import VIETNAM
from courses.models import Session, SessionChange
from courses.reports.changes import changes_of
from courses.services.schedule import Where, reschedule_session, set_session
from courses.tests.planning import FIRST_DAY, make_course, make_office, make_venue, plan_session

pytestmark = pytest.mark.django_db

EVE = dt.datetime.combine(FIRST_DAY, dt.time(6, 30), tzinfo=VIETNAM)
LATER = {"date": FIRST_DAY, "begins": dt.time(8, 30), "ends": dt.time(11, 30)}
AS_PLANNED = {"date": FIRST_DAY, "begins": dt.time(7, 30), "ends": dt.time(11, 0)}


@pytest.fixture
def host():
    return make_office("HOST")


@pytest.fixture
def session(host):
    course = make_course(host, "LOP-1")
    session = plan_session(course, venue=make_venue(host))
    course.state = CourseState.PUBLISHED
    course.save()
    return Session.objects.get(pk=session.pk)


def news(at=EVE):
    return changes_of(Session.objects.in_order(), at)


@pytest.fixture(autouse=True)
def clock():
    from courses.constants.clock import set_clock

    set_clock(EVE)


def test_another_hour_and_another_hall_are_told_old_and_new(session, host):
    reschedule_session(session, actor=SYSTEM, why="Mất điện", **LATER)
    set_session(Session.objects.get(), actor=SYSTEM, places=[Where(make_venue(host, "Hội trường B"))])
    [changed] = news()
    assert changed.words == ["07:30–11:00 → 08:30–11:30", "Hội trường A → Hội trường B"]
    assert changed.why == "Mất điện"


def test_what_stands_again_as_it_did_is_no_news(session):
    reschedule_session(session, actor=SYSTEM, why="Mất điện", **LATER)
    reschedule_session(session, actor=SYSTEM, why="Có điện", **AS_PLANNED)
    assert SessionChange.objects.count() == 2
    assert news() == []


def test_a_cancelled_half_day_is_told_as_that_and_one_that_takes_place_after_all_too(session):
    reschedule_session(session, actor=SYSTEM, why="Bão", cancelled=True)
    [changed] = news()
    assert changed.is_cancelled
    assert len(changed.words) == 1
    assert "07:30–11:00 05/06/2026" in changed.words[0]
    reschedule_session(Session.objects.get(), actor=SYSTEM, why="Bão tan", **AS_PLANNED)
    assert news() == []


def test_a_half_day_that_is_over_is_no_news_and_what_moves_nothing_is_none(session):
    set_session(Session.objects.get(), actor=SYSTEM, note="Mang theo sổ")
    assert SessionChange.objects.count() == 0
    reschedule_session(session, actor=SYSTEM, why="Mất điện", **LATER)
    assert len(news()) == 1
    assert news(EVE + dt.timedelta(hours=6)) == []
    assert news(EVE + dt.timedelta(days=15)) == []


def test_a_draft_keeps_no_changes(host):
    session = plan_session(make_course(host, "NHAP", state=CourseState.DRAFT))
    set_session(session, actor=SYSTEM, places=[Where(link="https://hop.example.vn/1", kind=PlaceKind.ONLINE)])
    assert SessionChange.objects.count() == 0


def test_news_costs_one_query_for_any_number_of_half_days(session, django_assert_num_queries):
    reschedule_session(session, actor=SYSTEM, why="Mất điện", **LATER)
    sessions = list(Session.objects.in_order())
    with django_assert_num_queries(1):
        changes_of(sessions, EVE)
    with django_assert_num_queries(1):
        changes_of(sessions * 3, EVE)

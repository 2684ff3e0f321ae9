import datetime as dt

import pytest
from django.utils import translation

from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import CourseState
from courses.constants.clock import set_clock
from courses.models import OfficeAnswer, Registration
from courses.reports.classes import facts_of, notes, overview, week
from courses.services.final_list import finalise_list
from courses.services.registrations import register, withdraw
from courses.services.schedule import Item, reschedule_session
from courses.services.seats import set_seats
from courses.tests.planning import (
    AFTERNOON,
    FIRST_DAY,
    MORNING,
    make_block,
    make_course,
    make_office,
    make_trainee,
    make_venue,
    organiser_of,
    plan_session,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def before_the_class():
    set_clock(dt.datetime(2026, 6, 1, 8))


@pytest.fixture
def host():
    return make_office("HOST")


def sentences(course):
    """What is missing, in English, so that the test does not lean on the catalogue."""
    from django.utils.translation import override

    with override("en"):
        return [note.text for note in notes(course, facts_of([course])[course.pk])]


def test_a_new_class_misses_everything_in_words(host):
    assert sentences(make_course(host)) == [
        "Not published yet",
        "No half-days yet",
        "No seats given to offices yet",
    ]


def test_half_days_without_hall_or_topic_and_topics_without_half_day_are_counted(host):
    course = make_course(host, state="published")
    block = make_block(course, topics=3)
    plan_session(course, venue=make_venue(host), agenda=[Item(block.topics.first())])
    plan_session(course, hours=AFTERNOON)
    set_seats(course, {host.pk: 3}, actor=SYSTEM)
    # 5 June 2026 is a Friday: a weekend without half-days is not missed.
    assert sentences(course) == [
        "1 half-day without a hall",
        "1 half-day without a topic",
        "2 topics in no half-day",
    ]


def test_working_days_without_half_days_are_counted(host):
    course = make_course(host, state="published", ends_on=dt.date(2026, 6, 9))
    plan_session(course)
    assert sentences(course)[0] == "2 days without a half-day"


def test_offices_that_sent_nobody_are_named_after_the_deadline_unless_they_answered(host):
    course = make_course(host, state="published", registration_deadline=dt.date(2026, 5, 31))
    plan_session(course)
    offices = [make_office(f"P-{n}") for n in range(3)]
    set_seats(course, {office.pk: 2 for office in offices}, actor=SYSTEM)
    register(course, make_trainee(offices[0]), actor=SYSTEM)
    OfficeAnswer.objects.filter(office=offices[1]).update(state="sends_nobody")
    assert "The deadline has passed and 1 office has not sent anybody" in sentences(course)
    assert [row.office.code for row in overview(course).offices.rows if row.silent] == ["P-2"]
    set_clock(dt.datetime(2026, 5, 31, 23))
    assert not any("has passed" in sentence for sentence in sentences(course))


def test_what_is_due_on_the_days_of_a_class(host):
    course = make_course(host, state="published", ends_on=FIRST_DAY)
    plan_session(course)
    set_clock(dt.datetime(2026, 6, 5, 7))
    assert sentences(course)[0] == "The first day has come: begin the class"
    course.state = "running"
    course.save()
    assert "The last half-day is over: conclude the class" not in sentences(course)
    set_clock(dt.datetime(2026, 6, 5, 11))
    assert sentences(course)[0] == "The last half-day is over: conclude the class"


def test_a_complete_class_misses_nothing(host):
    course = make_course(host, state="published", ends_on=FIRST_DAY)
    block = make_block(course)
    plan_session(course, venue=make_venue(host), agenda=[Item(block.topics.get())])
    set_seats(course, {host.pk: 3}, actor=SYSTEM)
    assert sentences(course) == []


def test_withdrawn_people_and_cancelled_half_days_do_not_count(host):
    course = make_course(host)
    plan_session(course, state="cancelled")
    withdraw(register(course, make_trainee(host), actor=SYSTEM), actor=SYSTEM)
    facts = facts_of([course])[course.pk]
    assert (facts.total, facts.held, facts.next_session) == (0, [], None)


def test_the_next_half_day_is_the_one_going_on_or_coming(host):
    course = make_course(host)
    morning, afternoon = plan_session(course), plan_session(course, hours=AFTERNOON)
    set_clock(dt.datetime(2026, 6, 5, 10, 59))
    assert facts_of([course])[course.pk].next_session == morning
    set_clock(dt.datetime(2026, 6, 5, 11))
    assert facts_of([course])[course.pk].next_session == afternoon


def test_the_week_holds_own_open_classes_only(host):
    make_course(host, "CUA-MINH")
    make_course(host, "XONG", state="concluded")
    make_course(make_office("OTHER"), "CUA-NGUOI")
    assert [card.course.code for card in week(organiser_of(host))] == ["CUA-MINH"]
    assert {card.course.code for card in week(SYSTEM)} == {"CUA-MINH", "CUA-NGUOI"}
    assert week(Actor("nobody")) == []


def test_lists_that_are_due_are_counted_the_day_before_and_on_the_day(host):
    course = make_course(host, state="published", registration_deadline=dt.date(2026, 6, 2))
    offices = [make_office(f"P-{n}") for n in range(3)]
    set_seats(course, {office.pk: 2 for office in offices}, actor=SYSTEM)
    register(course, make_trainee(offices[0]), actor=SYSTEM)
    OfficeAnswer.objects.filter(office=offices[1]).update(state="sent")
    due = "The deadline is %s and the lists of 2 offices are missing"
    found = []
    for day in (dt.datetime(2026, 5, 31, 23), dt.datetime(2026, 6, 1, 0), dt.datetime(2026, 6, 2, 23)):
        set_clock(day)
        found.append([sentence for sentence in sentences(course) if "deadline" in sentence])
    assert found == [[], [due % "tomorrow"], [due % "today"]]


def test_a_list_that_is_not_final_is_named_from_three_days_before_the_class(host):
    course = make_course(host, state="published")
    register(course, make_trainee(host), actor=SYSTEM)
    found = []
    for day in (1, 2, 5):
        set_clock(dt.datetime(2026, 6, day, 8))
        found.append([sentence for sentence in sentences(course) if "final" in sentence])
    assert found == [[], ["The class begins soon: make the list final"], ["The list is not final yet"]]
    finalise_list(course, actor=SYSTEM)
    course.refresh_from_db()
    assert not any("final" in sentence for sentence in sentences(course))


def test_people_who_wait_to_be_confirmed_are_counted(host):
    course = make_course(host, state="published")
    register(course, make_trainee(host), actor=SYSTEM)
    Registration.objects.update(state="nominated")
    assert "1 person waits to be confirmed" in sentences(course)


def test_seats_of_blocks_alone_count_as_seats(host):
    course = make_course(host, state="published", registration_deadline=dt.date(2026, 6, 1))
    set_seats(course, {host.pk: 2}, actor=SYSTEM, block=make_block(course, "A"))
    set_seats(course, {host.pk: 3}, actor=SYSTEM, block=make_block(course, "B"))
    assert facts_of([course])[course.pk].seats == {host.pk: 3}
    set_seats(course, {host.pk: 1}, actor=SYSTEM)
    assert facts_of([course])[course.pk].seats == {host.pk: 1}


def test_the_week_says_what_changed_and_offers_the_next_half_day_to_be_changed_by_who_may(host):
    morning, _afternoon = (
        plan_session(make_course(host, code, state=CourseState.PUBLISHED), hours=hours)
        for code, hours in (
            ("SANG", MORNING),
            ("CHIEU", AFTERNOON),
        )
    )
    set_clock(dt.datetime.combine(FIRST_DAY, dt.time(6, 30)))
    reschedule_session(morning, actor=SYSTEM, why="Mưa", date=FIRST_DAY, begins=dt.time(8), ends=dt.time(11))
    cards = {card.course.code: card for card in week(organiser_of(host))}
    assert {code: len(card.facts.changes) for code, card in cards.items()} == {"SANG": 1, "CHIEU": 0}
    with translation.override("en"):
        assert {code: card.change_words for code, card in cards.items()} == {
            "SANG": "Change this morning",
            "CHIEU": "Change this afternoon",
        }
    officer = Actor("user", user_id=organiser_of(host).user_id, certifies=frozenset({host.pk}))
    assert [card.change_words for card in week(officer)] == ["", ""]
    set_clock(dt.datetime.combine(FIRST_DAY - dt.timedelta(days=1), dt.time(6, 30)))
    assert all("05/06" in card.change_words for card in week(organiser_of(host)))
    set_clock(dt.datetime.combine(FIRST_DAY, dt.time(18)))
    assert [card.change_words for card in week(organiser_of(host))] == ["", ""]

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from time import sleep

import pytest
from django.db import connection, transaction

from courses.constants.actors import SYSTEM
from courses.constants.errors import Refusal
from courses.models import Place, Session, Topic
from courses.services.schedule import Item, Where, add_day, delete_session, next_day, set_session
from courses.tests.planning import (
    AFTERNOON,
    FIRST_DAY,
    MORNING,
    make_block,
    make_course,
    make_office,
    make_speaker,
    make_venue,
    organiser_of,
    plan_session,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def host():
    return make_office("HOST")


def test_a_venue_is_never_at_two_half_days_at_once_and_the_clash_is_named(host):
    """Fails without `_check_resources`."""
    hall = make_venue(host)
    plan_session(make_course(host, "LOP-1"), venue=hall)
    with pytest.raises(Refusal) as refused:
        plan_session(make_course(host, "LOP-2"), venue=hall, actor=organiser_of(host))
    assert "Hội trường A" in refused.value.sentence
    assert "LOP-1 – Lớp thử LOP-1" in refused.value.sentence
    assert "05/06/2026" in refused.value.sentence
    assert "07:30–11:00" in refused.value.sentence
    assert Session.objects.filter(course__code="LOP-2").count() == 0


def test_a_speaker_is_never_at_two_half_days_at_once_not_even_of_one_class(host):
    speaker, course = make_speaker(host), make_course(host)
    a, b = make_block(course, "A"), make_block(course, "B")
    plan_session(course, speaker=speaker, blocks=[a])
    with pytest.raises(Refusal, match="Người Nói Thử"):
        plan_session(course, speaker=speaker, blocks=[b])


def test_the_class_of_another_host_is_not_named(host):
    hall = make_venue(host)
    plan_session(make_course(make_office("OTHER"), "KIN"), venue=hall)
    with pytest.raises(Refusal) as refused:
        plan_session(make_course(host, "LOP-2"), venue=hall, actor=organiser_of(host))
    assert "KIN" not in refused.value.sentence
    assert "05/06/2026" in refused.value.sentence


def test_moving_a_half_day_onto_another_is_refused_without_naming_places_again(host):
    hall = make_venue(host)
    plan_session(make_course(host, "LOP-1"), venue=hall)
    later = plan_session(make_course(host, "LOP-2"), venue=hall, hours=AFTERNOON)
    with pytest.raises(Refusal):
        set_session(later, actor=SYSTEM, date=FIRST_DAY, begins=dt.time(10, 59), ends=dt.time(12))
    later.refresh_from_db()
    assert later.starts_at.hour == 6  # 13:30 in Việt Nam


def test_half_days_that_touch_do_not_clash(host):
    hall = make_venue(host)
    plan_session(make_course(host, "LOP-1"), venue=hall, hours=(dt.time(7), dt.time(9)))
    plan_session(make_course(host, "LOP-2"), venue=hall, hours=(dt.time(9), dt.time(11)))
    assert Session.objects.count() == 2


def test_a_cancelled_half_day_frees_its_hall_and_is_never_required(host):
    hall = make_venue(host)
    first = plan_session(make_course(host, "LOP-1"), venue=hall)
    set_session(first, actor=SYSTEM, state="cancelled", required=True)
    first.refresh_from_db()
    assert not first.required
    plan_session(make_course(host, "LOP-2"), venue=hall)


def test_a_half_day_outside_the_days_of_its_class_is_refused(host):
    course = make_course(host)
    with pytest.raises(Refusal, match="08/06/2026"):
        plan_session(course, day=dt.date(2026, 6, 8))


def test_two_half_days_at_once_for_a_shared_block_are_refused_and_for_two_blocks_not(host):
    course = make_course(host)
    a, b = make_block(course, "A"), make_block(course, "B")
    plan_session(course, blocks=[a])
    plan_session(course, blocks=[b])
    for blocks in ([a], []):
        with pytest.raises(Refusal):
            plan_session(course, blocks=blocks)


def test_topics_and_blocks_of_another_class_are_refused(host):
    course, other = make_course(host), make_course(host, "LOP-2")
    foreign = make_block(other)
    with pytest.raises(Refusal):
        plan_session(course, blocks=[foreign])
    with pytest.raises(Refusal):
        plan_session(course, agenda=[Item(foreign.topics.get())])


def test_nothing_of_a_concluded_class_is_planned(host):
    course = make_course(host, state="concluded")
    with pytest.raises(Refusal):
        plan_session(course)
    with pytest.raises(Refusal):
        add_day(course, day=FIRST_DAY, actor=SYSTEM)


def test_a_change_that_people_must_hear_of_raises_the_sequence_and_others_do_not(host):
    session = plan_session(make_course(host), venue=make_venue(host))
    set_session(session, actor=SYSTEM, note="Mang theo tài liệu")
    session.refresh_from_db()
    assert session.sequence == 0
    set_session(session, actor=SYSTEM, places=[Where(make_venue(host, "Hội trường B"))])
    session.refresh_from_db()
    assert session.sequence == 1
    set_session(session, actor=SYSTEM, date=FIRST_DAY, begins=dt.time(8), ends=dt.time(11))
    session.refresh_from_db()
    assert session.sequence == 2


def test_half_days_are_named_morning_and_afternoon_by_their_hours(host):
    course = make_course(host)
    assert plan_session(course).half == "morning"
    assert plan_session(course, hours=AFTERNOON).half == "afternoon"


def test_add_a_day_makes_two_half_days_after_the_last_and_the_class_longer(host):
    course, hall = make_course(host, ends_on=FIRST_DAY), make_venue(host)
    assert next_day(course) == FIRST_DAY
    plan_session(course, venue=hall)
    made, taken = add_day(course, day=next_day(course), actor=SYSTEM)
    assert taken == []
    assert [(s.date.day, s.half, s.starts_at.strftime("%H:%M"), s.ends_at.strftime("%H:%M")) for s in made] == [
        (6, "morning", "07:30", "11:00"),
        (6, "afternoon", "13:30", "17:00"),
    ]
    assert [p.venue for p in made[0].places.all()] == [hall]
    course.refresh_from_db()
    assert course.ends_on == dt.date(2026, 6, 6)


def test_adding_the_same_day_twice_adds_it_once(host):
    course = make_course(host)
    add_day(course, day=FIRST_DAY, actor=SYSTEM)
    assert add_day(course, day=FIRST_DAY, actor=SYSTEM) == ([], [])
    assert course.sessions.count() == 2


def test_a_day_is_added_without_the_hall_that_is_taken(host):
    course, hall = make_course(host), make_venue(host)
    plan_session(course, venue=hall)
    next_morning = FIRST_DAY + dt.timedelta(days=1)
    plan_session(make_course(host, "LOP-2"), venue=hall, day=next_morning)
    made, taken = add_day(course, day=next_morning, actor=organiser_of(host))
    assert len(made) == 2
    assert len(taken) == 1
    assert "LOP-2" in taken[0]
    assert not made[0].places.exists()


def test_a_half_day_is_deleted_only_while_the_class_is_open(host):
    course = make_course(host)
    first, second = plan_session(course), plan_session(course, hours=AFTERNOON)
    delete_session(first, actor=SYSTEM)
    assert list(course.sessions.all()) == [second]
    type(course).objects.update(state="concluded")
    with pytest.raises(Refusal):
        delete_session(second, actor=SYSTEM)


def at_once(*calls):
    """Runs the calls in threads that start together; returns "done" or the refusal of each."""
    barrier = Barrier(len(calls))

    def run(call):
        try:
            barrier.wait()
            call()
            return "done"
        except Refusal as refusal:
            return refusal.sentence
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
def test_of_two_classes_that_take_one_hall_at_the_same_moment_one_is_refused(host):
    """Fails on PostgreSQL without the lock on the venue: the second would not see what the first has yet to commit."""
    hall, speaker = make_venue(host), make_speaker(host)
    first, second = make_course(host, "LOP-1"), make_course(host, "LOP-2")
    for course in (first, second):
        make_block(course)
    written = Event()

    def write_and_linger():
        with transaction.atomic():
            plan_session(first, venue=hall, speaker=speaker)
            written.set()
            sleep(0.5)

    def write_meanwhile():
        written.wait(5)
        plan_session(second, venue=hall, speaker=speaker)

    answers = at_once(write_and_linger, write_meanwhile)
    assert answers[0] == "done"
    assert "Hội trường A" in answers[1]
    assert Place.objects.filter(venue=hall).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_classes_that_swap_halls_at_the_same_moment_do_not_wait_for_each_other():
    """A deadlock would raise here. One statement locks both halls, so that without an order it is rare, not sure."""
    host = make_office("HOST")
    first, second = make_venue(host, "Một"), make_venue(host, "Hai")
    sessions = [
        plan_session(make_course(host, f"LOP-{n}"), venue=hall, hours=hours)
        for n, (hall, hours) in enumerate([(first, MORNING), (second, AFTERNOON)])
    ]
    halls = ([Where(first), Where(second)], [Where(second), Where(first)])
    for _round in range(5):
        answers = at_once(
            *(lambda s=s, h=h: set_session(s, actor=SYSTEM, places=h) for s, h in zip(sessions, halls, strict=True))
        )
        assert answers == ["done", "done"]
    assert Topic.objects.count() == 0

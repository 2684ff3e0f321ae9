import datetime as dt

import pytest

from courses.constants.actors import SYSTEM
from courses.constants.clock import set_clock
from courses.constants.errors import Refusal
from courses.models import ActionLog, Course, OfficeAnswer, Registration, Seats
from courses.services.final_list import finalise_list
from courses.services.plan import archive, conclude, copy_course, publish, save_course, start
from courses.services.registrations import register
from courses.services.seats import set_seats
from courses.tests.planning import (
    AFTERNOON,
    FIRST_DAY,
    make_block,
    make_course,
    make_office,
    make_speaker,
    make_trainee,
    make_venue,
    organiser_of,
    plan_session,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def host():
    return make_office("HOST")


def states_logged():
    return [entry.changes["state"] for entry in ActionLog.objects.filter(changes__has_key="state").order_by("pk")]


def test_a_class_goes_forward_step_by_step_and_each_step_is_logged_once(host):
    course = make_course(host)
    plan_session(course)
    set_clock(dt.datetime(2026, 6, 7, 18))
    for step in (publish, start, conclude, archive):
        step(course, actor=SYSTEM)
        step(course, actor=SYSTEM)
    course.refresh_from_db()
    assert course.state == "archived"
    assert states_logged() == [
        ["draft", "published"],
        ["published", "running"],
        ["running", "concluded"],
        ["concluded", "archived"],
    ]


def test_a_class_never_goes_back_and_skips_no_step(host):
    course = make_course(host, state="running")
    assert publish(course, actor=SYSTEM).state == "running"
    with pytest.raises(Refusal):
        archive(course, actor=SYSTEM)
    with pytest.raises(Refusal):
        conclude(make_course(host, "LOP-2"), actor=SYSTEM)


def test_a_class_without_a_half_day_is_not_published(host):
    with pytest.raises(Refusal):
        publish(make_course(host), actor=SYSTEM)


def test_a_class_is_not_under_way_before_its_first_day_nor_concluded_before_its_last_half_day(host):
    course = make_course(host, state="published")
    plan_session(course, hours=AFTERNOON)
    set_clock(dt.datetime(2026, 6, 4, 23, 59))
    with pytest.raises(Refusal, match="05/06/2026"):
        start(course, actor=SYSTEM)
    set_clock(dt.datetime(2026, 6, 5, 16, 59))
    start(course, actor=SYSTEM)
    with pytest.raises(Refusal):
        conclude(course, actor=SYSTEM)


def test_seats_are_given_changed_and_taken_away_with_an_answer_for_the_letter(host):
    course, office = make_course(host), make_office("P-NV")
    set_seats(course, {office.pk: 3}, actor=SYSTEM)
    set_seats(course, {office.pk: 3}, actor=SYSTEM)
    assert OfficeAnswer.objects.get().office == office
    assert ActionLog.objects.filter(action="seats").count() == 1
    set_seats(course, {office.pk: None}, actor=SYSTEM)
    assert not Seats.objects.exists()


def test_seats_and_size_never_fall_below_those_registered(host):
    course, office = make_course(host), make_office("P-NV")
    for number in range(2):
        register(course, make_trainee(office, f"Trần Thử {number}"), actor=SYSTEM)
    with pytest.raises(Refusal, match="2"):
        set_seats(course, {office.pk: 1}, actor=SYSTEM)
    course.capacity = 1
    with pytest.raises(Refusal, match="2"):
        save_course(course, actor=SYSTEM)


def test_a_concluded_class_keeps_its_seats_and_its_plan(host):
    course = make_course(host, state="concluded")
    with pytest.raises(Refusal):
        set_seats(course, {host.pk: 1}, actor=SYSTEM)
    with pytest.raises(Refusal):
        save_course(course, actor=SYSTEM)


def test_the_days_of_a_class_cannot_leave_a_half_day_outside(host):
    course = make_course(host)
    plan_session(course)
    course.starts_on = FIRST_DAY + dt.timedelta(days=1)
    with pytest.raises(Refusal, match="05/06/2026"):
        save_course(course, actor=SYSTEM)


def test_a_class_is_planned_only_for_own_offices_and_only_while_they_exist(host):
    ended = make_office("ENDED", valid_to=dt.date(2026, 6, 1))
    actor = organiser_of(host, ended)
    for office in (make_office("OTHER"), ended):
        with pytest.raises(Refusal):
            save_course(
                Course(code="X", title="X", host_office=office, starts_on=FIRST_DAY, ends_on=FIRST_DAY), actor=actor
            )
    assert not Course.objects.exists()


def full_class(host):
    course = make_course(host, registration_deadline=dt.date(2026, 5, 25), capacity=60)
    block = make_block(course, "A", topics=2)
    plan_session(course, venue=make_venue(host), speaker=make_speaker(host), blocks=[block], periods=5)
    plan_session(course, hours=AFTERNOON, state="cancelled")
    set_seats(course, {host.pk: 4, make_office("GONE", valid_to=dt.date(2026, 7, 1)).pk: 2}, actor=SYSTEM)
    register(course, make_trainee(host), actor=SYSTEM)
    return course


def test_a_copy_takes_the_plan_with_all_dates_moved_and_leaves_the_people(host):
    course = full_class(host)
    copy = copy_course(course, code="LOP-2", starts_on=dt.date(2026, 7, 6), actor=SYSTEM)
    assert copy.state == "draft"
    assert (copy.starts_on, copy.ends_on) == (dt.date(2026, 7, 6), dt.date(2026, 7, 8))
    assert copy.registration_deadline == dt.date(2026, 6, 25)
    session = copy.sessions.get()
    assert (session.date, session.periods, session.half) == (dt.date(2026, 7, 6), 5, "morning")
    assert session.starts_at - course.sessions.first().starts_at == dt.timedelta(days=31)
    assert [b.course for b in session.blocks.all()] == [copy]
    assert [(i.topic.title, i.topic.block.course, i.speaker.full_name) for i in session.agenda.all()] == [
        ("Chuyên đề A1", copy, "Người Nói Thử")
    ]
    assert session.places.get().venue.name == "Hội trường A"
    assert copy.blocks.get().topics.count() == 2
    assert [(row.office, row.number) for row in copy.seats.all()] == [(host, 4)]
    assert not Registration.objects.filter(course=copy).exists()


def test_a_copy_onto_the_same_days_is_refused_with_the_clash_named_and_leaves_nothing(host):
    course = full_class(host)
    with pytest.raises(Refusal, match="Hội trường A"):
        copy_course(course, code="LOP-2", starts_on=FIRST_DAY, actor=SYSTEM)
    assert Course.objects.count() == 1


def test_a_copy_with_a_code_that_is_taken_is_refused(host):
    course = full_class(host)
    with pytest.raises(Refusal, match="LOP-1"):
        copy_course(course, code="LOP-1", starts_on=dt.date(2026, 7, 6), actor=SYSTEM)


def test_a_form_that_was_read_before_the_list_became_final_leaves_it_final(host):
    """Fails when the whole row is written."""
    course = make_course(host)
    plan_session(course)
    register(course, make_trainee(host, "Ngô Thử An"), actor=SYSTEM)
    form = Course.objects.get(pk=course.pk)
    publish(course, actor=SYSTEM)
    finalise_list(course, actor=SYSTEM, confirm_rest=True)
    form.title = "Tên sửa"
    saved = save_course(form, actor=SYSTEM)
    kept = Course.objects.get(pk=course.pk)
    assert (kept.title, kept.state, kept.list_final_at is None) == ("Tên sửa", "published", False)
    assert (saved.state, saved.list_final_at) == (kept.state, kept.list_final_at)


def test_code_and_host_of_a_class_that_was_published_meanwhile_stay(host):
    """The form offered both, for it was made while the class was a draft."""
    course = make_course(host)
    plan_session(course)
    publish(course, actor=SYSTEM)
    for change in ({"code": "LOP-9"}, {"host_office": make_office("OTHER")}):
        form = Course.objects.get(pk=course.pk)
        for field, value in change.items():
            setattr(form, field, value)
        with pytest.raises(Refusal):
            save_course(form, actor=SYSTEM)

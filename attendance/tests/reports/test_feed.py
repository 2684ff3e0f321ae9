"""The feed is read by vobject, which had no part in writing it."""

import datetime as dt
from contextlib import suppress

import pytest
import vobject
from django.urls import reverse

from attendance.reports.feed import feed_of
from attendance.services.merging import merge_trainees, undo_merge
from attendance.tests.records import Class
from courses.constants import links
from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import CourseState
from courses.constants.clock import now, set_clock
from courses.constants.errors import Refusal
from courses.models import Course, Registration, Session, Trainee
from courses.rendering.calendar import own_calendar
from courses.services.links import renew_feed, renew_trainee_link
from courses.services.nominations import replace
from courses.services.places import assign_places
from courses.services.plan import archive, conclude, publish, start
from courses.services.registrations import register, set_blocks, withdraw
from courses.services.schedule import Where, at, delete_session, reschedule_session, set_session
from courses.services.stand_ins import end_stand_in, stand_in
from courses.tests.planning import FIRST_DAY, make_venue, organiser_of

pytestmark = pytest.mark.django_db
NEXT_DAY = FIRST_DAY + dt.timedelta(days=1)
BEFORE = at(FIRST_DAY - dt.timedelta(days=7), dt.time(9))


@pytest.fixture
def lop():
    """A class that is a week ahead."""
    made = Class()
    set_clock(BEFORE)
    return made


def read_of(trainee):
    return own_calendar(feed_of(Actor("trainee", trainee_id=trainee.pk), now())).decode()


def events(trainee):
    """{key of the half-day: event}, as vobject reads them."""
    read = vobject.readOne(read_of(trainee))
    found = {int(event.uid.value.split("@")[0].rsplit("-", 1)[1]): event for event in read.contents.get("vevent", [])}
    assert len(found) == len(read.contents.get("vevent", []))
    return found


def told(event):
    """(begins, ends, status, sequence) with moments in UTC."""
    moments = [moment.value.astimezone(dt.UTC) for moment in (event.dtstart, event.dtend)]
    return *moments, event.status.value, int(event.sequence.value)


def states(trainee, sessions):
    found = events(trainee)
    return [found[session.pk].status.value if session.pk in found else "" for session in sessions]


def written_in_the_past():
    """People were registered before anything else happened, by the clock of the test."""
    Registration.objects.update(created_at=BEFORE, updated_at=BEFORE)


def written_at(moment, **which):
    """Sets when registrations were written, by the clock of the test."""
    Registration.objects.filter(**which).update(updated_at=moment)


def test_the_feed_holds_the_half_days_that_a_person_owes_in_every_class_and_no_draft(lop):
    [person] = lop.people(1, blocks=[lop.b])
    more, draft = Class(lop.host, "LOP-2"), Class(lop.host, "LOP-3")
    set_clock(BEFORE)
    for other in (more, draft):
        register(other.course, person.trainee, actor=other.organiser)
    Course.objects.filter(pk=draft.course.pk).update(state=CourseState.DRAFT)
    assert set(events(person.trainee)) == {s.pk for s in [lop.general, lop.second, *more.sessions]}
    for state in (CourseState.CONCLUDED, CourseState.ARCHIVED):
        Course.objects.filter(pk=more.course.pk).update(state=state)
        assert len(events(person.trainee)) == 5


def test_it_says_when_and_where_and_names_nobody_and_no_topic(lop):
    [person] = lop.people(1, phone="0900000001")
    venue = make_venue(lop.host)
    set_session(lop.general, actor=lop.organiser, places=[Where(venue)])
    read = vobject.readOne(read_of(person.trainee))
    event = events(person.trainee)[lop.general.pk]
    assert told(event)[:3] == (lop.general.starts_at, lop.general.ends_at, "CONFIRMED")
    assert event.dtstart.value.utcoffset() == dt.timedelta(hours=7)
    assert event.dtstart.params["X-VOBJ-ORIGINAL-TZID"] == ["Asia/Ho_Chi_Minh"]
    assert read.vtimezone.tzid.value == "Asia/Ho_Chi_Minh"
    assert (event.location.value, event.summary.value) == (venue.name, f"Buổi sáng 05/06/2026: {lop.course.title}")
    assert (read.refresh_interval.value, read.x_published_ttl.value) == ("PT1H", "PT1H")
    text = read_of(person.trainee).replace("\r\n ", "")
    for words in (
        person.trainee.full_name,
        person.office_name,
        "0900000001",
        "Chuyên đề",
        links.pass_code(person.pk, 1),
    ):
        assert words not in text


def test_a_half_day_has_the_same_id_as_in_the_file_of_its_class(lop, client):
    """Whoever adds both has each half-day once."""
    [person] = lop.people(1)
    of_class = vobject.readOne(client.get(reverse("courses:calendar", args=[lop.course.code])).content.decode())
    own = events(person.trainee)
    assert {event.uid.value for event in of_class.vevent_list} == {event.uid.value for event in own.values()}


def test_a_move_a_cancellation_and_a_cancellation_taken_back_each_raise_the_sequence(lop):
    [person] = lop.people(1)
    seen = [told(events(person.trainee)[lop.general.pk])]
    hours = {"date": NEXT_DAY, "begins": dt.time(13), "ends": dt.time(16)}
    for change in (hours, {"cancelled": True}, {**hours, "begins": dt.time(14)}):
        reschedule_session(lop.general, actor=lop.organiser, why="mưa lớn", **change)
        seen.append(told(events(person.trainee)[lop.general.pk]))
    assert [status for *_moments, status, _sequence in seen] == ["CONFIRMED", "CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert [seen[n + 1][3] > seen[n][3] for n in range(3)] == [True] * 3
    assert [begins.hour for begins, *_rest in seen] == [0, 6, 6, 7]
    others = events(person.trainee)
    assert {told(others[session.pk])[2] for session in (lop.first, lop.second)} == {"CONFIRMED"}
    assert events(person.trainee)[lop.general.pk].summary.value.startswith("Buổi chiều 06/06/2026")


def test_another_place_for_the_person_alone_is_told_and_raises_the_sequence(lop):
    person, other = lop.people(2)
    hall, site = make_venue(lop.host), make_venue(lop.host, "Điểm cầu Thử")
    set_session(lop.general, actor=lop.organiser, places=[Where(hall), Where(site)])
    written_at(BEFORE - dt.timedelta(days=1))
    before = {who.pk: events(who.trainee)[lop.general.pk] for who in (person, other)}
    assign_places(lop.course, lop.general.places.get(venue=site), people=[person.pk], actor=lop.organiser)
    after = {who.pk: events(who.trainee)[lop.general.pk] for who in (person, other)}
    assert [event.location.value for event in before.values()] == [hall.name, hall.name]
    assert [event.location.value for event in after.values()] == [site.name, hall.name]
    risen = [told(after[who.pk])[3] > told(before[who.pk])[3] for who in (person, other)]
    # Moments before 2026 and those of today's rows alike: only what was written since counts.
    assert risen == [True, False]


def test_who_is_withdrawn_is_told_that_what_was_to_come_is_cancelled_for_some_weeks(lop):
    [person] = lop.people(1)
    written_at(BEFORE)  # rows are written by another clock than that of a test
    first = told(events(person.trainee)[lop.second.pk])
    withdraw(person, actor=lop.organiser)
    left_at = lop.general.ends_at + dt.timedelta(hours=1)
    written_at(left_at)
    set_clock(left_at)
    assert states(person.trainee, lop.sessions) == ["", "CANCELLED", "CANCELLED"]
    set_clock(left_at + dt.timedelta(weeks=6))
    assert states(person.trainee, lop.sessions) == ["", "", ""]
    set_clock(left_at)
    register(lop.course, person.trainee, actor=lop.organiser)
    assert states(person.trainee, lop.sessions) == ["CONFIRMED"] * 3
    assert told(events(person.trainee)[lop.second.pk])[3] > first[3]


def test_who_is_replaced_under_way_keeps_what_was_attended_and_the_other_gets_the_rest(lop):
    person, new = lop.people(1)[0], Trainee.objects.create(
        full_name="Ngô Thử Mới", given_name="Mới", office=lop.ward, sort_key="1", search_key="ngo thu moi"
    )  # fmt: skip
    replace(person, by=new, actor=lop.organiser, why="ốm", begins_with=lop.second)
    written_at(lop.first.starts_at, pk=person.pk)
    set_clock(lop.first.starts_at)
    assert states(person.trainee, lop.sessions) == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert states(new, lop.sessions) == ["", "", "CONFIRMED"]


def test_a_stand_in_has_the_half_days_stood_in_for_and_is_told_which_are_taken_away(lop):
    person, other = lop.people(1)[0], lop.people(1, office=lop.other_ward)[0]
    withdraw(other, actor=lop.organiser)
    written_at(BEFORE - dt.timedelta(weeks=7), pk=other.pk)
    there = stand_in(person, by=other.trainee, sessions=[lop.general, lop.second], actor=lop.organiser, why="họp")
    assert states(other.trainee, lop.sessions) == ["CONFIRMED", "", "CONFIRMED"]
    end_stand_in(there, lop.second, actor=lop.organiser)
    assert states(other.trainee, lop.sessions) == ["CONFIRMED", "", "CANCELLED"]
    end_stand_in(there, lop.general, actor=lop.organiser)
    assert states(other.trainee, lop.sessions) == ["CANCELLED", "", "CANCELLED"]


def test_who_owes_other_blocks_is_told_that_the_half_days_of_the_old_ones_are_cancelled_for_some_weeks(lop):
    """Take the log out of `set_blocks` and they vanish, which no calendar that has them ever hears of."""
    [person] = lop.people(1)
    written_in_the_past()
    assert states(person.trainee, lop.sessions) == ["CONFIRMED"] * 3
    first = told(events(person.trainee)[lop.second.pk])
    later = BEFORE + dt.timedelta(minutes=5)
    set_clock(later)
    set_blocks(person, [lop.a], actor=lop.organiser)
    assert states(person.trainee, lop.sessions) == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert told(events(person.trainee)[lop.second.pk])[3] > first[3]
    set_blocks(person, [], actor=lop.organiser)
    assert states(person.trainee, lop.sessions) == ["CONFIRMED"] * 3
    set_blocks(person, [lop.b], actor=lop.organiser)
    assert states(person.trainee, lop.sessions) == ["CONFIRMED", "CANCELLED", "CONFIRMED"]
    set_clock(later + dt.timedelta(weeks=6, minutes=1))
    assert states(person.trainee, lop.sessions) == ["CONFIRMED", "", "CONFIRMED"]


def test_a_half_day_that_serves_other_blocks_is_cancelled_for_those_who_had_it_and_for_nobody_else(lop):
    """Take the log out of `planned` and it vanishes from the calendar of whoever owes the old block."""
    of_a, of_b = lop.people(1, blocks=[lop.a])[0], lop.people(1, blocks=[lop.b])[0]
    written_in_the_past()
    first = told(events(of_b.trainee)[lop.second.pk])
    set_clock(BEFORE + dt.timedelta(minutes=5))
    set_session(lop.second, actor=lop.organiser, blocks=[lop.a])
    assert states(of_b.trainee, lop.sessions) == ["CONFIRMED", "", "CANCELLED"]
    assert states(of_a.trainee, lop.sessions) == ["CONFIRMED"] * 3
    assert told(events(of_b.trainee)[lop.second.pk])[3] > first[3]
    set_clock(BEFORE + dt.timedelta(minutes=10))
    [late] = lop.people(1, blocks=[lop.b])
    Registration.objects.filter(pk=late.pk).update(created_at=BEFORE + dt.timedelta(minutes=10))
    assert states(late.trainee, lop.sessions) == ["CONFIRMED", "", ""]


def test_half_days_that_came_by_a_merge_are_cancelled_when_it_is_taken_back(lop):
    """Take the log out of `_part` and they vanish."""
    [person], [twin] = lop.people(1, blocks=[lop.a]), lop.people(1, blocks=[lop.b])
    written_in_the_past()
    set_clock(BEFORE + dt.timedelta(minutes=5))
    organiser = organiser_of(lop.host, lop.ward)
    merge = merge_trainees(person.trainee, twin.trainee, actor=organiser)
    assert states(person.trainee, lop.sessions) == ["CONFIRMED"] * 3
    undo_merge(merge, actor=organiser)
    assert states(person.trainee, lop.sessions) == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_a_half_day_that_is_over_is_not_told_as_cancelled_when_blocks_change(lop):
    [person] = lop.people(1)
    written_in_the_past()
    set_clock(lop.first.ends_at)
    set_blocks(person, [lop.b], actor=lop.organiser)
    assert states(person.trainee, lop.sessions) == ["CONFIRMED", "", "CONFIRMED"]


def test_what_was_planned_otherwise_while_the_class_was_a_draft_is_in_no_feed(lop):
    """A half-day that was deleted then, and blocks that were others then: no calendar knows of them."""
    Course.objects.update(state=CourseState.DRAFT)
    [person] = lop.people(1)
    written_in_the_past()
    assert events(person.trainee) == {}
    set_blocks(person, [lop.b], actor=lop.organiser)
    delete_session(lop.general, actor=lop.organiser)
    assert events(person.trainee) == {}
    publish(lop.course, actor=lop.organiser)
    assert states(person.trainee, [lop.first, lop.second]) == ["", "CONFIRMED"]
    assert set(events(person.trainee)) == {lop.second.pk}


@pytest.mark.parametrize("state", [state for state in CourseState if state != CourseState.DRAFT])
def test_a_half_day_that_was_in_a_feed_is_never_deleted_and_its_class_never_a_draft_again(lop, state):
    """What `feed` relies on."""
    Course.objects.update(state=state)
    course = Course.objects.get()
    with pytest.raises(Refusal):
        delete_session(Session.objects.get(pk=lop.second.pk), actor=lop.organiser)
    for act in (publish, start, conclude, archive):
        with suppress(Refusal):
            act(course, actor=lop.organiser)
        assert Course.objects.get().state != CourseState.DRAFT


def test_a_renewed_link_takes_the_feed_with_it_and_a_renewed_feed_leaves_the_link(lop):
    [person] = lop.people(1)
    own = {"course": lop.course, "actor": SYSTEM}
    kept = renew_feed(person.trainee, **own)
    assert (kept.link_version, kept.feed_version) == (1, 2)
    kept = renew_trainee_link(person.trainee, **own)
    assert (kept.link_version, kept.feed_version) == (2, 3)


def test_an_empty_feed_is_a_calendar_all_the_same(lop):
    [person] = lop.people(1)
    Session.objects.all().delete()
    assert events(person.trainee) == {}

"""A half-day that is put elsewhere in a hurry, and put back."""

import datetime as dt

import icalendar
import pytest
from django.urls import reverse

from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, PlaceKind
from courses.constants.clock import VIETNAM, set_clock
from courses.constants.errors import Refusal
from courses.models import ActionLog, Course, Place, Registration, Session, SessionChange, Venue
from courses.reports.changes import changes_of
from courses.services.moving import relocate_session, take_back_change
from courses.services.schedule import Where, delete_session, reschedule_session, set_session
from courses.tests.planning import (
    AFTERNOON,
    FIRST_DAY,
    make_course,
    make_office,
    make_trainee,
    make_venue,
    organiser_of,
    plan_session,
)

pytestmark = pytest.mark.django_db
EARLY = dt.datetime.combine(FIRST_DAY, dt.time(6, 30), tzinfo=VIETNAM)


@pytest.fixture
def host():
    set_clock(EARLY)
    return make_office("HOST")


@pytest.fixture
def session(host):
    course = make_course(host)
    session = plan_session(course, venue=make_venue(host))
    Course.objects.update(state=CourseState.PUBLISHED)
    return Session.objects.select_related("course").get(pk=session.pk)


def elsewhere(session, *names, why="Mất điện"):
    places = [Where(Venue(name=name)) for name in names]
    return relocate_session(Session.objects.get(pk=session.pk), places=places, why=why, actor=SYSTEM)


def halls(session) -> list[str]:
    return [str(place) for place in Place.objects.filter(session=session).order_by("order")]


def public_calendar(client) -> list[tuple[int, str, str]]:
    """(SEQUENCE, STATUS, LOCATION) of each event as an independent parser reads it."""
    calendar = icalendar.Calendar.from_ical(client.get("/courses/LOP-1/calendar.ics").content)
    return [(event["SEQUENCE"], event["STATUS"], event.get("LOCATION", "")) for event in calendar.walk("VEVENT")]


def test_another_hall_is_on_the_page_in_the_feed_and_in_the_log_at_once(session, client):
    elsewhere(session, "Hội trường B")
    assert public_calendar(client) == [(1, "CONFIRMED", "Hội trường B")]
    text = client.get("/courses/LOP-1/").content.decode()
    assert 'class="notice warn changes"' in text
    assert text.index("Hội trường A") < text.index("Hội trường B") < text.index("Mất điện")
    [entry] = ActionLog.objects.filter(action="relocate")
    assert entry.changes == {"places": [["Hội trường A"], ["Hội trường B"]], "why": [None, "Mất điện"]}


def test_twice_is_one_change(session):
    elsewhere(session, "Hội trường B")
    elsewhere(session, "hội trường b")
    assert (SessionChange.objects.count(), Session.objects.get().sequence) == (1, 1)
    assert Venue.objects.filter(name__icontains="B").count() == 1


def test_a_hall_that_is_taken_is_named_with_who_has_it_and_nothing_is_left_of_the_try(session, host):
    taken = make_venue(host, "Hội trường B")
    plan_session(make_course(host, "LOP-2"), venue=taken)
    with pytest.raises(Refusal, match=r"Hội trường B.*LOP-2"):
        relocate_session(session, places=[Where(taken)], why="Mất điện", actor=organiser_of(host))
    assert halls(session) == ["Hội trường A"]
    assert SessionChange.objects.count() == 0
    with pytest.raises(Refusal):
        relocate_session(session, places=[Where(Venue(name="Mới")), Where(taken)], why="Mất điện", actor=SYSTEM)
    assert not Venue.objects.filter(name="Mới").exists()


def test_why_and_where_are_said_and_a_long_number_in_them_is_masked(session):
    for places, why in (([Where(Venue(name="B"))], " "), ([], "Mất điện"), ([Where(Venue(name=" "))], "Mất điện")):
        with pytest.raises(Refusal):
            relocate_session(session, places=places, why=why, actor=SYSTEM)
    elsewhere(session, "Nhà ông 093180000123", why="Xem 093180000123")
    [change] = SessionChange.objects.all()
    assert "093180000123" not in f"{change.why} {change.new}"


def test_a_concluded_class_stays_where_it_was(session):
    Course.objects.update(state=CourseState.CONCLUDED)
    with pytest.raises(Refusal):
        elsewhere(session, "Hội trường B")


def test_whoever_sits_in_a_hall_goes_along_to_the_one_that_comes_for_it(session, host):
    """Fails when places are written anew instead of in their rows: the seat would name no place any more."""
    site = make_venue(host, "Điểm cầu B")
    set_session(session, actor=SYSTEM, places=[Where(make_venue(host, "A1")), Where(site, PlaceKind.REMOTE)])
    first, second = Place.objects.order_by("order")
    people = [make_trainee(host, name) for name in ("Ngô Thử Một", "Ngô Thử Hai")]
    one, two = (
        Registration.objects.create(course=session.course, trainee=person, office=host, place=place)
        for person, place in zip(people, (first, second), strict=True)
    )
    places = [Where(Venue(name="C1")), Where(site, PlaceKind.REMOTE)]
    relocate_session(session, places=places, why="Mất điện", actor=SYSTEM)
    assert [str(Registration.objects.get(pk=r.pk).place) for r in (one, two)] == ["C1", "Điểm cầu B"]


@pytest.mark.parametrize("act", ["hall", "hour", "day", "off"])
def test_a_change_is_taken_back_and_all_stands_as_before_while_calendars_hear_of_it(session, client, act):
    before = Session.objects.values("date", "half", "starts_at", "ends_at", "state", "required").get()
    days = Course.objects.values_list("starts_on", "ends_on").get()
    if act == "hall":
        elsewhere(session, "Hội trường B")
    elif act == "off":
        reschedule_session(session, actor=SYSTEM, why="Bão", cancelled=True)
    else:
        day = FIRST_DAY + dt.timedelta(days=5 if act == "day" else 0)
        begins, ends = (dt.time(8), dt.time(11, 30)) if act == "hour" else (dt.time(7, 30), dt.time(11))
        reschedule_session(session, actor=SYSTEM, why="Mưa lớn", date=day, begins=begins, ends=ends)
    assert len(changes_of(Session.objects.all(), EARLY)) == 1
    [change] = SessionChange.objects.all()
    for _twice in range(2):
        take_back_change(change, actor=SYSTEM)
    assert Session.objects.values(*before).get() == before
    assert Course.objects.values_list("starts_on", "ends_on").get() == days
    assert halls(session) == ["Hội trường A"]
    assert public_calendar(client) == [(2, "CONFIRMED", "Hội trường A")]
    assert changes_of(Session.objects.all(), EARLY) == []
    assert ActionLog.objects.filter(action="take back change").count() == 1


def test_what_was_not_to_be_attended_is_not_to_be_attended_again(session):
    set_session(session, actor=SYSTEM, required=False)
    reschedule_session(session, actor=SYSTEM, why="Bão", cancelled=True)
    take_back_change(SessionChange.objects.get(), actor=SYSTEM)
    assert Session.objects.values_list("state", "required").get() == ("planned", False)


def test_only_the_latest_change_is_taken_back_and_not_into_a_hall_that_is_taken_by_now(session, host):
    elsewhere(session, "Hội trường B")
    elsewhere(session, "Hội trường C")
    first, second = SessionChange.objects.order_by("pk")
    with pytest.raises(Refusal, match="thêm lần nữa"):
        take_back_change(first, actor=SYSTEM)
    plan_session(make_course(host, "LOP-2"), venue=Venue.objects.get(name="Hội trường B"))
    with pytest.raises(Refusal, match=r"Hội trường B.*LOP-2"):
        take_back_change(second, actor=SYSTEM)
    assert halls(session) == ["Hội trường C"]


def test_a_class_stays_longer_when_another_half_day_lies_there_by_now(session):
    late = FIRST_DAY + dt.timedelta(days=5)
    reschedule_session(session, actor=SYSTEM, why="Bão", date=late, begins=dt.time(7, 30), ends=dt.time(11))
    plan_session(Course.objects.get(), day=late, hours=AFTERNOON)
    take_back_change(SessionChange.objects.get(), actor=SYSTEM)
    assert Course.objects.get().ends_on == late


def test_a_half_day_that_people_know_of_is_not_deleted_but_cancelled_and_stays_so_in_calendars(session, client):
    with pytest.raises(Refusal):
        delete_session(session, actor=SYSTEM)
    reschedule_session(session, actor=SYSTEM, why="Bão", cancelled=True)
    assert public_calendar(client) == [(1, "CANCELLED", "Hội trường A")]
    assert client.get(reverse("courses:calendar", args=["LOP-1"])).status_code == 200

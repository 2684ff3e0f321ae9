"""People seated in halls and at remote sites. Each refusal fails when its guard is taken out: tried with all four."""

import datetime as dt

import pytest
from django.utils import translation

from courses.constants.choices import CourseState, PlaceKind, RegistrationState
from courses.constants.errors import Refusal
from courses.models import ActionLog, Course, Place, Registration, Session
from courses.reports.places import places_of, seating_of
from courses.services.places import assign_places
from courses.services.registrations import register, withdraw
from courses.services.schedule import Where, delete_session, set_session
from courses.services.stand_ins import stand_in
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


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


class World:
    """Two half-days in a hall and at a remote site; one person of each of two wards, two of a third."""

    def __init__(self):
        self.host = make_office("HOST")
        self.course = make_course(self.host, state=CourseState.RUNNING)
        self.organiser = organiser_of(self.host)
        self.hall, self.site = make_venue(self.host, "Hội trường A"), make_venue(self.host, "Điểm cầu B")
        self.where = [Where(self.hall), Where(self.site, PlaceKind.REMOTE)]
        self.morning = plan_session(self.course, places=self.where)
        self.afternoon = plan_session(self.course, hours=AFTERNOON, places=self.where)
        self.one, self.two = make_office("W1", self.host, order=1), make_office("W2", self.host, order=2)
        names = ((self.one, "Ngô Thử An"), (self.two, "Ngô Thử Bình"), (self.two, "Ngô Thử Châu"))
        self.an, self.binh, self.chau = [
            register(self.course, make_trainee(office, name), actor=self.organiser) for office, name in names
        ]

    def place(self, session, venue) -> Place:
        return session.places.get(venue=venue)

    def assign(self, place, *people, **fields):
        values = {"people": [person.pk for person in people], "actor": self.organiser, **fields}
        return assign_places(self.course, place, **values)


@pytest.fixture
def world():
    return World()


def seated(world) -> dict[str, str]:
    """Who sits at which venue, by given name."""
    rows = Registration.objects.filter(course=world.course, place__isnull=False).order_by("pk")
    return {name.split()[-1]: venue for name, venue in rows.values_list("trainee__full_name", "place__venue__name")}


def test_people_and_whole_offices_are_seated_and_it_is_logged(world):
    site = world.place(world.morning, world.site)
    assert world.assign(site, world.an) == 1
    assert world.assign(site, offices=[world.two.pk]) == 2
    assert seated(world) == dict.fromkeys(("An", "Bình", "Châu"), "Điểm cầu B")
    entry = ActionLog.objects.filter(action="assign places").order_by("-pk").first()
    people = [world.binh.pk, world.chau.pk]
    assert entry.changes == {"place": [None, "Điểm cầu B"], "registrations": people}
    assert (entry.subject_id, entry.course_id) == (world.course.pk, world.course.pk)


def test_twice_is_harmless_also_by_the_same_hall_in_another_half_day(world):
    world.assign(world.place(world.morning, world.site), world.an)
    for session in (world.morning, world.afternoon):
        assert world.assign(world.place(session, world.site), world.an) == 0
    assert ActionLog.objects.filter(action="assign places").count() == 1


def test_people_move_and_are_named_nowhere_again(world):
    world.assign(world.place(world.morning, world.site), world.an, world.binh)
    assert world.assign(world.place(world.morning, world.hall), world.an) == 1
    assert seated(world) == {"An": "Hội trường A", "Bình": "Điểm cầu B"}
    assert world.assign(None, offices=[world.one.pk, world.two.pk]) == 2
    assert seated(world) == {}


def test_a_stand_in_is_seated_like_everybody_else(world):
    there = stand_in(
        world.an,
        by=make_trainee(world.one, "Ngô Thử Thay"),
        sessions=[world.morning],
        actor=world.organiser,
        why="họp",
    )
    world.assign(world.place(world.morning, world.site), there)
    assert seated(world) == {"Thay": "Điểm cầu B"}


def test_only_organisers_only_places_and_people_of_the_class_and_only_until_it_is_concluded(world):
    foreign = plan_session(make_course(world.host, "LOP-2"), day=FIRST_DAY + dt.timedelta(days=1), places=world.where)
    site = world.place(world.morning, world.site)
    with pytest.raises(Refusal, match="Only the organisers"):
        world.assign(site, world.an, actor=organiser_of(make_office("FAR")))
    with pytest.raises(Refusal, match="not one of the class"):
        world.assign(world.place(foreign, world.site), world.an)
    with pytest.raises(Refusal, match="choose the people"):
        world.assign(site)
    withdraw(world.chau, actor=world.organiser)
    for gone in (world.chau, Registration(pk=10**6)):
        with pytest.raises(Refusal, match="not on the list"):
            world.assign(site, world.an, gone)
    Course.objects.update(state=CourseState.CONCLUDED)
    with pytest.raises(Refusal, match="concluded"):
        world.assign(site, world.an)
    assert seated(world) == {}
    assert not ActionLog.objects.filter(action="assign places").exists()


# A half-day changes


def test_a_half_day_that_is_taken_out_takes_nobodys_place_along(world):
    """Fails without `keep_seated`: whoever was seated by its row would sit in the first hall."""
    world.assign(world.place(world.morning, world.site), world.binh)
    Course.objects.update(state=CourseState.DRAFT)
    delete_session(Session.objects.get(pk=world.morning.pk), actor=world.organiser)
    assert seated(world) == {"Bình": "Điểm cầu B"}
    assert Registration.objects.get(pk=world.binh.pk).place.session_id == world.afternoon.pk


def test_halls_written_anew_or_renamed_in_one_half_day_keep_people_where_they_sit(world):
    world.assign(world.place(world.morning, world.site), world.binh)
    set_session(world.morning, actor=world.organiser, places=[Where(world.hall)])
    assert seated(world) == {"Bình": "Điểm cầu B"}
    set_session(world.morning, actor=world.organiser, places=world.where)
    set_session(world.afternoon, actor=world.organiser, places=world.where)
    assert seated(world) == {"Bình": "Điểm cầu B"}
    Registration.objects.filter(pk=world.binh.pk).update(place=world.place(world.morning, world.site))
    for session in (world.morning, world.afternoon):
        set_session(session, actor=world.organiser, places=[Where(world.hall)])
    assert seated(world) == {}


# Reading


def test_the_places_of_a_class_are_its_different_halls_with_who_sits_there(world):
    assert [(str(one.place), one.half_days) for one in places_of(world.course)] == [
        ("Hội trường A", 2),
        ("Điểm cầu B", 2),
    ]
    world.assign(world.place(world.afternoon, world.site), world.binh)
    seating = seating_of(world.course)
    assert [one.people for one in seating.places] == [0, 1]
    assert (seating.unnamed, [one.places for one in seating.offices]) == (2, [{"": 1}, {"Điểm cầu B": 1, "": 1}])


def test_seating_is_needed_where_a_half_day_is_held_at_several_places_at_once(world):
    assert seating_of(world.course).is_needed
    for session, where in ((world.morning, world.where[:1]), (world.afternoon, world.where[1:])):
        set_session(session, actor=world.organiser, places=where)
    assert not seating_of(world.course).is_needed


def test_a_hall_with_more_people_than_it_holds_says_so(world):
    world.hall.capacity = 1
    world.hall.save()
    world.assign(world.place(world.morning, world.hall), world.an, world.binh)
    assert [one.is_over for one in seating_of(world.course).places] == [True, False]


@pytest.mark.parametrize("count", [1, 3])
def test_reading_and_seating_cost_the_same_for_one_person_and_for_three(world, django_assert_num_queries, count):
    people = [world.an, world.binh, world.chau]
    for person in people[count:]:
        Registration.objects.filter(pk=person.pk).update(state=RegistrationState.WITHDRAWN)
    with django_assert_num_queries(2):
        seating_of(world.course)
    with django_assert_num_queries(10):
        world.assign(world.place(world.morning, world.site), *people[:count])

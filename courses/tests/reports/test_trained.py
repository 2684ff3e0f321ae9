"""Who was trained, by the office then and by the one that took over."""

import datetime as dt

import pytest

from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import CourseState
from courses.constants.clock import set_clock
from courses.models import Course, Office, Registration, Trainee
from courses.reports.trained import held_classes, trained
from courses.services.registrations import register, withdraw
from courses.services.reorganisation import NewOffice, merge_offices, split_office
from courses.services.transfers import move_people
from courses.tests.planning import make_course, make_office, make_trainee, organiser_of

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 1)


class World:
    """A host with two wards; two classes of 2025 that were held, one of 2026 that is still to come."""

    def __init__(self):
        set_clock(dt.datetime(2026, 4, 1, 8, 0))
        self.host, self.other = make_office("HOST"), make_office("OTHER")
        self.one, self.two = make_office("W-1", self.host, order=1), make_office("W-2", self.host, order=2)
        self.an, self.binh, self.chau = (
            make_trainee(office, f"Nguyễn Thử {name}")
            for office, name in ((self.one, "An"), (self.one, "Bình"), (self.two, "Châu"))
        )
        self.first = self.held("FIRST", dt.date(2025, 5, 5), self.an, self.binh, self.chau)
        self.second = self.held("SECOND", dt.date(2025, 9, 5), self.an)
        self.coming = make_course(self.host, "COMING")
        register(self.coming, self.binh, actor=SYSTEM)

    def held(self, code, day, *people, host=None):
        course = make_course(host or self.host, code, starts_on=day, ends_on=day)
        for person in people:
            register(course, Trainee.objects.select_related("office").get(pk=person.pk), actor=SYSTEM)
        Course.objects.filter(pk=course.pk).update(state=CourseState.CONCLUDED)
        return course


@pytest.fixture
def world():
    return World()


def shown(found):
    return [(row.name, row.people, row.turns) for row in found.rows], found.people, found.turns


def test_people_and_turns_of_classes_that_were_held(world):
    assert shown(trained(SYSTEM)) == ([("Đơn vị W-1", 2, 3), ("Đơn vị W-2", 1, 1)], 3, 4)


def test_of_a_year_or_a_class(world):
    assert shown(trained(SYSTEM, year=2025)) == shown(trained(SYSTEM))
    assert shown(trained(SYSTEM, year=2026)) == ([], 0, 0)
    assert shown(trained(SYSTEM, course=world.second)) == ([("Đơn vị W-1", 1, 1)], 1, 1)


def test_who_withdrew_is_not_counted(world):
    Course.objects.filter(pk=world.first.pk).update(state=CourseState.RUNNING)
    withdraw(Registration.objects.get(course=world.first, trainee=world.chau), actor=SYSTEM)
    assert shown(trained(SYSTEM)) == ([("Đơn vị W-1", 2, 3)], 2, 3)


def test_an_organiser_counts_own_classes_alone(world):
    world.held("FOREIGN", dt.date(2025, 5, 5), world.chau, host=world.other)
    assert shown(trained(organiser_of(world.host))) == ([("Đơn vị W-1", 2, 3), ("Đơn vị W-2", 1, 1)], 3, 4)
    assert shown(trained(organiser_of(world.other))) == ([("Đơn vị W-2", 1, 1)], 1, 1)
    assert shown(trained(Actor("user", coordinates=frozenset({world.one.pk})))) == ([], 0, 0)
    assert [course.code for course in held_classes(organiser_of(world.other))] == ["FOREIGN"]


def test_a_merger_counts_together_and_somebody_of_both_once(world):
    Trainee.objects.filter(pk=world.an.pk).update(office=world.two)
    world.held("THIRD", dt.date(2025, 10, 5), world.an)
    merge_offices([world.one, world.two], NewOffice("Phường Chung", "ward", "N"), on=DAY, actor=SYSTEM)
    assert shown(trained(SYSTEM)) == ([("Đơn vị W-1", 2, 3), ("Đơn vị W-2", 2, 2)], 3, 5)
    assert shown(trained(SYSTEM, by="now")) == ([("Phường Chung", 3, 5)], 3, 5)


def test_a_merger_that_lies_ahead_counts_nobody_yet(world):
    merge_offices([world.one], world.two, on=dt.date(2026, 7, 1), actor=SYSTEM)
    assert shown(trained(SYSTEM, by="now")) == shown(trained(SYSTEM))


def test_after_a_split_people_count_where_they_are_and_who_went_elsewhere_where_they_were(world):
    a, b = split_office(world.one, [NewOffice("A", "ward", "A"), NewOffice("B", "ward", "B")], on=DAY, actor=SYSTEM)
    assert shown(trained(SYSTEM, by="now"))[0] == [("Đơn vị W-1", 2, 3), ("Đơn vị W-2", 1, 1)]
    move_people(world.one, b, [world.an.pk], effective_on=DAY, actor=SYSTEM)
    below = make_office("A-1", Office.objects.get(pk=a.pk))
    move_people(world.one, below, [world.binh.pk], effective_on=DAY, actor=SYSTEM)
    assert {row[:3] for row in shown(trained(SYSTEM, by="now"))[0]} == {("A", 1, 1), ("B", 1, 2), ("Đơn vị W-2", 1, 1)}
    Trainee.objects.filter(pk=world.an.pk).update(office=world.two)
    assert {row[:3] for row in shown(trained(SYSTEM, by="now"))[0]} == {
        ("A", 1, 1), ("Đơn vị W-1", 1, 2), ("Đơn vị W-2", 1, 1)
    }  # fmt: skip


def test_the_name_on_the_lists_is_shown_unless_they_have_two(world):
    Office.objects.filter(pk=world.one.pk).update(name="Tên Sửa Lại")
    assert shown(trained(SYSTEM))[0][0][0] == "Đơn vị W-1"
    Registration.objects.filter(course=world.second).update(office_name="Tên Khác")
    assert shown(trained(SYSTEM))[0][0][0] == "Tên Sửa Lại"


def test_two_rows_of_one_person_count_as_one(world):
    Trainee.objects.filter(pk=world.binh.pk).update(merged_into=world.an)
    assert shown(trained(SYSTEM)) == ([("Đơn vị W-1", 1, 3), ("Đơn vị W-2", 1, 1)], 2, 4)


@pytest.mark.parametrize("by", ["then", "now"])
def test_counting_takes_three_queries_whatever_the_number_of_people(world, django_assert_num_queries, by):
    for more in range(3):
        with django_assert_num_queries(3):
            trained(SYSTEM, year=2025, by=by)
        person = make_trainee(make_office(f"MORE-{more}"), f"Nguyễn Thử {more}")
        world.held(f"MORE-{more}", dt.date(2025, 5, 5), person)

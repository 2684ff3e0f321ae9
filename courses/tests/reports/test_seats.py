"""Seats before they are saved: as they stand, by a rule, as in another class."""

import datetime as dt

import pytest
from django.utils import translation

from courses.constants.actors import SYSTEM
from courses.models import OfficeSuccession, Seats
from courses.reports.seats import numbers_by_rule, numbers_copied, numbers_on, seats_table
from courses.services.registrations import register
from courses.services.seats import set_seats
from courses.tests.planning import FIRST_DAY, make_block, make_course, make_office, make_trainee

pytestmark = pytest.mark.django_db
ENDED = dt.date(2026, 1, 1)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def make_office_of(kind, code, **fields):
    made = make_office(code, **fields)
    type(made).objects.filter(pk=made.pk).update(kind=kind)
    return made


def succeed(old, *new):
    for one in new:
        OfficeSuccession.objects.create(old=old, new=one, date=ENDED)


def test_seats_are_offered_to_offices_of_that_day_and_to_those_that_have_some():
    host = make_office("HOST")
    ended = make_office("ENDED", valid_to=ENDED)
    make_office("GONE", valid_to=ENDED)
    course = make_course(host)
    set_seats(course, {ended.pk: 2}, actor=SYSTEM)
    assert sorted(row.office.code for row in seats_table(course)) == ["ENDED", "HOST"]


def test_a_row_says_what_stands_what_is_proposed_and_whether_that_is_too_little():
    host = make_office("HOST")
    course = make_course(host)
    set_seats(course, {host.pk: 2}, actor=SYSTEM)
    register(course, make_trainee(host), actor=SYSTEM)
    [plain] = seats_table(course)
    [less] = seats_table(course, None, {host.pk: 0})
    assert (plain.seats, plain.proposed, plain.is_new, plain.falls_short) == (2, 2, False, False)
    assert (less.seats, less.proposed, less.is_new, less.falls_short) == (2, 0, True, True)


def test_a_block_has_seats_of_its_own_and_counts_those_who_owe_it():
    """Without `owing` in `seats_table` the person of the other block would count (tried)."""
    host = make_office("HOST")
    course = make_course(host)
    a, b = make_block(course, "A"), make_block(course, "B")
    set_seats(course, {host.pk: 9}, actor=SYSTEM)
    set_seats(course, {host.pk: 4}, actor=SYSTEM, block=a)
    register(course, make_trainee(host), actor=SYSTEM, blocks=[b])
    found = [[(row.seats, row.registered) for row in seats_table(course, block)] for block in (None, a, b)]
    assert found == [[(9, 1)], [(4, 0)], [(None, 1)]]


def test_a_rule_gives_each_kind_its_number_on_the_day_of_the_class_and_below_one_office():
    city = make_office_of("city", "CITY")
    ward, department = make_office("W", city), make_office("P", city)
    foreign = make_office_of("ward", "X")
    make_office_of("ward", "OLD", valid_to=ENDED)
    type(ward).objects.filter(pk=ward.pk).update(kind="ward")
    course = make_course(city)
    assert numbers_by_rule(course, {"ward": 3}) == {ward.pk: 3, foreign.pk: 3}
    assert numbers_by_rule(course, {"ward": 3, "department": 2}, city) == {ward.pk: 3, department.pk: 2}


def test_seats_of_offices_that_ended_go_to_their_successors_and_are_added_up():
    """The wards of July 2025: two became one, and one passed through an office that has ended too."""
    one, two, between = (make_office(code, valid_to=ENDED) for code in ("OLD1", "OLD2", "BETWEEN"))
    new, kept, gone = make_office("NEW"), make_office("KEPT"), make_office("GONE", valid_to=ENDED)
    succeed(one, new)
    succeed(two, between)
    succeed(between, new)
    given, sentences = numbers_on(FIRST_DAY, {one.pk: 3, two.pk: 2, kept.pk: 4, new.pk: 1, gone.pk: 5})
    assert given == {new.pk: 6, kept.pk: 4}
    assert sentences == [
        "Đơn vị OLD1 has ended: its 3 seats stand with Đơn vị NEW.",
        "Đơn vị OLD2 has ended: its 2 seats stand with Đơn vị NEW.",
        "Đơn vị GONE does not exist on that day and has no successor: its 5 seats are not copied.",
    ]


def test_seats_of_an_office_that_was_divided_are_shared_and_none_is_lost():
    old = make_office("OLD", valid_to=ENDED)
    parts = [make_office(f"N{number}", order=number) for number in (1, 2, 3)]
    succeed(old, *parts)
    given, [sentence] = numbers_on(FIRST_DAY, {old.pk: 5})
    assert given == {parts[0].pk: 2, parts[1].pk: 2, parts[2].pk: 1}
    assert sentence.endswith("5 seats are shared among Đơn vị N1, Đơn vị N2, Đơn vị N3. Please look at them.")


def test_offices_that_succeed_each_other_in_a_circle_end_the_search():
    one, two = make_office("ONE", valid_to=ENDED), make_office("TWO", valid_to=ENDED)
    succeed(one, two)
    succeed(two, one)
    assert numbers_on(FIRST_DAY, {one.pk: 1})[0] == {}


def test_a_block_takes_the_seats_of_the_block_with_the_same_letter():
    host = make_office("HOST")
    source, course = make_course(host, "CU"), make_course(host, "MOI")
    a, b = make_block(course, "A"), make_block(course, "B")
    Seats.objects.create(course=source, office=host, number=9)
    Seats.objects.create(course=source, office=host, block=make_block(source, "A"), number=4)
    assert numbers_copied(course, source) == ({host.pk: 9}, [])
    assert numbers_copied(course, source, a) == ({host.pk: 4}, [])
    assert numbers_copied(course, source, b) == ({}, ["That class has no such seats to copy."])


def test_offices_that_had_no_seats_in_the_other_class_are_emptied_and_named():
    """Else the numbers of two classes would stand mixed in one form."""
    host, there, here = make_office("HOST"), make_office("THERE", order=1), make_office("HERE", order=2)
    source, course = make_course(host, "CU"), make_course(host, "MOI")
    block = make_block(course, "A")
    Seats.objects.create(course=source, office=there, number=4)
    set_seats(course, {there.pk: 1, here.pk: 7}, actor=SYSTEM)
    set_seats(course, {host.pk: 9}, actor=SYSTEM, block=block)  # of a block, which is filled by itself
    numbers, [sentence] = numbers_copied(course, source)
    assert numbers == {there.pk: 4, here.pk: None}
    assert sentence.endswith("emptied: Đơn vị HERE.")
    rows = {row.office.code: (row.seats, row.proposed, row.is_new) for row in seats_table(course, None, numbers)}
    assert rows == {"HOST": (None, None, False), "THERE": (1, 4, True), "HERE": (7, None, True)}


@pytest.mark.parametrize("count", [1, 3])
def test_proposals_cost_the_same_for_one_office_and_for_three(count, django_assert_num_queries):
    host = make_office("HOST")
    source, course = make_course(host, "CU"), make_course(host, "MOI")
    for number in range(count):
        old, new = make_office(f"O{number}", valid_to=ENDED), make_office(f"N{number}")
        succeed(old, new)
        Seats.objects.create(course=source, office=old, number=2)
    with django_assert_num_queries(4):
        proposed, _sentences = numbers_copied(course, source)
    with django_assert_num_queries(3):
        seats_table(course, None, proposed)

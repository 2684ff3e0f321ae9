"""A class by office: seats, answer, named, confirmed, missing; who is late."""

import datetime as dt

import pytest

from courses.constants.actors import SYSTEM
from courses.constants.clock import today
from courses.models import OfficeAnswer, Registration, Seats
from courses.reports.offices_of_class import board, still_open
from courses.services.registrations import register, withdraw
from courses.services.seats import set_seats
from courses.tests.planning import make_block, make_course, make_office, make_trainee

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return make_course(make_office("HOST"), state="published")


def send(course, office, count, *, nominated=0, **fields):
    made = [register(course, make_trainee(office, f"Ngô Thử {n}"), actor=SYSTEM, **fields) for n in range(count)]
    Registration.objects.filter(pk__in=[row.pk for row in made[:nominated]]).update(state="nominated")
    return made


def said(course, state):
    """The only row of a class whose office has given this answer."""
    OfficeAnswer.objects.filter(course=course).update(state=state)
    [row] = board(course).rows
    return row


def test_offices_stand_in_protocol_order_with_what_they_did(course):
    late, early = make_office("P-2", order=20), make_office("P-1", order=10)
    set_seats(course, {late.pk: 3, early.pk: 2}, actor=SYSTEM)
    gone, *_kept = send(course, early, 3 - 1, nominated=1)
    withdraw(send(course, late, 1)[0], actor=SYSTEM)
    shown = board(course)
    assert [
        (row.office.code, row.seats, row.registered, row.nominated, row.confirmed, row.missing) for row in shown.rows
    ] == [("P-1", 2, 2, 1, 1, 0), ("P-2", 3, 0, 0, 0, 3)]
    assert (shown.asked, shown.registered, shown.confirmed, shown.nominated, shown.missing) == (5, 2, 1, 1, 3)
    assert gone.pk


@pytest.mark.parametrize(
    ("state", "people", "late", "short", "missing"),
    [
        ("not_sent", 0, True, False, 2),
        ("not_sent", 1, True, False, 1),
        ("not_sent", 2, False, False, 0),
        ("in_progress", 1, True, False, 1),
        ("in_progress", 2, True, False, 0),
        ("sent", 1, False, True, 1),
        ("sent", 2, False, False, 0),
        ("final", 1, False, False, 1),
        ("sends_nobody", 0, False, False, 0),
    ],
)
def test_who_is_late_and_who_sent_too_few(course, state, people, late, short, missing):
    office = make_office("P-NV")
    set_seats(course, {office.pk: 2}, actor=SYSTEM)
    send(course, office, people)
    row = said(course, state)
    assert (row.late, row.short, row.missing) == (late, short, missing)


def test_an_office_without_seats_to_fill_is_never_late(course):
    office = make_office("P-NV")
    set_seats(course, {office.pk: 0}, actor=SYSTEM)
    OfficeAnswer.objects.create(course=course, office=office)
    assert not said(course, "not_sent").late


def test_a_letter_without_a_number_is_late_until_somebody_is_named(course):
    office = make_office("P-NV")
    OfficeAnswer.objects.create(course=course, office=office)
    assert said(course, "not_sent").late
    send(course, office, 1)
    assert not said(course, "not_sent").late


def test_seats_in_blocks_are_counted_by_those_who_owe_the_block(course):
    """Somebody without named blocks owes all."""
    office = make_office("P-NV")
    a, b = make_block(course, "A"), make_block(course, "B")
    set_seats(course, {office.pk: 2}, actor=SYSTEM, block=a)
    set_seats(course, {office.pk: 4}, actor=SYSTEM, block=b)
    send(course, office, 1, blocks=[a])
    everything = register(course, make_trainee(office, "Ngô Thử Tất Cả"), actor=SYSTEM)
    everything.blocks.clear()
    [row] = board(course).rows
    assert [(part.block.code, part.number, part.registered, part.missing) for part in row.blocks] == [
        ("A", 2, 2, 0),
        ("B", 4, 1, 3),
    ]
    assert (row.seats, row.missing, row.late) == (None, 3, True)


def test_an_office_over_its_seats_is_seen(course):
    office = make_office("P-NV")
    send(course, office, 2)
    Seats.objects.create(course=course, office=office, number=1)
    [row] = board(course).rows
    assert (row.over, row.missing) == (True, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_costs_the_same_for_one_office_and_for_three(course, django_assert_num_queries, count):
    block = make_block(course)
    for number in range(count):
        office = make_office(f"P-{number}")
        set_seats(course, {office.pk: 2}, actor=SYSTEM)
        set_seats(course, {office.pk: 2}, actor=SYSTEM, block=block)
        send(course, office, 2, nominated=1)
    with django_assert_num_queries(5):
        assert len(board(course).rows) == count


def test_a_list_that_is_complete_and_still_being_made_is_late_for_its_letter_alone(course):
    office = make_office("P-NV")
    set_seats(course, {office.pk: 2}, actor=SYSTEM)
    send(course, office, 2)
    assert [said(course, state).only_unsent for state in ("in_progress", "not_sent", "sent")] == [True, False, False]


def test_an_office_with_no_seats_and_nobody_named_is_not_counted_and_gets_no_link(course):
    """Seats 0 say that the office sends nobody; the board and the links agree on who is invited."""
    block = make_block(course)
    codes = ("NONE", "NAMED", "LETTER", "SEATS", "BLOCK")
    offices = {code: make_office(code, order=order) for order, code in enumerate(codes)}
    for office in offices.values():
        OfficeAnswer.objects.create(course=course, office=office, state="sends_nobody")
    for code, number in (("NONE", 0), ("NAMED", 1), ("SEATS", 2), ("BLOCK", 0)):
        set_seats(course, {offices[code].pk: number}, actor=SYSTEM)
    set_seats(course, {offices["BLOCK"].pk: 1}, actor=SYSTEM, block=block)
    send(course, offices["NAMED"], 1)
    Seats.objects.filter(office=offices["NAMED"]).update(number=0)
    shown = board(course)
    assert [row.office.code for row in shown.invited] == ["NAMED", "LETTER", "SEATS", "BLOCK"]
    assert (len(shown.rows), shown.answered) == (5, 4)
    linked = OfficeAnswer.objects.filter(course=course).of_invited().order_by("office__order")
    assert list(linked.values_list("office__code", flat=True)) == ["NAMED", "LETTER", "SEATS", "BLOCK"]


def test_what_is_still_open_before_a_list_is_made_final(course):
    office = make_office("P-NV")
    assert not still_open(course)
    set_seats(course, {office.pk: 3}, actor=SYSTEM)
    send(course, office, 1)
    course.registration_deadline = today()
    found = still_open(course)
    assert (found.unsent, found.empty, found.deadline) == (1, 2, today())
    course.registration_deadline = today() - dt.timedelta(days=1)
    OfficeAnswer.objects.filter(course=course).update(state="sends_nobody")
    assert not still_open(course)

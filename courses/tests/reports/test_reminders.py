"""What late offices are told. The words are the catalogue's; here stand the facts that a letter must hold."""

import datetime as dt

import pytest

from courses.constants.actors import SYSTEM
from courses.constants.clock import set_clock
from courses.reports.offices_of_class import board
from courses.reports.reminders import letters, text_for_all
from courses.services.registrations import register
from courses.services.seats import set_seats
from courses.tests.planning import make_block, make_course, make_office, make_trainee

pytestmark = pytest.mark.django_db
ADDRESS = "https://thu.example/office/x/"


@pytest.fixture(autouse=True)
def before_the_class():
    set_clock(dt.datetime(2026, 6, 1, 8))


@pytest.fixture
def course():
    return make_course(
        make_office("HOST"), state="published", registration_deadline=dt.date(2026, 6, 2), contact="Cô Thử 0900000000."
    )


def letter_to(course, office, address=""):
    shown = board(course)
    [letter] = letters(shown, [shown.row_of(office.pk)], {office.pk: address} if address else {})
    return letter.text


def test_a_letter_says_who_what_when_how_many_and_where(course):
    office = make_office("P-NV")
    set_seats(course, {office.pk: 37}, actor=SYSTEM)
    text = letter_to(course, office, ADDRESS)
    for fact in ("Đơn vị P-NV", course.title, "05/06/2026", "07/06/2026", "02/06/2026", "37", ADDRESS, "0900000000"):
        assert fact in text, fact
    assert "http" not in letter_to(course, office)


def test_a_letter_after_the_deadline_says_so(course):
    office = make_office("P-NV")
    set_seats(course, {office.pk: 1}, actor=SYSTEM)
    before = letter_to(course, office)
    set_clock(dt.datetime(2026, 6, 2, 23))
    assert letter_to(course, office) == before
    set_clock(dt.datetime(2026, 6, 3, 0))
    assert letter_to(course, office) != before


def test_a_letter_says_how_many_are_missing_and_names_nobody(course):
    office = make_office("P-NV")
    set_seats(course, {office.pk: 41}, actor=SYSTEM)
    register(course, make_trainee(office, "Ngô Thử Kín"), actor=SYSTEM)
    text = letter_to(course, office)
    assert "40" in text
    assert "Ngô Thử" not in text


def test_a_letter_names_the_seats_of_blocks(course):
    office = make_office("P-NV")
    set_seats(course, {office.pk: 43}, actor=SYSTEM, block=make_block(course, "Z"))
    assert "Z: 43" in letter_to(course, office)


def test_the_text_for_all_counts_the_offices_and_is_empty_for_none(course):
    offices = [make_office(f"P-{number}", order=number) for number in (1, 2)]
    set_seats(course, {office.pk: 1 for office in offices}, actor=SYSTEM)
    shown = board(course)
    lines = text_for_all(shown, shown.late).splitlines()
    assert [line.partition(":")[0] for line in lines if line[:2] in ("1.", "2.")] == ["1. Đơn vị P-1", "2. Đơn vị P-2"]
    assert text_for_all(shown, []) == ""

"""What late offices are told. The words are the catalogue's; here stand the facts that a letter must hold."""

import datetime as dt
import string
from urllib.parse import unquote, urlsplit

import pytest

from courses.constants.actors import SYSTEM
from courses.constants.clock import set_clock
from courses.reports.offices_of_class import board
from courses.reports.reminders import LONGEST_MAILTO, letters, mail_link, text_for_all
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


# By e-mail


def mail_to(course, office, *to, address=ADDRESS):
    shown = board(course)
    [letter] = letters(shown, [shown.row_of(office.pk)], {office.pk: address})
    link = mail_link(letter, to or ("a@thu.example",))
    parts = urlsplit(link)
    assert set(link) <= set(string.ascii_letters + string.digits + ":/?&=%@,.-_~+")
    asked = dict(part.split("=", 1) for part in parts.query.split("&"))
    return link, unquote(parts.path), {name: unquote(value) for name, value in asked.items()}, letter


def test_a_short_letter_goes_by_e_mail_as_it_is_with_the_line_ends_of_mail(course):
    office = make_office("P-NV")
    course.contact = ""
    course.save()
    set_seats(course, {office.pk: 1}, actor=SYSTEM)
    link, to, asked, letter = mail_to(course, office, "a@thu.example", "b,c&d@thu.example")
    assert to == "a@thu.example,b,c&d@thu.example"
    assert "a@thu.example,b%2Cc%26d@thu.example?" in link
    assert course.code in asked["subject"]
    assert asked["body"] in [text.replace("\n", "\r\n") for text in (letter.text, *letter.shorter)]
    assert ADDRESS in asked["body"]


@pytest.mark.parametrize("title", ["Lớp", "Ệ" * 100, "Ệ" * 300])
def test_a_letter_too_long_for_a_mail_address_is_shortened_and_keeps_the_address_of_the_page(course, title):
    """Leave the length out of `mail_link` and the mail program of Windows opens nothing, or half a letter."""
    office = make_office("P-NV")
    type(course).objects.update(title=title, contact="Ệ" * 100)
    course.refresh_from_db()
    set_seats(course, {office.pk: 1}, actor=SYSTEM)
    many = [f"{n}{'x' * 60}@thu.example" for n in range(20)]
    for to in (["a@thu.example"], many):
        link, written, asked, _letter = mail_to(course, office, *to)
        assert len(link) <= LONGEST_MAILTO
        assert ADDRESS in asked["body"]
        assert set(written.split(",")) <= set(to)


def test_the_text_for_all_counts_the_offices_and_is_empty_for_none(course):
    offices = [make_office(f"P-{number}", order=number) for number in (1, 2)]
    set_seats(course, {office.pk: 1 for office in offices}, actor=SYSTEM)
    shown = board(course)
    lines = text_for_all(shown, shown.late).splitlines()
    assert [line.partition(":")[0] for line in lines if line[:2] in ("1.", "2.")] == ["1. Đơn vị P-1", "2. Đơn vị P-2"]
    assert text_for_all(shown, []) == ""

"""The organisers' page of the hall's screen: its address, and another one when strangers have it."""

import datetime as dt

import pytest
from django.urls import reverse

from attendance.constants import OddEntry
from attendance.models import Mark, Sheet
from attendance.rules.hall import code_at
from attendance.services.hall import enter_by_link, renew_screen
from attendance.tests.records import Class, officer_of
from courses.constants import links
from courses.constants.choices import CourseState
from courses.constants.clock import now, set_clock
from courses.constants.errors import Refusal
from courses.models import ActionLog, Course
from courses.tests.planning import make_organiser, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    lop = Class()
    set_clock(lop.general.starts_at)
    return lop


@pytest.fixture
def organiser(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host))


def page_of(lop):
    return reverse("admin:attendance_attendancesheet_screen", args=[lop.general.pk])


def screen_of(lop, version, name="here_screen"):
    return reverse(f"attendance:{name}", args=[links.screen_token(lop.general.pk, version)])


def test_the_page_gives_the_address_and_renews_it(lop, organiser, client):
    assert screen_of(lop, 1) in organiser.get(page_of(lop)).content.decode()
    for _ in range(2):  # pressed twice
        assert organiser.post(page_of(lop), {"version": "1"}).status_code == 302
    shown = organiser.get(page_of(lop)).content.decode()
    assert (screen_of(lop, 1) in shown, screen_of(lop, 2) in shown) == (False, True)
    for name in ("here_screen", "here_screen_now"):
        assert client.get(screen_of(lop, 1, name)).status_code == 404
        assert client.get(screen_of(lop, 2, name)).status_code == 200
    assert ActionLog.objects.filter(action="renew screen").count() == 1


def test_the_code_stays_that_of_the_half_day_and_nothing_is_opened_by_renewing(lop):
    [person] = lop.people(1)
    code = code_at(lop.general.pk, now())
    renew_screen(lop.general, expected_version=1, actor=lop.organiser)
    assert Sheet.objects.get().opened_at is None
    enter_by_link(person.trainee, code)
    assert (Sheet.objects.get().opened_at, Mark.objects.get().registration) == (now(), person)


def test_others_and_a_class_that_is_over_are_refused(lop):
    with pytest.raises(Refusal):
        renew_screen(lop.general, expected_version=1, actor=officer_of(lop.host))
    Course.objects.filter(pk=lop.course.pk).update(state=CourseState.CONCLUDED)
    lop.general.refresh_from_db()
    with pytest.raises(Refusal):
        renew_screen(lop.general, expected_version=1, actor=lop.organiser)
    assert ActionLog.objects.filter(action="renew screen").count() == 0


def test_what_is_odd_about_entries_by_the_code_is_shown_to_the_organiser_and_on_the_board(lop, organiser):
    one, two, early = lop.people(3)
    set_clock(lop.general.starts_at - dt.timedelta(minutes=61))
    enter_by_link(early.trainee, code_at(lop.general.pk, now()))
    set_clock(lop.general.starts_at)
    for person in (one, two):
        enter_by_link(person.trainee, code_at(lop.general.pk, now()), device="x" * 36)
    waiting = organiser.get(reverse("admin:attendance_attendancesheet_waiting", args=[lop.general.pk]))
    assert [(odd.event.registration, odd.why) for odd in waiting.context["odd"]] == [
        (one, OddEntry.ONE_PHONE),
        (two, OddEntry.ONE_PHONE),
        (early, OddEntry.OUT_OF_TIME),
    ]
    said = waiting.content.decode()
    assert [said.count(f'id="odd-{odd.event.pk}-{odd.why}"') for odd in waiting.context["odd"]] == [1, 1, 1]
    board = organiser.get(reverse("admin:attendance_attendancesheet_board", args=[lop.general.pk]))
    assert board.context["odd"] == 3
    assert waiting.request["PATH_INFO"] in board.content.decode()
    assert Mark.objects.count() == 3  # nothing is called proof: they count

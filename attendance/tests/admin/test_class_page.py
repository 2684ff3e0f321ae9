"""The page of a class: what is missing and the next step first, what can be done by when it is needed."""

import datetime as dt

import lxml.html
import pytest
from django.urls import reverse

from courses.constants.choices import CourseState, RoleKind
from courses.constants.clock import VIETNAM, set_clock
from courses.models import Course
from courses.tests.planning import (
    FIRST_DAY,
    make_course,
    make_office,
    make_organiser,
    make_session,
    signed_in,
)

pytestmark = pytest.mark.django_db
BEFORE, DURING, AFTER = (
    dt.datetime.combine(FIRST_DAY + dt.timedelta(days=days), dt.time(6), tzinfo=VIETNAM) for days in (-10, 0, 10)
)


@pytest.fixture
def host():
    return make_office("HOST")


@pytest.fixture
def course(host):
    made = make_course(host)
    make_session(made)
    return made


def address(course, name="overview"):
    return reverse(f"admin:courses_course_{name}", args=[course.pk])


def of_record(course, name):
    return reverse(f"admin:attendance_courseresult_{name}", args=[course.pk])


def page_of(client, course, state, moment, user):
    Course.objects.update(state=state)
    set_clock(moment)
    text = signed_in(client, user).get(address(course)).content.decode()
    [content] = lxml.html.fromstring(text).xpath("//*[@id='content-main']")
    return content


def loud(page) -> list[str]:
    """What the loud buttons do: the addresses to which they lead or post."""
    found = page.xpath(".//*[contains(concat(' ', @class, ' '), ' default ')]")
    return [button.get("href") or button.xpath("(ancestor::form | ../form)[1]")[0].get("action") for button in found]


def groups(page) -> list[tuple[bool, list[str]]]:
    """Each group: whether it stands open, where its links lead and its forms post."""
    return [
        (group.get("open") is not None, group.xpath(".//a/@href") + group.xpath(".//form/@action"))
        for group in page.xpath(".//*[@class='acts']/details")
    ]


@pytest.mark.parametrize(
    ("state", "moment", "button", "opened"),
    [
        (CourseState.DRAFT, BEFORE, "../publish/", 0),
        (CourseState.PUBLISHED, BEFORE, "board", 0),
        (CourseState.PUBLISHED, DURING, "../start/", 1),
        (CourseState.RUNNING, DURING, "half-day", 1),
        (CourseState.RUNNING, AFTER, "../conclude/", 2),
        (CourseState.CONCLUDED, AFTER, "results", None),
        (CourseState.ARCHIVED, AFTER, "results", None),
    ],
)
def test_one_button_is_the_next_step_and_what_is_needed_now_stands_open(
    client, host, course, state, moment, button, opened
):
    """Make the page's own step loud whenever there is one, and a class is offered to begin a month too early."""
    page = page_of(client, course, state, moment, make_organiser(host))
    wanted = {
        "board": address(course, "board"),
        "half-day": reverse("admin:attendance_attendancesheet_change", args=[course.sessions.get().pk]),
        "results": of_record(course, "change"),
    }
    assert loud(page) == [wanted.get(button, button)]
    if opened is not None:
        assert [is_open for is_open, _acts in groups(page)].index(True) == opened
    assert sum(is_open for is_open, _acts in groups(page)) <= 1


def test_what_is_missing_is_the_first_thing_below_the_name_of_the_class(client, host, course):
    """On a phone whatever stands above it is what one sees instead."""
    page = page_of(client, course, CourseState.RUNNING, DURING, make_organiser(host))
    above = page.xpath(".//ul[@class='todo']/preceding::*[ancestor::*[@id='content-main']]")
    assert not [part.tag for part in above if part.tag in ("a", "details", "dl", "form", "input", "table")]
    order = [part.get("class") for part in page.iter() if part.get("class") in ("todo", "acts", "board")]
    assert order == ["todo", "acts", "board"]


def test_every_act_is_reached_once_and_without_a_script(client, host, course):
    """Each is a link or a form; those of a folded group open by its summary, which the keyboard reaches."""
    page = page_of(client, course, CourseState.RUNNING, DURING, make_organiser(host))
    before, during, after, itself = (acts for _is_open, acts in groups(page))
    assert set(before) >= {
        *(address(course, name) for name in ("seats", "board", "final", "places")),
        reverse("admin:courses_importbatch_upload", args=[course.pk]),
        of_record(course, "links"),
        of_record(course, "passes"),
    }
    assert set(during) >= {of_record(course, "table"), of_record(course, "doors")}
    assert after == [of_record(course, "change"), of_record(course, "numbers"), "../conclude/"]
    assert itself == [address(course, name) for name in ("change", "copy", "history")]
    beside = page.xpath("./div[@class='buttons']//a/@href")
    assert of_record(course, "tell") in beside
    every = [*beside, *before, *during, *after, *itself]
    assert len(every) == len(set(every))
    assert all(details[0].tag == "summary" for details in page.xpath(".//details"))


def test_an_officer_gets_no_step_and_nothing_to_change(client, host, course):
    page = page_of(client, course, CourseState.RUNNING, DURING, make_organiser(host, RoleKind.OFFICER))
    assert page.xpath(".//form") == []
    every = {link for _is_open, acts in groups(page) for link in acts}
    assert of_record(course, "change") in every
    assert not every & {
        address(course, "copy"),
        of_record(course, "doors"),
        reverse("admin:courses_importbatch_upload", args=[course.pk]),
    }

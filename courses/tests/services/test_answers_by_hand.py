"""Answers written down by the organiser, and who was reminded."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import CourseState
from courses.constants.clock import set_clock
from courses.constants.errors import Refusal
from courses.models import ActionLog, Course, OfficeAnswer
from courses.services.answers import set_answer, set_told
from courses.services.registrations import register
from courses.services.seats import set_seats
from courses.tests.planning import make_course, make_office, make_trainee, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    set_clock(dt.datetime(2026, 6, 1, 8))
    with translation.override("en"):
        yield


@pytest.fixture
def office():
    return make_office("P-NV")


@pytest.fixture
def course(office):
    made = make_course(make_office("HOST"), state=CourseState.PUBLISHED)
    set_seats(made, {office.pk: 2}, actor=SYSTEM)
    return made


def answer():
    return OfficeAnswer.objects.get()


def test_a_letter_that_came_by_post_is_written_down_once(course, office):
    for _time in range(2):
        set_answer(
            course, office, state="sent", letter_number="12/UBND", letter_date=dt.date(2026, 5, 30), actor=SYSTEM
        )
    kept = answer()
    assert (kept.state, kept.letter_number, kept.letter_date) == ("sent", "12/UBND", dt.date(2026, 5, 30))
    assert kept.sent_at is not None
    assert [entry.changes for entry in ActionLog.objects.filter(action="answer")] == [
        {
            "office": [None, "P-NV"],
            "state": ["not_sent", "sent"],
            "letter_number": ["", "12/UBND"],
            "letter_date": [None, "2026-05-30"],
        }
    ]
    set_answer(course, office, state="not_sent", actor=SYSTEM)
    assert (answer().state, answer().sent_at, answer().letter_number) == ("not_sent", None, "")


def test_writing_an_answer_down_leaves_the_link_to_whoever_renews_it(course, office):
    """A link that was renewed at the same moment would come back with the version that was read (tried)."""
    with CaptureQueriesContext(connection) as asked:
        set_answer(course, office, state="sent", letter_number="12/UBND", actor=SYSTEM)
    (written,) = [query["sql"] for query in asked if query["sql"].startswith('UPDATE "courses_officeanswer"')]
    assert ("link_version" in written, "told_at" in written) == (False, False)


def test_an_office_that_sends_nobody_says_why_and_has_nobody_on_the_list(course, office):
    with pytest.raises(Refusal, match="why the office sends nobody"):
        set_answer(course, office, state="sends_nobody", reason="  ", actor=SYSTEM)
    register(course, make_trainee(office), actor=SYSTEM)
    with pytest.raises(Refusal, match="1 people on the list"):
        set_answer(course, office, state="sends_nobody", reason="Bận", actor=SYSTEM)
    assert answer().state == "not_sent"


def test_the_reason_is_personal_and_its_long_numbers_are_masked(course, office):
    """Somebody types a citizen number anywhere. Without `in_the_clear` it would be kept as it is (tried)."""
    set_answer(course, office, state="sends_nobody", reason="Ông Thử 093180000012 ốm", actor=SYSTEM)
    assert "093180000012" not in answer().reason
    entry = ActionLog.objects.get(action="answer")
    assert "reason" not in entry.changes
    assert "093180000012" not in str(entry.detail.changes)


@pytest.mark.parametrize("state", ["final", "x"])
def test_an_answer_becomes_final_only_with_the_list(course, office, state):
    with pytest.raises(Refusal, match="becomes final when the list"):
        set_answer(course, office, state=state, actor=SYSTEM)


def test_a_final_answer_does_not_go_back_but_its_letter_can_be_put_right(course, office):
    OfficeAnswer.objects.update(state="final")
    with pytest.raises(Refusal, match="cannot go back"):
        set_answer(course, office, state="not_sent", actor=SYSTEM)
    set_answer(course, office, state="final", letter_number="15/UBND", actor=SYSTEM)
    assert (answer().state, answer().letter_number) == ("final", "15/UBND")


def test_a_letter_of_tomorrow_and_a_concluded_class_are_refused(course, office):
    with pytest.raises(Refusal, match="day to come"):
        set_answer(course, office, state="sent", letter_date=dt.date(2026, 6, 2), actor=SYSTEM)
    Course.objects.update(state=CourseState.CONCLUDED)
    with pytest.raises(Refusal, match="concluded"):
        set_answer(course, office, state="sent", actor=SYSTEM)


def test_who_was_told_is_kept_once_a_day_and_can_be_taken_back(course, office):
    user = make_user()
    actor = Actor("user", user_id=user.pk)
    assert [set_told(course, {office.pk: True}, actor=actor) for _time in range(2)] == [1, 0]
    first = answer().told_at
    assert (answer().told_by, ActionLog.objects.filter(action="tell").count()) == (user, 1)
    set_clock(dt.datetime(2026, 6, 2, 8))
    assert set_told(course, {office.pk: True}, actor=SYSTEM) == 1
    assert answer().told_at > first
    assert [set_told(course, {office.pk: False}, actor=actor) for _time in range(2)] == [1, 0]
    assert (answer().told_at, answer().told_by) == (None, None)
    said = [entry.changes for entry in ActionLog.objects.filter(action="tell").order_by("pk")]
    assert said == [
        {"P-NV": [None, "2026-06-01"]},
        {"P-NV": ["2026-06-01", "2026-06-02"]},
        {"P-NV": ["2026-06-02", None]},
    ]


def test_an_office_of_another_class_is_not_told(course, office):
    other = make_course(make_office("HOST-2"), "LOP-2")
    assert set_told(other, {office.pk: True}, actor=SYSTEM) == 0
    assert answer().told_at is None

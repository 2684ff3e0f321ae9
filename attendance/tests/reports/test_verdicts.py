"""The verdicts of a class as its pages show them."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils.html import escape

from attendance.constants import MarkState
from attendance.reports.papers import check_order
from attendance.reports.verdicts import verdict_of
from attendance.tests.records import ISSUED_ON, Class
from courses.constants import links
from courses.constants.choices import CourseState, RoleKind
from courses.constants.errors import Refusal
from courses.tests.planning import make_organiser, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    return Class()


@pytest.mark.parametrize("state", [CourseState.CONCLUDED, CourseState.ARCHIVED])
def test_who_was_not_seen_in_a_concluded_class_can_earn_nothing_any_more(lop, state):
    """It takes no marks any more: a number would be taken for a paper that can never be issued."""
    [person] = lop.people(1)
    assert verdict_of(person).can_still
    lop.course.state = state
    lop.course.save()
    assert not verdict_of(person).can_still


def test_trainee_office_organiser_and_officer_read_the_same_sentence(lop, client):
    [person] = lop.people(1)
    lop.mark(lop.general, MarkState.ABSENT, person)
    sentence = escape(verdict_of(person).reason)
    answer = lop.course.answers.get(office=person.office)
    pages = [
        reverse("attendance:trainee", args=[links.trainee_token(person.trainee_id, 1)]),
        reverse("attendance:office", args=[links.office_token(answer.pk, 1)]),
    ]
    assert [sentence in client.get(page).content.decode() for page in pages] == [True, True]
    results = reverse("admin:attendance_courseresult_change", args=[lop.course.pk])
    for kind in (RoleKind.ORGANISER, RoleKind.OFFICER):
        signed_in(client, make_organiser(lop.host, kind))
        assert sentence in client.get(results).content.decode()


def test_a_paper_cannot_be_older_than_the_last_day_of_its_class(lop, english):
    check_order(lop.ordered(issue_date=lop.course.ends_on), lop.course)
    with pytest.raises(Refusal, match="its date cannot lie before the last day"):
        check_order(lop.ordered(issue_date=lop.course.ends_on - dt.timedelta(days=1)), lop.course)
    assert lop.course.ends_on < ISSUED_ON

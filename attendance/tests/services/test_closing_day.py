"""Papers are prepared and signed days before the closing day that stands on them, and issued from that day on."""

import datetime as dt

import pytest

from attendance.constants import CertificateState
from attendance.forms.results import OrderForm
from attendance.models import Certificate
from attendance.reports.papers import usual_date
from attendance.services.ending import issue_replacing, reissue_paper
from attendance.services.register import issue_papers, take_number
from attendance.tests.records import Class, numbers, prepared
from courses.constants.clock import set_clock, today
from courses.constants.errors import Refusal
from courses.models import Signer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
WAITS = "can be printed and signed now, and issued from that day on"


@pytest.fixture
def lop():
    """The day before the closing day; everybody has attended what they owe (as a trial)."""
    lop = Class()
    lop.attended(2)
    at(lop, -1)
    return lop


def at(lop, days):
    set_clock(dt.datetime.combine(lop.course.ends_on + dt.timedelta(days=days), dt.time(9)))


def states():
    return list(Certificate.objects.order_by("number").values_list("state", flat=True))


def test_papers_of_the_closing_day_are_prepared_before_it_and_issued_on_it(lop):
    """Fails where a date ahead is refused, or where issuing does not wait."""
    assert all(result.certificate for result in prepared(lop, issue_date=lop.course.ends_on))
    assert [paper.issue_date for paper in Certificate.objects.all()] == [lop.course.ends_on] * 2
    early = issue_papers(lop.course, actor=lop.officer)
    assert [(result.certificate, WAITS in result.sentence) for result in early] == [(None, True)] * 2
    assert states() == [CertificateState.PREPARED] * 2
    at(lop, 0)
    assert all(result.certificate for result in issue_papers(lop.course, actor=lop.officer))
    assert states() == [CertificateState.ISSUED] * 2


@pytest.mark.parametrize(
    ("days", "sentence"), [(-1, "cannot lie before the last day"), (1, "cannot lie in the future")]
)
def test_another_day_than_the_closing_day_is_refused_before_it(lop, days, sentence):
    with pytest.raises(Refusal, match=sentence):
        prepared(lop, issue_date=lop.course.ends_on + dt.timedelta(days=days))
    assert numbers() == []


def test_who_signs_and_which_book_are_those_of_the_closing_day(lop):
    """Somebody whose term begins on the closing day signs; somebody whose term ends before it does not."""
    Signer.objects.filter(pk=lop.signer.pk).update(valid_to=lop.course.ends_on)
    with pytest.raises(Refusal, match="does not sign for the office on that date"):
        prepared(lop, issue_date=lop.course.ends_on)
    Signer.objects.filter(pk=lop.signer.pk).update(valid_from=lop.course.ends_on, valid_to=None)
    prepared(lop, issue_date=lop.course.ends_on)
    assert {paper.book.year for paper in Certificate.objects.select_related("book")} == {lop.course.ends_on.year}


def test_papers_that_wait_for_their_day_hold_up_no_other_class_of_the_same_book(lop):
    """Fails where a number of a later date that lies ahead counts."""
    prepared(lop, issue_date=lop.course.ends_on)
    _book, number = take_number(lop.ordered(issue_date=today()))
    assert number == 3
    at(lop, 0)
    with pytest.raises(Refusal, match="the date of issue cannot lie before it"):
        take_number(lop.ordered(issue_date=lop.course.ends_on - dt.timedelta(days=1)))


def test_what_stands_in_the_place_of_an_issued_paper_waits_for_its_day_too(lop):
    at(lop, 0)
    prepared(lop, issue_date=lop.course.ends_on)
    issue_papers(lop.course, actor=lop.officer)
    first = Certificate.objects.order_by("number").first()
    new = reissue_paper(first, lop.ordered(issue_date=today()), why="Sai tên", actor=lop.officer)
    at(lop, -1)
    with pytest.raises(Refusal, match=WAITS):
        issue_replacing(new, actor=lop.officer)


# The date that is proposed


def test_the_closing_day_is_proposed_before_it_and_years_after_it(lop):
    """Of a class of June 2022 not today, which would give a number of this year's book."""
    assert usual_date(lop.course) == lop.course.ends_on
    set_clock(dt.datetime(2030, 1, 4, 9))
    assert usual_date(lop.course) == lop.course.ends_on


def test_the_latest_date_of_that_years_book_is_proposed_when_it_is_later(lop):
    at(lop, 9)
    prepared(lop, issue_date=lop.course.ends_on + dt.timedelta(days=5))
    assert usual_date(lop.course) == lop.course.ends_on + dt.timedelta(days=5)


def test_no_date_is_proposed_when_the_office_was_not_there_on_the_closing_day(lop):
    assert OrderForm(course=lop.course).initial["issue_date"] == lop.course.ends_on
    lop.course.host_office.valid_from = lop.course.ends_on + dt.timedelta(days=1)
    assert usual_date(lop.course) is None
    form = OrderForm(course=lop.course)
    assert form.initial["issue_date"] is None
    assert "the last day of the class: please enter the date yourself" in form.fields["issue_date"].help_text

"""A class is concluded while somebody marks: a mark that was begun lands before, whoever comes after is refused."""

import threading
import time
from uuid import uuid4

import pytest
from django.db import connection, transaction

from attendance.constants import MarkState, SheetState
from attendance.models import Event, Mark, Sheet
from attendance.services.leave import excuse
from attendance.services.ledger import decide
from attendance.services.sheets import close_sheet
from attendance.services.walk_ins import add_walk_in
from attendance.tests.records import Class
from attendance.tests.services.test_marking_beside import one_inside_the_other
from courses.constants.choices import CourseState
from courses.constants.errors import Refusal
from courses.models import Course
from courses.services.plan import conclude

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def state(lop):
    return Course.objects.get(pk=lop.course.pk).state


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("opened", [True, False])
def test_a_mark_that_was_begun_is_there_before_the_class_is_concluded(opened):
    """Fails on PostgreSQL without `lock_sheets` in `end_record`: the class is concluded under the mark's feet."""
    lop = Class()
    person, other = lop.people(2)
    if opened:
        lop.mark(lop.general, MarkState.PRESENT, other)
    marked: list[float] = []
    concluded: list[float] = []

    raised: list[Exception] = []
    begun = threading.Event()

    def first():
        try:
            with transaction.atomic():
                lop.mark(lop.general, MarkState.PRESENT, person)
                begun.set()
                time.sleep(0.7)
                marked.append(time.monotonic())
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    def second():
        try:
            begun.wait(10)
            conclude(lop.course, actor=lop.organiser)
            concluded.append(time.monotonic())
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for act in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert raised == []
    assert marked < concluded
    assert (state(lop), Mark.objects.filter(registration=person).count()) == (CourseState.CONCLUDED, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("opened", [True, False])
def test_a_mark_that_comes_while_the_class_is_being_concluded_is_refused(opened):
    """Fails on PostgreSQL without `lock_sheets` in `end_record`, and when marking reads the class before its lock."""
    lop = Class()
    person, other = lop.people(2)
    if opened:
        lop.mark(lop.general, MarkState.PRESENT, other)
    [refused] = one_inside_the_other(
        lambda: conclude(lop.course, actor=lop.organiser), lambda: lop.mark(lop.general, MarkState.PRESENT, person)
    )
    assert isinstance(refused, Refusal)
    assert not Event.objects.filter(registration=person).exists()


def test_what_waits_for_a_decision_is_decided_before_or_its_half_day_closed_all_the_same():
    """Fails without the refusal in `end_record`: a dispute would count as seen for ever."""
    lop = Class()
    [person] = lop.people(1)
    lop.mark(lop.general, MarkState.PRESENT, person)
    excuse(person, [lop.general], reason="ốm", actor=lop.organiser, act=uuid4())
    with pytest.raises(Refusal) as refused:
        conclude(lop.course, actor=lop.organiser)
    assert str(lop.general) in refused.value.sentence
    assert state(lop) == CourseState.RUNNING
    decide(lop.general, person, MarkState.PRESENT, actor=lop.organiser, act=uuid4())
    add_walk_in(lop.first, "Một người lạ", actor=lop.organiser, submission=uuid4())
    with pytest.raises(Refusal):
        conclude(lop.course, actor=lop.organiser)
    close_sheet(lop.first, actor=lop.organiser, expected_version=0, unsettled=True)
    for _twice in range(2):
        assert conclude(lop.course, actor=lop.organiser).state == CourseState.CONCLUDED


def test_half_days_that_nobody_closed_are_no_hindrance_and_are_not_opened_by_it():
    lop = Class()
    conclude(lop.course, actor=lop.organiser)
    assert set(Sheet.objects.values_list("state", flat=True)) == {SheetState.NOT_OPENED}


@pytest.mark.parametrize("people", [1, 3])
def test_concluding_costs_the_same_for_one_person_and_for_three(django_assert_num_queries, people):
    lop = Class()
    lop.attended(people)
    with django_assert_num_queries(12):
        conclude(lop.course, actor=lop.organiser)

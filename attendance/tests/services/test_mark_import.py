"""Marks out of a file: claims of their own way, harmless when repeated, disputed where another way says otherwise."""

from uuid import uuid4

import pytest

from attendance.constants import MarkState, Way
from attendance.models import Event, Mark
from attendance.services.ledger import decide, undo_last_act
from attendance.services.mark_import import import_marks, plan_import
from attendance.services.sheets import close_sheet, reopen_sheet
from attendance.services.table import act_of
from attendance.tests.records import Class
from courses.constants.errors import Refusal
from courses.models import ActionLog

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    return Class()


def bring(lop, states, *, session=None, act=None):
    said = {person.pk: state for person, state in states.items()}
    return import_marks(session or lop.general, said, actor=lop.organiser, act=act or uuid4())


def marks():
    return dict(Mark.objects.order_by("pk").values_list("registration_id", "state"))


def test_a_file_makes_claims_and_no_decisions_with_one_act(lop):
    one, two, three = lop.people(3)
    act = uuid4()
    plan = bring(lop, {one: MarkState.LATE, two: MarkState.EXCUSED, three: MarkState.ABSENT}, act=act)
    assert plan.new == {one.pk: "late", two.pk: "excused", three.pk: "absent"}
    assert marks() == plan.new
    assert set(Event.objects.order_by().values_list("way", "claim", "says", "act")) == {
        (Way.IMPORT, "seen", "late", act), (Way.IMPORT, "excused", "", act), (Way.IMPORT, "not_seen", "", act)
    }  # fmt: skip


def test_the_same_file_again_adds_nothing_and_logs_nothing(lop):
    [one] = lop.people(1)
    for act in (uuid4(), uuid4()):
        plan = bring(lop, {one: MarkState.PRESENT}, act=act)
    assert plan.same == {one.pk: "present"}
    assert Event.objects.count() == 1
    assert ActionLog.objects.filter(action="import marks").count() == 1


def test_the_same_page_sent_twice_adds_nothing_even_when_it_was_taken_back_meanwhile(lop):
    [one] = lop.people(1)
    act = uuid4()
    bring(lop, {one: MarkState.PRESENT}, act=act)
    undo_last_act(lop.general, actor=lop.organiser, act=uuid4())
    bring(lop, {one: MarkState.PRESENT}, act=act)
    assert marks() == {}


def test_what_already_stands_by_another_way_is_not_written_again(lop):
    [one] = lop.people(1)
    lop.mark(lop.general, MarkState.PRESENT, one)
    assert bring(lop, {one: MarkState.PRESENT}).same == {one.pk: "present"}
    assert Event.objects.count() == 1


def test_a_file_that_says_otherwise_than_another_way_makes_it_disputed(lop):
    """Fails when an import is written as a decision."""
    one, two = lop.people(2)
    lop.mark(lop.general, MarkState.PRESENT, one)
    lop.mark(lop.general, MarkState.ABSENT, two)
    plan = bring(lop, {one: MarkState.ABSENT, two: MarkState.PRESENT})
    assert plan.disagreeing == {one.pk: "absent", two.pk: "present"}
    assert marks() == {one.pk: MarkState.DISPUTED, two.pk: MarkState.DISPUTED} == plan.standing


def test_what_somebody_decided_stays(lop):
    [one] = lop.people(1)
    decide(lop.general, one, MarkState.EXCUSED, actor=lop.organiser, act=uuid4())
    assert bring(lop, {one: MarkState.PRESENT}).disagreeing == {one.pk: "present"}
    assert marks() == {one.pk: MarkState.EXCUSED}


def test_a_corrected_file_takes_back_what_the_earlier_one_said(lop):
    """Fails when the earlier entry is not undone: excused and seen would be disputed."""
    one, two = lop.people(2)
    bring(lop, {one: MarkState.EXCUSED, two: MarkState.PRESENT})
    plan = bring(lop, {one: MarkState.PRESENT, two: MarkState.PRESENT})
    assert (plan.corrected, plan.same) == ({one.pk: "present"}, {two.pk: "present"})
    assert marks() == {one.pk: MarkState.PRESENT, two.pk: MarkState.PRESENT}
    bring(lop, {one: MarkState.EXCUSED})
    assert marks()[one.pk] == MarkState.EXCUSED


def test_on_a_closed_sheet_a_file_gives_entries_that_wait_and_changes_no_mark(lop):
    one, two = lop.people(2)
    lop.mark(lop.general, MarkState.PRESENT, one)
    close_sheet(lop.general, actor=lop.organiser, expected_version=0)
    for _ in range(2):
        plan = bring(lop, {one: MarkState.PRESENT, two: MarkState.PRESENT})
    assert plan.closed
    assert marks() == {one.pk: MarkState.PRESENT}
    assert Event.objects.filter(proposal=True).count() == 1
    reopen_sheet(lop.general, actor=lop.organiser, why="Thử")
    assert bring(lop, {two: MarkState.PRESENT}).new == {two.pk: "present"}
    assert marks()[two.pk] == MarkState.PRESENT


def test_absent_by_closing_is_absent_for_a_file_too(lop):
    [one] = lop.people(1)
    close_sheet(lop.general, actor=lop.organiser, expected_version=0)
    assert bring(lop, {one: MarkState.ABSENT}).same == {one.pk: "absent"}
    assert not Event.objects.exists()


def test_one_file_is_an_act_of_its_own_in_each_half_day(lop):
    """Fails when two half-days share an act: the entries of the second would be taken for those of the first."""
    [one] = lop.people(1)
    submission = uuid4()
    for session in (lop.general, lop.first):
        bring(lop, {one: MarkState.PRESENT}, session=session, act=act_of(submission, session))
    assert Mark.objects.filter(state=MarkState.PRESENT).count() == 2


def test_nothing_is_written_when_somebody_may_not_or_is_not_expected(lop):
    """Fails when the checks of marking by hand are left out."""
    [one] = lop.people(1, blocks=[lop.a])
    with pytest.raises(Refusal):
        bring(lop, {one: MarkState.PRESENT}, session=lop.second)
    with pytest.raises(Refusal):
        import_marks(lop.general, {one.pk: MarkState.PRESENT}, actor=lop.officer, act=uuid4())
    assert not Event.objects.exists()


def test_a_plan_costs_the_same_for_one_person_and_for_three(lop, django_assert_num_queries):
    people = lop.people(3)
    lop.mark(lop.general, MarkState.ABSENT, *people)
    for some in (people[:1], people):
        with django_assert_num_queries(6):
            plan = plan_import(lop.general, dict.fromkeys((p.pk for p in some), "present"), actor=lop.organiser)
    assert len(plan.disagreeing) == 3

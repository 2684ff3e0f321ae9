"""Taking back one's own last act: what is an act, whose it is, and what then counts again."""

from uuid import uuid4

import pytest

from attendance.constants import MarkState
from attendance.models import Event, Mark
from attendance.services.ledger import Change, decide, undo_last_act
from attendance.services.paper import mark_from_paper
from attendance.services.sheets import close_sheet
from attendance.services.table import mark_cells, undo_last_act_in_class
from attendance.tests.records import Class
from courses.constants.errors import Refusal
from courses.tests.planning import organiser_of

pytestmark = pytest.mark.usefixtures("english")
PRESENT, LATE, ABSENT = MarkState.PRESENT, MarkState.LATE, MarkState.ABSENT


@pytest.fixture
def lop(db):
    return Class()


def undo(lop, *, actor=None, session=None, act=None):
    return undo_last_act(session or lop.general, actor=actor or lop.organiser, act=act or uuid4())


def states(*people):
    known = dict(Mark.objects.order_by("pk").values_list("registration_id", "state"))
    return [known.get(person.pk, "") for person in people]


def test_a_cleared_mark_comes_back_and_then_the_mark_itself_goes(lop):
    """Fails when acts that consist of undos alone are not looked for, or when taking back counts as an act."""
    [one] = lop.people(1)
    lop.mark(lop.general, LATE, one)
    lop.mark(lop.general, "", one, shown=LATE)
    assert states(one) == [""]
    assert (undo(lop), states(one)) == ([one.pk], [LATE])
    assert (undo(lop), states(one)) == ([one.pk], [""])
    assert (undo(lop), states(one)) == ([], [""])


def test_a_clearing_that_was_brought_back_can_be_made_and_taken_back_again(lop):
    """An undo of an undo of an undo: fails when undos are looked at one level deep."""
    [one] = lop.people(1)
    lop.mark(lop.general, PRESENT, one)
    for _again in range(3):
        lop.mark(lop.general, "", one, shown=PRESENT)
        assert states(one) == [""]
        undo(lop)
        assert states(one) == [PRESENT]
    assert (undo(lop), states(one)) == ([one.pk], [""])


def test_clearing_a_corrected_mark_brings_the_correction_back(lop):
    [one] = lop.people(1)
    lop.mark(lop.general, PRESENT, one)
    lop.mark(lop.general, ABSENT, one, shown=PRESENT)
    lop.mark(lop.general, "", one, shown=ABSENT)
    assert [(undo(lop), states(one)) for _time in range(3)] == [([one.pk], [s]) for s in (ABSENT, PRESENT, "")]


def test_the_same_request_again_takes_back_no_more(lop):
    [one] = lop.people(1)
    lop.mark(lop.general, PRESENT, one)
    lop.mark(lop.general, "", one, shown=PRESENT)
    act = uuid4()
    assert [undo(lop, act=act), undo(lop, act=act)] == [[one.pk], []]
    assert (states(one), Event.objects.count()) == ([PRESENT], 3)


def test_another_organisers_mark_comes_back_when_the_one_who_cleared_it_takes_that_back(lop):
    [one] = lop.people(1)
    other = organiser_of(lop.host)
    lop.mark(lop.general, PRESENT, one, actor=other)
    lop.mark(lop.general, "", one, shown=PRESENT)
    assert (undo(lop), states(one)) == ([one.pk], [PRESENT])
    assert (undo(lop), states(one)) == ([], [PRESENT])
    assert (undo(lop, actor=other), states(one)) == ([one.pk], [""])


def test_somebody_elses_act_in_between_is_passed_over(lop):
    one, two = lop.people(2)
    other = organiser_of(lop.host)
    lop.mark(lop.general, PRESENT, one)
    lop.mark(lop.general, "", one, shown=PRESENT)
    lop.mark(lop.general, LATE, two, actor=other)
    assert (undo(lop), states(one, two)) == ([one.pk], [PRESENT, LATE])


def test_who_was_marked_anew_since_by_somebody_else_stays_so(lop):
    """Present beside the other's absent would be present by the rules: fails without `written_since`."""
    one, two = lop.people(2)
    other = organiser_of(lop.host)
    lop.mark(lop.general, PRESENT, one, two, actor=other)
    lop.mark(lop.general, "", one, two, shown=PRESENT)
    lop.mark(lop.general, ABSENT, one, actor=other)
    assert (undo(lop), states(one, two)) == ([two.pk], [ABSENT, PRESENT])
    assert (undo(lop), states(one, two)) == ([], [ABSENT, PRESENT])


def test_a_page_that_cleared_one_and_marked_another_is_taken_back_whole(lop):
    one, two = lop.people(2)
    lop.mark(lop.general, PRESENT, one)
    lop.mark(lop.general, "", one, shown=PRESENT, submission=(page := uuid4()))
    lop.mark(lop.general, LATE, two, submission=page)
    assert (undo(lop), states(one, two)) == ([one.pk, two.pk], [PRESENT, ""])


def test_what_the_paper_said_comes_back_when_it_was_cleared_there(lop):
    [one] = lop.people(1)
    for state in (ABSENT, ""):
        mark_from_paper(lop.general, {one.pk: state}, actor=lop.organiser, submission=uuid4())
    assert (undo(lop), states(one)) == ([one.pk], [ABSENT])


def test_a_decision_of_another_stands_when_the_claim_under_it_is_taken_back(lop):
    [one] = lop.people(1)
    lop.mark(lop.general, PRESENT, one)
    decide(lop.general, one, ABSENT, actor=organiser_of(lop.host), act=uuid4())
    assert (undo(lop), states(one)) == ([one.pk], [ABSENT])


# ---- in the table


def set_cells(lop, *cells):
    changes: dict = {}
    for session, person, shown, wanted in cells:
        changes.setdefault(session, []).append(Change(person.pk, shown, wanted))
    mark_cells(changes, actor=lop.organiser, submission=uuid4())


def table_states():
    return sorted(Mark.objects.values_list("session_id", "registration_id", "state"))


def test_in_the_table_each_cell_is_taken_back_alone_the_last_half_day_first(lop):
    """Cells that were sent together are taps of their own; fails without `one_by_one`."""
    one, two = lop.people(2)
    set_cells(lop, (lop.general, one, "", PRESENT), (lop.general, two, "", LATE))
    set_cells(lop, (lop.first, one, "", ABSENT))
    back = [undo_last_act_in_class(lop.course, actor=lop.organiser, act=uuid4()) for _time in range(2)]
    assert back == [lop.first, lop.general]
    assert table_states() == [(lop.general.pk, one.pk, PRESENT)]
    assert undo_last_act_in_class(lop.course, actor=lop.organiser, act=uuid4()) == lop.general
    assert undo_last_act_in_class(lop.course, actor=lop.organiser, act=uuid4()) is None


def test_in_the_table_the_same_request_again_takes_back_no_more(lop):
    """Fails, in another half-day, when the act is not looked for in the whole class."""
    [one] = lop.people(1)
    set_cells(lop, (lop.general, one, "", PRESENT))
    set_cells(lop, (lop.first, one, "", PRESENT))
    act = uuid4()
    for _again in range(2):
        assert undo_last_act_in_class(lop.course, actor=lop.organiser, act=act) == lop.first
    assert table_states() == [(lop.general.pk, one.pk, PRESENT)]


def test_in_the_table_nothing_of_somebody_else_or_of_another_class_is_taken_back(lop):
    [one] = lop.people(1)
    set_cells(lop, (lop.general, one, "", PRESENT))
    assert undo_last_act_in_class(lop.course, actor=organiser_of(lop.host), act=uuid4()) is None
    other = Class(host=None, code="LOP-2")
    assert undo_last_act_in_class(other.course, actor=lop.organiser, act=uuid4()) is None
    assert len(table_states()) == 1


def test_on_a_closed_sheet_nothing_is_taken_back(lop):
    [one] = lop.people(1)
    set_cells(lop, (lop.general, one, "", PRESENT))
    close_sheet(lop.general, actor=lop.organiser, expected_version=0)
    with pytest.raises(Refusal):
        undo_last_act_in_class(lop.course, actor=lop.organiser, act=uuid4())


def test_looking_for_the_last_act_takes_as_many_queries_for_many_as_for_one(lop, django_assert_num_queries):
    for count in (1, 3):
        for person in lop.people(count):
            set_cells(lop, (lop.general, person, "", PRESENT))
            set_cells(lop, (lop.general, person, PRESENT, ""))
        with django_assert_num_queries(20):
            undo_last_act_in_class(lop.course, actor=lop.organiser, act=uuid4())

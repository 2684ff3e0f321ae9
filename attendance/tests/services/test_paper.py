"""What the signed paper says goes into the ledger as claims."""

from uuid import uuid4

import pytest

from attendance.constants import Claim, MarkState, Way
from attendance.models import Event, Mark
from attendance.reports.waiting import waiting_at
from attendance.services.ledger import add_up_again, decide, lock_sheet, undo_last_act
from attendance.services.paper import mark_from_paper, said_on_paper
from attendance.services.sheets import close_sheet, reopen_sheet
from attendance.tests.records import Class, officer_of
from courses.constants.clock import now
from courses.constants.errors import Refusal

pytestmark = pytest.mark.usefixtures("english")
PRESENT, LATE, EARLY, EXCUSED, ABSENT, DISPUTED = (
    MarkState.PRESENT,
    MarkState.LATE,
    MarkState.LEFT_EARLY,
    MarkState.EXCUSED,
    MarkState.ABSENT,
    MarkState.DISPUTED,
)


@pytest.fixture
def lop(db):
    return Class()


def typed(lop, says, *, call=1, submission=None, actor=None):
    says = {registration.pk: state for registration, state in says.items()}
    actor = actor or lop.organiser
    return mark_from_paper(lop.general, says, actor=actor, submission=submission or uuid4(), call=call)


def state_of(registration):
    return Mark.objects.filter(registration=registration).values_list("state", flat=True).first() or ""


def at_the_door(lop, registration):
    Event.objects.create(
        session=lop.general,
        registration=registration,
        claim=Claim.SEEN,
        way=Way.DOOR,
        client_id=uuid4(),
        happened_at=lop.general.starts_at,
        arrived_at=now(),
    )
    lock_sheet(lop.general)
    add_up_again(lop.general, [registration.pk])


@pytest.mark.parametrize("state", [PRESENT, LATE, EARLY, EXCUSED, ABSENT])
def test_the_paper_claims_and_never_decides(lop, state):
    [person] = lop.people(1)
    assert typed(lop, {person: state}).saved == {person.pk: state}
    assert state_of(person) == state
    [event] = Event.objects.all()
    assert (event.way, event.call, event.by_id) == (Way.PAPER, 1, lop.organiser.user_id)
    assert event.claim != Claim.DECISION
    assert said_on_paper(lop.general, [person.pk]) == {person.pk: state}


def test_what_the_paper_and_the_door_or_a_hand_do_not_agree_on_is_disputed(lop):
    door, hand, agreed = lop.people(3)
    at_the_door(lop, door)
    lop.mark(lop.general, PRESENT, hand, agreed)
    outcome = typed(lop, {door: ABSENT, hand: EXCUSED, agreed: PRESENT})
    assert outcome.saved == {door.pk: DISPUTED, hand.pk: DISPUTED, agreed.pk: PRESENT}
    assert [state_of(r) for r in (door, hand, agreed)] == [DISPUTED, DISPUTED, PRESENT]


def test_a_slip_of_the_typist_put_right_is_no_dispute(lop):
    """Fails when the paper's earlier entries are not taken back."""
    one, two = lop.people(2)
    typed(lop, {one: EXCUSED, two: PRESENT})
    outcome = typed(lop, {one: PRESENT, two: ABSENT})
    assert outcome.saved == {one.pk: PRESENT, two.pk: ABSENT}
    assert Event.objects.filter(claim=Claim.UNDO, way=Way.PAPER).count() == 2
    at_the_door(lop, two)
    assert state_of(two) == DISPUTED
    assert typed(lop, {one: PRESENT, two: PRESENT}).saved == {two.pk: PRESENT}
    assert typed(lop, {two: ""}).saved == {two.pk: PRESENT}  # the door saw the person


def test_a_decision_holds_against_the_paper(lop):
    [person] = lop.people(1)
    decide(lop.general, person, PRESENT, actor=lop.organiser, act=uuid4())
    assert typed(lop, {person: ABSENT}).saved == {person.pk: PRESENT}


def test_sent_twice_or_typed_again_alike_it_adds_nothing(lop):
    [person] = lop.people(1)
    submission = uuid4()
    typed(lop, {person: ABSENT}, submission=submission)
    for again in (submission, uuid4()):
        assert typed(lop, {person: ABSENT}, submission=again).unchanged == {person.pk: ABSENT}
    typed(lop, {person: PRESENT})
    assert typed(lop, {person: ABSENT}, submission=submission).unchanged == {person.pk: PRESENT}
    assert Event.objects.count() == 3


@pytest.mark.parametrize(
    ("first", "found", "missing"),
    [
        (PRESENT, PRESENT, EARLY),
        (LATE, LATE, EARLY),
        (EARLY, EARLY, EARLY),
        (ABSENT, LATE, ABSENT),
        (EXCUSED, DISPUTED, EXCUSED),
        ("", LATE, ""),
    ],
)
def test_the_second_column_says_who_left_and_who_came_late_in_any_order(lop, first, found, missing):
    for second, expected in ((PRESENT, found), (ABSENT, missing)):
        one, other = lop.people(2)
        typed(lop, {one: first})
        typed(lop, {one: second}, call=2)
        typed(lop, {other: second}, call=2)
        typed(lop, {other: first})
        assert [state_of(one), state_of(other)] == [expected, expected]


def test_a_slip_in_the_second_column_is_put_right_without_the_first(lop):
    [person] = lop.people(1)
    typed(lop, {person: PRESENT})
    typed(lop, {person: ABSENT}, call=2)
    assert state_of(person) == EARLY
    assert typed(lop, {person: PRESENT}, call=2).saved == {person.pk: PRESENT}
    assert said_on_paper(lop.general, [person.pk]) == {person.pk: PRESENT}


def test_the_second_call_after_a_hand_that_saw_the_person_makes_left_early(lop):
    [person] = lop.people(1)
    lop.mark(lop.general, PRESENT, person)
    assert typed(lop, {person: ABSENT}, call=2).saved == {person.pk: EARLY}


def test_on_a_closed_sheet_the_paper_proposes(lop):
    [person] = lop.people(1)
    close_sheet(lop.general, actor=lop.organiser, expected_version=0)
    assert typed(lop, {person: PRESENT}).proposed == {person.pk: PRESENT}
    assert typed(lop, {person: PRESENT}).unchanged == {person.pk: ""}
    assert state_of(person) == ""
    reopen_sheet(lop.general, actor=lop.organiser, why="phiếu đến sau")
    assert len(waiting_at(lop.general)) == 1
    assert typed(lop, {person: PRESENT}).saved == {person.pk: PRESENT}
    assert waiting_at(lop.general) == []  # typed in again, the proposal is settled


def test_who_may_not_mark_and_what_cannot_be_said_is_refused(lop):
    [person] = lop.people(1)
    for says, call, actor in (
        ({person: PRESENT}, 1, officer_of(lop.host)),
        ({person: DISPUTED}, 1, None),
        ({person: EXCUSED}, 2, None),
        ({person: PRESENT}, 3, None),
        ({Class(code="LOP-2").people(1)[0]: PRESENT}, 1, None),
    ):
        with pytest.raises(Refusal):
            typed(lop, says, call=call, actor=actor)
    assert not Event.objects.exists()


def test_the_paper_of_one_and_of_three_costs_the_same(lop, django_assert_num_queries):
    typed(lop, dict.fromkeys(lop.people(1), PRESENT))
    for count in (1, 3):
        people = lop.people(count)
        typed(lop, dict.fromkeys(people, PRESENT))
        with django_assert_num_queries(15):
            typed(lop, dict.fromkeys(people, ABSENT))


def test_a_correction_that_is_taken_back_leaves_what_the_paper_said_before(lop):
    [person] = lop.people(1)
    for state in (MarkState.ABSENT, MarkState.PRESENT):
        mark_from_paper(lop.general, {person.pk: state}, actor=lop.organiser, submission=uuid4())
    assert undo_last_act(lop.general, actor=lop.organiser, act=uuid4()) == [person.pk]
    assert Mark.objects.get().state == MarkState.ABSENT
    assert undo_last_act(lop.general, actor=lop.organiser, act=uuid4()) == [person.pk]
    assert not Mark.objects.exists()

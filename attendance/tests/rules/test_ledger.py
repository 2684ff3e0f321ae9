from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.constants import SAYABLE_STATES, SEEN_STATES, TIMED_WAYS, Claim, MarkState, Way
from attendance.rules.ledger import Claimed, add_up, proposals

START = datetime(2022, 6, 15, 0, 30, tzinfo=UTC)  # 7:30 in Vị Thanh
GRACE = 15


def total(events):
    return add_up(events, starts_at=START, grace_minutes=GRACE)


def state(events):
    standing = total(events)
    return standing and standing.state


def at(minutes):
    return START + timedelta(minutes=minutes)


def event(number, claim, way=Way.HAND, said="", *, minutes=0, arrived=None, **more):
    return Claimed(
        id=number,
        claim=claim,
        way=way,
        state=said,
        happened_at=at(minutes),
        arrived_at=at(minutes if arrived is None else arrived),
        **more,
    )


SEEN, NOT_SEEN, EXCUSED, LEFT, DECISION, UNDO = (
    Claim.SEEN,
    Claim.NOT_SEEN,
    Claim.EXCUSED,
    Claim.LEFT_EARLY,
    Claim.DECISION,
    Claim.UNDO,
)
P, L, E, X, A, D = (
    MarkState.PRESENT,
    MarkState.LATE,
    MarkState.LEFT_EARLY,
    MarkState.EXCUSED,
    MarkState.ABSENT,
    MarkState.DISPUTED,
)
DOOR, SCREEN, HAND, PAPER, LEAVE = Way.DOOR, Way.SCREEN, Way.HAND, Way.PAPER, Way.LEAVE

CASES = {
    # (a) a decision beats every claim; the latest to arrive wins, then the higher id
    "decision over seen": ([event(1, SEEN, DOOR), event(2, DECISION, said=A)], A),
    "decision over excused": ([event(1, EXCUSED, LEAVE), event(2, DECISION, said=P)], P),
    "decision over a dispute": ([event(1, SEEN, DOOR), event(2, NOT_SEEN, PAPER), event(3, DECISION, said=L)], L),
    "decision over a claim that comes after it": ([event(1, DECISION, said=A), event(2, SEEN, DOOR, minutes=9)], A),
    "decision over a leaving": ([event(1, DECISION, said=P), event(2, LEFT, DOOR, minutes=60)], P),
    "the decision that arrived last": (
        [event(1, DECISION, said=A, arrived=9), event(2, DECISION, said=P, arrived=5)],
        A,
    ),
    "at the same moment the higher id": (
        [event(1, DECISION, said=A, arrived=5), event(2, DECISION, said=P, arrived=5)],
        P,
    ),
    # (b) excused together with seen is disputed, alone it is excused
    "excused and seen": ([event(1, EXCUSED, LEAVE), event(2, SEEN, DOOR)], D),
    "excused and seen by one way": ([event(1, EXCUSED, HAND), event(2, SEEN, HAND)], D),
    "excused alone": ([event(1, EXCUSED, LEAVE)], X),
    "excused and not seen": ([event(1, EXCUSED, LEAVE), event(2, NOT_SEEN, PAPER)], X),
    "excused and gone early": ([event(1, EXCUSED, LEAVE), event(2, LEFT, DOOR)], X),
    # (c) seen and not seen from two ways
    "door saw, paper did not": ([event(1, SEEN, DOOR), event(2, NOT_SEEN, PAPER)], D),
    "paper saw, hand did not, and left early": (
        [event(1, SEEN, PAPER), event(2, NOT_SEEN, HAND), event(3, LEFT, HAND)],
        D,
    ),
    "two ways saw, one of them also did not": (
        [event(1, SEEN, DOOR), event(2, SEEN, PAPER), event(3, NOT_SEEN, PAPER)],
        D,
    ),
    # (d) seen
    "one way: a second call found the person": ([event(1, NOT_SEEN, PAPER), event(2, SEEN, PAPER, minutes=90)], P),
    "one way: a second call did not": ([event(1, SEEN, PAPER), event(2, NOT_SEEN, PAPER, minutes=90)], P),
    "door on time": ([event(1, SEEN, DOOR, minutes=-10)], P),
    "door on the last minute of grace": ([event(1, SEEN, DOOR, minutes=GRACE)], P),
    "door after the grace": ([event(1, SEEN, DOOR, minutes=GRACE + 1)], L),
    "screen after the grace": ([event(1, SEEN, SCREEN, minutes=40)], L),
    "the earliest of two scans": ([event(1, SEEN, DOOR, minutes=40), event(2, SEEN, SCREEN, minutes=3)], P),
    "hand long after, on time by its word": ([event(1, SEEN, HAND, P, minutes=300)], P),
    "hand says late": ([event(1, SEEN, HAND, L, minutes=-5)], L),
    "paper without a word": ([event(1, SEEN, PAPER, minutes=300)], P),
    "file says late": ([event(1, SEEN, Way.IMPORT, L)], L),
    "late at the door, on time by hand": ([event(1, SEEN, DOOR, minutes=40), event(2, SEEN, HAND, P, minutes=50)], P),
    "late by both": ([event(1, SEEN, DOOR, minutes=40), event(2, SEEN, HAND, L)], L),
    "seen and left early": ([event(1, SEEN, DOOR), event(2, LEFT, DOOR, minutes=60)], E),
    "left early by hand's word": ([event(1, SEEN, HAND, E)], E),
    "late and left early": ([event(1, SEEN, DOOR, minutes=40), event(2, LEFT, DOOR, minutes=60)], E),
    # (e) not seen
    "not seen": ([event(1, NOT_SEEN, PAPER)], A),
    "not seen by two ways": ([event(1, NOT_SEEN, PAPER), event(2, NOT_SEEN, HAND)], A),
    "not seen and left early": ([event(1, NOT_SEEN, PAPER), event(2, LEFT, DOOR)], A),
    # (f) nothing known
    "no events": ([], None),
    "left early alone": ([event(1, LEFT, DOOR)], None),
    # undo
    "undone": ([event(1, SEEN, HAND), event(2, UNDO, undoes=1)], None),
    "undo undone": ([event(1, SEEN, HAND), event(2, UNDO, undoes=1), event(3, UNDO, undoes=2)], P),
    "decision undone, the claims again": (
        [event(1, SEEN, DOOR), event(2, DECISION, said=A), event(3, UNDO, undoes=2)],
        P,
    ),
    "dispute ended by an undo": ([event(1, SEEN, DOOR), event(2, NOT_SEEN, HAND), event(3, UNDO, undoes=2)], P),
    "an undo of itself, or of what comes later, is nothing": (
        [event(1, UNDO, undoes=2), event(2, SEEN, HAND), event(3, UNDO, undoes=3)],
        P,
    ),
    # proposals
    "a proposal waits": ([event(1, NOT_SEEN, PAPER), event(2, SEEN, DOOR, proposal=True)], A),
    "a proposal alone": ([event(1, SEEN, DOOR, proposal=True)], None),
    "a decision names it": ([event(1, SEEN, DOOR, proposal=True), event(2, DECISION, said=P, names=1)], P),
    "a decision names and refuses it": ([event(1, SEEN, DOOR, proposal=True), event(2, DECISION, said=A, names=1)], A),
    "an undo after closing waits": ([event(1, SEEN, HAND), event(2, UNDO, undoes=1, proposal=True)], P),
    "a decision after closing waits": ([event(1, SEEN, HAND), event(2, DECISION, said=A, proposal=True)], P),
    "a late decision that another names": (
        [event(1, SEEN, HAND), event(2, DECISION, said=A, proposal=True), event(3, DECISION, said=X, names=2)],
        X,
    ),
}


@pytest.mark.parametrize(("events", "expected"), CASES.values(), ids=CASES.keys())
def test_the_events_of_a_half_day_add_up(events, expected):
    assert state(events) == expected


def test_a_standing_says_since_when_by_which_ways_and_on_what_it_rests():
    standing = total(
        [
            event(7, LEFT, HAND, minutes=100),
            event(5, SEEN, PAPER, minutes=20),
            event(3, SEEN, DOOR, minutes=2),
            event(4, NOT_SEEN, DOOR, minutes=1),
            event(6, UNDO, undoes=4),
        ]
    )

    assert standing.state == E
    assert standing.since == at(2)
    assert standing.ways == (DOOR, PAPER)
    assert standing.basis == (3, 5, 7)


def test_a_dispute_rests_on_both_sides_and_counts_as_seen_until_decided():
    standing = total([event(1, SEEN, DOOR), event(2, NOT_SEEN, PAPER)])

    assert standing.disputed
    assert standing.counts_as_seen
    assert standing.basis == (1, 2)


@pytest.mark.parametrize(("said", "seen"), [(P, True), (L, True), (E, True), (X, False), (A, False)])
def test_only_the_seen_states_count_as_seen(said, seen):
    assert total([event(1, DECISION, said=said)]).counts_as_seen is seen


def test_proposals_are_listed_until_decided_on_or_undone():
    late_scan = event(1, SEEN, DOOR, proposal=True)
    decision = event(2, DECISION, said=P, names=1)

    assert proposals([late_scan]) == (late_scan,)
    assert proposals([late_scan, decision]) == ()
    assert proposals([late_scan, decision, event(3, UNDO, undoes=2)]) == (late_scan,)
    assert proposals([late_scan, event(2, UNDO, undoes=1)]) == ()


@pytest.mark.parametrize("said", ["", D, "here"])
def test_a_decision_must_say_what_a_person_can_say(said):
    with pytest.raises(ValueError, match="a decision says one of"):
        event(1, DECISION, said=said)


def test_a_claim_that_contradicts_itself_is_refused():
    with pytest.raises(ValueError, match="seen cannot be 'absent'"):
        event(1, SEEN, HAND, A)


# Generated histories. Clocks are apart: happened_at and arrived_at are drawn independently of each other and of the id.


@st.composite
def histories(draw, max_size=9):
    size = draw(st.integers(0, max_size))
    return [draw(_events(number)) for number in range(1, size + 1)]


@st.composite
def _events(draw, number):
    claim = draw(st.sampled_from(list(Claim)))
    said = ""
    if claim == DECISION:
        said = draw(st.sampled_from(sorted(SAYABLE_STATES)))
    elif claim == SEEN:
        said = draw(st.sampled_from(["", *sorted(SEEN_STATES)]))
    return event(
        number,
        claim,
        draw(st.sampled_from(list(Way))),
        said,
        minutes=draw(st.integers(-60, 240)),
        arrived=draw(st.integers(-60, 600)),
        undoes=draw(st.integers(1, 9)) if claim == UNDO else None,
        names=draw(st.none() | st.integers(1, 9)) if claim == DECISION else None,
        proposal=draw(st.booleans()) and draw(st.booleans()),
    )


quick = settings(max_examples=100, deadline=None)


@quick
@given(histories(), st.randoms(use_true_random=False))
def test_any_order_gives_the_same(events, random):
    shuffled = list(events)
    random.shuffle(shuffled)
    assert total(shuffled) == total(events)
    assert proposals(shuffled) == proposals(events)


@quick
@given(histories(), st.data())
def test_the_same_event_twice_is_harmless(events, data):
    repeated = data.draw(st.lists(st.sampled_from(events), max_size=5)) if events else []
    assert total(repeated + events) == total(events)


@quick
@given(histories(), st.data())
def test_claims_may_arrive_at_any_time(events, data):
    moved = [
        item if item.claim == DECISION else replace(item, arrived_at=at(data.draw(st.integers(-300, 900))))
        for item in events
    ]
    assert total(moved) == total(events)


@quick
@given(histories(), st.data())
def test_an_undo_takes_away_exactly_its_event_and_its_undo_brings_it_back(events, data):
    if not events:
        return
    gone = data.draw(st.sampled_from(events))
    undo = event(90, UNDO, undoes=gone.id)

    assert total([*events, undo]) == total([item for item in events if item.id != gone.id])
    assert total([*events, undo, event(91, UNDO, undoes=90)]) == total(events)


@quick
@given(histories(), st.sampled_from(sorted(SAYABLE_STATES)))
def test_the_newest_decision_always_wins(events, said):
    decided = total([*events, event(90, DECISION, said=said, arrived=9999)])
    assert decided.state == said
    assert decided.basis == (90,)


@quick
@given(histories())
def test_leaving_early_never_makes_somebody_present(events):
    without = [item for item in events if item.claim not in {SEEN, DECISION}]
    standing = total([*without, event(90, LEFT, DOOR), event(91, LEFT, HAND)])
    assert standing is None or standing.state in {X, A}


@quick
@given(histories())
def test_lateness_is_read_off_the_clock_for_door_and_screen_alone(events):
    later = [
        item if item.way in TIMED_WAYS else replace(item, happened_at=item.happened_at + timedelta(days=1))
        for item in events
    ]
    assert state(later) == state(events)


@quick
@given(histories())
def test_a_proposal_changes_nothing_until_it_is_named(events):
    named = {item.names for item in events}
    waiting = [item for item in events if item.proposal and item.id not in named]
    assert total([item for item in events if item not in waiting]) == total(events)


@quick
@given(histories())
def test_a_standing_rests_on_events_of_its_own_history(events):
    standing = total(events)
    if standing is not None:
        assert set(standing.basis) <= {item.id for item in events}
        assert standing.basis

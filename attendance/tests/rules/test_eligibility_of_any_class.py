"""What holds of generated classes and attendance, whatever they are."""

from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.constants import Counting, Examination, Measure
from attendance.rules.eligibility import Rule
from attendance.tests.rules.half_days import (
    GRADES,
    half_day,
    verdict,
)

letters = st.sampled_from("PLEXAD-")
countings = st.sampled_from(list(Counting))
rules = st.builds(
    Rule,
    share=st.integers(1, 100),
    measure=st.sampled_from(list(Measure)),
    late_counts=countings,
    left_early_counts=countings,
    excused_counts=countings,
    must_attend=st.frozensets(st.integers(1, 5), max_size=2),
    test=st.sampled_from(list(Examination)),
    pass_mark=st.decimals(0, 10, places=2),
    grades=st.sampled_from([(), GRADES]),
)


@st.composite
def situations(draw):
    """A class of up to five half-days, the attendance in them, the rule and what is owed."""
    size = draw(st.integers(0, 5))
    sessions = [
        half_day(
            number,
            periods=draw(st.integers(1, 5)),
            required=draw(st.booleans()) or draw(st.booleans()),
            closed=draw(st.booleans()),
            blocks=draw(st.frozensets(st.integers(1, 2), max_size=2)),
        )
        for number in range(1, size + 1)
    ]
    said = "".join(draw(letters) for _ in sessions)
    points = draw(st.none() | st.decimals(0, 10, places=2))
    owed = draw(st.sets(st.integers(1, 2)))
    return said, draw(rules), {"sessions": sessions, "blocks_owed": owed, "points": points}


quick = settings(max_examples=100, deadline=None)


@quick
@given(situations(), st.data())
def test_a_present_mark_never_takes_away_what_was_earned(situation, data):
    said, rule, more = situation
    if not said:
        return
    place = data.draw(st.integers(0, len(said) - 1))
    before = verdict(said, rule, **more, over=len(said))
    after = verdict(f"{said[:place]}P{said[place + 1 :]}", rule, **more, over=len(said))

    assert after.attended >= before.attended
    assert after.earned or not before.earned
    assert after.can_still or not before.can_still


@quick
@given(situations())
def test_who_has_earned_it_attended_what_is_needed(situation):
    said, rule, more = situation
    result = verdict(said, rule, **more)

    assert result.needed <= result.possible
    assert result.attended <= result.reachable <= result.possible
    if result.earned:
        assert 0 < result.needed <= result.attended
        assert result.can_still


@quick
@given(situations())
def test_can_still_is_whether_any_outcome_of_the_rest_earns(situation):
    said, rule, more = situation
    closed = {item.id for item in more["sessions"] if item.closed}
    open_places = [index for index, letter in enumerate(said) if letter == "-" and index + 1 not in closed][:3]
    for place in [index for index, letter in enumerate(said) if letter == "-" and index not in open_places]:
        said = f"{said[:place]}A{said[place + 1 :]}"

    passing = rule.pass_mark if more["points"] is None else more["points"]

    def outcome(rest):
        filled = list(said)
        for place, letter in zip(open_places, rest, strict=True):
            filled[place] = letter
        return verdict("".join(filled), rule, **{**more, "points": passing}).earned

    outcomes = product("PLEXA", repeat=len(open_places))
    assert verdict(said, rule, **more).can_still is any(outcome(rest) for rest in outcomes)


@quick
@given(situations(), st.decimals(0, 10, places=2))
def test_more_points_never_take_away_what_was_earned(situation, better):
    said, rule, more = situation
    before = verdict(said, rule, **more)
    if more["points"] is not None:
        better = max(better, more["points"])
    after = verdict(said, rule, **{**more, "points": better})

    assert after.earned or not before.earned
    if more["points"] is not None:
        assert after.can_still or not before.can_still
        words = [words for _lowest, words in rule.grades]
        assert not before.grade or words.index(after.grade) <= words.index(before.grade)


@quick
@given(situations())
def test_a_decision_apart_from_the_rule_beats_all(situation):
    said, rule, more = situation
    result = verdict(said, rule, **more, override="theo Quyết định")

    assert (result.earned, result.can_still, result.special, result.grade_open) == (True, True, True, False)
    assert result.grade == verdict(said, rule, **more).grade


@quick
@given(situations())
def test_who_has_earned_it_passed_the_test_and_a_grade_is_for_those_who_passed(situation):
    said, rule, more = situation
    result = verdict(said, rule, **more)

    if result.earned and rule.needs_test:
        assert result.points is not None
        assert result.points >= rule.pass_mark
    if result.grade:
        assert rule.needs_test
        assert result.points >= rule.pass_mark
    assert not (result.earned and result.grade_open)


@quick
@given(situations())
def test_a_cancelled_half_day_is_as_if_it_were_not_there(situation):
    said, rule, more = situation
    if not said:
        return
    cancelled = [replace(more["sessions"][0], cancelled=True), *more["sessions"][1:]]
    without = verdict(said, rule, **{**more, "sessions": more["sessions"][1:]})

    assert verdict(said, rule, **{**more, "sessions": cancelled}) == without

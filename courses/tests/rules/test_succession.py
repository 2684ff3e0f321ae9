"""Who took over from whom: followed to a day, through mergers, splits and chains of them."""

import datetime as dt

import pytest

from courses.rules.succession import Line, ring

THEN, LATER, TODAY = dt.date(2025, 3, 1), dt.date(2025, 7, 1), dt.date(2026, 1, 1)


def test_an_office_without_a_successor_is_its_own_heir():
    assert Line([], TODAY).heirs(1) == {1}
    assert Line([], TODAY).heir(1) == 1


def test_successors_are_followed_to_the_last_and_only_up_to_the_day():
    passed = [(1, 2, THEN), (2, 3, LATER)]
    assert Line(passed, TODAY).heir(1) == 3
    assert Line(passed, dt.date(2025, 6, 30)).heir(1) == 2
    assert Line(passed, LATER).heir(1) == 3
    assert Line(passed, dt.date(2025, 2, 28)).heir(1) == 1


def test_after_a_split_a_person_counts_in_the_part_they_are_in():
    line = Line([(1, 2, THEN), (1, 3, THEN), (3, 4, LATER)], TODAY)
    assert line.heirs(1) == {2, 4}
    assert line.heir(1, present=[2]) == 2
    assert line.heir(1, present=[3]) == 4  # not moved a second time: the part has gone on
    assert line.heir(1, present=[9, 4]) == 4  # an office below the part


@pytest.mark.parametrize("present", [(), [1], [7]])
def test_after_a_split_nobody_s_part_is_guessed(present):
    """Somebody who was never moved, and somebody who went elsewhere, count where they were."""
    assert Line([(1, 2, THEN), (1, 3, THEN)], TODAY).heir(1, present) == 1


def test_parts_that_came_together_again_are_one():
    assert Line([(1, 2, THEN), (1, 3, THEN), (2, 4, LATER), (3, 4, LATER)], TODAY).heir(1) == 4


@pytest.mark.parametrize(
    ("passed", "found"),
    [
        ([], False),
        ([(1, 2), (2, 3)], False),
        ([(1, 2), (1, 3), (2, 4), (3, 4)], False),  # two ways to the same office are no ring
        ([(1, 2), (2, 1)], True),
        ([(9, 1), (1, 2), (2, 3), (3, 1)], True),
        ([(1, 5), (1, 2), (2, 3), (3, 2)], True),
    ],
)
def test_an_office_that_would_take_over_from_itself_is_found(passed, found):
    assert (ring(passed) is not None) is found


def test_many_successions_are_looked_at_once_each():
    """Twenty splits and mergers in a row have a million ways through them."""
    passed = [pair for n in range(0, 60, 3) for pair in ((n, n + 1), (n, n + 2), (n + 1, n + 3), (n + 2, n + 3))]
    assert ring(passed) is None
    assert Line([(old, new, THEN) for old, new in passed], TODAY).heir(0) == 60


def test_an_office_stands_for_all_whose_work_came_to_it_by_the_day():
    line = Line([(1, 3, THEN), (2, 3, THEN), (3, 4, THEN), (5, 4, LATER)], THEN)
    assert line.behind(4) == {1, 2, 3, 4}
    assert line.behind(1) == {1}
    assert line.came_from(3) == [1, 2]
    assert Line([(1, 2, THEN), (2, 1, THEN)], TODAY).behind(1) == {1, 2}


def test_the_nearest_offices_are_those_that_exist_and_come_first():
    """2 exists, so that what 2 passed on later does not matter; 3 is gone, so that its own successor counts."""
    line = Line([(1, 2, THEN), (1, 3, THEN), (2, 5, THEN), (3, 4, THEN)], TODAY)
    assert line.nearest(1, {2, 4, 5}.__contains__) == {2, 4}
    assert line.nearest(1, {1, 2}.__contains__) == {1}
    assert line.nearest(6, {1, 2}.__contains__) == set()

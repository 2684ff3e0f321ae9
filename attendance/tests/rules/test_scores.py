"""Points as people type them."""

import re
from decimal import Decimal

import pytest

from attendance.rules.scores import read_points


@pytest.mark.parametrize(
    ("typed", "points"),
    [
        ("", None), ("  ", None), ("7,5", "7.5"), ("7.5", "7.5"), ("10", "10"), (" 8 ", "8"), ("0", "0"),
        ("7,50", "7.5"), ("7,250", "7.25"), ("100", "100"), ("07", "7"),
    ],
)  # fmt: skip
def test_a_comma_and_a_point_both_part_decimals(typed, points):
    assert read_points(typed) == (None if points is None else Decimal(points))


@pytest.mark.parametrize("typed", ["x", "-1", "7,5,5", "7,123", "1e3", "7,", ",5", "12345", "٧", "NaN", "7 5", "+8"])
def test_what_is_no_number_of_points_is_none(typed):
    with pytest.raises(ValueError, match=re.escape(typed)):
        read_points(typed)

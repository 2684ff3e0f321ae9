import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.constants.errors import Refusal
from courses.constants.partial_dates import PartialDate, official_date

DAY = PartialDate(dt.date(1975, 6, 5), "day")
MONTH = PartialDate(dt.date(1975, 6, 1), "month")
YEAR = PartialDate(dt.date(1975, 1, 1), "year")


@pytest.mark.parametrize(
    ("date", "iso", "vietnamese"),
    [(DAY, "1975-06-05", "05/06/1975"), (MONTH, "1975-06", "06/1975"), (YEAR, "1975", "1975")],
)
def test_a_date_is_written_as_precisely_as_it_is_known(date, iso, vietnamese):
    assert date.iso() == iso
    assert date.vietnamese() == vietnamese == str(date)
    assert PartialDate.from_iso(iso) == date
    assert PartialDate.parse(vietnamese) == date


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)), st.sampled_from(["day", "month", "year"]))
def test_what_is_shown_reads_back_as_the_same_date(first, precision):
    if precision != "day":
        first = first.replace(day=1)
    if precision == "year":
        first = first.replace(month=1)
    date = PartialDate(first, precision)
    assert PartialDate.parse(date.vietnamese()) == date
    assert PartialDate.from_iso(date.iso()) == date


@pytest.mark.parametrize(
    ("typed", "date"),
    [
        ("5/6/1975", DAY),
        (" 05-06-1975 ", DAY),
        ("05.06.1975", DAY),
        ("05 / 06 / 1975", DAY),
        ("6/1975", MONTH),
        ("00/06/1975", MONTH),
        ("00/00/1975", YEAR),
        ("29/02/2024", PartialDate(dt.date(2024, 2, 29))),
    ],
)
def test_a_typed_date_is_read_day_first(typed, date):
    assert PartialDate.parse(typed) == date


@pytest.mark.parametrize(
    "typed",
    [
        "", "mai", "31/02/1975", "29/02/2023", "13/1975", "05/13/1975", "05/00/1975", "1975/06/05", "5/6/75",
        "0000", "1899", "2101", "05/06/9999", "5/6/1975/1", "٠٥/٠٦/١٩٧٥",
    ],
)  # fmt: skip
def test_a_date_that_cannot_be_is_refused_with_a_sentence(typed):
    with pytest.raises(Refusal) as refused:
        PartialDate.parse(typed)
    assert str(refused.value)


@pytest.mark.parametrize("text", ["", "1975-6", "1975-06-31", "05/06/1975", "1975-06-05T00:00"])
def test_anything_but_a_partial_iso_date_is_an_error_of_the_program(text):
    with pytest.raises(ValueError):  # noqa: PT011
        PartialDate.from_iso(text)


def test_a_year_cannot_pretend_to_know_its_day():
    with pytest.raises(ValueError, match="not the first day"):
        PartialDate(dt.date(1975, 6, 5), "year")
    with pytest.raises(ValueError, match="not the first day"):
        PartialDate(dt.date(1975, 6, 5), "month")


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (dt.date(2024, 6, 5), "ngày 05 tháng 6 năm 2024"),
        (dt.date(2024, 2, 12), "ngày 12 tháng 02 năm 2024"),
        (dt.date(2024, 1, 1), "ngày 01 tháng 01 năm 2024"),
        (dt.date(2024, 3, 9), "ngày 09 tháng 3 năm 2024"),
        (dt.date(2024, 12, 10), "ngày 10 tháng 12 năm 2024"),
    ],
)
def test_papers_write_a_leading_zero_as_the_decree_says(day, written):
    assert official_date(day) == written


def test_two_dates_agree_when_both_may_mean_the_same_day():
    other = PartialDate(dt.date(1975, 1, 1), "day")
    assert DAY.agrees(DAY)
    assert DAY.agrees(MONTH)
    assert MONTH.agrees(DAY)
    assert YEAR.agrees(other)
    assert not DAY.agrees(other)
    assert not MONTH.agrees(other)
    assert not YEAR.agrees(PartialDate(dt.date(1976, 1, 1), "year"))

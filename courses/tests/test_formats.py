"""05/06/2026 is the fifth of June, in both languages; weeks begin on Monday."""

import datetime as dt

import pytest
from django import forms
from django.utils import formats, translation


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_day_stands_before_the_month(language):
    with translation.override(language):
        assert forms.DateField().clean("05/06/2026") == dt.date(2026, 6, 5)
        assert forms.DateTimeField().clean("05/06/2026 07:30").month == 6
        assert forms.SplitDateTimeField().clean(["05/06/2026", "07:30"]).month == 6
        assert forms.DateField().clean("2026-06-05") == dt.date(2026, 6, 5)
        assert formats.date_format(dt.date(2026, 6, 5), "SHORT_DATE_FORMAT") == "05/06/2026"
        assert formats.get_format("FIRST_DAY_OF_WEEK") == 1


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_a_field_shows_it_reads_back(language):
    day = dt.date(2026, 6, 5)
    with translation.override(language):
        shown = forms.DateInput().format_value(day)
        assert forms.DateField().clean(shown) == day

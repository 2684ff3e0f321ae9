"""What is typed of a person, whoever types it: an organiser or the person's own office."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.constants import citizen_digits
from courses.constants.errors import Refusal
from courses.constants.partial_dates import PartialDate
from courses.constants.printing import refuse_unprintable


class BirthField(forms.CharField):
    """As much of the date as is known. Cleans to a PartialDate, or None where nothing is typed."""

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", _("Day/month/year, month/year or only the year: 05/06/1975, 06/1975, 1975."))
        super().__init__(**{"required": False, "max_length": 20, **kwargs})

    def clean(self, value) -> PartialDate | None:
        typed = super().clean(value)
        try:
            return PartialDate.parse(typed) if typed else None
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence) from None


class CitizenNumberField(forms.CharField):
    """Cleans to twelve digits, or "" where nothing is typed. No browser offers it again."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}))
        super().__init__(**{"required": False, "max_length": 30, **kwargs})

    def clean(self, value) -> str:
        digits = "".join(super().clean(value).split()).replace(".", "")
        if digits and not citizen_digits.is_well_formed(digits):
            raise forms.ValidationError(_("A citizen number has twelve digits."))
        return digits


def printable(text: str) -> str:
    """The same text. ValidationError when a paper could not show it."""
    try:
        refuse_unprintable(text)
    except Refusal as refusal:
        raise forms.ValidationError(refusal.sentence) from None
    return text

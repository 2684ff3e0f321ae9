"""What somebody types before the hall's screen."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.reports.here import Claimant
from courses.rules.claims import PHONE_DIGITS


class ClaimantForm(forms.Form):
    """The name, and any one thing on file: the end of the telephone number, or year of birth and office."""

    name = forms.CharField(label=gettext_lazy("Full name"), max_length=150)
    phone_end = forms.CharField(label=gettext_lazy("Last four digits of your telephone number"), required=False)
    birth_year = forms.CharField(label=gettext_lazy("Your year of birth"), required=False)
    office = forms.TypedChoiceField(label=gettext_lazy("Office"), coerce=int, empty_value=None, required=False)

    def __init__(self, *arguments, offices, **named):
        super().__init__(*arguments, label_suffix="", **named)
        self.fields["office"].choices = [("", _("Choose an office")), *((office.pk, office.name) for office in offices)]
        self.fields["name"].widget.attrs |= {"autocomplete": "name", "autocapitalize": "words"}
        for field, digits in (("phone_end", PHONE_DIGITS), ("birth_year", 4)):
            self.fields[field].widget.attrs |= {"inputmode": "numeric", "maxlength": digits, "autocomplete": "off"}

    def clean_phone_end(self):
        return self._digits("phone_end", _("Please type the last four digits only."))

    def clean_birth_year(self):
        return self._digits("birth_year", _("Please type the year with four digits, such as 1975."))

    def clean(self):
        cleaned = super().clean()
        if self.errors or cleaned.get("phone_end") or (cleaned.get("birth_year") and cleaned.get("office")):
            return cleaned
        raise forms.ValidationError(
            _("Please type the end of your telephone number, or your year of birth and your office.")
        )

    def claimant(self) -> Claimant:
        cleaned = self.cleaned_data
        return Claimant(cleaned["name"], cleaned["phone_end"], cleaned["birth_year"], cleaned["office"])

    def _digits(self, field: str, sentence: str) -> str:
        typed = self.cleaned_data[field].strip()
        if typed and not (typed.isascii() and typed.isdigit() and len(typed) == 4):
            raise forms.ValidationError(sentence)
        return typed

"""A Word template that an office puts back."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PutBackForm(forms.Form):
    file = forms.FileField(
        label=_("Word template"),
        max_length=255,
        help_text=_("The file that was taken out here and changed in Word (.docx)."),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
    )
    note = forms.CharField(
        label=_("what was changed"), max_length=200, required=False, help_text=_("For those who come after you.")
    )

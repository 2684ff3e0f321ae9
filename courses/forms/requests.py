"""The answer to what a person asked for."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AnswerRequestForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer (a reason when it is refused)"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The person reads it on the own page."),
    )

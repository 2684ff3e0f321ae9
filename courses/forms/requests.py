"""Answers to what people ask of the offices that keep their data."""

from django import forms
from django.utils.translation import gettext_lazy


class RefuseRequestForm(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("Why"), max_length=500, strip=True, widget=forms.Textarea({"rows": 3, "maxlength": 500})
    )

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, label_suffix="", **named)

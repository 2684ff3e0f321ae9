"""Handing papers over, and making numbers void."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.constants.clock import today


class HandOverForm(forms.Form):
    """For the papers that are ticked beside it."""

    on = forms.DateField(label=_("handed over on"))
    to = forms.CharField(
        label=_("to somebody for them"),
        max_length=150,
        required=False,
        help_text=_("Name and office of whoever took them. Empty: everybody took their own."),
    )

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("initial", {"on": today()})
        super().__init__(*args, **kwargs)


class VoidForm(forms.Form):
    """One number, with its reason."""

    why = forms.CharField(
        label=_("why the number is void"),
        max_length=300,
        help_text=_("Stands in the register book. For example: the name on the paper is wrong."),
    )

"""What somebody types on the own page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from attendance.forms.office import AbsenceForm


class OwnAbsenceForm(AbsenceForm):
    """Without a paper: it goes to the office or the organisers, which put it to the request."""

    paper = None


class OwnCorrectionForm(forms.Form):
    words = forms.CharField(
        max_length=500,
        error_messages={
            "required": _("Please write what is wrong and what it should be."),
            "max_length": _("At most 500 letters can be sent."),
        },
    )

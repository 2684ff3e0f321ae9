"""What is typed from a signed sheet."""

from django import forms
from django.utils.translation import gettext_lazy as _

from attendance.services.paper import FIRST, SECOND
from courses.constants.errors import Refusal

SCANS = {"accept": "image/jpeg,image/png,application/pdf"}


class ExceptionsForm(forms.Form):
    """*Có mặt hết, trừ …* of one column of one sheet."""

    text = forms.CharField(
        label=_("Everybody is present except the numbers"),
        required=False,
        max_length=4000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "As they stand on the sheet: 4, 17, 23P, 30T, 12S or 4-7. P: excused, T: late, S: left early; a number "
            "alone: absent without leave. Empty: everybody is present."
        ),
    )
    call = forms.TypedChoiceField(
        label=_("Column of the sheet"),
        coerce=int,
        choices=[(FIRST, _("First signature")), (SECOND, _("Second signature, after the break"))],
        initial=FIRST,
        widget=forms.RadioSelect,
        help_text=_(
            "At the second: who was there before and is missing now left early; who is found only now came late."
        ),
    )


def read_scan(files) -> tuple[bytes, str]:
    """The bytes and the name of the file that was chosen. Refusal when there is none."""
    file = files.get("scan")
    if file is None:
        raise Refusal(_("Please choose the scan or the photograph of the signed sheet."))
    return file.read(), file.name

"""What somebody types who has lost the own link, and the words with which it is refused."""

from django import forms
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.constants.clock import today
from courses.constants.errors import Refusal
from courses.constants.partial_dates import PartialDate
from courses.models import Office, Trainee
from courses.rules.claims import PHONE_DIGITS, Claim


def offices_that_send():
    """Offices of today with people, own or of an office whose work came to them: no list says who. (1 query.)"""
    own = Trainee.objects.filter(office=OuterRef("pk")).order_by()
    of_old = Trainee.objects.filter(office__successions__new=OuterRef("pk")).order_by()
    return Office.objects.valid_on(today()).filter(Exists(own) | Exists(of_old)).in_protocol_order()


class ClaimForm(forms.Form):
    """Name, office, and any one thing on file."""

    name = forms.CharField(label=gettext_lazy("Full name"), max_length=150)
    office = forms.ModelChoiceField(Office.objects.none(), label=gettext_lazy("Your office"))
    birth = forms.CharField(
        label=gettext_lazy("Your date or year of birth"),
        help_text=gettext_lazy("For example 05/06/1975, or only 1975."),
        max_length=10,
        required=False,
    )
    phone_end = forms.CharField(label=gettext_lazy("Last four digits of your telephone number"), required=False)
    email = forms.EmailField(label=gettext_lazy("Your e-mail address"), max_length=254, required=False)

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, label_suffix="", **named)
        self.fields["office"].queryset = offices_that_send()
        self.fields["office"].empty_label = _("Choose an office")
        self.fields["name"].widget.attrs |= {"autocomplete": "name", "autocapitalize": "words"}
        self.fields["birth"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}
        self.fields["phone_end"].widget.attrs |= {
            "inputmode": "numeric",
            "maxlength": PHONE_DIGITS,
            "autocomplete": "off",
        }
        self.fields["email"].widget.attrs |= {"autocomplete": "email"}

    def clean_birth(self):
        typed = self.cleaned_data["birth"]
        try:
            return PartialDate.parse(typed) if typed else None
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal.sentence)) from None

    def clean_phone_end(self):
        typed = self.cleaned_data["phone_end"].strip()
        if typed and not (typed.isascii() and typed.isdigit() and len(typed) == PHONE_DIGITS):
            raise forms.ValidationError(_("Please type the last four digits only."))
        return typed

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not (cleaned["birth"] or cleaned["phone_end"] or cleaned["email"]):
            raise forms.ValidationError(
                _("Please type one thing by which you can be told: birth date, telephone number or e-mail address.")
            )
        return cleaned

    def claim(self) -> Claim:
        said = self.cleaned_data
        return Claim(said["name"], said["office"].pk, said["birth"], said["phone_end"], said["email"])


class RefuseLinkForm(forms.Form):
    """Why whoever asked is given no link."""

    answer = forms.CharField(
        label=gettext_lazy("Why"), max_length=500, widget=forms.Textarea({"rows": 3, "maxlength": 500})
    )

    def __init__(self, *arguments, person: Trainee, **named):
        super().__init__(*arguments, label_suffix="", **named)
        self.fields["answer"].help_text = (
            _("The person reads your words in an e-mail.")
            if settings.EMAIL_USED and person.email
            else _("No e-mail goes to the person: please call afterwards.")
        )

"""What anybody types or chooses to check a paper."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.constants.errors import Refusal
from courses.constants.partial_dates import PartialDate
from courses.services.records import MOST_MEGABYTES


class PaperFileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("The certificate as a file (PDF)"),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        allow_empty_file=True,
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_MEGABYTES * 1024 * 1024:
            raise ValidationError(
                _("The file is larger than %(megabytes)d MB and cannot be one of our papers."),
                params={"megabytes": MOST_MEGABYTES},
            )
        return file


class OldPaperForm(forms.Form):
    """A paper of an old register book: all three as they stand on it."""

    number = forms.CharField(label=gettext_lazy("Register number"), max_length=60)
    full_name = forms.CharField(label=gettext_lazy("Full name"), max_length=150)
    birth = forms.CharField(
        label=gettext_lazy("Birth date"), max_length=20, help_text=gettext_lazy("For example 05/06/1975 or 1975.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="old_%s", **kwargs)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean_birth(self) -> PartialDate:
        try:
            return PartialDate.parse(self.cleaned_data["birth"])
        except Refusal as refusal:
            raise ValidationError(str(refusal.sentence)) from None

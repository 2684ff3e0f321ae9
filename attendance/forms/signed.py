"""Signed papers that come back, and what a person says of one that is not the paper byte for byte."""

from django import forms
from django.utils.translation import gettext_lazy as _

from attendance.readers.signed_upload import check_upload_size, unpack
from courses.constants.errors import Refusal

FILES = "application/pdf,application/zip,.pdf,.zip"


def read_signed(files) -> list[tuple[str, bytes]]:
    """(name, bytes) of each signed file among those chosen. Refusal when there is none, or too much."""
    chosen = files.getlist("files")
    if not chosen:
        raise Refusal(_("Please choose the signed PDF files, or a ZIP file of them."))
    check_upload_size(sum(file.size for file in chosen))
    found = unpack((file.name or "", file.read()) for file in chosen)
    if not found:
        raise Refusal(_("There is no file in this ZIP file."))
    return found


class CompareForm(forms.Form):
    """Of which paper of the class the file is a copy; `originals` are `attendance.reports.signed.Original`."""

    paper = forms.ChoiceField(label=_("It is a copy of"))

    def __init__(self, *args, originals, **kwargs):
        super().__init__(*args, **kwargs)
        self.originals = {one.key: one for one in originals}
        choices = [(key, f"{one.number} – {one.name}") for key, one in self.originals.items()]
        self.fields["paper"].choices = [("", "---------"), *choices]

    def original(self):
        return self.originals[self.cleaned_data["paper"]]


class RootForm(forms.Form):
    """A root certificate, as its authority publishes it."""

    certificate = forms.FileField(
        label=_("Root certificate"),
        help_text=_("The file .pem, .crt or .cer. Take it from the authority itself, and compare the fingerprint."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pem,.crt,.cer,.der"}),
        max_length=255,
    )

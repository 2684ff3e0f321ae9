"""What is typed about a paper of the class file."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from attendance.constants import ClassPaperKind
from attendance.services.class_papers import Entry

#: What a scanner, a telephone or an office program makes.
SIGNED = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"
DOCUMENTS = f"{SIGNED},.docx,.xlsx"


class EntryForm(forms.Form):
    """Number, date and summary as the office's register of documents has them. `kind` is None for a new paper."""

    kind = forms.ChoiceField(label=_("kind"), choices=ClassPaperKind)
    number = forms.CharField(
        label=_("number"), max_length=60, required=False, help_text=_("For example 45/KH-UBND, as the clerk gave it.")
    )
    date = forms.DateField(label=_("date"), required=False)
    summary = forms.CharField(
        label=_("summary"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"size": 60}),
        help_text=_("What it is about, in a line."),
    )
    author = forms.CharField(
        label=pgettext_lazy("class file", "issued by"),
        max_length=200,
        required=False,
        help_text=_("Only for a paper of another office. Empty: our own."),
    )
    file = forms.FileField(
        label=_("file"),
        required=False,
        max_length=255,
        help_text=_("Word, Excel, PDF or a photograph. Can be left empty."),
        widget=forms.ClearableFileInput(attrs={"accept": DOCUMENTS}),
    )

    def __init__(self, *args, kind: str | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind
        if kind is not None:
            del self.fields["kind"], self.fields["file"]

    def entry(self) -> Entry:
        data = self.cleaned_data
        said = {name: data[name] for name in ("number", "date", "summary", "author")}
        return Entry(self.kind or data["kind"], **said)


class SignedFileForm(forms.Form):
    signed = forms.FileField(
        label=_("Signed copy"),
        max_length=255,
        help_text=_("The scan or photograph of the signed paper, or the file that was signed digitally."),
        widget=forms.ClearableFileInput(attrs={"accept": SIGNED}),
    )


class TakeOutForm(forms.Form):
    why = forms.CharField(label=_("why it is taken out"), max_length=300)

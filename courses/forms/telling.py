"""The words of messages: for one act, and those that a host keeps."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.constants.telling import IN_SUBJECT, OF_PEOPLE, PLACEHOLDERS, Words, unknown_placeholders
from courses.models import MessageText


class KnownPlaceholders:
    """What stands in braces must be known; the sentence names what is not, and what can stand there."""

    def clean_subject(self):
        return self._known("subject", IN_SUBJECT)

    def clean_body(self):
        return self._known("body", frozenset(PLACEHOLDERS))

    def _known(self, name: str, known: frozenset) -> str:
        text = self.cleaned_data[name]  # type: ignore[attr-defined]
        unknown = unknown_placeholders(text, known)
        if unknown:
            names = ", ".join(f"{{{placeholder}}}" for placeholder in unknown)
            allowed = ", ".join(f"{{{placeholder}}}" for placeholder in PLACEHOLDERS if placeholder in known)
            raise forms.ValidationError(
                _("%(names)s is not known here. These can stand in braces: %(allowed)s."),
                params={"names": names, "allowed": allowed},
            )
        return text


class WordsForm(KnownPlaceholders, forms.Form):
    """The words of one occasion, for this act alone."""

    subject = forms.CharField(label=_("subject"), max_length=150)
    body = forms.CharField(label=_("text"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6}))

    @property
    def words(self) -> Words:
        return Words(self.cleaned_data["subject"], self.cleaned_data["body"])


class MessageTextForm(KnownPlaceholders, forms.ModelForm):
    class Meta:
        model = MessageText
        fields = ("office", "occasion", "subject", "body")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "occasion" in self.fields:
            # Letters to late offices say of each office what is missing; they are no text of this kind.
            self.fields["occasion"].choices = [(one.value, one.label) for one in OF_PEOPLE]

"""An office's answer for a class, as an organiser types it."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from courses.constants.choices import AnswerState
from courses.models import OfficeAnswer
from courses.services.answers import BY_HAND


class AnswerForm(forms.Form):
    """An office's answer as it came by post, by telephone or not at all."""

    state = forms.ChoiceField(label=_("Answer"), widget=forms.RadioSelect)
    letter_number = forms.CharField(
        label=capfirst(_("letter number")), max_length=60, required=False, help_text=_("As it stands on the letter.")
    )
    letter_date = forms.DateField(
        label=capfirst(_("letter date")),
        required=False,
        help_text=_("Day, month and year."),
        widget=forms.DateInput(attrs={"placeholder": "dd/mm/yyyy", "inputmode": "numeric"}),
    )
    reason = forms.CharField(
        label=capfirst(_("why nobody")),
        max_length=300,
        required=False,
        help_text=_("Only for an office that sends nobody."),
    )

    def __init__(self, *args, answer: OfficeAnswer, **kwargs):
        initial = {name: getattr(answer, name) for name in ("state", "letter_number", "letter_date", "reason")}
        super().__init__(*args, initial=initial, **kwargs)
        states = [AnswerState.FINAL] if answer.state == AnswerState.FINAL else BY_HAND
        self.fields["state"].choices = [(state.value, state.label) for state in states]

    def clean(self):
        data = super().clean()
        if data.get("state") == AnswerState.SENDS_NOBODY and not (data.get("reason") or "").strip():
            self.add_error("reason", _("Please write why the office sends nobody."))
        return data

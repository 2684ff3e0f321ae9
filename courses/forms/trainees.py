"""A trainee as an organiser types one."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from courses.constants import citizen_digits
from courses.constants.actors import Actor
from courses.constants.names import clean_text, join_name, personal_name_case, split_name
from courses.forms.people import BirthField, CitizenNumberField, printable
from courses.models import Responsibility, Trainee
from courses.services.trainees import save_trainee

PARTS = ("family_name", "middle_name", "given_name")


class TraineeForm(forms.ModelForm):
    """The parts of the name follow from the name until somebody corrects them; the citizen number is only written."""

    birth = BirthField(label=capfirst(_("birth date")))
    citizen_number = CitizenNumberField(label=capfirst(_("citizen number")))

    class Meta:
        model = Trainee
        fields = [
            "full_name", *PARTS, "gender", "position", "office", "staff_category",
            "responsibilities", "phone", "email",
        ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "full_name" not in self.fields:  # a page that only shows
            return
        for part in PARTS:
            self.fields[part].required = False
        self.initial["birth"] = str(self.instance.birth or "")
        masked = self.instance.masked_citizen_number if self.instance.pk else ""
        self.fields["citizen_number"].help_text = (
            _("Kept: %(number)s. Type a number only to replace it.") % {"number": masked}
            if masked
            else _("Twelve digits. It is kept encrypted and shown to nobody.")
        )

    def clean_full_name(self) -> str:
        name = personal_name_case(clean_text(self.cleaned_data["full_name"]))
        if not name:
            raise forms.ValidationError(_("A trainee needs a name."))
        return self._printable("full_name", name)

    def clean_position(self) -> str:
        return self._printable("position", clean_text(self.cleaned_data["position"]))

    def _printable(self, field: str, text: str) -> str:
        """What was kept before there was this rule is no error of whoever changes something else."""
        return printable(text) if field in self.changed_data else text

    def clean(self):
        data = super().clean()
        name = data.get("full_name")
        parts = tuple(clean_text(data.get(part) or "") for part in PARTS)
        if name and (not any(parts) or (not set(PARTS) & set(self.changed_data) and "full_name" in self.changed_data)):
            parts = split_name(name)
        if name and join_name(*parts) != name:
            raise forms.ValidationError(
                _("Family, middle and given name together must read like the full name: “%(name)s”."),
                params={"name": name},
            )
        return {**data, **dict(zip(PARTS, parts, strict=True))}

    def save_as(self, actor: Actor) -> Trainee:
        """Writes the trainee by the service. Refusal when the citizen number is somebody else's."""
        birth = self.cleaned_data["birth"]
        if birth is None:
            self.instance.birth_first, self.instance.birth_precision = None, ""
        return save_trainee(
            self.instance, actor=actor, birth=birth, citizen_number=self.cleaned_data["citizen_number"] or None
        )

    @property
    def disagrees(self) -> bool:
        """Whether the number typed does not fit gender and year of birth; worth a look, not an error."""
        number = self.cleaned_data.get("citizen_number")
        return bool(number) and not citizen_digits.agrees(
            number, self.cleaned_data.get("gender"), self.cleaned_data.get("birth")
        )


class ResponsibilitiesForm(forms.Form):
    """Fields of responsibility that many people get, and those that are taken from them."""

    add = forms.ModelMultipleChoiceField(
        Responsibility.objects.all(), required=False, label=_("Fields to add"), widget=forms.CheckboxSelectMultiple
    )
    take_away = forms.ModelMultipleChoiceField(
        Responsibility.objects.all(),
        required=False,
        label=_("Fields to take away"),
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self):
        data = super().clean()
        if not data.get("add") and not data.get("take_away") and not self.errors:
            raise forms.ValidationError(_("Please choose a field to add or to take away."))
        return data

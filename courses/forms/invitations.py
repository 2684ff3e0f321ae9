"""Inviting somebody, and the invited person's choice of a password."""

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.utils.translation import gettext_lazy as _

from courses.constants.actors import Actor
from courses.models import Invitation, Office, User
from courses.rules.invitations import kinds_to_invite, offices_to_invite
from courses.services.invitations import VALID_DAYS, invite


class InviteForm(forms.Form):
    """Offers the roles and offices for which the actor may invite."""

    full_name = forms.CharField(label=_("full name"), max_length=150)
    kind = forms.ChoiceField(label=_("role"))
    office = forms.ModelChoiceField(label=_("office"), queryset=Office.objects.none())
    username = forms.CharField(
        label=_("account name"),
        max_length=60,
        required=False,
        help_text=_("Left empty, it is made of the name: ngo.thu.mau."),
    )
    email = forms.EmailField(label=_("e-mail address"), required=False)
    valid_days = forms.IntegerField(label=_("good for how many days"), min_value=1, max_value=60, initial=VALID_DAYS)

    def __init__(self, *args, actor: Actor, **kwargs):
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds_to_invite(actor)]
        self.fields["kind"].initial = kinds_to_invite(actor)[-1].value
        self.fields["office"].queryset = offices_to_invite(actor)

    def save(self) -> tuple[Invitation, str]:
        """The invitation and its token. Refusal as `invite` says."""
        data = self.cleaned_data
        names = {name: data[name] for name in ("full_name", "username", "email")}
        return invite(names, data["kind"], data["office"], actor=self.actor, valid_days=data["valid_days"])


class ChoosePasswordForm(forms.Form):
    """The account name stands beside the form and is not asked; a password manager finds it there."""

    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("The same password again"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.rules = password_validators_help_texts()

    def clean_password1(self) -> str:
        password = self.cleaned_data["password1"]
        validate_password(password, self.user)
        return password

    def clean(self):
        data = super().clean()
        if "password1" in data and "password2" in data and data["password1"] != data["password2"]:
            self.add_error("password2", _("The two passwords are not the same. Please type them again."))
        return data

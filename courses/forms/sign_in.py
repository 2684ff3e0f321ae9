"""allauth's forms, with failures counted: it has no limit of its own that spares the right answer."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.core.exceptions import ValidationError

from courses.services import limits


class CountedCode:
    """Six digits are guessed in an hour unless wrong ones are counted."""

    def clean_code(self):
        key = str(self.user.pk)
        if limits.is_shut("second factor", key):
            raise get_adapter().validation_error("too_many_login_attempts")
        try:
            return super().clean_code()
        except ValidationError:
            limits.count_failure("second factor", key)
            raise


class CountedAuthenticateForm(CountedCode, AuthenticateForm):
    pass


class CountedReauthenticateForm(CountedCode, ReauthenticateForm):
    pass


class CountedChangePasswordForm(ChangePasswordForm):
    """The old password is tried under the same limit as at sign-in."""

    def clean_oldpassword(self) -> str:
        if not get_adapter(context.request).reauthenticate(self.user, self.cleaned_data["oldpassword"]):
            raise get_adapter().validation_error("enter_current_password")
        return self.cleaned_data["oldpassword"]

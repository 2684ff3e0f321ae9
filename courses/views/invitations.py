"""The page behind a printed invitation."""

from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View

from courses.constants.errors import Refusal
from courses.forms.invitations import ChoosePasswordForm
from courses.services.invitations import accept_invitation, closed_sentence, open_invitation


@method_decorator(sensitive_post_parameters(), name="dispatch")
class InvitationView(View):
    """Shows who is invited for what and takes the password. Unknown, used and over answer alike, with 404."""

    def get(self, request, token: str):
        invitation = open_invitation(token)
        if invitation is None:
            return _closed(request, closed_sentence())
        return _shown(request, invitation, ChoosePasswordForm(user=invitation.role.user))

    def post(self, request, token: str):
        invitation = open_invitation(token)
        if invitation is None:
            return _closed(request, closed_sentence())
        form = ChoosePasswordForm(request.POST, user=invitation.role.user)
        if not form.is_valid():
            return _shown(request, invitation, form)
        try:
            user = accept_invitation(token, password=form.cleaned_data["password1"])
        except Refusal as refusal:
            return _closed(request, refusal.sentence)
        logout(request)  # somebody else may be signed in on this computer
        messages.success(
            request, _("The password is set. Please sign in with the account name %s.") % user.get_username()
        )
        return redirect("account_login")


def _shown(request, invitation, form):
    return render(request, "courses/invitation_accept.html", {"invitation": invitation, "form": form})


def _closed(request, sentence):
    return render(request, "courses/invitation_closed.html", {"sentence": sentence}, status=404)

"""How allauth signs people in here: nobody signs up, failures are counted, each role is led to its own pages."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.utils.http import url_has_allowed_host_and_scheme

from courses.constants import citizen_numbers
from courses.rules.actors import actor_of
from courses.rules.permissions import may_enter_admin
from courses.services import limits

KIND = "sign-in"
ADMIN, OFFICE, PUBLIC = "/admin/", "/office/", "/"


class SecondFactorAdapter(DefaultMFAAdapter):
    """The keys of authenticator apps are kept encrypted: whoever reads a copy of the database gets no second factor."""

    def encrypt(self, text: str) -> str:
        return citizen_numbers.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return citizen_numbers.decrypt(encrypted_text)


class AccountAdapter(DefaultAccountAdapter):
    """Failures are counted an account, from wherever they come, known or not; so an address has no limit of its own
    that could shut out a hall, and a forged X-Forwarded-For gains nothing. The password asked again counts too."""

    def is_open_for_signup(self, request) -> bool:
        return False

    def pre_authenticate(self, request, **credentials) -> None:
        if limits.is_shut(KIND, _account(credentials)):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request, **credentials) -> None:
        limits.count_failure(KIND, _account(credentials))

    def authenticate(self, request, **credentials):
        """A closed account answers like a wrong password: allauth alone would say that the password was right."""
        user = super().authenticate(request, **credentials)
        if user is not None and not user.is_active:
            self.authentication_failed(request, **credentials)
            return None
        return user

    def get_reauthentication_methods(self, user) -> list[dict]:
        """Who has a second factor shows that one again: a password alone would undo it."""
        methods = super().get_reauthentication_methods(user)
        return [method for method in methods if method["id"] == "mfa_reauthenticate"] or methods

    def is_safe_url(self, url) -> bool:
        """Only addresses of this site, without a host."""
        return bool(url) and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_login_redirect_url(self, request) -> str:
        actor = actor_of(request.user)
        if may_enter_admin(actor):
            return ADMIN
        return OFFICE if actor.coordinates else PUBLIC

    def post_login(self, request, user, *, redirect_url, **rest):
        """A coordinator who came by the link to the work pages is not led into a refusal."""
        if redirect_url and redirect_url.startswith(ADMIN) and not may_enter_admin(actor_of(user)):
            redirect_url = self.get_login_redirect_url(request)
        return super().post_login(request, user, redirect_url=redirect_url, **rest)


def _account(credentials: dict) -> str:
    # As allauth compares the names of accounts.
    return credentials.get("username", "").strip().lower()

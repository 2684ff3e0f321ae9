"""What holds for every answer: its language, who may keep a copy, how long a session lasts, what is refused unread."""

import datetime as dt
from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from courses.constants import links
from courses.constants.clock import now
from courses.rules.actors import actor_of
from courses.rules.permissions import may_enter_admin

GetResponse = Callable[[HttpRequest], HttpResponse]

# What a stranger may see without a secret address; all other answers may be about a person.
PUBLIC_PAGES = ("/courses/",)
PERMISSIONS = "accelerometer=(), camera=({camera}), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
# Probes, and what a person needs on the way to a second factor; see SecondFactor.
OPEN_WITHOUT_SECOND_FACTOR = {
    "healthz",
    "readyz",
    "set_language",
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "admin:logout",
    "admin:jsi18n",
    "courses:invitation",
}
#: Bytes of path and query together. The longest that a page makes holds some hundred ids; taking a megabyte of them
#: apart takes seconds.
LONGEST_ADDRESS = 8 * 1024
#: Bytes of what is sent: rosters and papers everywhere, a pile of signed papers in the admin. Files are written to the
#: disk before any page looks at them, also those of strangers.
LARGEST_BODY, LARGEST_BODY_IN_ADMIN = 25 * 1024 * 1024, 160 * 1024 * 1024
RENEW_SESSION_AFTER = dt.timedelta(minutes=15)


class ChosenLanguage:
    """Vietnamese whatever the browser asks for, until the person chooses: borrowed phones are often set to English."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        translation.activate(chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language())
        patch_vary_headers(response, ["Cookie"])
        return response


class PrivacyHeaders:
    """No copy of a personal page stays in a shared computer's cache; no page gets at sensors it has no use for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        public = request.path == "/" or request.path.startswith(PUBLIC_PAGES)
        if not public or settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.headers.setdefault("Cache-Control", "private, no-store")
        if request.path.startswith(links.OWN_PAGES):
            # Not even to this site: the address is the secret, and nothing posted there needs to tell where it is from.
            response.headers.setdefault("Referrer-Policy", "no-referrer")
        camera = "self" if request.path.startswith("/check-in/") else ""
        response.headers.setdefault("Permissions-Policy", PERMISSIONS.format(camera=camera))
        return response


class RefusedLength:
    """An address that no page of ours makes, or more than any takes: told so before anything takes it apart."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if len(request.path.encode()) + len(request.META.get("QUERY_STRING", "")) > LONGEST_ADDRESS:
            return render(request, "414.html", status=414)
        most = LARGEST_BODY_IN_ADMIN if request.path.startswith(reverse("admin:index")) else LARGEST_BODY
        if _length_of(request) > most:
            return render(request, "413.html", status=413)
        return self.get_response(request)


def _length_of(request: HttpRequest) -> int:
    """As the browser says; a body of unsaid length is not read at all (WSGI)."""
    said = request.META.get("CONTENT_LENGTH") or ""
    return int(said[:18]) if said.isdecimal() else 0


class RefusedBytes:
    """A NUL byte is in no name and no address, and PostgreSQL raises on it: the answer is a sentence, not a 500."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _has_nul(request):
            return render(request, "400.html", status=400)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A number that no column can hold, typed into an address or a forged form, is no fault of ours either."""
        return render(request, "400.html", status=400) if isinstance(exception, OverflowError) else None


def _has_nul(request: HttpRequest) -> bool:
    if "\0" in request.path:
        return True
    fields = [request.GET]
    if request.method == "POST" and request.content_type in FORMS:
        fields.append(request.POST)
    return any("\0" in text for data in fields for name, values in data.lists() for text in (name, *values))


class RefusedMethod:
    """Who is sent back after signing in to an address that only a button may send to reads what to do, not an empty
    page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET" and not response.content:
            page = render(request, "405.html", status=405)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response


class SessionLimits:
    """Renews a session that is used, at most every quarter of an hour, and ends it when its longest age is reached.

    Renewing at each request would be a write at each request.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            moment = now().timestamp()
            began = request.session.setdefault("began", moment)
            if moment - began > settings.SESSION_LONGEST_AGE:
                logout(request)
            elif moment - request.session.get("renewed", 0) > RENEW_SESSION_AFTER.total_seconds():
                request.session["renewed"] = moment
        return self.get_response(request)


class ActorOfUser:
    """`request.actor`: who is asking, made once a request and only when somebody wants to know."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of(request.user))
        return self.get_response(request)


class SecondFactor:
    """Who works in the admin has a second factor, and each of their sessions has shown it.

    Who has none is sent to enrol; who has one but came by the password alone (a session older than the enrolment) is
    asked for it. One query a request of these people.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        name = request.resolver_match.view_name
        if name in OPEN_WITHOUT_SECOND_FACTOR or name.startswith("mfa_") or not may_enter_admin(request.actor):
            return None
        if is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
            shown = any(step["method"] == "mfa" for step in get_authentication_records(request, request.user))
            return None if shown else redirect_to_login(request.get_full_path(), reverse("mfa_reauthenticate"))
        if settings.SECOND_FACTOR_REQUIRED:
            messages.info(request, _("Your work needs a second factor. Please set it up once; it takes two minutes."))
            return redirect("mfa_activate_totp")
        return None

"""What holds for every answer: its language, who may keep a copy, how long a session lasts, bytes that are refused."""

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from courses.constants.clock import now
from courses.rules.actors import actor_of

GetResponse = Callable[[HttpRequest], HttpResponse]

# What a stranger may see without a secret address; all other answers may be about a person.
PUBLIC_PAGES = ("/courses/",)
PERMISSIONS = "accelerometer=(), camera=({camera}), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
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
        camera = "self" if request.path.startswith("/check-in/") else ""
        response.headers.setdefault("Permissions-Policy", PERMISSIONS.format(camera=camera))
        return response


class RefusedBytes:
    """A NUL byte is in no name and no address, and PostgreSQL raises on it: the answer is a sentence, not a 500."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _has_nul(request):
            return render(request, "400.html", status=400)
        return self.get_response(request)


def _has_nul(request: HttpRequest) -> bool:
    if "\0" in request.path:
        return True
    fields = [request.GET]
    if request.method == "POST" and request.content_type in FORMS:
        fields.append(request.POST)
    return any("\0" in text for data in fields for name, values in data.lists() for text in (name, *values))


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

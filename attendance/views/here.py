"""The hall's screen and what it lets a phone do: show a code, take it, and enter who says so of themselves.

Nothing here leans on a cookie, which the browser inside Zalo may not keep: the code, and after it the secret in the
page, are all the right there is. No other site could ride on a sign-in, so these addresses ask for no token of a form.
"""

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from attendance.forms.here import ClaimantForm
from attendance.models import Event
from attendance.reports.here import half_day_of, is_shown, offices_at, screen_version_of
from attendance.rules.hall import code_at, seconds_left
from attendance.rules.scans import SHORT_LENGTH, short_code
from attendance.services.hall import (
    code_is_over,
    count_guess,
    enter_oneself,
    grant_in_force,
    is_guessed,
    open_grant,
    state_by,
    too_many_tries,
)
from courses.constants import links
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.names import search_key
from courses.models import Session
from courses.rendering.qr import qr_svg
from courses.services.limits import count_failure, is_shut


@require_GET
def form(request: HttpRequest) -> HttpResponse:
    """Where the code is typed by who cannot scan it."""
    typed = short_code(request.GET.get("code", ""))
    if typed:
        return redirect("attendance:here_code", typed[:SHORT_LENGTH])
    return render(request, "attendance/here.html")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, code: str) -> HttpResponse:
    """GET shows which half-day it is; POST exchanges the code for a right and asks who it is."""
    address = request.META["REMOTE_ADDR"]
    if is_guessed(code, address=address):
        return render(request, "attendance/here.html", {"sentence": too_many_tries()}, status=429)
    session = half_day_of(code)
    if session is None:
        count_guess(code, address=address)
        return render(request, "attendance/here.html", {"sentence": code_is_over()}, status=404)
    if request.method != "POST":
        return render(request, "attendance/here_code.html", {"session": session, "code": code})
    try:
        secret = open_grant(session, browser=_browser(request), device=read_device(request.POST), address=address)
    except Refusal as refusal:
        return render(request, "attendance/here.html", {"sentence": str(refusal)}, status=429)
    return _ask(request, session, secret, ClaimantForm(offices=offices_at(session)))


@csrf_exempt
@require_POST
def who(request: HttpRequest) -> HttpResponse:
    """Enters who says so; what cannot be told is told so in the same words whoever it is."""
    secret = request.POST.get("right", "")
    session = grant_in_force(secret)
    if session is None:
        return render(request, "attendance/here.html", {"sentence": code_is_over()}, status=404)
    form = ClaimantForm(request.POST, offices=offices_at(session))
    if not form.is_valid():
        return _ask(request, session, secret, form)
    claimant = form.claimant()
    tried = f"{request.META['REMOTE_ADDR']}\0{search_key(claimant.name)}"
    if is_shut("here", tried):
        return render(request, "429.html", status=429)
    try:
        event = enter_oneself(secret, claimant, browser=_browser(request), device=read_device(request.POST))
    except Refusal as refusal:
        count_failure("here", tried)
        form.add_error(None, str(refusal))
        return _ask(request, session, secret, form)
    return done(request, event)


def done(request: HttpRequest, event: Event) -> HttpResponse:
    return render(
        request, "attendance/here_done.html", {"event": event, "session": event.session, "state": state_by(event)}
    )


@require_safe
def screen(request: HttpRequest, token: str) -> HttpResponse:
    """For the projector of the hall: a QR and six letters that change."""
    session = _by_token(token)
    address = settings.SITE_URL.split("://", 1)[-1] + reverse("attendance:here")
    context = {"session": session, "token": token, "address": address, **_shown(session)}
    return render(request, "attendance/here_screen.html", context)


@require_safe
def screen_again(request: HttpRequest) -> HttpResponse:
    """What an open screen has in the address bar, which the hall can photograph; read again it opens itself anew."""
    return render(request, "attendance/here_screen_again.html")


@require_safe
def screen_now(request: HttpRequest, token: str) -> HttpResponse:
    """The code of this moment for the screen that is open."""
    return JsonResponse(_shown(_by_token(token)))


def _shown(session: Session) -> dict:
    if not is_shown(session):
        return {"code": "", "picture": "", "seconds": 60}
    moment = now()
    letters = code_at(session.pk, moment)
    picture = qr_svg(settings.SITE_URL + reverse("attendance:here_code", args=[letters]))
    return {"code": letters, "picture": picture, "seconds": seconds_left(moment)}


def _by_token(token: str) -> Session:
    pk = links.screen_session_id_of(token)
    session = Session.objects.select_related("course").filter(pk=pk).first() if pk else None
    if session is None or not links.is_screen_token(token, session.pk, screen_version_of(session)):
        raise Http404
    return session


def _ask(request: HttpRequest, session: Session, secret: str, form: ClaimantForm) -> HttpResponse:
    return render(request, "attendance/here_who.html", {"session": session, "right": secret, "form": form})


def _browser(request: HttpRequest) -> str:
    return "\0".join(request.headers.get(name, "") for name in ("User-Agent", "Accept-Language"))


def read_device(data: Mapping[str, str]) -> str:
    """The name that the page keeps for this phone, where its browser keeps anything."""
    try:
        return str(UUID(data.get("device", "")))
    except ValueError:
        return ""

"""What a trainee takes along from the own page: the address of the calendar, and a copy kept on the phone."""

import datetime as dt
import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from attendance.reports.own_page import OwnPage, own_page
from attendance.reports.pass_cards import address_of
from attendance.rules.scans import grouped_short
from courses.constants import links
from courses.constants.clock import VIETNAM, now
from courses.models import Trainee
from courses.rendering.qr import qr_svg
from courses.rules.actors import trainee_of_link

#: What the kept page is made of.
FILES = (
    "css/own.css",
    "img/mark.svg",
    "js/keep.js",
    "js/pass_screen.js",
    "vendor/be-vietnam-pro/be-vietnam-pro-latin-400.woff2",
    "vendor/be-vietnam-pro/be-vietnam-pro-latin-600.woff2",
    "vendor/be-vietnam-pro/be-vietnam-pro-vietnamese-400.woff2",
    "vendor/be-vietnam-pro/be-vietnam-pro-vietnamese-600.woff2",
)


def taken_along(request: HttpRequest, trainee: Trainee, found: OwnPage) -> dict:
    """For the own page: `feed`, and `keep_until`, None when no half-day is to come that would be worth keeping."""
    return {"feed": _feed(request, trainee), "keep_until": keep_until(found)}


def passes_of(found: OwnPage) -> list:
    """Each class that is not over with its short code in groups and its QR."""
    return [(one, grouped_short(one.of_pass.short), qr_svg(address_of(one.of_pass))) for one in found.current]


def keep_until(found: OwnPage) -> dt.datetime | None:
    """The midnight after the last half-day of the classes that are not over, in Việt Nam; None when it is over."""
    days = [session.date for one in found.current for day in one.item.days for session in day.sessions]
    until = dt.datetime.combine(max(days) + dt.timedelta(days=1), dt.time(), VIETNAM) if days else None
    return until if until and until > now() else None


def _feed(request: HttpRequest, trainee: Trainee) -> dict:
    """Apple's calendar subscribes by an address of its own kind. No other knows it, and in the browser inside Zalo
    neither does Apple's: there, as everywhere, the plain address is opened."""
    said = request.headers.get("User-Agent", "")
    address = settings.SITE_URL + reverse("attendance:feed", args=[links.feed_code(trainee.pk, trainee.feed_version)])
    in_zalo = "Zalo" in said
    subscribes = not in_zalo and any(name in said for name in ("iPhone", "iPad", "Macintosh"))
    webcal = "webcal:" + address.split(":", 1)[1]
    return {"address": address, "open": webcal if subscribes else address, "subscribes": subscribes, "in_zalo": in_zalo}


@gzip_page
@require_safe
def kept(request: HttpRequest, token: str) -> HttpResponse:
    """Schedule and pass alone, as the phone keeps them after a tap. Told 404 with `gone` in JSON, it forgets them: by
    that it knows that this server said so, and nobody else on the way."""
    found = trainee_of_link(token)
    if found is None:
        return JsonResponse({"gone": True}, status=404)
    actor, trainee = found
    of_person = own_page(trainee, actor, now())
    until = keep_until(of_person) or now()
    context = {
        "trainee": trainee,
        "token": token,
        "kept": True,
        "kept_at": now(),
        "until": int(until.timestamp() * 1000),
        "files": json.dumps([static(name) for name in FILES]),
        "passes": passes_of(of_person),
        "changes": of_person.changes,
    }
    response = render(request, "attendance/kept.html", context)
    response["X-Kept-Until"] = str(context["until"])
    return response

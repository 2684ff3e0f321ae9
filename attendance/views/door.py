"""The door of a class on a helper's phone: the page, its list, and what it sends."""

import hashlib
import json

from csp.constants import SELF, WASM_UNSAFE_EVAL
from csp.decorators import csp_update
from django.conf import settings
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from attendance.constants import ScanAnswer, ScanRefusal
from attendance.forms.door_words import door_words
from attendance.forms.scans import WrongShape, read_batch
from attendance.reports.door_list import door_list
from attendance.rules.doors import door_of_link, is_open
from attendance.services.one_scan import take_one
from attendance.services.scans import Answer, DoorIsFull, take_scans
from courses.constants import links
from courses.constants.clock import now

#: Seconds.
SEND_AGAIN_AFTER, TRY_LATER_AFTER = 2, 600
PAGE = "attendance/door.html"
#: What the page of a door is made of, and all that a phone keeps of it to open it again without a network.
FILES = (
    "css/house.css",
    "css/site.css",
    "css/door.css",
    "img/mark.svg",
    "js/door.js",
    "js/door_camera.js",
    "js/door_list.js",
    "js/door_note.js",
    "js/door_screen.js",
    "js/door_send.js",
    "js/door_store.js",
    "vendor/be-vietnam-pro/be-vietnam-pro-latin-400.woff2",
    "vendor/be-vietnam-pro/be-vietnam-pro-latin-600.woff2",
    "vendor/be-vietnam-pro/be-vietnam-pro-vietnamese-400.woff2",
    "vendor/be-vietnam-pro/be-vietnam-pro-vietnamese-600.woff2",
    "vendor/zxing-wasm/es/reader/index.js",
    "vendor/zxing-wasm/es/share.js",
    "vendor/zxing-wasm/reader/zxing_reader.wasm",
)


@csp_update({"script-src": [SELF, WASM_UNSAFE_EVAL]})
@require_safe
def page(request: HttpRequest, token: str) -> HttpResponse:
    found = door_of_link(token)
    if found is None:
        raise Http404
    return render(request, PAGE, {"door": found[1], "words": door_words()})


@csp_update({"script-src": [SELF, WASM_UNSAFE_EVAL]})
@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """The page without a door: what a phone keeps and fills in by itself when there is no network."""
    return render(request, PAGE, {"door": None, "words": door_words()})


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Asked anew each time, at an address that never changes; its text changes with what it keeps."""
    files = json.dumps([static(name) for name in FILES])
    kept = [files, json.dumps(door_words()), get_template(PAGE).template.source]
    version = hashlib.sha256("".join(kept).encode()).hexdigest()[:12]
    shell = reverse("attendance:door_shell")
    context = {"files": files, "version": version, "shell": shell, "static": settings.STATIC_URL}
    response = render(request, "attendance/sw.js", context, content_type="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_safe
def people(request: HttpRequest, token: str) -> HttpResponse:
    """The list that the phone keeps. Told 410 with `closed`, or 404 with `gone`, it forgets the list: both are said
    in JSON, for whoever else answers on the way (a sign-in page, a proxy) knows nothing of the door."""
    found = door_of_link(token)
    if found is None:
        return _gone()
    door = found[1]
    if not is_open(door):
        return JsonResponse({"closed": True, "now": now()}, status=410)
    return JsonResponse({"now": now(), **door_list(door)})


# The link is all that lets somebody in here: there is no sign-in that another site could ride on. A phone sends what it
# has kept for hours, when the cookie of the page may be gone.
@csrf_exempt
@require_POST
def scans(request: HttpRequest, token: str) -> HttpResponse:
    """Takes a batch. 400 or 415 with `refused` for what is not ours, 503 when it should be sent again, 429 from a door
    that took too much."""
    pk = links.door_id_of(token)
    if pk is None or not links.is_door_token(token, pk):
        return _gone()
    if request.content_type != "application/json":
        return _refused(415)
    try:
        batch = read_batch(request.body)
    except WrongShape:
        return _refused(400)
    said = {"device": batch.device, "sent": batch.sent, "holds_back": batch.holds_back}
    try:
        answer = take_one(pk, batch.scans[0], **said) if len(batch.scans) == 1 else None
        if answer:
            return JsonResponse({"now": now(), "open": True, "answers": [_as_values(answer)]})
        found = door_of_link(token)
        if found is None:
            return _gone()
        door = found[1]
        answers = take_scans(door, batch.scans, **said)
    except (IntegrityError, OperationalError):
        # The same scans came in by another request at this very moment, or the database gave up waiting for somebody.
        return JsonResponse({}, status=503, headers={"Retry-After": str(SEND_AGAIN_AFTER)})
    except DoorIsFull:  # the phone keeps what it has
        return JsonResponse({}, status=429, headers={"Retry-After": str(TRY_LATER_AFTER)})
    return JsonResponse({"now": now(), "open": is_open(door), "answers": [_as_values(answer) for answer in answers]})


def _as_values(answer: Answer) -> dict:
    words = ScanRefusal(answer.reason).label if answer.reason else ScanAnswer(answer.answer).label
    return {
        "id": answer.id,
        "answer": answer.answer,
        "reason": answer.reason,
        "says": words,
        "registration": answer.registration_id,
        "half_day": answer.session_id,
        "since": answer.since,
        "door": answer.door,
        "where": answer.where,
    }


def _gone() -> JsonResponse:
    return JsonResponse({"gone": True}, status=404)


def _refused(status: int) -> JsonResponse:
    """The phone sends it no more: by `refused` it knows that it was this server that said so."""
    words = _("This address takes what the page of the door sends.")
    return JsonResponse({"refused": True, "error": words}, status=status)

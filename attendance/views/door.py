"""The door of a class on a helper's phone: the page, its list, and what it sends."""

from csp.constants import SELF, WASM_UNSAFE_EVAL
from csp.decorators import csp_update
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from attendance.constants import ScanAnswer, ScanRefusal
from attendance.forms.scans import WrongShape, read_batch
from attendance.models import Door
from attendance.reports.door_list import door_list
from attendance.rules.doors import door_of_link, is_open
from attendance.services.one_scan import take_one
from attendance.services.scans import Answer, take_scans
from courses.constants import links
from courses.constants.clock import now

SEND_AGAIN_AFTER = 2


@csp_update({"script-src": [SELF, WASM_UNSAFE_EVAL]})
@require_safe
def page(request: HttpRequest, token: str) -> HttpResponse:
    door = _by_link(token)
    return render(request, "attendance/door.html", {"door": door, "token": token, "is_open": is_open(door)})


@require_safe
def people(request: HttpRequest, token: str) -> HttpResponse:
    """The list that the phone keeps; 410 when the door is closed, which tells the phone to forget it."""
    door = _by_link(token)
    if not is_open(door):
        return JsonResponse({"closed": True, "now": now()}, status=410)
    return JsonResponse({"now": now(), **door_list(door)})


# The link is all that lets somebody in here: there is no sign-in that another site could ride on. A phone sends what it
# has kept for hours, when the cookie of the page may be gone.
@csrf_exempt
@require_POST
def scans(request: HttpRequest, token: str) -> HttpResponse:
    """Takes a batch. 400 for what is not ours, 503 when it should be sent again."""
    pk = links.door_id_of(token)
    if pk is None or not links.is_door_token(token, pk):
        raise Http404
    if request.content_type != "application/json":
        return JsonResponse({"error": _("This address takes what the page of the door sends.")}, status=415)
    try:
        batch = read_batch(request.body)
    except WrongShape:
        return JsonResponse({"error": _("This address takes what the page of the door sends.")}, status=400)
    said = {"device": batch.device, "sent": batch.sent, "holds_back": batch.holds_back}
    answer = take_one(pk, batch.scans[0], **said) if len(batch.scans) == 1 else None
    if answer:
        return JsonResponse({"now": now(), "open": True, "answers": [_as_values(answer)]})
    door = _by_link(token)
    try:
        answers = take_scans(door, batch.scans, **said)
    except IntegrityError:  # the same scans came in by another request at this very moment
        return JsonResponse({}, status=503, headers={"Retry-After": str(SEND_AGAIN_AFTER)})
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
    }


def _by_link(token: str) -> Door:
    found = door_of_link(token)
    if found is None:
        raise Http404
    return found[1]

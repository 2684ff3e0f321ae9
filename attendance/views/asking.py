"""Getting to the own page without the link: whoever asks is told the same, known or not."""

import time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from attendance.tasks.links import ask_and_mail
from courses.forms.claims import ClaimForm
from courses.services.link_requests import is_asked_too_often

#: Seconds after which the answer leaves, whoever asks: what is written for somebody who is known takes some
#: milliseconds longer than for somebody who is not, and a clock would tell.
ANSWER_AFTER = 0.25


# No other site could ride on a sign-in here, and the browser inside Zalo may keep no cookie.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_link(request: HttpRequest) -> HttpResponse:
    form = ClaimForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "attendance/ask_link.html", {"form": form})
    began = time.monotonic()
    claim, address = form.claim(), request.META["REMOTE_ADDR"]
    if is_asked_too_often(claim, address=address):
        return render(request, "429.html", status=429)
    ask_and_mail(claim, address=address)
    time.sleep(max(0, began + ANSWER_AFTER - time.monotonic()))
    return render(request, "attendance/ask_link_done.html")

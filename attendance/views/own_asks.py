"""What somebody asks for on the own page: a paper put right, an absence, own data put right.

The link is the right, and the browser inside Zalo may keep no cookie: no form here needs one.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from attendance.forms.ending import AskCorrectionForm
from attendance.forms.own import OwnAbsenceForm, OwnCorrectionForm
from attendance.models import Certificate
from attendance.services.corrections import ask_correction
from attendance.services.leave import ask_for_leave
from attendance.views.trainee import by_link, shown, trouble_with
from courses.constants.choices import ACTIVE_STATES
from courses.constants.errors import Refusal
from courses.models import Registration
from courses.services.requests import ask_for_correction


@csrf_exempt
@require_POST
def certificate(request: HttpRequest, token: str, code: str) -> HttpResponse:
    """The owner says what is wrong on the own paper, or that it is lost; the certificate officer answers."""
    actor, _trainee = by_link(token)
    papers = Certificate.objects.visible_to(actor).filter(registration__trainee_id=actor.trainee_id)
    paper = get_object_or_404(papers, code=code)
    form = AskCorrectionForm(request.POST)
    try:
        if not form.is_valid():
            raise Refusal(_("At most 500 letters can be sent."))
        ask_correction(paper, actor=actor, **form.cleaned_data)
    except Refusal as refusal:
        typed = {"words": request.POST.get("words", "")[:500]}
        return shown(request, token, trouble=trouble_with("paper", refusal, of=paper.pk, typed=typed))
    return _back(token, f"paper-{paper.pk}")


@csrf_exempt
@require_POST
def leave(request: HttpRequest, token: str, registration: int) -> HttpResponse:
    """The person asks for leave from own half-days; the organisers answer."""
    actor, _trainee = by_link(token)
    own = Registration.objects.visible_to(actor).filter(state__in=ACTIVE_STATES, pk=min(registration, 2**63 - 1))
    found = get_object_or_404(own.select_related("course", "trainee"))
    form = OwnAbsenceForm(request.POST, registration=found)
    try:
        if not form.is_valid():
            raise Refusal(next(iter(form.errors.values()))[0])
        sessions = list(form.cleaned_data["sessions"])
        ask_for_leave(found, sessions, reason=form.cleaned_data["reason"], actor=actor)
    except Refusal as refusal:
        typed = {"reason": request.POST.get("reason", "")[:300], "sessions": request.POST.getlist("sessions")}
        return shown(request, token, trouble=trouble_with("leave", refusal, of=found.pk, typed=typed))
    return _back(token, f"leave-{found.pk}")


@csrf_exempt
@require_POST
def data(request: HttpRequest, token: str) -> HttpResponse:
    """The person says what is wrong in the own data."""
    actor, trainee = by_link(token)
    form = OwnCorrectionForm(request.POST)
    try:
        if not form.is_valid():
            raise Refusal(form.errors["words"][0])
        ask_for_correction(trainee, words=form.cleaned_data["words"], actor=actor)
    except Refusal as refusal:
        typed = {"words": request.POST.get("words", "")[:500]}
        return shown(request, token, trouble=trouble_with("data", refusal, typed=typed))
    return _back(token, "own-data")


def _back(token: str, place: str) -> HttpResponse:
    return redirect(f"{reverse('attendance:trainee', args=[token])}#{place}")

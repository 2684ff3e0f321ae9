"""A trainee's own page behind the personal link, and the pass that the page shows."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from attendance.constants import CertificateState
from attendance.forms.ending import AskCorrectionForm
from attendance.models import Certificate
from attendance.rendering.passes import draw_pass_picture
from attendance.reports.corrections import with_corrections
from attendance.reports.pass_cards import address_of, cards_of
from attendance.reports.passes import passes_in_force, registration_of_pass
from attendance.reports.people import classes_of
from attendance.responses import pdf_response, png_response
from attendance.rules.hall import is_near
from attendance.rules.scans import grouped_short, short_code
from attendance.services.corrections import ask_correction
from attendance.services.hall import enter_by_link, too_many_tries
from attendance.views.here import done, read_device
from attendance.views.keeping import taken_along
from courses.constants.choices import CourseState, SessionState
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import Registration
from courses.rendering.qr import qr_svg
from courses.rules.actors import trainee_of_link
from courses.services.limits import count_failure_once, is_shut

#: Papers that their owner may open: what is only prepared is not issued yet.
OPEN_TO_OWNER = (CertificateState.ISSUED, CertificateState.HANDED_OVER)


@gzip_page
@require_safe
def page(request: HttpRequest, token: str) -> HttpResponse:
    return _show(request, token)


def _show(
    request: HttpRequest, token: str, *, refused: str = "", not_asked: str = "", status: int = 200
) -> HttpResponse:
    """`refused`: why the code on the hall's screen, just typed, was not taken; `not_asked`: why a question about a
    paper was not."""
    actor, trainee = _by_link(token)
    classes = with_corrections(classes_of(trainee, actor))
    current = [item for item in classes if not item.is_over]
    passes = passes_in_force(item.registration.pk for item in current)
    moment = now()
    coming = [
        half_day.session
        for item in current
        for half_day in item.attendance
        if half_day.session.ends_at > moment and half_day.session.state != SessionState.CANCELLED
    ]
    coming.sort(key=lambda session: session.starts_at)
    context = {
        "trainee": trainee,
        "token": token,
        "next": coming[0] if coming else None,
        "may_enter": bool(coming) and is_near(coming[0], moment),
        "refused": refused,
        "not_asked": not_asked,
        "current": [
            (item, grouped_short(of_class.short), qr_svg(address_of(of_class)))
            for item in current
            for of_class in [passes[item.registration.pk]]
        ],
        "past": [item for item in classes if item.is_over],
        "open_to_owner": OPEN_TO_OWNER,
        **taken_along(request, trainee, current),
    }
    return render(request, "attendance/trainee.html", context, status=status)


@require_safe
def certificate(request: HttpRequest, token: str, code: str) -> HttpResponse:
    """The frozen paper, for its owner alone."""
    actor, _trainee = _by_link(token)
    papers = Certificate.objects.visible_to(actor).filter(state__in=OPEN_TO_OWNER).select_related("pdf")
    return pdf_response(get_object_or_404(papers, code=code, registration__trainee_id=actor.trainee_id))


# The link is the right, as below.
@csrf_exempt
@require_POST
def ask(request: HttpRequest, token: str, code: str) -> HttpResponse:
    """The owner says what is wrong on the own paper, or that it is lost; the certificate officer answers."""
    actor, _trainee = _by_link(token)
    papers = Certificate.objects.visible_to(actor).filter(registration__trainee_id=actor.trainee_id)
    paper = get_object_or_404(papers, code=code)
    form = AskCorrectionForm(request.POST)
    try:
        if not form.is_valid():
            raise Refusal(_("At most 500 letters can be sent."))
        ask_correction(paper, actor=actor, **form.cleaned_data)
    except Refusal as refusal:
        return _show(request, token, not_asked=str(refusal.sentence))
    return redirect("attendance:trainee", token)


# The link is the right, and the browser inside Zalo may keep no cookie.
@csrf_exempt
@require_POST
def here(request: HttpRequest, token: str) -> HttpResponse:
    """Enters the owner of the link, who types the code on the hall's screen."""
    _actor, trainee = _by_link(token)
    code, owner = request.POST.get("code", ""), str(trainee.pk)
    if is_shut("hall link", owner):
        return _show(request, token, refused=too_many_tries(), status=429)
    try:
        event = enter_by_link(trainee, code, device=read_device(request.POST))
    except Refusal as refusal:
        count_failure_once("hall link", owner, short_code(code))
        return _show(request, token, refused=str(refusal))
    return done(request, event)


@require_safe
def pass_picture(request: HttpRequest, token: str, registration: int) -> HttpResponse:
    """The pass as a picture, to be kept on the phone by a long press: its owner's, of a class that is not over."""
    actor, _trainee = _by_link(token)
    own = Registration.objects.visible_to(actor).active().filter(pk=min(registration, 2**63 - 1))
    own = own.filter(course__state__in=(CourseState.PUBLISHED, CourseState.RUNNING))
    person = get_object_or_404(own.select_related("trainee", "office", "course"))
    [card] = cards_of([person])
    return png_response(draw_pass_picture(card, timestamp=now()), f"the-hoc-vien-{person.course.code}.png")


@require_safe
def pass_page(request: HttpRequest, code: str) -> HttpResponse:
    """What a stranger's phone shows when it reads a pass: nothing about the person."""
    read = registration_of_pass(code)
    if read is None or not read.is_active:
        raise Http404
    return render(request, "attendance/pass.html", {"renewed": read.renewed})


def _by_link(token: str):
    found = trainee_of_link(token)
    if found is None:
        raise Http404
    return found

"""A trainee's own page behind the personal link, and the pass that the page shows."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from attendance.constants import IN_HANDS
from attendance.rendering.passes import draw_pass_picture
from attendance.reports.own_data import own_data
from attendance.reports.own_page import own_page
from attendance.reports.pass_cards import cards_of
from attendance.reports.passes import registration_of_pass
from attendance.responses import png_response
from attendance.rules.hall import is_near
from attendance.rules.scans import short_code
from attendance.services.hall import enter_by_link, too_many_tries
from attendance.views.here import done, read_device
from attendance.views.keeping import passes_of, taken_along
from courses.constants.actors import Actor
from courses.constants.choices import ACTIVE_STATES, CourseState
from courses.constants.clock import now, today
from courses.constants.errors import Refusal
from courses.models import Registration, Trainee
from courses.rules.actors import trainee_of_link
from courses.services.limits import count_failure_once, is_shut


@gzip_page
@require_safe
def page(request: HttpRequest, token: str) -> HttpResponse:
    return shown(request, token)


def shown(request: HttpRequest, token: str, *, trouble: dict | None = None, status: int = 200) -> HttpResponse:
    """`trouble`: why what was just sent was not taken. {"form": of which one ("here", "paper", "leave", "data"), "of":
    the id of what the form is about, "said": the sentence, "typed": what stood in it}."""
    actor, trainee = by_link(token)
    moment = now()
    found = own_page(trainee, actor, moment)
    context = {
        "trainee": trainee,
        "token": token,
        "page": found,
        "may_enter": found.next is not None and is_near(found.next.session, moment),
        "trouble": trouble or {"form": "", "of": 0, "said": "", "typed": {}},
        "passes": passes_of(found),
        "open_to_owner": IN_HANDS,
        "data": own_data(trainee, actor),
        "this_year": today().year,
        **taken_along(request, trainee, found),
    }
    return render(request, "attendance/trainee.html", context, status=status)


# The link is the right, and the browser inside Zalo may keep no cookie.
@csrf_exempt
@require_POST
def here(request: HttpRequest, token: str) -> HttpResponse:
    """Enters the owner of the link, who types the code on the hall's screen."""
    _actor, trainee = by_link(token)
    code, owner = request.POST.get("code", ""), str(trainee.pk)
    if is_shut("hall link", owner):
        return shown(request, token, trouble=trouble_with("here", too_many_tries()), status=429)
    try:
        event = enter_by_link(trainee, code, device=read_device(request.POST))
    except Refusal as refusal:
        count_failure_once("hall link", owner, short_code(code))
        return shown(request, token, trouble=trouble_with("here", refusal))
    return done(request, event)


@require_safe
def pass_picture(request: HttpRequest, token: str, registration: int) -> HttpResponse:
    """The pass as a picture, to be kept on the phone by a long press: its owner's, of a class that is not over."""
    actor, _trainee = by_link(token)
    own = Registration.objects.visible_to(actor).filter(state__in=ACTIVE_STATES, pk=min(registration, 2**63 - 1))
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


def by_link(token: str) -> tuple[Actor, Trainee]:
    found = trainee_of_link(token)
    if found is None:
        raise Http404
    return found


def trouble_with(form: str, why: Refusal | str, *, of: int = 0, typed: dict | None = None) -> dict:
    said = str(why.sentence) if isinstance(why, Refusal) else why
    return {"form": form, "of": of, "said": said, "typed": typed or {}}

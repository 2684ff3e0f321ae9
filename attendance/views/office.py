"""An office's page of one class, by the link in the letter: the class, its seats, its people, what they attended."""

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from attendance.reports.people import in_class
from courses.constants import links
from courses.constants.actors import Actor
from courses.constants.choices import CourseState
from courses.models import Course, OfficeAnswer, Registration, Seats
from courses.reports.timetable import days_of, sessions_of
from courses.rules.actors import answer_of_link


@require_safe
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Shows no birth date, telephone or number of anybody: the link travels with a letter."""
    found = answer_of_link(token)
    if found is None:
        raise Http404
    actor, answer = found
    course = Course.objects.visible_to(actor).select_related("host_office").filter(pk=answer.course_id).first()
    if course is None:
        raise Http404
    registrations = Registration.objects.visible_to(actor).active().in_protocol_order()
    context = {
        "answer": answer,
        "course": course,
        "days": days_of(sessions_of(course)),
        "people": in_class(registrations),
        "seats": _seats(actor),
    }
    return render(request, "attendance/office.html", context)


@require_safe
def own_offices(request: HttpRequest) -> HttpResponse:
    """For a coordinator who is signed in: the classes of the own offices, each with its page."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not request.actor.coordinates:
        raise Http404
    answers = (
        OfficeAnswer.objects.filter(office_id__in=request.actor.coordinates)
        .visible_to(request.actor)
        .exclude(course__state=CourseState.ARCHIVED)
        .select_related("course", "office")
        .order_by("-course__starts_on", "office__order")
    )
    rows = [(answer, links.office_token(answer.pk, answer.link_version)) for answer in answers]
    return render(request, "attendance/own_offices.html", {"rows": rows})


def _seats(actor: Actor) -> int | None:
    """The office's seats in the class; None where no number was given."""
    rows = Seats.objects.visible_to(actor).filter(block__isnull=True)
    return rows.values_list("number", flat=True).order_by("pk").first()

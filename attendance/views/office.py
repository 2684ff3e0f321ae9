"""An office's page of one class, by the link in the letter or signed in: seats left, what is next, its people."""

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from attendance.reports.office_page import gone, has_begun, people_named, standing_of
from attendance.views.office_link import OfficePage
from courses.constants import links
from courses.constants.choices import CourseState
from courses.constants.clock import now
from courses.models import OfficeAnswer
from courses.reports.changes import changes_of
from courses.reports.timetable import days_of, sessions_of


class Overview(OfficePage):
    """Shows no birth date, telephone or number of anybody: the link travels with a letter."""

    template = "attendance/office.html"

    def get(self, request, token):
        people, sessions = people_named(self.actor), list(sessions_of(self.course))
        return self.shown(
            standing=standing_of(self.answer),
            people=people,
            has_begun=has_begun(people),
            gone=gone(self.actor),
            days=days_of(sessions),
            changes=changes_of(sessions, now()),
        )


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
        .order_by("-course__starts_on", "course__code", "office__order", "office__code")
    )
    rows = [(answer, links.office_token(answer.pk, answer.link_version)) for answer in answers]
    return render(request, "attendance/own_offices.html", {"rows": rows})

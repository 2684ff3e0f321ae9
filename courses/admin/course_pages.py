"""The pages and acts of one class beside its form: overview, copy, the steps from draft to archive.

Each entry of `PAGES` takes the ModelAdmin of classes and gives a view of (request, pk). A class that the actor does not
work on is a 404, one that the actor may only read refuses to be changed with 403.
"""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from courses.admin.class_acts import acts_of
from courses.constants.choices import CourseState
from courses.constants.clock import YEARS
from courses.constants.errors import Refusal
from courses.forms.plan import CopyForm
from courses.models import Course
from courses.reports import classes
from courses.rules.permissions import may_change_plan, may_organise, may_plan_classes
from courses.services import plan, schedule

#: The step that comes next: address, service, what the button says.
STEPS = {
    CourseState.DRAFT: ("publish", gettext_lazy("Publish")),
    CourseState.PUBLISHED: ("start", gettext_lazy("Begin the class")),
    CourseState.RUNNING: ("conclude", gettext_lazy("Conclude the class")),
    CourseState.CONCLUDED: ("archive", gettext_lazy("Archive")),
}


def overview(model_admin):
    @require_safe
    def view(request, pk):
        course = course_of(model_admin, request, pk)
        shown = classes.overview(course)
        site = model_admin.admin_site
        site.add_notes_of_record(request, [shown])
        may_change, session_links = may_change_plan(request.actor, course), site.session_links(request, course)
        acts = acts_of(
            shown,
            of_record=site.course_links(request, course),
            of_sessions=session_links,
            may_change=may_change,
            may_copy=may_plan_classes(request.actor),
        )
        context = {
            "overview": shown,
            "acts": acts,
            "may_change": may_change,
            "step": STEPS.get(CourseState(course.state)) if may_organise(request.actor, course) else None,
            "step_is_final": course.state in (CourseState.RUNNING, CourseState.CONCLUDED),
            "next_day": schedule.next_day(course),
            "late": len(shown.offices.late),
            "session_links": session_links,
        }
        return render_page(
            model_admin, request, "admin/courses/course/overview.html", course, str(course.title), context
        )

    return view


def copy(model_admin):
    def view(request, pk):
        course = course_of(model_admin, request, pk)
        if not may_plan_classes(request.actor):
            raise PermissionDenied
        form = CopyForm(request.POST if request.method == "POST" else None, course=course, actor=request.actor)
        if form.is_bound and form.is_valid():
            try:
                made = plan.copy_course(course, actor=request.actor, **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, _("The new class is a draft. Please look at its dates and halls."))
                return to_overview(made)
        return render_page(
            model_admin,
            request,
            "admin/courses/course/copy.html",
            course,
            _("Copy this class"),
            {"form": form, "media": form.media},
        )

    return view


def add_day(model_admin):
    @require_POST
    def view(request, pk):
        course = course_of(model_admin, request, pk)
        if not may_organise(request.actor, course):
            raise PermissionDenied
        try:
            day = dt.date.fromisoformat(request.POST.get("day", ""))
            if day.year not in YEARS:
                raise ValueError
        except ValueError:
            messages.error(request, _("Please look at the day again."))
            return to_overview(course)
        try:
            made, taken = schedule.add_day(course, day=day, actor=request.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return to_overview(course)
        for sentence in taken:
            messages.warning(request, sentence)
        if made:
            messages.success(request, _("%(day)s: a morning and an afternoon are added.") % {"day": f"{day:%d/%m/%Y}"})
        return to_overview(course)

    return view


def _step(service, done):
    """A view that takes the class one step further by the service, once, and says so."""

    def of(model_admin):
        @require_POST
        def view(request, pk):
            course = course_of(model_admin, request, pk)
            if not may_organise(request.actor, course):
                raise PermissionDenied
            try:
                service(course, actor=request.actor)
            except Refusal as refusal:
                messages.error(request, refusal.sentence)
            else:
                messages.success(request, done())
            return to_overview(course)

        return view

    return of


PAGES = {
    "overview": overview,
    "copy": copy,
    "add-day": add_day,
    "publish": _step(plan.publish, lambda: _("The class is published.")),
    "start": _step(plan.start, lambda: _("The class is under way.")),
    "conclude": _step(plan.conclude, lambda: _("The class is concluded. Seats and agenda are locked.")),
    "archive": _step(plan.archive, lambda: _("The class is archived.")),
}


def course_of(model_admin, request, pk: int) -> Course:
    """The class among those that the actor works on; else 404."""
    course = model_admin.get_queryset(request).select_related("host_office").filter(pk=pk).first()
    if course is None:
        raise Http404
    return course


def to_overview(course: Course) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:courses_course_overview", args=[course.pk]))


def render_page(model_admin, request, template: str, course: Course, title: str, context: dict) -> TemplateResponse:
    common = {"title": title, "course": course, "opts": model_admin.opts, **context}
    return TemplateResponse(request, template, {**model_admin.admin_site.each_context(request), **common})

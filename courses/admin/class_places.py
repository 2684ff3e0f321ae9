"""The page of a class on which its people are seated in halls and at remote sites."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.admin.course_pages import course_of, render_page
from courses.constants.errors import Refusal
from courses.forms.places import PlacesForm, name_of
from courses.reports.places import seating_of
from courses.rules.permissions import may_change_plan, may_organise
from courses.services.places import assign_places


def urls(model_admin) -> list:
    view = model_admin.admin_site.admin_view(places(model_admin))
    return [path("<int:pk>/places/", view, name="courses_course_places")]


def places(model_admin):
    """Who sits where, by office; people or whole offices are seated at one place at a time."""

    def view(request, pk):
        course = course_of(model_admin, request, pk)
        if request.method == "POST" and not may_organise(request.actor, course):
            raise PermissionDenied
        seating = seating_of(course)
        form = PlacesForm(request.POST if request.method == "POST" else None, seating=seating)
        if form.is_bound and form.is_valid():
            try:
                moved = assign_places(
                    course,
                    form.chosen_place(),
                    people=form.chosen("person"),
                    offices=form.chosen("office"),
                    actor=request.actor,
                )
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, _said(moved))
                return HttpResponseRedirect(request.path)
        context = {
            "form": form,
            "seating": seating,
            "places": [(one, name_of(one)) for one in seating.places],
            "may_change": may_change_plan(request.actor, course),
        }
        title = _("Who sits where")
        return render_page(model_admin, request, "admin/courses/course/places.html", course, title, context)

    return view


def _said(moved: int) -> str:
    if not moved:
        return _("Everybody chosen sits there already.")
    text = ngettext("%(number)d person was seated there.", "%(number)d people were seated there.", moved)
    return text % {"number": moved}

"""The pages on which offices are merged, split and renamed: typed, looked at, confirmed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.constants.errors import Refusal
from courses.constants.ids import row_id
from courses.forms.offices import FORMS
from courses.models import Office
from courses.reports.reorganisation import touched_by
from courses.rules.permissions import may_reorganise
from courses.services.reorganisation import Plan, reorganise

TITLES = {
    "merge": gettext_lazy("Merge offices"),
    "split": gettext_lazy("Split an office"),
    "rename": gettext_lazy("Give an office a new name"),
}


class ReorganisationPages:
    """For the admin of offices. What is typed is tried and taken back, so that the page that asks for confirmation
    shows what will be, and says at once what cannot be."""

    def reorganisation_urls(self):
        return [
            path(f"{kind}/", self.admin_site.admin_view(self._page_for(kind)), name=f"courses_office_{kind}")
            for kind in FORMS
        ]

    def _page_for(self, kind: str):
        def view(request):
            if not may_reorganise(request.actor):
                raise PermissionDenied
            initial = {"old": row_id(request.GET.get("office", ""))}
            form = FORMS[kind](request.POST if request.method == "POST" else None, initial=initial)
            shown = None
            if form.is_bound and form.is_valid():
                try:
                    if "confirm" in request.POST:
                        plan = form.plan()
                        return self._done(request, plan, reorganise(plan, actor=request.actor))
                    shown = _tried(form.plan(), request.actor)
                except Refusal as refusal:
                    form.add_error(None, refusal.sentence)
            context = {
                **self.admin_site.each_context(request),
                "title": TITLES[kind],
                "opts": self.opts,
                "form": form,
                "kind": kind,
                "shown": None if "change" in request.POST else shown,
            }
            return TemplateResponse(request, "admin/courses/office/reorganise.html", context)

        return view

    def _done(self, request, plan: Plan, made: list[Office]) -> HttpResponseRedirect:
        """On to the people of the first office that ends, or of the one that was divided and lives on; its page leads
        to those of the others."""
        names = ", ".join(office.name for office in made)
        messages.success(request, _("Done: %(offices)s. Now look at who is moved over.") % {"offices": names})
        left = [office for office in plan.old if office not in made]
        return HttpResponseRedirect(reverse("admin:courses_office_move", args=[(left or plan.old)[0].pk]))


def _tried(plan: Plan, actor) -> dict:
    """What the plan touches and what offices it makes, without anything being written."""
    with transaction.atomic():
        made = reorganise(plan, actor=actor)
        transaction.set_rollback(True)
    return {"touched": touched_by(plan.old, made, plan.on), "made": made, "plan": plan}

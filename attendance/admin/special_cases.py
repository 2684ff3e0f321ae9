"""Special cases of a class: decided with reason and document, and taken back."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from attendance.forms.scores import SpecialCaseForm, TakeBackForm
from attendance.reports.papers import registrations_of
from attendance.reports.verdicts import special_case_of, verdict_of
from attendance.services.overrides import set_special_case, take_back_special_case
from courses.constants.errors import Refusal


class SpecialCasePages:
    """For the admin of a class's results: for its certificate officers alone."""

    def special_case_urls(self):
        view, name = self.admin_site.admin_view(self.special_case), "attendance_courseresult_special_case"
        return [path("<path:object_id>/special/<int:registration>", view, name=name)]

    @method_decorator(reauthentication_required)
    def special_case(self, request, object_id, registration):
        """What stands, a form to decide, and where something was decided one to take it back."""
        course = self._certifying(request, object_id)
        person = registrations_of(course).filter(pk=min(registration, 2**63 - 1)).first()
        if person is None:
            raise Http404
        stands = special_case_of(person)
        posted = request.POST if request.method == "POST" else None
        back = TakeBackForm(posted if posted and "take_back" in posted else None)
        initial = stands and {name: getattr(stands, f"override_{name}") for name in ("why", "document", "decided_by")}
        form = SpecialCaseForm(posted if posted and "take_back" not in posted else None, initial=initial)
        if posted and self._decided(request, person, back if "take_back" in posted else form):
            return self._back(course)
        title = _("Special case: %(name)s") % {"name": person.trainee}
        context = {"person": person, "verdict": verdict_of(person), "stands": stands, "form": form, "back": back}
        return self._page(request, course, "admin/attendance/special_case.html", title, **context)

    def _decided(self, request, person, form) -> bool:
        if not form.is_valid():
            return False
        data = form.cleaned_data
        try:
            if isinstance(form, TakeBackForm):
                take_back_special_case(person, why=data["why_back"], actor=request.actor)
                said = _("The decision on %(name)s was taken back: the rule of the class decides.")
            else:
                set_special_case(person, **data, actor=request.actor)
                said = _("%(name)s gets the certificate by a decision of its own.")
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            return False
        messages.success(request, said % {"name": person.trainee})
        return True

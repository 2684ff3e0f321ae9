"""What people ask of the offices that keep their data: the open ones first, what is due first on top."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from courses.admin.scoped import ScopedAdmin
from courses.constants.choices import RequestKind, RequestState
from courses.constants.clock import today
from courses.constants.errors import Refusal
from courses.forms.requests import AnswerRequestForm
from courses.models import TraineeRequest
from courses.rules.permissions import may_edit_trainee
from courses.rules.working_days import working_days_late
from courses.services.requests import answer_request


class CorrectionRequestPages(ScopedAdmin):
    """Whoever sees the person reads; organisers who may change the person answer. Requests for a link lead to pages of
    the record, which adds its own (`attendance.admin.requests`)."""

    list_display = ["who", "kind", "said", "due", "answered"]
    list_filter = ["state", "kind"]
    list_select_related = ["trainee__office"]
    # "asked" is the first of the states by its letters too.
    ordering = ["state", "due_on", "pk"]

    def may_add(self, actor):
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        seen = self.get_object(request, object_id) if self.may_view(request.actor) else None
        if seen is None:
            raise Http404
        asked = self.get_queryset(request).of_people().get(pk=seen.pk)
        may_answer = may_edit_trainee(request.actor, asked.person) and asked.kind == RequestKind.CORRECTION
        if request.method == "POST" and not may_answer:
            raise PermissionDenied
        form = AnswerRequestForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                done, answer = request.POST.get("done") == "yes", form.cleaned_data["answer"]
                answer_request(asked, done=done, answer=answer, actor=request.actor)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, _("The answer is on the page of the one who asked."))
                return redirect("admin:courses_traineerequest_changelist")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{asked.get_kind_display()}: {asked.person}",
            "asked": asked,
            "due": due_in_words(asked),
            "person_page": self.admin_site.person_page(asked.person),
            "may_answer": may_answer and asked.state == RequestState.ASKED,
            "form": form,
        }
        return TemplateResponse(request, "admin/courses/request.html", context)

    @admin.display(description=gettext_lazy("trainee"), ordering="trainee__sort_key")
    def who(self, request):
        return f"{request.trainee} – {request.trainee.office}"

    @admin.display(description=gettext_lazy("in their own words"))
    def said(self, request):
        return request.words[:80]

    @admin.display(description=gettext_lazy("to be answered by"), ordering="due_on")
    def due(self, request):
        return due_in_words(request)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def answered(self, request):
        return request.get_state_display()


def due_in_words(request: TraineeRequest):
    """The day, and how late it is."""
    days = working_days_late(request.due_on, today()) if request.state == RequestState.ASKED else 0
    if not days:
        return f"{request.due_on:%d/%m/%Y}"
    late = ngettext("%(days)d working day late", "%(days)d working days late", days) % {"days": days}
    return format_html('{} <span class="state bad">{}</span>', f"{request.due_on:%d/%m/%Y}", late)

"""What holders and offices ask about papers: the open ones first, what was due first on top."""

from django.contrib import admin, messages
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from attendance.admin.ending import beside_context
from attendance.constants import CorrectionState
from attendance.forms.ending import RefuseCorrectionForm
from attendance.models import Correction
from attendance.reports.corrections import clock_of
from attendance.reports.ended import who_answers
from attendance.rules.permissions import may_end_paper
from attendance.services.corrections import refuse_correction
from courses.admin.scoped import ScopedAdmin
from courses.constants.errors import Refusal


@admin.register(Correction)
class CorrectionAdmin(ScopedAdmin):
    """Organisers read; certificate officers answer."""

    list_display = ["holder", "number", "asked", "due", "answered"]
    list_filter = ["state", "is_lost"]
    list_select_related = ["certificate__registration__course"]
    # "asked" is the first of the states by its letters too.
    ordering = ["state", "due_on", "pk"]

    def may_add(self, actor):
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        related = ("certificate__book__issuer__closed_by", "certificate__registration__course", "answered_by")
        related += ("certificate__registration__trainee",)
        asked = self.get_object(request, object_id) if self.may_view(request.actor) else None
        if asked is None:
            raise Http404
        asked = self.get_queryset(request).select_related(*related).get(pk=asked.pk)
        paper = asked.certificate
        may_answer = may_end_paper(request.actor, paper.book.issuer_id)
        if request.method == "POST" and not may_answer:
            raise Http404
        form = RefuseCorrectionForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                refuse_correction(asked, answer=form.cleaned_data["answer"], actor=request.actor)
            except Refusal as refusal:
                form.add_error(None, str(refusal.sentence))
            else:
                messages.success(request, _("The answer is on the page of the one who asked."))
                return redirect("admin:attendance_correction_changelist")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Correction asked for: %(number)s") % paper.facts,
            "asked": clock_of(asked),
            "paper": paper,
            "may_answer": may_answer and asked.state == CorrectionState.ASKED,
            "answering": who_answers(paper.book.issuer),
            "may_name_answering": request.user.is_superuser,
            "form": form,
        }
        if context["may_answer"] and not asked.is_lost:
            context |= beside_context(paper, request.actor)
        return TemplateResponse(request, "admin/attendance/correction.html", context)

    @admin.display(description=gettext_lazy("holder"))
    def holder(self, request):
        return request.certificate.facts.get("full_name", "")

    @admin.display(description=gettext_lazy("register number"))
    def number(self, request):
        return request.certificate.facts.get("number", "")

    @admin.display(description=gettext_lazy("asked"))
    def asked(self, request):
        return _("Lost or damaged") if request.is_lost else request.words[:80]

    @admin.display(description=gettext_lazy("to be answered by"), ordering="due_on")
    def due(self, request):
        return due_in_words(request)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def answered(self, request):
        return request.get_state_display()


def due_in_words(request: Correction):
    """The day, and how late it is."""
    clock, day = clock_of(request), f"{request.due_on:%d/%m/%Y}"
    if not clock.late:
        return day
    late = ngettext("%(days)d working day late", "%(days)d working days late", clock.late) % {"days": clock.late}
    return format_html('{} <span class="state bad">{}</span>', day, late)

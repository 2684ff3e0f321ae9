"""What people ask of the offices that keep their data: a link or a correction, in one list and on one page.

The open ones first, what is due first on top.
"""

from allauth.account.decorators import reauthentication_required
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from attendance.reports.refusals import with_ways_of_telling
from attendance.responses import card_response, renewed_response
from attendance.tasks.links import refuse_and_mail
from courses.admin.scoped import ScopedAdmin
from courses.constants.choices import RequestKind, RequestState
from courses.constants.clock import today
from courses.constants.errors import Refusal
from courses.constants.ids import row_id
from courses.forms.claims import RefuseLinkForm
from courses.forms.requests import AnswerRequestForm
from courses.models import TraineeRequest
from courses.rules.permissions import may_edit_trainee, may_hand_out_link
from courses.rules.working_days import working_days_late
from courses.services.requests import answer_request


@admin.register(TraineeRequest)
class TraineeRequestAdmin(ScopedAdmin):
    """Everybody who sees the person reads. A link is answered by who reaches the person's office: by a card, printed
    after who is there was asked again as in `attendance.admin.links`, or refused; a correction by organisers who may
    change the person."""

    list_display = ["who", "kind", "said", "due", "answered"]
    list_filter = ["state", "kind"]
    list_select_related = ["trainee__office"]
    # "asked" is the first of the states by its letters too.
    ordering = ["state", "due_on", "pk"]

    def may_add(self, actor):
        return False

    def get_urls(self):
        wrap, asked = self.admin_site.admin_view, reauthentication_required
        name = "courses_traineerequest_"
        return [
            path("<int:pk>/card/", wrap(asked(require_POST(self.card))), name=f"{name}card"),
            path("<int:pk>/renew/", wrap(asked(require_POST(self.renew))), name=f"{name}renew"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        one = self._seen(request, row_id(object_id) or 0)
        may_answer = self._may_answer(request, one)
        if request.method == "POST" and not may_answer:
            raise PermissionDenied
        data = request.POST if request.method == "POST" else None
        is_link = one.kind == RequestKind.LINK
        form = RefuseLinkForm(data, person=one.person) if is_link else AnswerRequestForm(data)
        if form.is_valid():
            try:
                said = self._answer(request, one, form.cleaned_data["answer"])
            except Refusal as refusal:
                form.add_error(None, str(refusal.sentence))
            else:
                messages.success(request, said)
                return redirect("admin:courses_traineerequest_changelist")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{one.get_kind_display()}: {one.person}",
            "one": with_ways_of_telling([one])[0],
            "due": due_in_words(one),
            "may_answer": may_answer,
            "form": form,
        }
        return TemplateResponse(request, "admin/attendance/request.html", context)

    def card(self, request, pk):
        """The card at once, to be handed over; the request is done by it."""
        one = self._to_answer(request, pk)
        return card_response(request, one.person, actor=request.actor, back=_page_of(one))

    def renew(self, request, pk):
        one = self._to_answer(request, pk)
        return renewed_response(request, one.person, actor=request.actor, back=_page_of(one))

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

    def _answer(self, request, one: TraineeRequest, answer: str) -> str:
        """What whoever answered is told."""
        if one.kind == RequestKind.LINK:
            refused = refuse_and_mail(one, answer=answer, actor=request.actor)
            return format_html("{} {}", _("The request was answered."), refused.telling)
        answer_request(one, done=request.POST.get("done") == "yes", answer=answer, actor=request.actor)
        return _("The answer is on the page of the one who asked.")

    def _seen(self, request, pk: int) -> TraineeRequest:
        rows = self.get_queryset(request).of_people()
        one = rows.filter(pk=pk).first() if self.may_view(request.actor) and pk < 2**63 else None
        if one is None:
            raise Http404
        return one

    def _to_answer(self, request, pk: int) -> TraineeRequest:
        """A request for a link whose card the actor may print."""
        one = self._seen(request, pk)
        if one.kind != RequestKind.LINK or not self._may_answer(request, one):
            raise PermissionDenied
        return one

    def _may_answer(self, request, one: TraineeRequest) -> bool:
        may = may_hand_out_link if one.kind == RequestKind.LINK else may_edit_trainee
        return may(request.actor, one.person)


def due_in_words(request: TraineeRequest):
    """The day, and how late it is."""
    days = working_days_late(request.due_on, today()) if request.state == RequestState.ASKED else 0
    if not days:
        return f"{request.due_on:%d/%m/%Y}"
    late = ngettext("%(days)d working day late", "%(days)d working days late", days) % {"days": days}
    return format_html('{} <span class="state bad">{}</span>', f"{request.due_on:%d/%m/%Y}", late)


def _page_of(one: TraineeRequest) -> str:
    return reverse("admin:courses_traineerequest_change", args=[one.pk])

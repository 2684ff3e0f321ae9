"""What people ask of the offices that keep their data, also their links."""

from allauth.account.decorators import reauthentication_required
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from attendance.responses import card_response, renewed_response
from courses.admin.requests import CorrectionRequestPages, due_in_words
from courses.constants.choices import RequestKind
from courses.constants.errors import Refusal
from courses.constants.ids import row_id
from courses.forms.claims import RefuseLinkForm
from courses.models import TraineeRequest
from courses.rules.permissions import may_hand_out_link
from courses.services.link_requests import refuse_link


@admin.register(TraineeRequest)
class TraineeRequestAdmin(CorrectionRequestPages):
    """Who asks for the own link beside who asks for a correction: everybody who sees the person reads, who reaches the
    person's office answers. A card with the link is printed after who is there was asked again, as in
    `attendance.admin.links`."""

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
        if one.kind != RequestKind.LINK:
            return super().change_view(request, object_id, form_url, extra_context)
        may_answer = self._may_answer(request, one)
        if request.method == "POST" and not may_answer:
            raise PermissionDenied
        form = RefuseLinkForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                refuse_link(one, answer=form.cleaned_data["answer"], actor=request.actor)
            except Refusal as refusal:
                form.add_error(None, str(refusal.sentence))
            else:
                messages.success(request, _("The request was answered."))
                return redirect("admin:courses_traineerequest_changelist")
        title = f"{one.get_kind_display()}: {one.person}"
        context = {"one": one, "may_answer": may_answer, "form": form, "due": due_in_words(one), "title": title}
        context |= {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, "admin/attendance/request.html", context)

    def card(self, request, pk):
        """The card at once, to be handed over; the request is done by it."""
        one = self._to_answer(request, pk)
        return card_response(request, one.person, actor=request.actor, back=_page_of(one))

    def renew(self, request, pk):
        one = self._to_answer(request, pk)
        return renewed_response(request, one.person, actor=request.actor, back=_page_of(one))

    def _seen(self, request, pk: int) -> TraineeRequest:
        rows = self.get_queryset(request).of_people()
        one = rows.filter(pk=pk).first() if self.may_view(request.actor) and pk < 2**63 else None
        if one is None:
            raise Http404
        return one

    def _to_answer(self, request, pk: int) -> TraineeRequest:
        one = self._seen(request, pk)
        if not self._may_answer(request, one):
            raise PermissionDenied
        return one

    def _may_answer(self, request, one: TraineeRequest) -> bool:
        return one.kind == RequestKind.LINK and may_hand_out_link(request.actor, one.person)


def _page_of(one: TraineeRequest) -> str:
    return reverse("admin:courses_traineerequest_change", args=[one.pk])

"""What the own people ask for, and refusing it with words; printing the card answers it (`desk_papers`)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _

from attendance.forms.own import OwnCorrectionForm
from attendance.reports.refusals import with_ways_of_telling
from attendance.tasks.links import refuse_and_mail
from attendance.views.desk import DeskPage, DeskPost
from courses.constants.choices import RequestKind
from courses.constants.clock import today
from courses.constants.errors import Refusal
from courses.forms.claims import RefuseLinkForm
from courses.models import TraineeRequest
from courses.services.requests import ask_for_correction

ANSWERED_SHOWN = 20


class Requests(DeskPage):
    template = "attendance/desk_requests.html"

    def get(self, request):
        seen = TraineeRequest.objects.visible_to(self.actor).of_people()
        return self.shown(
            waiting=list(seen.open().order_by("due_on", "pk")),
            answered=with_ways_of_telling(
                seen.filter(answered_at__isnull=False).order_by("-answered_at", "-pk")[:ANSWERED_SHOWN]
            ),
            today=today(),
        )


class AskCorrection(DeskPost):
    """For somebody who has no phone: what is wrong in what is kept; an organiser answers."""

    def post(self, request, pk):
        trainee, form = self.trainee(), OwnCorrectionForm(request.POST)
        try:
            if not form.is_valid():
                raise Refusal(form.errors["words"][0])
            ask_for_correction(trainee, words=form.cleaned_data["words"], actor=self.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("The organisers were asked; the answer will stand on this page."))
        return redirect("attendance:desk_person", trainee.pk)


class Refuse(DeskPage):
    http_method_names = ["get", "head", "post", "options"]
    template = "attendance/desk_refuse.html"

    def get(self, request, pk):
        asked = self._asked()
        return self.shown(form=RefuseLinkForm(person=asked.person), asked=asked)

    def post(self, request, pk):
        asked = self._asked()
        form = RefuseLinkForm(request.POST, person=asked.person)
        if form.is_valid():
            try:
                refused = refuse_and_mail(asked, answer=form.cleaned_data["answer"], actor=self.actor)
            except Refusal as refusal:
                form.add_error(None, str(refusal.sentence))
            else:
                messages.success(request, format_html("{} {}", _("The request was answered."), refused.telling))
                return redirect("attendance:desk_requests")
        return self.shown(form=form, asked=asked)

    def _asked(self) -> TraineeRequest:
        seen = TraineeRequest.objects.visible_to(self.actor).filter(kind=RequestKind.LINK)
        return get_object_or_404(seen.of_people(), pk=min(self.kwargs["pk"], 2**63 - 1))

"""An office asks to have a paper of one of its people put right, or a lost one replaced."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from attendance.forms.ending import AskCorrectionForm
from attendance.models import Certificate
from attendance.services.corrections import ask_correction
from attendance.views.office_link import OfficePage
from courses.constants.errors import Refusal


class AskCorrection(OfficePage):
    """Also when the class is over: papers are looked at then."""

    template = "attendance/office_correction.html"

    def get(self, request, token, pk):
        return self.shown(form=AskCorrectionForm(), paper=self._paper(pk))

    def post(self, request, token, pk):
        paper, form = self._paper(pk), AskCorrectionForm(request.POST)
        if form.is_valid():
            try:
                ask_correction(paper, actor=self.actor, **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, str(refusal.sentence))
            else:
                messages.success(request, _("The certificate officer was asked; the answer will stand on this page."))
                return redirect(self.address())
        return self.shown(form=form, paper=paper)

    def _paper(self, pk: int) -> Certificate:
        papers = Certificate.objects.visible_to(self.actor).in_force().select_related("registration__trainee")
        return get_object_or_404(papers, pk=min(pk, 2**63 - 1), registration__course=self.course)

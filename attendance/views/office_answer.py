"""An office's answer to the summons: the list as a paper, the letter with which it went out, or nobody and why."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from attendance.forms.office import AnswerForm, NobodyForm
from attendance.reports.nomination_list import list_for
from attendance.views.office_link import OfficeForm, OfficePage
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.rendering.nominations import draw_nominations
from courses.services.answers import send_answer, send_nobody
from courses.services.records import read_file


class Send(OfficeForm):
    template = "attendance/office_answer.html"
    while_naming = False

    def form(self, *posted):
        return AnswerForm(*posted, answer=self.answer)

    def act(self, form):
        data = form.cleaned_data
        file = data["signed_copy"]
        send_answer(
            self.answer,
            actor=self.actor,
            number=data["number"],
            date=data["date"],
            signed_copy=file.read() if file else None,
            file_name=file.name if file else "",
        )
        return _("Your list is sent with letter %(number)s.") % {"number": data["number"]}, self.address()


class SendNobody(OfficeForm):
    template = "attendance/office_nobody.html"

    def form(self, *posted):
        return NobodyForm(*posted)

    def act(self, form):
        send_nobody(self.answer, actor=self.actor, why=form.cleaned_data["why"])
        return _("The organisers know that your office can send nobody."), self.address()


class PrintList(OfficePage):
    """The list for the chairman's signature, with the years of birth for coordinators who are signed in alone."""

    def get(self, request, token):
        try:
            content = draw_nominations(list_for(self.answer, self.actor), timestamp=now())
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect(self.address())
        headers = {"Content-Disposition": 'inline; filename="danh-sach-cu.pdf"', "X-Robots-Tag": "noindex"}
        return HttpResponse(content, content_type="application/pdf", headers=headers)


class SignedCopy(OfficePage):
    """What the office attached to its answer, for itself."""

    def get(self, request, token):
        if not self.answer.signed_copy_id:
            raise Http404
        file = self.answer.signed_copy
        headers = {"Content-Disposition": "attachment", "X-Robots-Tag": "noindex"}
        return HttpResponse(read_file(file), content_type=file.media_type, headers=headers)

"""Absences that were reported: the organisers answer them and open the papers that came with them."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from attendance.constants import LeaveState
from attendance.forms.marks import read_submission
from attendance.forms.sheet_people import AnswerLeaveForm
from attendance.models import LeaveRequest
from attendance.services.leave import LeaveAnswer, answer_leave
from courses.constants.errors import Refusal
from courses.services.records import read_file


class AbsencePages:
    """For the admin of a class's results."""

    def absence_urls(self):
        view = self.admin_site.admin_view(require_safe(self.absence_paper))
        name = "attendance_courseresult_absence_paper"
        answer = self.admin_site.admin_view(self.answer_absence)
        return [
            path("<path:object_id>/absences/<int:absence>/paper", view, name=name),
            path("<path:object_id>/absences/<int:absence>", answer, name="attendance_courseresult_answer_absence"),
        ]

    def answer_absence(self, request, object_id, absence):
        """One request with its answer, which can be changed."""
        course = self._organising(request, object_id)
        asked = LeaveRequest.objects.visible_to(request.actor).filter(registration__course=course)
        asked = asked.select_related("registration__trainee", "answered_by", "asked_by").prefetch_related("sessions")
        leave = get_object_or_404(asked, pk=absence)
        form = AnswerLeaveForm(request.POST if request.method == "POST" else None, initial={"answer": leave.answer})
        if form.is_valid():
            said = {"answer": form.cleaned_data["answer"], "actor": request.actor}
            try:
                accept = request.POST.get("accept") == "yes"
                answered = answer_leave(leave, accept=accept, act=read_submission(request.POST), **said)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, answered_in_words(answered))
                return self._back(course)
        title = _("Absence: %(name)s") % {"name": leave.registration.trainee}
        found = {"absence": leave, "form": form, "submission": uuid4()}
        return self._page(request, course, "admin/attendance/absence.html", title, **found)

    def absence_paper(self, request, object_id, absence):
        """It may be about somebody's health: those who organise the class see it, and it is downloaded, not shown."""
        course = self._organising(request, object_id)
        asked = LeaveRequest.objects.visible_to(request.actor).filter(registration__course=course, paper__isnull=False)
        file = get_object_or_404(asked.select_related("paper"), pk=absence).paper
        headers = {"Content-Disposition": "attachment", "X-Robots-Tag": "noindex"}
        return HttpResponse(read_file(file), content_type=file.media_type, headers=headers)


def answered_in_words(answered: LeaveAnswer) -> str:
    """What the answer did, also what it could not do yet."""
    accepted = answered.request.state == LeaveState.ACCEPTED
    said = [_("The absence was accepted.") if accepted else _("The absence was not accepted.")]
    if answered.proposed:
        count = len(answered.proposed)
        text = ngettext(
            "%(count)d half-day is closed already: there it waits for a decision after reopening.",
            "%(count)d half-days are closed already: there it waits for a decision after reopening.",
            count,
        )
        said.append(text % {"count": count})
    if answered.passed_over:
        count = len(answered.passed_over)
        text = ngettext(
            "%(count)d half-day was passed over: it is cancelled, or the person is not expected there.",
            "%(count)d half-days were passed over: they are cancelled, or the person is not expected there.",
            count,
        )
        said.append(text % {"count": count})
    return " ".join(said)

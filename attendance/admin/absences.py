"""The paper that came with an absence that was reported, for the organisers of the class."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_safe

from attendance.models import LeaveRequest
from courses.services.records import read_file


class AbsencePages:
    """For the admin of a class's results."""

    def absence_urls(self):
        view = self.admin_site.admin_view(require_safe(self.absence_paper))
        name = "attendance_courseresult_absence_paper"
        return [path("<path:object_id>/absences/<int:absence>/paper", view, name=name)]

    def absence_paper(self, request, object_id, absence):
        """It may be about somebody's health: those who organise the class see it, and it is downloaded, not shown."""
        course = self._organising(request, object_id)
        asked = LeaveRequest.objects.visible_to(request.actor).filter(registration__course=course, paper__isnull=False)
        file = get_object_or_404(asked.select_related("paper"), pk=absence).paper
        headers = {"Content-Disposition": "attachment", "X-Robots-Tag": "noindex"}
        return HttpResponse(read_file(file), content_type=file.media_type, headers=headers)

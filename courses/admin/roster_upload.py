"""Taking in the lists that offices send: the page on which a file is chosen."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from courses.forms.rosters import RosterForm
from courses.models import Course, ImportBatch
from courses.rules.permissions import may_organise


class UploadPages:
    """For the admin of rosters: a file is read here and shown by the preview."""

    def upload_urls(self):
        upload = self.admin_site.admin_view(self.upload_view)
        return [path("class/<int:course_id>/", upload, name="courses_importbatch_upload")]

    def upload_view(self, request, course_id: int):
        course = get_object_or_404(Course.objects.hosted_for(request.actor), pk=course_id)
        if not may_organise(request.actor, course):
            raise PermissionDenied
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = RosterForm(*posted, course=course, actor=request.actor)
        if posted and form.is_valid():
            return HttpResponseRedirect(preview_address(form.batch))
        batches = ImportBatch.objects.visible_to(request.actor).filter(course=course).select_related("uploaded_by")
        context = {"course": course, "form": form, "batches": batches[:20], "title": _("Import roster")}
        return self._page(request, "admin/courses/importbatch/upload.html", context)


def preview_address(batch: ImportBatch) -> str:
    return reverse("admin:courses_importbatch_change", args=[batch.pk])

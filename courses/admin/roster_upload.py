"""Taking in the lists that offices send: the page on which a file is chosen, and what it says until it is read."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from courses.constants.choices import BatchState
from courses.constants.ids import row_id
from courses.constants.media_types import XLSX
from courses.forms.rosters import ColumnsForm, RosterForm
from courses.models import Course, ImportBatch, Office
from courses.rendering.roster_template import roster_template
from courses.rules.permissions import may_organise, may_work_on_roster
from courses.services.background import work_waits_unheard
from courses.services.rosters.taking import unknown_titles

STILL_UNREAD = (BatchState.READING, BatchState.REFUSED)


class UploadPages:
    """For the admin of rosters: a file is read here, at once or in the background, and shown by the preview."""

    def upload_urls(self):
        def page(address: str, view, name: str):
            return path(address, self.admin_site.admin_view(view), name=f"courses_importbatch_{name}")

        return [
            page("class/<int:course_id>/", self.upload_view, "upload"),
            page("class/<int:course_id>/template/", self.template_view, "template"),
            page("<int:pk>/reading/", self.reading_view, "reading"),
        ]

    def upload_view(self, request, course_id: int):
        course = _course(request, course_id)
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = RosterForm(*posted, course=course, actor=request.actor)
        if posted and form.is_valid():
            return HttpResponseRedirect(preview_address(form.batch))
        batches = ImportBatch.objects.visible_to(request.actor).filter(course=course).select_related("uploaded_by")
        context = {"course": course, "form": form, "batches": batches[:20], "title": _("Import roster")}
        context["offices"] = form.offices()
        return self._page(request, "admin/courses/importbatch/upload.html", context)

    def template_view(self, request, course_id: int):
        """An Excel to be filled in, for one office (`?office=`) or with all offices to choose from."""
        course = _course(request, course_id)
        offices = Office.objects.visible_to(request.actor).valid_on(course.starts_on).in_protocol_order()
        wanted = request.GET.get("office", "")
        office = get_object_or_404(offices, pk=wanted) if row_id(wanted) is not None else None
        names = () if office else tuple(offices.values_list("name", flat=True))
        name = f"mau-danh-sach-{course.code}{f'-{office.code}' if office else ''}.xlsx"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(roster_template(course, office, offices=names), content_type=XLSX, headers=headers)

    def reading_view(self, request, pk: int):
        """How far the reading is; why a file was refused; what its columns mean, where nobody here knows that."""
        batches = ImportBatch.objects.visible_to(request.actor).select_related("course", "kept_by", "office", "file")
        batch = get_object_or_404(batches, pk=pk)
        if not may_work_on_roster(request.actor, batch):
            raise PermissionDenied
        # A list that was read, but for some of its columns, is explained by the same page when that is asked for.
        left_out = batch.state == BatchState.READ and batch.header_unknown and "columns" in request.GET
        if batch.state not in STILL_UNREAD and not left_out:
            return HttpResponseRedirect(preview_address(batch))
        context = {"course": batch.course, "batch": batch, "title": batch.file_name}
        if batch.state == BatchState.READING:
            context["stands_still"] = work_waits_unheard()
            return self._page(request, "admin/courses/importbatch/reading.html", context)
        form = None
        if batch.header_unknown:
            posted = (request.POST,) if request.method == "POST" else ()
            form = ColumnsForm(*posted, batch=batch, titles=unknown_titles(batch), actor=request.actor)
            if posted and form.is_valid():
                return HttpResponseRedirect(preview_address(batch))
        context |= {"form": form, "left_out": left_out}
        return self._page(request, "admin/courses/importbatch/unread.html", context)


def _course(request, pk: int) -> Course:
    course = get_object_or_404(Course.objects.hosted_for(request.actor), pk=pk)
    if not may_organise(request.actor, course):
        raise PermissionDenied
    return course


def preview_address(batch: ImportBatch) -> str:
    return reverse("admin:courses_importbatch_change", args=[batch.pk])


def reading_address(batch: ImportBatch) -> str:
    return reverse("admin:courses_importbatch_reading", args=[batch.pk])

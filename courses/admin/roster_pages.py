"""Beside the preview of a roster: one row put right, the list given back, an import taken back, a directory."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from courses.admin.roster_upload import preview_address
from courses.constants.choices import BatchState
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.constants.media_types import XLSX
from courses.forms.roster_rows import DirectoryForm, RowForm
from courses.models import ImportBatch
from courses.rules.permissions import may_plan_classes, may_work_on_roster
from courses.services.rosters.deciding import leave_out, put_right
from courses.services.rosters.export import roster_again
from courses.services.rosters.rows import SKIP, opened
from courses.services.rosters.undoing import Undone, undo_batch


class RosterPages:
    """For the admin of rosters. The list given back carries citizen numbers: who is there is asked again."""

    def roster_urls(self):
        wrap, asked, name = self.admin_site.admin_view, reauthentication_required, "courses_importbatch_"
        return [
            path("directory/", wrap(self.directory_view), name=f"{name}directory"),
            path("<int:pk>/row/<int:row>/", wrap(self.row_view), name=f"{name}row"),
            path("<int:pk>/undo/", wrap(require_POST(self.undo_view)), name=f"{name}undo"),
            path("<int:pk>/download/", wrap(asked(require_POST(self.download_view))), name=f"{name}download"),
        ]

    def _batch(self, request, pk: int) -> ImportBatch:
        """The roster, for those who work on it; 404 when it is none of the actor's, 403 for who only reads."""
        found = ImportBatch.objects.visible_to(request.actor).select_related("course", "office", "kept_by")
        batch = get_object_or_404(found, pk=pk)
        if not may_work_on_roster(request.actor, batch):
            raise PermissionDenied
        return batch

    def row_view(self, request, pk: int, row: int):
        batch = self._batch(request, pk)
        kept = get_object_or_404(batch.rows.select_related("office"), pk=row)
        kept.batch = batch
        try:
            if request.method == "POST" and ("leave" in request.POST or "take" in request.POST):
                leave_out(kept, actor=request.actor, out="leave" in request.POST)
                return HttpResponseRedirect(preview_address(batch))
            one = next(iter(opened([kept])))
            form = RowForm(request.POST if request.method == "POST" else None, row=one, course=batch.course)
            if form.is_bound and form.is_valid():
                one = put_right(kept, form.typed(), office=form.cleaned_data["office"], actor=request.actor)
                if one.sound:
                    messages.success(request, _("Row %(row)s is in order now.") % {"row": one.kept})
                    return HttpResponseRedirect(preview_address(batch))
                messages.warning(request, _("The row is kept. Something in it is still to be looked at."))
                return HttpResponseRedirect(request.path)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return HttpResponseRedirect(preview_address(batch))
        context = {
            "batch": batch,
            "course": batch.course,
            "row": one,
            "cells": [(title, in_the_clear(text)) for title, text in one.read.raw.items()],
            "form": form,
            "left_out": kept.choice == SKIP,
            "may_change": batch.state == BatchState.READ,
            "title": _("Put row %(row)s right") % {"row": kept},
        }
        return self._page(request, "admin/courses/importbatch/row.html", context)

    def undo_view(self, request, pk: int):
        batch = self._batch(request, pk)
        try:
            undone = undo_batch(batch, actor=request.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _told(undone))
        return HttpResponseRedirect(preview_address(batch))

    def download_view(self, request, pk: int):
        batch = self._batch(request, pk)
        try:
            book = roster_again(batch, actor=request.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return HttpResponseRedirect(preview_address(batch))
        stem = batch.file_name.rpartition(".")[0] or batch.file_name
        return HttpResponse(
            book,
            content_type=XLSX,
            headers={"Content-Disposition": _attachment(f"{stem} - can xem lai.xlsx"), "Cache-Control": "no-store"},
        )

    def directory_view(self, request):
        if not may_plan_classes(request.actor):
            raise PermissionDenied
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = DirectoryForm(*posted, actor=request.actor)
        if posted and form.is_valid():
            return HttpResponseRedirect(preview_address(form.batch))
        batches = ImportBatch.objects.visible_to(request.actor).filter(course__isnull=True)
        context = {
            "form": form,
            "batches": batches.select_related("uploaded_by")[:20],
            "title": _("Take in a directory of officials"),
        }
        return self._page(request, "admin/courses/importbatch/directory.html", context)


def _attachment(name: str) -> str:
    return content_disposition_header(True, name) or "attachment"


def _told(undone: Undone) -> str:
    said = []
    if undone.withdrawn or undone == Undone(kept=undone.kept):
        told = ngettext("%d registration was taken back.", "%d registrations were taken back.", undone.withdrawn)
        said.append(told % undone.withdrawn)
    else:
        said.append(_("The list was taken back."))
    if undone.returned:
        told = ngettext(
            "%d person is back at the office of before.", "%d people are back at the office of before.", undone.returned
        )
        said.append(told % undone.returned)
    if undone.kept:
        told = ngettext(
            "%d person stays, as other classes or papers depend on the person.",
            "%d people stay, as other classes or papers depend on them.",
            undone.kept,
        )
        said.append(told % undone.kept)
    return " ".join(said)

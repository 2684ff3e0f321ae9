"""Signed papers of a class: out as a ZIP, back in one upload, compared where they are not the same byte for byte."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from attendance.constants import Matched
from attendance.forms.signed import FILES, CompareForm, read_signed
from attendance.models import SignedCopy
from attendance.readers.paper_pictures import picture_of
from attendance.reports.signed import (
    differing_words,
    files_of,
    in_force_alone,
    original_of,
    originals_of,
    rows_of,
    with_words,
)
from attendance.responses import download_zip, png_response
from attendance.services.signed_copies import (
    Taken,
    accept_signed,
    can_sign,
    mark_by_software,
    papers_without_mark,
    refuse_signed,
    take_in_signed,
)
from courses.constants.errors import Refusal
from courses.models import File
from courses.services.records import log_action, read_file

#: So many refused files are named in messages.
NAMED = 20


class SignedPages:
    """For the admin of a class's results: organisers of the host read, its certificate officers act."""

    def signed_urls(self):
        wrap, name = self.admin_site.admin_view, "attendance_courseresult_"
        return [
            path("<path:object_id>/signed", wrap(require_safe(self.signed)), name=f"{name}signed"),
            path("<path:object_id>/signed/papers.zip", wrap(self.signed_zip), name=f"{name}signed_zip"),
            path("<path:object_id>/signed/upload", wrap(self.signed_upload), name=f"{name}signed_upload"),
            path("<path:object_id>/signed/mark", wrap(self.software_mark), name=f"{name}software_mark"),
            path("<path:object_id>/signed/<int:copy>.pdf", wrap(require_safe(self.copy_file)), name=f"{name}copy_file"),
            path("<path:object_id>/signed/<int:copy>", wrap(require_safe(self.compare)), name=f"{name}compare"),
            path("<path:object_id>/signed/<int:copy>/answer", wrap(self.answer_copy), name=f"{name}answer_copy"),
            path(
                "<path:object_id>/signed/<int:copy>/<slug:which>.png",
                wrap(require_safe(self.copy_picture)),
                name=f"{name}copy_picture",
            ),
        ]

    def signed(self, request, object_id):
        """Each paper of the class with its signed copy; what waits for somebody to compare."""
        course = self._course(request, object_id)
        rows, waiting = rows_of(course)
        kept = {one.key for one in in_force_alone(row.original for row in rows)}
        in_force = [row for row in rows if row.original.key in kept]
        context = {
            "rows": [(row, with_words(row.copy), row.mark and with_words(row.mark)) for row in rows],
            "waiting": [with_words(copy) for copy in waiting],
            "signed": sum(row.copy is not None for row in in_force),
            "in_force": len(in_force),
            "accept": FILES,
            "without_mark": len(papers_without_mark(course)) if can_sign() else 0,
        }
        title = _("Signed papers: %(code)s") % {"code": course.code}
        return self._page(request, course, "admin/attendance/signed.html", title, **context)

    @method_decorator([require_POST, reauthentication_required])
    def signed_zip(self, request, object_id):
        """What is to be signed outside, certificates in register order; who took them is logged."""
        course = self._certifying(request, object_id)
        originals = in_force_alone(originals_of(course))
        if not originals:
            raise Http404
        log_action(request.actor, "export papers", course, course=course, changes={"count": [None, len(originals)]})
        return download_zip(files_of(originals), f"ky-so-{course.code}.zip")

    @method_decorator([require_POST, reauthentication_required])
    def signed_upload(self, request, object_id):
        course = self._certifying(request, object_id)
        try:
            taken = take_in_signed(course, read_signed(request.FILES), actor=request.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            _tell(request, taken)
        return redirect("admin:attendance_courseresult_signed", course.pk)

    @method_decorator([require_POST, reauthentication_required])
    def software_mark(self, request, object_id):
        """The software's mark on the issued papers that have none; pressed again, on the next ones."""
        course = self._certifying(request, object_id)
        try:
            count = mark_by_software(course, actor=request.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            text = ngettext(
                "The software put its check mark on %(count)d paper.",
                "The software put its check mark on %(count)d papers.",
                count,
            )
            messages.success(request, text % {"count": count})
        return redirect("admin:attendance_courseresult_signed", course.pk)

    def copy_file(self, request, object_id, copy):
        """The signed file, byte for byte as it came."""
        found = _copy(self._course(request, object_id), request.actor, copy)
        headers = {
            "Content-Disposition": content_disposition_header(True, found.file_name or "signed.pdf") or "attachment",
            "Cache-Control": "private, no-store",
            "X-Robots-Tag": "noindex",
        }
        return HttpResponse(read_file(found.file), content_type="application/pdf", headers=headers)

    def compare(self, request, object_id, copy):
        """The paper and the file side by side; `?paper=` chooses another paper."""
        course = self._course(request, object_id)
        found = _copy(course, request.actor, copy)
        originals = originals_of(course)
        original = original_of(originals, found, request.GET.get("paper", ""))
        form = CompareForm(originals=originals, initial={"paper": original.key if original else ""})
        context = {
            "copy": found,
            "words": with_words(found),
            "original": original,
            "differing": differing_words(read_file(original.file), read_file(found.file)) if original else None,
            "form": form,
            "waits": found.matched == Matched.WAITS,
            "decidable": found.matched != Matched.BYTES,
        }
        title = _("Compare a signed file: %(name)s") % {"name": found.file_name}
        return self._page(request, course, "admin/attendance/signed_compare.html", title, **context)

    @method_decorator([require_POST, reauthentication_required])
    def answer_copy(self, request, object_id, copy):
        course = self._certifying(request, object_id)
        found = _copy(course, request.actor, copy)
        form = CompareForm(request.POST, originals=originals_of(course))
        try:
            if "refuse" in request.POST:
                refuse_signed(found, actor=request.actor)
                messages.success(request, _("The file was not taken as a copy. It is kept, and counts for nothing."))
            elif form.is_valid():
                accept_signed(found, form.original(), actor=request.actor)
                messages.success(request, _("The file was accepted as a copy that is not the same byte for byte."))
            else:
                messages.error(request, _("Please choose the paper that this file is a copy of."))
                return redirect("admin:attendance_courseresult_compare", course.pk, found.pk)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("admin:attendance_courseresult_signed", course.pk)

    def copy_picture(self, request, object_id, copy, which):
        """The first page: of the file (`copy`), or of a paper of the class (`c7`, `p7`)."""
        course = self._course(request, object_id)
        file = _copy(course, request.actor, copy).file
        if which != "copy":
            original = next((one for one in originals_of(course) if one.key == which), None)
            if original is None:
                raise Http404
            file = File.objects.get(pk=original.file.pk)
        picture = picture_of(read_file(file))
        if picture is None:
            raise Http404
        return png_response(picture, f"{which}.png")


def _copy(course, actor, pk) -> SignedCopy:
    copies = SignedCopy.objects.visible_to(actor).filter(course=course)
    return get_object_or_404(copies.select_related("file", "course", "certificate", "paper"), pk=min(pk, 2**63 - 1))


def _tell(request, taken: list[Taken]) -> None:
    kept = [one for one in taken if one.copy and not one.known and one.copy.matched == Matched.BYTES]
    waits = [one for one in taken if one.copy and not one.known and one.copy.matched == Matched.WAITS]
    known = [one for one in taken if one.known]
    refused = [one for one in taken if one.copy is None]
    for found, level, text in (
        (kept, messages.SUCCESS, _kept_in_words(len(kept))),
        (waits, messages.WARNING, _waits_in_words(len(waits))),
        (known, messages.INFO, _known_in_words(len(known))),
    ):
        if found:
            messages.add_message(request, level, text)
    for one in refused[:NAMED]:
        # Django's page of messages begins each with a capital; a name stays as it is.
        said = _("File “%(name)s”: %(sentence)s") % {"name": one.name, "sentence": one.sentence}
        messages.error(request, said)
    if len(refused) > NAMED:
        messages.error(request, _("%(count)d more files were not taken.") % {"count": len(refused) - NAMED})


def _kept_in_words(count: int) -> str:
    text = ngettext(
        "%(count)d signed copy was filed with its paper.",
        "%(count)d signed copies were filed with their papers.",
        count,
    )
    return text % {"count": count}


def _waits_in_words(count: int) -> str:
    text = ngettext(
        "%(count)d file is not the same byte for byte as a paper: please compare it below.",
        "%(count)d files are not the same byte for byte as a paper: please compare them below.",
        count,
    )
    return text % {"count": count}


def _known_in_words(count: int) -> str:
    text = ngettext(
        "%(count)d file was here already; nothing was changed.",
        "%(count)d files were here already; nothing was changed.",
        count,
    )
    return text % {"count": count}

"""The wordings of an office's papers: taken out as Word files, changed there, put back, looked at on a sample class."""

from django.contrib import admin, messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from attendance.constants import MADE_KINDS, ClassPaperKind
from attendance.forms.word_templates import PutBackForm
from attendance.models import WordTemplate
from attendance.rendering.wordings import wording
from attendance.reports.wordings import (
    fields_told,
    hosts_of,
    not_in_pdf,
    standing_of,
    versions_of,
)
from attendance.responses import download_any
from attendance.rules.permissions import may_set_wordings
from attendance.services.making_papers import FILE_NAMES
from attendance.services.word_templates import put_back, sample_paper, take_standard
from courses.admin.scoped import ScopedAdmin
from courses.constants.errors import Refusal
from courses.constants.ids import row_id
from courses.constants.media_types import DOCX
from courses.services.records import check_scan_size, read_file


@admin.register(WordTemplate)
class WordTemplateAdmin(ScopedAdmin):
    """In place of a list of versions: the kinds of papers of a host, each with the wording that holds."""

    list_display = ()

    def may_add(self, actor):
        return False

    def may_change(self, actor, obj):
        return False

    def get_urls(self):
        wrap, name = self.admin_site.admin_view, "attendance_wordtemplate_"
        one = "<int:host>/<slug:kind>/"
        return [
            path("", wrap(require_safe(self.kinds)), name=f"{name}changelist"),
            path(one, wrap(self.kind), name=f"{name}kind"),
            path(f"{one}template.docx", wrap(require_safe(self.template)), name=f"{name}template"),
            path(f"{one}preview.pdf", wrap(require_safe(self.preview)), name=f"{name}preview"),
            path(f"{one}standard", wrap(require_POST(self.standard)), name=f"{name}standard"),
        ]

    def kinds(self, request):
        """The kinds of one host; where a person has several, they are chosen from above."""
        hosts = hosts_of(request.actor)
        asked = row_id(request.GET.get("host", ""))
        host = next((one for one in hosts if one.pk == asked), hosts[0] if hosts and not asked else None)
        if asked and host is None:
            raise Http404
        standing = standing_of(host) if host else []
        title = _("Wordings of papers")
        return self._page(request, "admin/attendance/wordings.html", title, hosts=hosts, host=host, standing=standing)

    def kind(self, request, host, kind):
        """What may stand in it, its versions, and the form to put it back."""
        office = self._host(request, host, kind)
        may_set = may_set_wordings(request.actor, office)
        if request.method == "POST" and not may_set:
            raise Http404
        form = PutBackForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
        if request.method == "POST" and form.is_valid():
            try:
                return self._put_back(request, office, kind, form.cleaned_data)
            except Refusal as refusal:
                form.add_error("file", refusal.sentence)
        versions = versions_of(office, kind)
        own = versions[0].file if versions else None
        own_fields, common_fields = fields_told(kind)
        context = {
            "host": office,
            "kind": ClassPaperKind(kind),
            "form": form,
            "may_set": may_set,
            "versions": versions,
            "is_own": own is not None,
            "own_fields": own_fields,
            "common_fields": common_fields,
            "not_in_pdf": not_in_pdf(read_file(own)) if own else [],
        }
        return self._page(request, "admin/attendance/wording.html", str(ClassPaperKind(kind).label), **context)

    def _put_back(self, request, office, kind, data):
        check_scan_size(data["file"].size)
        content, name = data["file"].read(), data["file"].name
        put_back(office, kind, content, actor=request.actor, name=name, note=data["note"])
        messages.success(request, _("The new wording holds from now on. Please look at its sample."))
        return self._to_kind(office, kind)

    def template(self, request, host, kind):
        """What holds now, or the version that is asked for."""
        office = self._host(request, host, kind)
        content = self._content(request, office, kind) or wording(kind)
        return download_any(content, DOCX, f"mau-{FILE_NAMES[kind]}")

    def preview(self, request, host, kind):
        """On an invented class, shown in the browser."""
        office = self._host(request, host, kind)
        try:
            pdf = sample_paper(kind, self._content(request, office, kind))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return self._to_kind(office, kind)
        headers = {"Content-Disposition": 'inline; filename="mau.pdf"', "Cache-Control": "private, no-store"}
        return HttpResponse(pdf, content_type="application/pdf", headers=headers)

    def standard(self, request, host, kind):
        office = self._host(request, host, kind)
        if not may_set_wordings(request.actor, office):
            raise Http404
        take_standard(office, kind, actor=request.actor)
        messages.success(request, _("The wording of the software holds again. Your versions are kept."))
        return self._to_kind(office, kind)

    def _content(self, request, office, kind) -> bytes | None:
        """The file of the version in the address, else of the one that holds; None: the software's wording."""
        versions = versions_of(office, kind)
        if "version" in request.GET:
            asked = row_id(request.GET["version"])
            found = next((one for one in versions if one.version == asked), None)
            if found is None:
                raise Http404
        else:
            found = versions[0] if versions else None
        return read_file(found.file) if found and found.file else None

    def _host(self, request, pk, kind):
        host = next((one for one in hosts_of(request.actor) if one.pk == pk), None)
        if host is None or kind not in MADE_KINDS or not self.has_view_permission(request):
            raise Http404
        return host

    def _to_kind(self, office, kind):
        return redirect(reverse("admin:attendance_wordtemplate_kind", args=[office.pk, kind]))

    def _page(self, request, page, title, **context):
        context |= {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        return TemplateResponse(request, page, context)

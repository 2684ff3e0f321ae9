"""Register books and certificates: read here, written by preparing and issuing."""

import re

from django.contrib import admin, messages
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.admin.book_out import BookOutPages
from attendance.admin.ending import EndingPages
from attendance.admin.old_book import OldBookPages
from attendance.forms.papers import issuers_of, may_make_looks
from attendance.forms.results import BookForm
from attendance.models import Certificate, RegisterBook
from attendance.reports.verdicts import special_cases_of
from attendance.responses import pdf_response
from attendance.services.register import open_book
from courses.admin.scoped import ScopedAdmin, ScopedFilter
from courses.constants.errors import Refusal


@admin.register(RegisterBook)
class RegisterBookAdmin(OldBookPages, BookOutPages, ScopedAdmin):
    list_display = ["issuer", "kind", "year", "opening_number", "last_number"]
    list_filter = ["year", "kind"]
    list_select_related = ["issuer"]
    ordering = ["-year", "issuer__order", "kind"]
    fields = ["issuer", "kind", "year", "form_of_number", "opening_number", "opening_reason", "last_number"]
    fields += ["old_book_page"]
    readonly_fields = fields

    def get_urls(self):
        return [*self.old_book_urls(), *self.book_out_urls(), *super().get_urls()]

    @admin.display(description=gettext_lazy("form of the number"))
    def form_of_number(self, book):
        """As it is printed, not as it is kept."""
        digits = re.search(r"{number:0(\d+)d}", book.number_format)
        said = {"example": book.printed(book.opening_number), "digits": digits[1] if digits else ""}
        return _("%(example)s (number of %(digits)s digits)") % said if digits else said["example"]

    def may_add(self, actor):
        return may_make_looks(actor)

    def may_change(self, actor, obj):
        return False

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise Http404
        form = BookForm(request.POST or None, issuers=issuers_of(request.actor, also_before=True))
        if request.method == "POST" and form.is_valid():
            try:
                book = open_book(actor=request.actor, **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The register book is open."))
                return redirect(reverse("admin:attendance_registerbook_change", args=[book.pk]))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Open a register book"),
            "form": form,
        }
        return TemplateResponse(request, "admin/attendance/open_book.html", context)


@admin.register(Certificate)
class CertificateAdmin(EndingPages, ScopedAdmin):
    list_display = ["printed_number", "holder", "course", "issue_date", "state", "paper"]
    list_filter = ["state", ("book", ScopedFilter)]
    list_select_related = ["book__issuer", "registration__trainee", "registration__course"]
    search_fields = ["code", "registration__trainee__search_key"]
    ordering = ["-book__year", "book", "-number"]
    not_in_files = ("paper",)
    fields = ["printed_number", "holder", "course", "issue_date", "state", "code", "prepared_at", "prepared_by"]
    fields += ["issued_at", "issued_by", "special_case", "decisions", "paper"]
    readonly_fields = fields

    def may_add(self, actor):
        return False

    def may_change(self, actor, obj):
        return False

    def get_urls(self):
        own = path("<int:pk>/paper.pdf", self.admin_site.admin_view(self.pdf), name="attendance_certificate_pdf")
        return [own, *self.ending_urls(), *super().get_urls()]

    def pdf(self, request, pk):
        certificate = self.get_queryset(request).select_related("pdf").filter(pk=pk, pdf__isnull=False).first()
        if certificate is None:
            raise Http404
        return pdf_response(certificate)

    @admin.display(description=gettext_lazy("register number"), ordering="number")
    def printed_number(self, certificate):
        return certificate.facts.get("number", "")

    @admin.display(description=gettext_lazy("holder"))
    def holder(self, certificate):
        return certificate.facts.get("full_name", "")

    @admin.display(description=gettext_lazy("Special case"))
    def special_case(self, certificate):
        """Who decided, why and by which document, where the paper rests on a decision apart from the rule."""
        pk = certificate.registration_id
        return special_cases_of([pk]).get(pk, "") if pk else ""

    @admin.display(description=gettext_lazy("in the class file"))
    def decisions(self, certificate):
        """The decisions by which it was issued, by which it ended, as they are filed."""
        filed = [paper for paper in (certificate.decision, certificate.ended_paper) if paper]
        page = "admin:attendance_classfile_change"
        links = [(reverse(page, args=[paper.course_id]), paper) for paper in filed]
        return format_html_join(", ", '<a href="{}#filed">{}</a>', links)

    @admin.display(description=gettext_lazy("class"))
    def course(self, certificate):
        return certificate.registration.course.code if certificate.registration else ""

    @admin.display(description=gettext_lazy("paper"))
    def paper(self, certificate):
        if certificate.pdf_id is None:
            return ""
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:attendance_certificate_pdf", args=[certificate.pk]), _("Open")
        )

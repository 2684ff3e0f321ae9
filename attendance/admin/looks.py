"""How papers look: templates with a preview on invented people, bought blanks, and what kinds of papers are called."""

import base64

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from attendance.forms.papers import (
    BlanksForm,
    SpoiledForm,
    TemplateForm,
    TestSheetForm,
    issuers_of,
    may_make_looks,
    offices_beside,
)
from attendance.models import BlankRange, Certificate, IssuerAuthority, PaperTemplate, PaperWords
from attendance.rendering.look import draw_test_sheet
from attendance.reports.looks import blanks_left, counted_blanks, latest_templates, look_of
from attendance.reports.samples import PEOPLE, picture_of
from attendance.rules.permissions import may_keep_book
from attendance.services.blanks import add_blanks, spoil_blank
from attendance.services.templates import save_template, withdraw_template
from attendance.services.words import FIELDS as WORDS
from attendance.services.words import authorise, set_words
from courses.admin.scoped import ScopedAdmin
from courses.constants.errors import Refusal
from courses.constants.ids import row_id


class KeptByOfficers(ScopedAdmin):
    """Rows of an issuing office: its certificate officers write them, its organisers read them."""

    def may_add(self, actor):
        return may_make_looks(actor)

    def may_change(self, actor, obj):
        return may_keep_book(actor, obj.issuer)

    def _seen(self, request, object_id):
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        return row

    def _kept(self, request, object_id):
        row = self._seen(request, object_id)
        if not self.may_change(request.actor, row):
            raise Http404
        return row

    def _page(self, request, page, title, **context):
        context |= {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        return TemplateResponse(request, page, context)


@admin.register(PaperTemplate)
class PaperTemplateAdmin(KeptByOfficers):
    list_display = ["name", "issuer", "kind", "version", "size", "two_signers", "is_printed", "offered"]
    list_filter = ["kind", "offered"]
    list_select_related = ["issuer"]
    search_fields = ["name"]
    ordering = ["issuer__order", "kind", "name", "-version"]

    def get_queryset(self, request):
        """The list shows of each name the version that holds; the page of an older one still opens."""
        rows = super().get_queryset(request).select_related("issuer", "emblem", "second_office")
        at = request.resolver_match.url_name if request.resolver_match else ""
        return latest_templates(rows) if at.endswith("_changelist") else rows

    @admin.display(description=gettext_lazy("is printed"))
    def is_printed(self, template):
        return _("On blanks") if template.on_blanks else _("Whole")

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("preview/", wrap(self.preview), name="attendance_papertemplate_preview"),
            path("test-sheet.pdf", wrap(self.test_sheet), name="attendance_papertemplate_test_sheet"),
            path("<int:pk>/picture.png", wrap(self.picture), name="attendance_papertemplate_picture"),
            path("<int:pk>/withdraw/", wrap(self.withdraw), name="attendance_papertemplate_withdraw"),
        ]
        return own + super().get_urls()

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise Http404
        return self._editor(request, None)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return self._editor(request, self._seen(request, object_id))

    def _editor(self, request, template):
        """The form with the paper beside it. Whoever may not change it reads; what is saved is the next version."""
        may_save = template is None or self.may_change(request.actor, template)
        if request.method == "POST" and not may_save:
            raise Http404
        form = self._form(request, template)
        shown = ""
        if request.method == "POST" and "show" in request.POST:
            shown = self._shown(form)
        elif request.method == "POST" and form.is_valid():
            named = {name: form.cleaned_data[name] for name in ("issuer", "kind", "name")}
            try:
                saved = save_template(actor=request.actor, **named, **form.texts())
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                text = _("Version %(version)d of the template holds from now on.") % {"version": saved.version}
                messages.success(request, text)
                return redirect(reverse("admin:attendance_papertemplate_change", args=[saved.pk]))
        if not may_save:
            form.only_to_read()
        title = _("Template: %(name)s") % {"name": template.name} if template else _("New template of a paper")
        latest = template and latest_templates(PaperTemplate.objects.filter(pk=template.pk)).exists()
        return self._page(
            request,
            "admin/attendance/template.html",
            title,
            form=form,
            template=template,
            is_latest=latest,
            may_save=may_save,
            shown=shown,
        )

    def _form(self, request, template):
        """On a copy: what is typed must not come into the row that the page names."""
        rows = PaperTemplate.objects.select_related("issuer", "emblem", "second_office")
        copy = rows.get(pk=template.pk) if template else None
        issuers = issuers_of(request.actor)
        if template and not issuers.filter(pk=template.issuer_id).exists():
            issuers = type(template.issuer).objects.filter(pk=template.issuer_id)
        typed = (request.POST, request.FILES) if request.method == "POST" else ()
        return TemplateForm(*typed, instance=copy, issuers=issuers, beside=offices_beside(request.actor))

    def _shown(self, form) -> str:
        """The picture of what is typed, in the page itself; without script it comes by the button."""
        form.is_valid()
        if not form.can_be_shown():
            return ""
        try:
            drawn = picture_of(form.instance, form.look(), form.cleaned_data.get("person") or "usual")
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return ""
        return "data:image/png;base64," + base64.b64encode(drawn).decode()

    @method_decorator(require_POST)
    def preview(self, request):
        """The picture of what is typed, nothing written; a sentence as plain text when it cannot be drawn."""
        if not self.has_add_permission(request):
            raise Http404
        base = request.POST.get("base")
        form = self._form(request, self._kept(request, base) if base else None)
        form.is_valid()
        if not form.can_be_shown():
            sentences = [error for errors in form.errors.values() for error in errors]
            return _sentence(" ".join(sentences))
        try:
            drawn = picture_of(form.instance, form.look(), form.cleaned_data.get("person") or "usual")
        except Refusal as refusal:
            return _sentence(str(refusal))
        return _png(drawn)

    @method_decorator(require_safe)
    def picture(self, request, pk):
        """The version as it is kept."""
        template = self._seen(request, str(pk))
        person = request.GET.get("person", "usual")
        try:
            return _png(picture_of(template, look_of(template), person if person in PEOPLE else "usual"))
        except Refusal:
            raise Http404 from None  # an office without a heading that fits, for one

    @method_decorator(require_POST)
    def test_sheet(self, request):
        if not self.has_add_permission(request):
            raise Http404
        form = TestSheetForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("The test sheet needs a size and two distances in mm, such as 2,5."))
            base = row_id(request.POST.get("base", ""))
            name = "change" if base else "add"
            return redirect(reverse(f"admin:attendance_papertemplate_{name}", args=[base] if base else None))
        data = form.cleaned_data
        sheet = draw_test_sheet(data["size"], data["offset_x"] or 0, data["offset_y"] or 0)
        headers = {"Content-Disposition": f'attachment; filename="in-thu-{data["size"]}.pdf"'}
        return HttpResponse(sheet, content_type="application/pdf", headers=headers)

    @method_decorator(require_POST)
    def withdraw(self, request, pk):
        template = self._kept(request, str(pk))
        saved = withdraw_template(template, actor=request.actor)
        messages.success(request, _("The template cannot be chosen any more. Papers made by it stay as they are."))
        return redirect(reverse("admin:attendance_papertemplate_change", args=[saved.pk]))


@admin.register(BlankRange)
class BlankRangeAdmin(KeptByOfficers):
    list_display = ["__str__", "issuer", "kind", "used", "spoiled_numbers", "left", "received_on"]
    list_filter = ["kind"]
    list_select_related = ["issuer"]
    ordering = ["issuer__order", "kind", "prefix", "first"]

    def get_queryset(self, request):
        return counted_blanks(super().get_queryset(request).select_related("issuer"))

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise Http404
        form = BlanksForm(request.POST or None, issuers=issuers_of(request.actor))
        if request.method == "POST" and form.is_valid():
            try:
                blanks = add_blanks(actor=request.actor, **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The blanks were entered."))
                return redirect(reverse("admin:attendance_blankrange_change", args=[blanks.pk]))
        return self._page(request, "admin/attendance/_form_page.html", _("Enter bought blanks"), form=form)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Used, spoiled, left; whoever keeps the book enters what was spoiled."""
        blanks = self._seen(request, object_id)
        may_spoil = self.may_change(request.actor, blanks)
        if request.method == "POST" and not may_spoil:
            raise Http404
        form = SpoiledForm(request.POST or None) if may_spoil else None
        if request.method == "POST" and form.is_valid():
            try:
                spoil_blank(blanks, form.cleaned_data["number"], why=form.cleaned_data["why"], actor=request.actor)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The blank is entered as spoiled."))
                return redirect(reverse("admin:attendance_blankrange_change", args=[blanks.pk]))
        papers = Certificate.objects.filter(blanks=blanks).order_by("blank_number")
        page = Paginator(papers, 100).get_page(request.GET.get("p"))
        spoiled = list(blanks.spoiled.select_related("by").order_by("number"))
        return self._page(
            request,
            "admin/attendance/blanks.html",
            _("Blanks %(range)s") % {"range": str(blanks)},
            blanks=blanks,
            form=form,
            used=[(blanks.printed(paper.blank_number), paper) for paper in page],
            pages=page,
            spoiled=[(blanks.printed(one.number), one) for one in spoiled],
            left=blanks_left(blanks),
        )

    @admin.display(description=pgettext_lazy("blanks", "Used"))
    def used(self, blanks):
        return blanks.next_number - blanks.first - (blanks.spoiled_in_all - blanks.spoiled_ahead)

    @admin.display(description=pgettext_lazy("blanks", "Spoiled"))
    def spoiled_numbers(self, blanks):
        return blanks.spoiled_in_all

    @admin.display(description=pgettext_lazy("blanks", "Left"))
    def left(self, blanks):
        return blanks.last - blanks.next_number + 1 - blanks.spoiled_ahead


class KeptByAdministrator(ScopedAdmin):
    def may_view(self, actor):
        return actor.is_superuser

    def log_addition(self, request, obj, message):
        """The service has logged it, with its words."""

    def log_change(self, request, obj, message):
        """As above."""


@admin.register(PaperWords)
class PaperWordsAdmin(KeptByAdministrator):
    list_display = ["kind", "title", "abbreviation", "needs_authority", "working_days"]
    fields = ["kind", *WORDS]

    def get_readonly_fields(self, request, obj=None):
        return ["kind"] if obj else []

    def save_model(self, request, obj, form, change):
        saved = set_words(obj.kind, actor=request.actor, **{name: getattr(obj, name) for name in WORDS})
        obj.pk = saved.pk


@admin.register(IssuerAuthority)
class IssuerAuthorityAdmin(KeptByAdministrator):
    list_display = ["issuer", "kind", "document", "valid_from", "valid_to"]
    list_select_related = ["issuer"]
    fields = ["issuer", "kind", "document", "valid_from", "valid_to"]

    def save_model(self, request, obj, form, change):
        said = {name: getattr(obj, name) for name in ("kind", "document", "valid_from", "valid_to")}
        kept = IssuerAuthority.objects.get(pk=obj.pk) if change else None
        obj.pk = authorise(obj.issuer, actor=request.actor, power=kept, **said).pk


def _sentence(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _png(content: bytes) -> HttpResponse:
    headers = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
    return HttpResponse(content, content_type="image/png", headers=headers)

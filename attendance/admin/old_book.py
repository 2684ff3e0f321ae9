"""The office's old register book: chosen, shown, entered."""

from allauth.account.decorators import reauthentication_required
from django.contrib import admin, messages
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from attendance.forms.old_book import OldBookFileForm, read_signed_rows, signed_rows
from attendance.readers.old_book import read_old_book
from attendance.rules.permissions import may_end_paper
from attendance.services.old_books import enter_old_book, plan_old_book
from courses.constants.errors import Refusal

#: So many rows are shown of those that would be entered; of those with a problem all are.
SHOWN = 20


class OldBookPages:
    """For the admin of register books."""

    def old_book_urls(self):
        view = self.admin_site.admin_view(reauthentication_required(self.old_book))
        return [path("<path:object_id>/old/", view, name="attendance_registerbook_old")]

    @admin.display(description=gettext_lazy("old register book"))
    def old_book_page(self, book):
        address = reverse("admin:attendance_registerbook_old", args=[book.pk])
        return format_html('<a href="{}">{}</a>', address, _("Enter the papers from before"))

    def old_book(self, request, object_id):
        """A file is chosen and shown; the page shown carries its rows, signed, and enters all of them or none."""
        book = self.get_object(request, object_id) if self.may_view(request.actor) else None
        if book is None or not may_end_paper(request.actor, book.issuer_id):
            raise Http404
        if request.method == "POST" and "rows" in request.POST:
            return self._enter(request, book)
        form = OldBookFileForm(request.POST, request.FILES) if request.method == "POST" else OldBookFileForm()
        context: dict = {"form": form}
        if form.is_valid():
            try:
                read = read_old_book(form.cleaned_data["file"].read())
            except Refusal as refusal:
                form.add_error("file", str(refusal.sentence))
            else:
                plan = plan_old_book(book, read.rows)
                context |= {"read": read, "plan": plan, "shown": plan.new[:SHOWN]}
                if plan.new and not plan.problems:
                    context["signed"] = signed_rows(book, request.actor, read.rows)
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Old register book: %(book)s") % {"book": book},
            "book": book,
        }
        return TemplateResponse(request, "admin/attendance/old_book.html", context)

    def _enter(self, request, book):
        try:
            rows = read_signed_rows(book, request.actor, request.POST["rows"])
            plan = enter_old_book(book, rows, actor=request.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("admin:attendance_registerbook_old", book.pk)
        count = len(plan.new)
        text = ngettext("%(count)d old paper was entered.", "%(count)d old papers were entered.", count)
        messages.success(request, text % {"count": count})
        return redirect("admin:attendance_registerbook_change", book.pk)

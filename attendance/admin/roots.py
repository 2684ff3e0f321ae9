"""The root certificates of the site: for its administrator alone."""

from functools import partial

from allauth.account.decorators import reauthentication_required
from django.contrib import admin, messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from attendance.forms.signed import RootForm
from attendance.models import TrustedRoot
from attendance.services.roots import distrust_root, trust_root
from attendance.tasks.signatures import judge_signatures
from courses.admin.scoped import ScopedAdmin
from courses.constants.errors import Refusal


@admin.register(TrustedRoot)
class TrustedRootAdmin(ScopedAdmin):
    list_display = ["name", "printed_fingerprint", "added_at", "removed_at"]
    list_filter = [("removed_at", admin.EmptyFieldListFilter)]
    ordering = ["name", "pk"]
    fields = ["name", "printed_fingerprint", "added_at", "added_by", "removed_at"]
    readonly_fields = fields
    change_form_template = "admin/attendance/root.html"

    def may_view(self, actor):
        return actor.is_superuser

    def may_change(self, actor, obj):
        return False

    def get_urls(self):
        out = self.admin_site.admin_view(self.take_out)
        return [path("<int:pk>/take-out", out, name="attendance_trustedroot_take_out"), *super().get_urls()]

    @method_decorator(reauthentication_required)
    def add_view(self, request, form_url="", extra_context=None):
        """The file is chosen; installed, its fingerprint is shown to be compared with the authority's."""
        if not self.has_add_permission(request):
            raise Http404
        form = RootForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
        if form.is_bound and form.is_valid():
            try:
                with transaction.atomic():
                    root = trust_root(form.cleaned_data["certificate"].read(100_001), actor=request.actor)
                    transaction.on_commit(partial(judge_signatures.enqueue))
            except Refusal as refusal:
                form.add_error("certificate", refusal.sentence)
            else:
                said = _(
                    "The root certificate is installed. Please compare its fingerprint with the one that the authority "
                    "publishes. Signatures taken in so far are judged anew in the background."
                )
                messages.success(request, said)
                return redirect("admin:attendance_trustedroot_change", root.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Install a root certificate"),
            "form": form,
        }
        return TemplateResponse(request, "admin/attendance/add_root.html", context)

    @method_decorator([require_POST, reauthentication_required])
    def take_out(self, request, pk):
        if not self.has_view_permission(request):
            raise Http404
        root = get_object_or_404(self.get_queryset(request), pk=min(pk, 2**63 - 1))
        with transaction.atomic():
            distrust_root(root, actor=request.actor)
            transaction.on_commit(partial(judge_signatures.enqueue))
        said = _("The root certificate was taken out. Signatures taken in so far are judged anew in the background.")
        messages.success(request, said)
        return redirect("admin:attendance_trustedroot_changelist")

    @admin.display(description=gettext_lazy("fingerprint (SHA-256)"), ordering="fingerprint")
    def printed_fingerprint(self, root):
        """In pairs, as authorities print it."""
        text = root.fingerprint.upper()
        return ":".join(text[at : at + 2] for at in range(0, len(text), 2))

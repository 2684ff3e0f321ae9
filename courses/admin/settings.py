"""The settings of the site, on one page, for its administrator."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from courses.admin.scoped import ScopedAdmin
from courses.constants.errors import Refusal
from courses.forms.settings import YearlyTargetsForm
from courses.models import Setting
from courses.services.settings import set_yearly_targets


@admin.register(Setting)
class SettingAdmin(ScopedAdmin):
    """In place of a list of rows: what holds, also where no row says it."""

    list_display = ()

    def may_view(self, actor):
        return actor.is_superuser

    def may_add(self, actor):
        return False

    def may_change(self, actor, obj):
        return False

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = YearlyTargetsForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                set_yearly_targets(form.targets(), actor=request.actor)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, _("The settings were saved."))
                return redirect("admin:courses_setting_changelist")
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Settings"), "form": form}
        return TemplateResponse(request, "admin/courses/settings.html", context)

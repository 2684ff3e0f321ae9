"""The admin site: what organisers, certificate officers and superusers work in."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from courses.rules.permissions import may_enter_admin


class TrainingAdminSite(admin.AdminSite):
    site_title = _("Vị Thanh training")
    site_header = _("Vị Thanh training")
    index_title = _("This week")
    enable_nav_sidebar = False

    def __init__(self, name="admin"):
        super().__init__(name)
        self.disable_action("delete_selected")
        # Signing in is allauth's: second factor, limits, one page for everybody.
        self.login = secure_admin_login(self.login)

    def has_permission(self, request):
        return request.user.is_active and may_enter_admin(request.actor)

    def get_app_list(self, request, app_label=None):
        """Lists in the order of the work, not of the alphabet."""
        apps = super().get_app_list(request, app_label)
        if app_label and not apps:
            raise Http404
        return sorted(apps, key=lambda app: app["app_label"] != "courses")

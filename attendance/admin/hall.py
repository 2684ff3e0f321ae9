"""The screen of the hall: its address, for the computer at the projector, and another one when strangers have it."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from attendance.admin.doors import opens_here_alone
from attendance.reports.here import screen_version_of
from attendance.rules.permissions import may_mark
from attendance.services.hall import renew_screen
from courses.constants import links
from courses.constants.errors import Refusal
from courses.constants.ids import row_id


class HallPages:
    """For the admin of a half-day's attendance: for its organisers alone."""

    def hall_urls(self):
        page = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.screen))
        return [path("<path:object_id>/screen", page, name="attendance_attendancesheet_screen")]

    def screen(self, request, object_id):
        """Where the screen is opened; a post gives it another address."""
        session = self._organised_half_day(request, object_id)
        if request.method == "POST":
            return self._renew_screen(request, session)
        version = screen_version_of(session)
        screen = reverse("attendance:here_screen", args=[links.screen_token(session.pk, version)])
        context = {
            "screen": screen,
            "address": settings.SITE_URL + screen,
            "opens_here_alone": opens_here_alone(),
            "version": version,
            "may_mark": may_mark(request.actor, session.course),
        }
        title = _("Screen of the hall: %(half_day)s") % {"half_day": session}
        return self.half_day_page(request, session, "admin/attendance/hall_screen.html", title, context)

    def _renew_screen(self, request, session):
        try:
            renew_screen(session, expected_version=row_id(request.POST.get("version", "")) or 0, actor=request.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("The screen has another address. Please open it anew in the hall."))
        return redirect("admin:attendance_attendancesheet_screen", session.pk)

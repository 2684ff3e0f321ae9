"""The doors of a class: opening one for helpers' phones, its code to be read, closing it; and what doors refused."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from attendance.forms.doors import DoorForm
from attendance.models import Door, RefusedScan
from attendance.reports.doors import doors_of, half_days_ahead, proposed_door, refused_in
from attendance.rules.doors import is_open
from attendance.rules.permissions import may_mark
from attendance.services.doors import make_door, revoke_door, settle_refused
from courses.constants import links
from courses.constants.errors import Refusal
from courses.constants.ids import row_id
from courses.models import Session
from courses.rendering.qr import qr_svg


class DoorPages:
    """For the admin of a class: for its organisers alone."""

    def door_urls(self):
        wrap, name = self.admin_site.admin_view, "attendance_courseresult_"
        both, post = require_http_methods(["GET", "HEAD", "POST"]), require_POST
        return [
            path("<path:object_id>/doors", wrap(both(self.doors)), name=f"{name}doors"),
            path("<path:object_id>/doors/refused", wrap(both(self.refused)), name=f"{name}refused"),
            path("<path:object_id>/doors/<int:door>", wrap(require_safe(self.door)), name=f"{name}door"),
            path("<path:object_id>/doors/<int:door>/close", wrap(post(self.close_door)), name=f"{name}close_door"),
        ]

    def doors(self, request, object_id):
        """The doors of the class; a post opens another one and shows its code."""
        course = self._organising(request, object_id)
        half_days, doors = half_days_ahead(course), doors_of(course, request.actor)
        form = None
        if half_days and may_mark(request.actor, course):
            proposed = proposed_door(half_days, asked=row_id(request.GET.get("half_day", "")))
            said = {"proposed": proposed, "taken": {one.door.name for one in doors if one.is_open}}
            form = DoorForm(request.POST if request.method == "POST" else None, half_days=half_days, **said)
        if form is not None and form.is_valid():
            data = form.cleaned_data
            said = {"name": data["name"], "venue": data["venue"], "until": data["until"]}
            try:
                door = make_door(course, form.chosen(), actor=request.actor, **said)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                return redirect("admin:attendance_courseresult_door", course.pk, door.pk)
        context = {
            "form": form,
            "doors": doors,
            "refused": _waiting(course, request.actor),
            "may_mark": may_mark(request.actor, course),
        }
        title = _("Reception desk: %(code)s") % {"code": course.code}
        return self._page(request, course, "admin/attendance/doors.html", title, **context)

    def door(self, request, object_id, door):
        """The code and the address of a door, for a helper's phone or for paper."""
        course = self._organising(request, object_id)
        half_days = Prefetch("sessions", Session.objects.order_by("starts_at", "pk"))
        found = _door(course, request.actor, door, half_days)
        address = settings.SITE_URL + reverse("attendance:door", args=[links.door_token(found.pk)])
        context = {
            "course": course,
            "door": found,
            "is_open": is_open(found),
            "address": address,
            "opens_here_alone": opens_here_alone(),
            "qr": qr_svg(address),
            "back": reverse("admin:attendance_courseresult_doors", args=[course.pk]),
        }
        return render(request, "attendance/door_print.html", context)

    def close_door(self, request, object_id, door):
        course = self._organising(request, object_id)
        found = _door(course, request.actor, door)
        try:
            revoke_door(found, actor=request.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            said = _(
                "“%(door)s” is closed. What its phones still hold arrives when they have a network, and waits for a "
                "decision."
            )
            messages.success(request, said % {"door": found.name})
        return redirect("admin:attendance_courseresult_doors", course.pk)

    def refused(self, request, object_id):
        """What doors refused, with the reason, until somebody has dealt with it."""
        course = self._organising(request, object_id)
        if request.method == "POST":
            return self._settle_refused(request, course)
        groups, settled = refused_in(course, request.actor)
        context = {"groups": groups, "settled": settled}
        title = _("Refused at the doors: %(code)s") % {"code": course.code}
        return self._page(request, course, "admin/attendance/refused.html", title, **context)

    def _settle_refused(self, request, course):
        ids = [pk for text in request.POST.get("pk", "").split() if (pk := row_id(text))]
        rows = RefusedScan.objects.visible_to(request.actor).filter(door__course=course, pk__in=ids)
        rows = list(rows.select_related("door__course").order_by("pk"))
        try:
            for row in rows:
                settle_refused(row, actor=request.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            text = ngettext("%(count)d entry was dealt with.", "%(count)d entries were dealt with.", len(rows))
            messages.success(request, text % {"count": len(rows)})
        return redirect("admin:attendance_courseresult_refused", course.pk)


def opens_here_alone() -> bool:
    """Whether addresses of this site open on this computer and on no phone, as on the first day of a trial."""
    return urlsplit(settings.SITE_URL).hostname in ("localhost", "127.0.0.1", "::1")


def _door(course, actor, pk, *prefetch) -> Door:
    doors = Door.objects.visible_to(actor).filter(course=course).select_related("course", "venue")
    return get_object_or_404(doors.prefetch_related(*prefetch), pk=min(pk, 2**63 - 1))


def _waiting(course, actor) -> int:
    return RefusedScan.objects.visible_to(actor).filter(door__course=course, settled_at__isnull=True).count()

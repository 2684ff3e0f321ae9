"""The board of a half-day, for the wall and the phone; and how one mark came about."""

from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from attendance.reports.board import board_of, half_days_of, told_apart
from attendance.reports.doors import doors_at, refused_at
from attendance.reports.here import odd_entries
from attendance.reports.history import histories
from courses.models import Registration
from courses.rules.permissions import may_organise


class BoardPages:
    """For the admin of a half-day's attendance."""

    def board_urls(self):
        wrap, name = self.admin_site.admin_view, "attendance_attendancesheet_"
        return [
            path("<path:object_id>/board", wrap(require_safe(self.board)), name=f"{name}board"),
            path("<path:object_id>/marks/<int:registration>", wrap(require_safe(self.mark)), name=f"{name}mark"),
        ]

    def board(self, request, object_id):
        session = self.half_day_or_404(request, object_id)
        half_days = half_days_of(session.course_id)
        context = {
            "board": board_of(session),
            "same_day": [other for other in half_days if other.session.date == session.date],
            "due": [other for other in half_days if other.due],
            "doors": doors_at(session, request.actor),
            "odd": len(odd_entries(session)),
            "refused": refused_at(session, request.actor),
            "may_organise": may_organise(request.actor, session.course),
        }
        return self.half_day_page(
            request, session, "admin/attendance/board.html", _("Board: %(half_day)s") % {"half_day": session}, context
        )

    def mark(self, request, object_id, registration):
        session = self.half_day_or_404(request, object_id)
        people = Registration.objects.visible_to(request.actor).select_related("trainee", "office")
        person = people.filter(course=session.course_id, pk=registration).first() if registration < 2**63 else None
        if person is None:
            raise Http404
        entries = histories(session, [person.pk])[person.pk]
        title = _("Entries about %(name)s") % {"name": person.trainee.full_name}
        context = {"person": person, "entries": entries, "stands": entries[-1].after if entries else ""}
        return self.half_day_page(request, session, "admin/attendance/mark.html", title, context)

    def half_day_page(self, request, session, template, title, context, status=200):
        """A page about one half-day, with the ways to the others."""
        context |= {**self.admin_site.each_context(request), "opts": self.opts, "title": title, "session": session}
        return TemplateResponse(request, template, context, status=status)


def names_of(registration_ids) -> list[str]:
    """The names of these registrations, those of one name told apart. (1 query.)"""
    people = list(
        Registration.objects.filter(pk__in=registration_ids).select_related("trainee").order_by("number", "pk")
    )
    apart = told_apart(people)
    return [f"{p.trainee.full_name} ({apart[p.pk]})" if apart.get(p.pk) else p.trainee.full_name for p in people]

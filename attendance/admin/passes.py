"""The passes of a class: taken out to be cut and handed out, kept as pictures, renewed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from attendance.rendering.passes import Layout, draw_pass_picture, draw_passes
from attendance.reports.pass_cards import cards_of, pass_holders
from attendance.reports.passes import passes_in_force
from attendance.rules.permissions import may_mark
from attendance.rules.scans import grouped_short
from attendance.services.passes import renew_pass, take_out_passes
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.ids import row_id

PICTURE = "picture"


class PassPages:
    """For the admin of a class: for its organisers alone. Passes leave the site by a post, which gives those that are
    missing and is logged."""

    def pass_urls(self):
        wrap, name = self.admin_site.admin_view, "attendance_courseresult_"
        return [
            path("<path:object_id>/passes", wrap(require_safe(self.passes)), name=f"{name}passes"),
            path("<path:object_id>/passes/print", wrap(require_POST(self.print_passes)), name=f"{name}print_passes"),
            path("<path:object_id>/passes/renew", wrap(require_POST(self.renew_pass)), name=f"{name}renew_pass"),
        ]

    def passes(self, request, object_id):
        course = self._organising(request, object_id)
        people = list(pass_holders(course.pk))
        passes = passes_in_force(person.pk for person in people)
        offices: dict = {}
        for person in people:
            offices.setdefault(person.office, []).append((person, grouped_short(passes[person.pk].short)))
        title = _("Passes: %(code)s") % {"code": course.code}
        context = {"offices": list(offices.items()), "number": len(people), "may_mark": may_mark(request.actor, course)}
        return self._page(request, course, "admin/attendance/passes.html", title, **context)

    def print_passes(self, request, object_id):
        """`layout`: sheets to cut, cards, or the picture of one; of everybody, or of `office`, or of each `pk`."""
        course = self._organising(request, object_id)
        people = list(_chosen(pass_holders(course.pk), request.POST))
        layout = request.POST.get("layout", Layout.SHEET)
        try:
            if layout not in (*Layout, PICTURE):
                raise Refusal(_("This page is out of date. Please open it again."))
            take_out_passes(course, people, actor=request.actor)
            cards = cards_of(people)
            if layout == PICTURE:
                name, media_type = f"the-hoc-vien-{course.code}-{people[0].pk}.png", "image/png"
                content = draw_pass_picture(cards[0], timestamp=now())
            else:
                size = "A4" if layout == Layout.SHEET else "A6"
                name, media_type = f"the-hoc-vien-{course.code}-{size}.pdf", "application/pdf"
                content = draw_passes(cards, Layout(layout), timestamp=now())
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("admin:attendance_courseresult_passes", course.pk)
        headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "private, no-store"}
        return HttpResponse(content, content_type=media_type, headers=headers)

    def renew_pass(self, request, object_id):
        course = self._organising(request, object_id)
        person = get_object_or_404(pass_holders(course.pk), pk=row_id(request.POST.get("pk", "")) or 0)
        try:
            renew_pass(person, actor=request.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            said = _(
                "The pass of %(name)s was renewed: doors refuse the old one and say why. Please print the new one or "
                "send its picture."
            )
            messages.success(request, said % {"name": person.trainee.full_name})
        return redirect("admin:attendance_courseresult_passes", course.pk)


def _chosen(people, asked):
    """Everybody with `all`; else those of an office, else those who are ticked: nobody when none is."""
    if "all" in asked:
        return people
    if asked.get("office"):
        return people.filter(office=row_id(asked["office"]) or 0)
    return people.filter(pk__in=[pk for text in asked.getlist("pk") if (pk := row_id(text))])

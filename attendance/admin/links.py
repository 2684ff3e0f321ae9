"""Handing out the links of a class: a sheet for each office's letter, a card for each trainee."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from attendance.reports.link_cards import Given, LinkCard, about_class, card_of
from courses.constants import links
from courses.constants.clock import today
from courses.constants.errors import Refusal
from courses.constants.ids import row_id
from courses.models import OfficeAnswer, Registration
from courses.querysets.plan import PROTOCOL
from courses.rendering.qr import qr_svg
from courses.rules.permissions import may_hand_out_link, may_organise
from courses.services.links import renew_feed, renew_office_link, renew_trainee_link
from courses.services.records import log_action


class LinkPages:
    """For the admin of a class. Links open other people's pages, so who is there is asked again, and they are shown on
    demand (POST) and logged."""

    def link_urls(self):
        wrap, asked = self.admin_site.admin_view, reauthentication_required
        name = "attendance_courseresult_"
        return [
            path("<path:object_id>/links", wrap(asked(require_safe(self.links))), name=f"{name}links"),
            path(
                "<path:object_id>/links/print", wrap(asked(require_POST(self.print_links))), name=f"{name}print_links"
            ),
            path("<path:object_id>/links/renew", wrap(asked(require_POST(self.renew_link))), name=f"{name}renew_link"),
            path(
                "<path:object_id>/links/renew-feed",
                wrap(asked(require_POST(self.renew_feed))),
                name=f"{name}renew_feed",
            ),
        ]

    def links(self, request, object_id):
        course = self._organising(request, object_id)
        title = _("Links for offices and trainees: %(code)s") % {"code": course.code}
        people = [(row, may_hand_out_link(request.actor, row.trainee)) for row in _people(course)]
        answers = [(row, True) for row in _answers(course)]
        return self._page(request, course, "admin/attendance/links.html", title, answers=answers, people=people)

    def print_links(self, request, object_id):
        """Sheets or cards with address and QR; `office` or `trainee` narrows them down to one."""
        course = self._organising(request, object_id)
        if request.POST.get("what") == "offices":
            cards = [_office_card(answer) for answer in _chosen(_answers(course), request)]
        else:
            people = _chosen(_people(course), request)
            given = Given(by=str(request.user), on=today())
            about = about_class(course)
            cards = [
                card_of(row.trainee, row.office_name, given=given, about=about)
                for row in people
                if may_hand_out_link(request.actor, row.trainee)
            ]
        log_action(request.actor, "show links", course, course=course, changes={"count": [None, len(cards)]})
        back = reverse("admin:attendance_courseresult_links", args=[course.pk])
        return render(request, "attendance/links_print.html", {"title": course.code, "cards": cards, "back": back})

    def renew_link(self, request, object_id):
        course = self._organising(request, object_id)
        try:
            if request.POST.get("what") == "offices":
                renew_office_link(_one(_answers(course), request), actor=request.actor)
            else:
                registration = _one(_people(course), request)
                renew_trainee_link(registration.trainee, course=course, actor=request.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(
                request, _("The link was renewed: the old one opens nothing any more. Please print the new one.")
            )
        return redirect("admin:attendance_courseresult_links", course.pk)

    def renew_feed(self, request, object_id):
        """Another address for the calendar of one person; the person finds it on the own page."""
        course = self._organising(request, object_id)
        try:
            renew_feed(_one(_people(course), request).trainee, course=course, actor=request.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(
                request,
                _(
                    "The calendar has a new address, which stands on the person's page. The old one shows nothing"
                    " any more."
                ),
            )
        return redirect("admin:attendance_courseresult_links", course.pk)

    def _organising(self, request, object_id):
        course = self._course(request, object_id)
        if not may_organise(request.actor, course):
            raise Http404
        return course


def _answers(course):
    answers = OfficeAnswer.objects.filter(course=course).of_invited()
    return answers.select_related("office", "course").order_by("office__order", "office__code", "pk")


def _people(course):
    people = Registration.objects.filter(course=course).active()
    return people.select_related("trainee", "office", "course").order_by(*PROTOCOL)


def _chosen(rows, request):
    return [_one(rows, request)] if request.POST.get("pk") else rows


def _one(rows, request):
    return get_object_or_404(rows, pk=row_id(request.POST.get("pk", "")) or 0)


def _office_card(answer: OfficeAnswer) -> LinkCard:
    address = links.office_page(answer.pk, answer.link_version)
    return LinkCard(answer.office.name, "", address, qr_svg(address), about_class(answer.course))

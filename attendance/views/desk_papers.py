"""What a coordinator prints for people without a phone: cards with their links, passes, the schedule, papers.

Cards and passes open things for whoever holds them: they leave by a post after the password was asked again, and are
logged.
"""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header

from attendance.constants import IN_HANDS
from attendance.models import Certificate
from attendance.rendering.passes import Layout, draw_passes
from attendance.reports.link_cards import Given, about_class, card_of
from attendance.reports.pass_cards import cards_of, pass_holders
from attendance.responses import card_response, pdf_response, renewed_response
from attendance.services.passes import take_out_passes
from attendance.views.desk import DeskPage, DeskPost
from courses.constants.clock import now, today
from courses.constants.errors import Refusal
from courses.constants.ids import row_id
from courses.rendering.schedule import draw_schedule
from courses.reports.schedule_sheet import sheet_of
from courses.reports.timetable import sessions_of
from courses.rules.permissions import may_hand_out_link
from courses.services.link_requests import hand_out_link


class Card(DeskPost):
    """One card with the link, for the person or whoever takes it along; what was asked for is answered by it."""

    asks_again = True

    def post(self, request, pk):
        trainee = self.trainee()
        return card_response(request, trainee, actor=self.actor, back=_page_of(trainee))


class Renew(DeskPost):
    """Another link for the person: the old one opens nothing any more."""

    asks_again = True

    def post(self, request, pk):
        trainee = self.trainee()
        return renewed_response(request, trainee, actor=self.actor, back=_page_of(trainee))


class Cards(DeskPost):
    """Cards for all own people in a class, to be handed out and signed for."""

    asks_again = True

    def post(self, request, pk):
        course = self.course()
        given = Given(by=str(request.user), on=today())
        people = _own_people(self, course)
        cards = []
        for person in people:
            if may_hand_out_link(self.actor, person.trainee):
                hand_out_link(person.trainee, given_to="", actor=self.actor)
                cards.append(card_of(person.trainee, person.office_name, given=given, about=about_class(course)))
        context = {"title": course.code, "cards": cards, "back": reverse("attendance:own_offices")}
        return render(request, "attendance/links_print.html", context)


class Passes(DeskPost):
    """Passes of the own people in a class, or of one of them (`person`), eight to an A4 page."""

    asks_again = True

    def post(self, request, pk):
        course = self.course()
        people = _own_people(self, course)
        if request.POST.get("person"):
            people = [get_object_or_404(people, pk=row_id(request.POST["person"]) or 0)]
        people = list(people)
        try:
            take_out_passes(course, people, actor=self.actor)
            content = draw_passes(cards_of(people), Layout.SHEET, timestamp=now())
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("attendance:own_offices")
        return _pdf(content, f"the-hoc-vien-{course.code}.pdf")


class Schedule(DeskPage):
    """The schedule of a class on one sheet of A4, for the wall of the office or somebody's bag."""

    def get(self, request, pk):
        course = self.course()
        try:
            content = draw_schedule(sheet_of(course, sessions_of(course)), timestamp=now())
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("attendance:own_offices")
        return _pdf(content, f"lich-hoc-{course.code}.pdf")


class Paper(DeskPage):
    """A certificate of one of the own people, as its holder would open it."""

    def get(self, request, pk):
        papers = Certificate.objects.visible_to(self.actor).filter(state__in=IN_HANDS).select_related("pdf")
        return pdf_response(get_object_or_404(papers, pk=min(pk, 2**63 - 1), pdf__isnull=False))


def _page_of(trainee) -> str:
    return reverse("attendance:desk_person", args=[trainee.pk])


def _own_people(page: DeskPage, course):
    return pass_holders(course.pk).visible_to(page.actor)


def _pdf(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(False, name), "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)

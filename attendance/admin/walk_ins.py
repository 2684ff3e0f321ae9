"""People at a half-day who are not on its list: noted with words, settled one by one."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from attendance.admin.sheet_people import MOST_FOUND
from attendance.forms.marks import read_submission
from attendance.forms.sheet_people import WalkInForm, WhoForm
from attendance.models import Event
from attendance.reports.roll import roll_of
from attendance.reports.waiting import waiting_at
from attendance.services.walk_ins import (
    add_walk_in,
    dismiss_walk_in,
    settle_as_expected,
    settle_as_stand_in,
    settle_registered,
)
from courses.constants.errors import Refusal
from courses.models import Office, Trainee
from courses.services.nominations import AskWho


def walk_ins_of(session) -> list:
    """Those who still wait to be settled. (1 query, or 2 when something may wait.)"""
    return [waiting for waiting in waiting_at(session) if waiting.registration is None]


class WalkInPages:
    """For the admin of half-days."""

    def walk_in_urls(self):
        wrap, name = self.admin_site.admin_view, "attendance_attendancesheet_"
        return [
            path("<path:object_id>/walk-ins", wrap(self.walk_ins), name=f"{name}walk_ins"),
            path("<path:object_id>/walk-ins/<int:entry>", wrap(self.walk_in), name=f"{name}walk_in"),
        ]

    def walk_ins(self, request, object_id):
        """Those who wait to be settled, and a line to add one."""
        session = self._organised_half_day(request, object_id)
        form = WalkInForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            words, act = form.cleaned_data["words"], request.POST
            try:
                add_walk_in(session, words, actor=request.actor, submission=read_submission(act))
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, _("Noted. Please settle later who it was."))
                return self._back_to_walk_ins(session)
        title = _("Not on the list: %(half_day)s") % {"half_day": session}
        return self._sheet_page(
            request, session, "admin/attendance/sheet/walk_ins.html", title, form=form, walk_ins=walk_ins_of(session)
        )

    def walk_in(self, request, object_id, entry):
        """Who it was: somebody expected, somebody for the class, somebody instead of somebody, or nobody of ours."""
        session = self._organised_half_day(request, object_id)
        waiting = next((one for one in walk_ins_of(session) if one.event.pk == entry), None)
        if waiting is None:
            if Event.objects.filter(pk=entry, session=session, registration__isnull=True).exists():
                messages.info(request, _("Who it was has been settled already."))
                return self._back_to_walk_ins(session)
            raise Http404
        waiting.event.session = session
        words = request.GET.get("q", "")[:100]
        lines = [line for office in roll_of(session).offices for line in office.lines]
        form = self._who_form(request, session, lines, words)
        if request.method == "POST":
            try:
                if (said := self._settle_stranger(request, waiting.event, lines, form)) is not None:
                    messages.success(request, said)
                    return self._back_to_walk_ins(session)
            except AskWho as ask:
                form.ask(ask.candidates)
                form.add_error(None, ask.sentence)
            except Refusal as refusal:
                messages.error(request, refusal.sentence)
        title = _("Who was it: %(words)s") % {"words": waiting.words}
        found = {"waiting": waiting, "lines": lines, "words": words, "form": form}
        return self._sheet_page(request, session, "admin/attendance/sheet/walk_in.html", title, **found)

    def _who_form(self, request, session, lines, words):
        people = []
        if words.strip():
            known = Trainee.objects.visible_to(request.actor).named(words).by_name().select_related("office")
            people = list(known[:MOST_FOUND])
        offices = Office.objects.filter(answers__course=session.course_id).distinct().in_protocol_order()
        expected = [line.registration for line in lines]
        how = request.POST.get("how") if request.method == "POST" else None
        posted = (request.POST,) if how in ("register", "stand_in") else ()
        return WhoForm(*posted, people=people, expected=expected, offices=offices, course=session.course)

    def _settle_stranger(self, request, event, lines, form) -> str | None:
        """What was settled, in words; None when the form must be shown again."""
        by, how = {"actor": request.actor, "act": read_submission(request.POST)}, request.POST.get("how")
        if how == "dismiss":
            dismiss_walk_in(event, why=request.POST.get("why", ""), **by)
            return _("It does not count.")
        if how == "expected":
            people = {str(line.registration.pk): line.registration for line in lines}
            registration = people.get(request.POST.get("registration", ""))
            if registration is None:
                raise Refusal(_("Please choose who it was."))
            settle_as_expected(event, registration, **by)
        elif not form.is_valid():
            return None
        elif how == "stand_in":
            if form.replaced is None:
                raise Refusal(_("Please choose instead of whom the person came."))
            said = {"by": form.person(), "why": form.cleaned_data["why"]}
            registration = settle_as_stand_in(event, form.replaced, **said, **by)
        else:
            office = form.cleaned_data["from_office"]
            registration = settle_registered(event, form.person(), office=office, **by)
        return _("It was %(name)s, present at this half-day.") % {"name": registration.trainee}

    def _back_to_walk_ins(self, session):
        return redirect(reverse("admin:attendance_attendancesheet_walk_ins", args=[session.pk]))

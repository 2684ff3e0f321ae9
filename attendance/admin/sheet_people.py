"""From a person's row on the sheet: an absence, a make-up, who comes instead."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from attendance.admin.absences import answered_in_words
from attendance.forms.marks import read_submission
from attendance.forms.sheet_people import WHOLE_CLASS, InPlaceForm, LeaveForm, MakeUpForm
from attendance.reports.make_up import attended_elsewhere, credited, used_for
from attendance.reports.naming import candidates_of
from attendance.reports.roll import expected_of
from attendance.services.in_place import end_stand_in_at, replace_from, stand_in_at
from attendance.services.leave import ask_for_leave, excuse
from attendance.services.ledger import undo_entries
from attendance.services.make_up import credit_make_up
from courses.constants.choices import RegistrationKind
from courses.constants.errors import Refusal
from courses.constants.ids import row_id
from courses.models import Registration, Trainee
from courses.rules.permissions import may_organise
from courses.services.nominations import AskWho
from courses.services.records import read_file

#: People of other offices that a name finds at once.
MOST_FOUND = 20


class SheetPeoplePages:
    """For the admin of half-days; `person` is a registration that is expected there."""

    def sheet_people_urls(self):
        wrap = self.admin_site.admin_view
        pages = {"leave": self.leave, "make_up": self.make_up, "stand_in": self.stand_in}
        return [
            path(
                f"<path:object_id>/people/<int:person>/{name.replace('_', '-')}",
                wrap(view),
                name=f"attendance_attendancesheet_{name}",
            )
            for name, view in pages.items()
        ] + [
            path(
                "<path:object_id>/people/<int:person>/make-up/paper",
                wrap(require_safe(self.make_up_paper)),
                name="attendance_attendancesheet_make_up_paper",
            )
        ]

    def leave(self, request, object_id, person):
        session, registration = self._organised_person(request, object_id, person)
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = LeaveForm(*posted, registration=registration, session=session)
        if form.is_valid():
            try:
                return self._leave(request, session, registration, form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
        title = _("Report an absence: %(name)s") % {"name": registration.trainee}
        return self._about(request, session, registration, "admin/attendance/sheet/leave.html", title, form=form)

    def _leave(self, request, session, registration, data):
        said = {"reason": data["reason"], "actor": request.actor}
        said["paper"] = data["paper"].read() if data["paper"] else None
        if data["accept"]:
            answered = excuse(registration, list(data["sessions"]), act=read_submission(request.POST), **said)
            messages.success(request, answered_in_words(answered))
        else:
            ask_for_leave(registration, list(data["sessions"]), **said)
            messages.success(request, _("The absence was entered and awaits an answer on the page of results."))
        return self._back_to_sheet(session)

    def make_up(self, request, object_id, person):
        """Also of who came into the class later, for the half-days before that."""
        session, registration = self._organised_person(request, object_id, person, before_joining=True)
        candidates = attended_elsewhere(registration, session)
        if request.method == "POST" and "undo" in request.POST:
            return self._undo_make_up(request, session, registration)
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = MakeUpForm(*posted, candidates=candidates, used=used_for(registration.trainee_id))
        if form.is_valid():
            data = form.cleaned_data
            try:
                credit_make_up(
                    registration,
                    session,
                    attended=form.session,
                    document=data["document"],
                    paper=data["paper"].read() if data["paper"] else None,
                    actor=request.actor,
                    act=read_submission(request.POST),
                )
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                said = _("The half-day that %(name)s made up was credited.")
                messages.success(request, said % {"name": registration.trainee})
                return self._back_to_sheet(session)
        title = _("Make-up: %(name)s") % {"name": registration.trainee}
        found = {"form": form, "candidates": candidates, "credited": credited(registration, session)}
        return self._about(request, session, registration, "admin/attendance/sheet/make_up.html", title, **found)

    def make_up_paper(self, request, object_id, person):
        """The scan of the document by which the half-day was credited last."""
        session, registration = self._organised_person(request, object_id, person, before_joining=True)
        files = [event.paper for event in credited(registration, session) if event.paper]
        if not files:
            raise Http404
        headers = {"Content-Disposition": "attachment", "X-Robots-Tag": "noindex"}
        return HttpResponse(read_file(files[-1]), content_type=files[-1].media_type, headers=headers)

    def _undo_make_up(self, request, session, registration):
        own = {event.pk for event in credited(registration, session)} & {row_id(request.POST["undo"])}
        try:
            undo_entries(session, own, actor=request.actor, act=read_submission(request.POST))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("The make-up was taken back."))
        return self._back_to_sheet(session)

    def stand_in(self, request, object_id, person):
        """Who comes instead of the person; of a stand-in: that it was entered by mistake."""
        session, registration = self._organised_person(request, object_id, person)
        if registration.kind == RegistrationKind.STAND_IN:
            return self._end_stand_in(request, session, registration)
        words = request.GET.get("q", "")[:100]
        choice = candidates_of(session.course, registration.office, words)
        own = [candidate.trainee for candidate in choice.candidates if not candidate.is_named]
        others = _of_other_offices(request.actor, words, {c.trainee.pk for c in choice.candidates})
        posted = (request.POST,) if request.method == "POST" else ()
        form = InPlaceForm(*posted, people=[*own, *others], registration=registration, session=session)
        if form.is_valid():
            try:
                new = self._send(request, session, registration, form)
            except AskWho as ask:
                form.ask(ask.candidates)
                form.add_error(None, ask.sentence)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                said = _("%(new)s comes instead of %(old)s.")
                messages.success(request, said % {"new": new.trainee, "old": registration.trainee})
                return self._back_to_sheet(session)
        title = _("Who comes instead of %(name)s?") % {"name": registration.trainee}
        found = {"form": form, "choice": choice, "others": others, "words": words}
        return self._about(request, session, registration, "admin/attendance/sheet/stand_in.html", title, **found)

    def _send(self, request, session, registration, form):
        data = form.cleaned_data
        said = {"by": form.person(), "actor": request.actor, "why": data["why"], "submission": data["submission"]}
        if data["how_long"] == WHOLE_CLASS:
            return replace_from(registration, session, present=data["present"], **said)
        here = session if data["present"] else None
        return stand_in_at(registration, list(data["sessions"]), present_at=here, **said)

    def _end_stand_in(self, request, session, registration):
        if request.method == "POST":
            try:
                end_stand_in_at(registration, session, actor=request.actor, act=read_submission(request.POST))
            except Refusal as refusal:
                messages.error(request, refusal.sentence)
            else:
                said = _("%(name)s does not stand in at this half-day any more.")
                messages.success(request, said % {"name": registration.trainee})
            return self._back_to_sheet(session)
        title = _("Stand-in: %(name)s") % {"name": registration.trainee}
        return self._about(request, session, registration, "admin/attendance/sheet/end_stand_in.html", title)

    def _organised_half_day(self, request, object_id):
        session = self.half_day_or_404(request, object_id)
        if not may_organise(request.actor, session.course):
            raise Http404
        return session

    def _organised_person(self, request, object_id, person, *, before_joining=False):
        session = self._organised_half_day(request, object_id)
        if person not in expected_of(session, [person], before_joining=before_joining):
            raise Http404
        people = Registration.objects.select_related("trainee", "office", "stand_in_for__trainee")
        registration = people.get(pk=person)
        registration.course = session.course
        return session, registration

    def _about(self, request, session, registration, template, title, **context):
        context |= {"person": registration}
        return self._sheet_page(request, session, template, title, **context)

    def _sheet_page(self, request, session, template, title, **context):
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "session": session,
            "submission": uuid4(),
        }
        form = context.get("form")
        status = 409 if form is not None and form.is_bound and form.non_field_errors() else 200
        return TemplateResponse(request, template, context, status=status)

    def _back_to_sheet(self, session):
        return redirect(reverse("admin:attendance_attendancesheet_change", args=[session.pk]))


def _of_other_offices(actor, words: str, shown: set[int]) -> list[Trainee]:
    """People of other offices whom a name finds: they can stand in, for no seat is taken. (1 query.)"""
    if not words.strip():
        return []
    found = Trainee.objects.visible_to(actor).named(words).exclude(pk__in=shown).by_name()
    return list(found.select_related("office")[:MOST_FOUND])

"""An office names, withdraws and replaces its people, and reports an absence."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attendance.forms.office import AbsenceForm, NewPersonForm, PeopleForm, ReplaceForm, WithdrawForm
from attendance.reports.naming import candidates_of
from attendance.reports.office_page import on_the_list, standing_of
from attendance.services.leave import ask_for_leave
from attendance.views.office_link import OfficeForm
from courses.services.nominations import nominate, nominate_many, replace
from courses.services.registrations import withdraw


class Name(OfficeForm):
    """The office's people with what speaks for and against each; several are named at once."""

    template = "attendance/office_name.html"

    def form(self, *posted):
        return PeopleForm(*posted, office=self.office, course=self.course)

    def asked(self, form):
        words = self.request.GET.get("q", "")[:100]
        choice = candidates_of(self.course, self.office, words)
        ticked = set(form.data.getlist("people")) if form.is_bound else set()
        return self.shown(form=form, choice=choice, words=words, ticked=ticked, standing=standing_of(self.answer))

    def act(self, form):
        people = list(form.cleaned_data["people"])
        before = on_the_list(self.actor)
        named = nominate_many(self.course, people, office=self.office, actor=self.actor)
        number = sum(registration.pk not in before for registration in named)
        if not number:
            return _("Whom you ticked was on the list of your office already."), self.address()
        said = ngettext("%(number)d person was named.", "%(number)d people were named.", number)
        return said % {"number": number}, self.address()


class NameSomebodyNew(OfficeForm):
    template = "attendance/office_new_person.html"

    def form(self, *posted):
        return NewPersonForm(*posted, office=self.office, course=self.course)

    def act(self, form):
        person, submission = form.person(), form.cleaned_data["submission"]
        before = on_the_list(self.actor)
        named = nominate(self.course, person, office=self.office, actor=self.actor, submission=submission)
        if named.pk in before:
            return _("%(name)s is on the list of your office already.") % {"name": named.trainee}, self.address()
        return _("%(name)s was named.") % {"name": named.trainee}, self.address()


class Withdraw(OfficeForm):
    template = "attendance/office_withdraw.html"

    def form(self, *posted):
        self.person = self.registration()
        return WithdrawForm(*posted)

    def asked(self, form):
        return self.shown(form=form, person=self.person)

    def act(self, form):
        withdraw(self.person, actor=self.actor, why=form.cleaned_data["why"])
        return _("%(name)s was withdrawn; the seat is free.") % {"name": self.person.trainee}, self.address()


class Replace(OfficeForm):
    template = "attendance/office_replace.html"
    while_naming = False

    def form(self, *posted):
        self.person = self.registration()
        self.choice = candidates_of(self.course, self.office)
        free = [candidate.trainee for candidate in self.choice.candidates if not candidate.is_named]
        return ReplaceForm(*posted, office=self.office, course=self.course, people=free)

    def asked(self, form):
        return self.shown(form=form, person=self.person, choice=self.choice)

    def act(self, form):
        data = form.cleaned_data
        new = replace(self.person, by=form.person(), actor=self.actor, why=data["why"], submission=data["submission"])
        said = _("%(new)s comes instead of %(old)s.") % {"new": new.trainee, "old": self.person.trainee}
        return said, self.address()


class ReportAbsence(OfficeForm):
    template = "attendance/office_absence.html"
    while_naming = False

    def form(self, *posted):
        self.person = self.registration()
        return AbsenceForm(*posted, registration=self.person)

    def asked(self, form):
        return self.shown(form=form, person=self.person)

    def act(self, form):
        data = form.cleaned_data
        paper = data["paper"].read() if data["paper"] else None
        sessions = list(data["sessions"])
        ask_for_leave(self.person, sessions, reason=data["reason"], actor=self.actor, paper=paper)
        said = _("The absence of %(name)s was reported; the organisers will answer.")
        return said % {"name": self.person.trainee}, self.address()

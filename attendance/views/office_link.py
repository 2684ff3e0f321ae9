"""What every page behind an office's link shares: the link is asked first, a form is acted on once and led back."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from courses.constants.choices import ACTIVE_STATES, RegistrationKind
from courses.constants.errors import Refusal
from courses.models import Course, Registration
from courses.rules.actors import answer_of_link
from courses.services.nominations import AskWho
from courses.services.registrations import check_naming, check_replacing


class OfficePage(View):
    """A page of one office and class. An unknown, foreign or renewed link is a 404, whatever is asked of it.

    `actor` is that of the link; a coordinator of the office who is signed in stands in the log by name.
    """

    template = ""

    def setup(self, request: HttpRequest, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        found = answer_of_link(kwargs["token"])
        if found is None:
            raise Http404
        self.actor, self.answer = found
        if self.answer.office_id in request.actor.coordinates:
            self.actor = replace(self.actor, user_id=request.actor.user_id)
        courses = Course.objects.visible_to(self.actor).select_related("host_office")
        self.course = self.answer.course = get_object_or_404(courses, pk=self.answer.course_id)
        self.office, self.token = self.answer.office, kwargs["token"]

    def shown(self, **context):
        context |= {"answer": self.answer, "course": self.course, "office": self.office, "token": self.token}
        return render(self.request, self.template, context)

    def address(self, name: str = "office", *ids) -> str:
        return reverse(f"attendance:{name}", args=[self.token, *ids])

    def registration(self) -> Registration:
        """The person on the list whom the address names; of another office or class it is a 404. Refusal when the
        person was withdrawn or replaced meanwhile, as when a button is pressed twice."""
        own = Registration.objects.visible_to(self.actor).select_related("trainee", "office")
        registration = get_object_or_404(own.filter(kind=RegistrationKind.CLASS), pk=self.kwargs["pk"])
        if registration.state not in ACTIVE_STATES:
            raise Refusal(_("%(name)s is not on the list of the class any more.") % {"name": registration.trainee})
        registration.course = self.course
        return registration


class OfficeForm(OfficePage):
    """A form: `form` makes it, `act` calls the service and says what happened. What the service refuses stands above
    the form with all that was typed; when the time is over the page leads back and says so."""

    while_naming = True

    def get(self, request, **ids):
        check = check_naming if self.while_naming else check_replacing
        try:
            check(self.course, self.actor)
            form = self.form()
        except Refusal as refusal:
            return self._back(refusal)
        return self.asked(form)

    def post(self, request, **ids):
        try:
            form = self.form(request.POST, request.FILES)
        except Refusal as refusal:
            return self._back(refusal)
        if form.is_valid():
            try:
                said, address = self.act(form)
            except AskWho as ask:
                form.ask(ask.candidates)
                form.add_error(None, str(ask.sentence))
            except Refusal as refusal:
                form.add_error(None, str(refusal.sentence))
            else:
                messages.success(request, said)
                return redirect(address)
        return self.asked(form)

    def asked(self, form):
        return self.shown(form=form)

    def _back(self, refusal: Refusal):
        messages.error(self.request, refusal.sentence)
        return redirect(self.address())

"""The desk of a coordinator who is signed in: the classes of the own offices and what is due, the own people."""

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404, render
from django.views.generic import View

from attendance.reports.desk import own_classes, own_people
from attendance.reports.desk_person import own_person
from courses.constants.clock import today
from courses.models import Course, Trainee, TraineeRequest
from courses.rules.actors import as_coordinator
from courses.services.trainees import note_look

PEOPLE_A_PAGE = 50
LONGEST_SEARCH = 100


class DeskPage(View):
    """For coordinators alone, of their own offices alone: whoever is no coordinator finds nothing here.

    `asks_again`: what leads to other people's pages is given out after the password (or code) was shown once more.
    """

    http_method_names = ["get", "head", "options"]
    template = ""
    asks_again = False

    def dispatch(self, request: HttpRequest, *args, **kwargs):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        self.actor = as_coordinator(request.actor)
        if not self.actor.coordinates:
            raise Http404
        answer = super().dispatch
        if self.asks_again and request.method.lower() in self.http_method_names:
            answer = reauthentication_required(answer)
        return answer(request, *args, **kwargs)

    def shown(self, **context):
        return render(self.request, self.template, context)

    def trainee(self) -> Trainee:
        people = Trainee.objects.visible_to(self.actor).select_related("office")
        return get_object_or_404(people, pk=min(self.kwargs["pk"], 2**63 - 1))

    def course(self) -> Course:
        return get_object_or_404(Course.objects.visible_to(self.actor), pk=min(self.kwargs["pk"], 2**63 - 1))


class DeskPost(DeskPage):
    """What is done by a button."""

    http_method_names = ["post", "options"]


class Desk(DeskPage):
    template = "attendance/desk.html"

    def get(self, request):
        asked = TraineeRequest.objects.visible_to(self.actor).open().count()
        return self.shown(classes=own_classes(self.actor), asked=asked)


class People(DeskPage):
    """The own people by name, or those who are called so."""

    template = "attendance/desk_people.html"

    def get(self, request):
        words = request.GET.get("q", "")[:LONGEST_SEARCH]
        people = Trainee.objects.visible_to(self.actor).named(words).select_related("office").by_name()
        page = Paginator(people, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
        return self.shown(page=page, people=own_people(page.object_list, self.actor), words=words, year=today().year)


class Person(DeskPage):
    """Everything that the person's own page says, for somebody who has no phone."""

    template = "attendance/desk_person.html"

    def get(self, request, pk):
        trainee = self.trainee()
        if request.method == "GET":
            note_look(trainee, actor=self.actor)
        return self.shown(year=today().year, person=own_person(trainee, self.actor))

"""Corrections of own data that people asked for."""

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import ngettext

from courses.constants.actors import Actor
from courses.constants.choices import RequestKind, RequestState
from courses.constants.clock import today
from courses.models import Trainee, TraineeRequest
from courses.reports.classes import Note


def notes_of_requests(actor: Actor) -> list[Note]:
    """What people whom the actor may change ask to have put right, with the day on which the first is due; empty when
    nothing waits. (1 query.)"""
    waiting = TraineeRequest.objects.open().filter(kind=RequestKind.CORRECTION)
    if not actor.sees_everything:
        waiting = waiting.filter(trainee__in=Trainee.objects.editable_by(actor).order_by().values("pk"))
    found = waiting.aggregate(number=Count("pk"), due=Min("due_on"))
    if not found["number"]:
        return []
    said = ngettext(
        "%(number)d person asks for a correction of own data – to be answered by %(day)s",
        "%(number)d people ask for a correction of own data – the first to be answered by %(day)s",
        found["number"],
    )
    page = reverse("admin:courses_traineerequest_changelist") + f"?state__exact={RequestState.ASKED}"
    is_late = found["due"] < today()
    return [
        Note(said % {"number": found["number"], "day": f"{found['due']:%d/%m/%Y}"}, "bad" if is_late else "warn", page)
    ]

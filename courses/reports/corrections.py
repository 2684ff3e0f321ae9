"""What people asked for and nobody has answered: corrections of own data, and links."""

from django.db.models import Count, Min, Q
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
    said = ngettext(
        "%(number)d person asks for a correction of own data – to be answered by %(day)s",
        "%(number)d people ask for a correction of own data – the first to be answered by %(day)s",
        found["number"],
    )
    return _due(said, found)


def notes_of_links(actor: Actor) -> list[Note]:
    """Who of the offices that the actor organises asks for the own link, with the day on which the first is due; empty
    when nobody does. (1 query.)"""
    waiting = TraineeRequest.objects.open().filter(kind=RequestKind.LINK)
    if not actor.sees_everything:
        own = Q(trainee__merged_into__isnull=True, trainee__office__in=actor.organises)
        waiting = waiting.filter(own | Q(trainee__merged_into__office__in=actor.organises))
    found = waiting.aggregate(number=Count("pk"), due=Min("due_on"))
    said = ngettext(
        "%(number)d person asks for the own link – to be answered by %(day)s",
        "%(number)d people ask for their own links – the first to be answered by %(day)s",
        found["number"],
    )
    return _due(said, found)


def _due(said: str, found: dict) -> list[Note]:
    """The sentence about so many, due on the day; nothing about none."""
    if not found["number"]:
        return []
    page = reverse("admin:courses_traineerequest_changelist") + f"?state__exact={RequestState.ASKED}"
    is_late = found["due"] < today()
    return [
        Note(said % {"number": found["number"], "day": f"{found['due']:%d/%m/%Y}"}, "bad" if is_late else "warn", page)
    ]

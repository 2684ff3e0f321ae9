"""What is kept about somebody, as the person reads it on the own page, and who looked at it."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from attendance.reports.person_log import EXPORTS
from courses.constants.action_words import in_words
from courses.constants.actors import Actor
from courses.constants.choices import RequestState
from courses.models import ActionLog, Course, Registration, Role, Trainee, TraineeRequest

#: The page shows so many requests and so many looks; the others are the offices' to find.
REQUESTS_SHOWN, LOOKS_SHOWN, LOOKS_READ = 3, 10, 200


@dataclass(frozen=True)
class Look:
    """That somebody of an office looked at the data, or handed out a list on which the person stands, on a day."""

    day: dt.date
    office: str
    what: str


@dataclass(frozen=True)
class OwnData:
    """`requests`: corrections asked for, the latest first; `looks` likewise, each office and act once a day."""

    requests: list[TraineeRequest]
    looks: list[Look]

    @property
    def has_open_request(self) -> bool:
        return any(request.state == RequestState.ASKED for request in self.requests)


def own_data(trainee: Trainee, actor: Actor) -> OwnData:
    """(5 queries at most.)"""
    own = Q(trainee=trainee) | Q(trainee__merged_into=trainee)
    requests = TraineeRequest.objects.visible_to(actor).filter(own)
    return OwnData(list(requests.order_by("-asked_at", "-pk")[:REQUESTS_SHOWN]), looks_at(trainee)[:LOOKS_SHOWN])


def looks_at(trainee: Trainee) -> list[Look]:
    """Who looked at a person, revealed the citizen number or handed out lists with the person on them, the latest
    first: by office, not by name. The person's own eyes read it, so it asks no actor. (4 queries at most.)"""
    own = Registration.objects.filter(trainee=trainee).order_by()
    since = dict(own.values_list("course_id", "created_at"))
    rows = Trainee.objects.filter(Q(pk=trainee.pk) | Q(merged_into=trainee)).order_by().values("pk")
    at_person = Q(action__in=("look", "reveal"), subject=Trainee._meta.label_lower, subject_id__in=rows)
    of_classes = Q(action__in=EXPORTS, course_id__in=since)
    entries = list(
        ActionLog.objects.filter(at_person | of_classes, user__isnull=False).order_by("-at", "-pk")[:LOOKS_READ]
    )
    courses = Course.objects.select_related("host_office").in_bulk({entry.course_id for entry in entries} - {None})
    roles: dict[int, list[Role]] = {}
    for role in Role.objects.filter(user__in={entry.user_id for entry in entries}).select_related("office"):
        roles.setdefault(role.user_id, []).append(role)
    found: dict[Look, None] = {}
    for entry in entries:
        course = courses.get(entry.course_id)
        if course and entry.at < since[course.pk]:
            continue
        day = localdate(entry.at)
        office = course.host_office.name if course else _office(roles.get(entry.user_id, []), day)
        what = str(in_words(entry.action)) + (f" ({course.code})" if course else "")
        found.setdefault(Look(day, office, what))
    return list(found)


def _office(roles: list[Role], day: dt.date) -> str:
    """Of whom somebody works for, the first role held on the day; whoever runs the site holds none."""
    held = [role for role in roles if role.valid_from <= day and (role.valid_to is None or day < role.valid_to)]
    return held[0].office.name if held else _("Administrator of the site")

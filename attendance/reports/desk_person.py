"""One of the own people as the coordinator sees them: what the person's own page says, and where each thing is done."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from attendance.models import Certificate, LeaveRequest
from attendance.reports.corrections import with_corrections
from attendance.reports.desk import papers_of
from attendance.reports.people import InClass, classes_of
from attendance.reports.refusals import with_ways_of_telling
from attendance.reports.yearly import year_of
from attendance.rules.permissions import may_take_out_pass
from attendance.rules.yearly import Year
from courses.constants import links
from courses.constants.actors import Actor
from courses.constants.choices import CourseState, SessionState
from courses.constants.clock import now, today
from courses.models import OfficeAnswer, Session, Trainee, TraineeRequest
from courses.reports.changes import Changed, changes_of


@dataclass(frozen=True)
class OwnInClass:
    """One class of the person. `token` opens the office's page of the class, "" when it has none; `may_report`: an
    absence can be reported there, `next` is the half-day that is on or comes next."""

    item: InClass
    token: str
    next: Session | None
    may_report: bool
    may_print_pass: bool
    absences: list[LeaveRequest]


@dataclass(frozen=True)
class OnePerson:
    trainee: Trainee
    year: Year
    classes: list[OwnInClass]
    changes: list[Changed]
    papers: list[Certificate]
    requests: list[TraineeRequest]


def own_person(trainee: Trainee, actor: Actor) -> OnePerson:
    """(The same number of queries whatever the number of classes and papers.)"""
    items = with_corrections(classes_of(trainee, actor))
    return OnePerson(
        trainee=trainee,
        year=year_of([trainee.pk], today().year)[trainee.pk],
        classes=_in_classes(items, actor),
        changes=changes_of((session for item in items if not item.is_over for session in item.sessions), now()),
        papers=list(papers_of([trainee.pk], actor)),
        requests=with_ways_of_telling(
            TraineeRequest.objects.visible_to(actor)
            .filter(Q(trainee=trainee) | Q(trainee__merged_into=trainee))
            .of_people()
            .order_by("-asked_at", "-pk")
        ),
    )


def _in_classes(items: Iterable[InClass], actor: Actor) -> list[OwnInClass]:
    items = list(items)
    answers = (
        OfficeAnswer.objects.visible_to(actor)
        .filter(course__in={item.course.pk for item in items})
        .exclude(course__state=CourseState.ARCHIVED)
        .order_by()
    )
    tokens = {
        (answer.course_id, answer.office_id): links.office_token(answer.pk, answer.link_version) for answer in answers
    }
    absences: dict[int, list[LeaveRequest]] = {}
    asked = LeaveRequest.objects.filter(registration__in=[item.registration.pk for item in items])
    for request in asked.prefetch_related("sessions").order_by("asked_at", "pk"):
        absences.setdefault(request.registration_id, []).append(request)
    return [
        _one(item, tokens.get((item.course.pk, item.registration.office_id), ""), absences, actor) for item in items
    ]


def _one(item: InClass, token: str, absences: dict[int, list[LeaveRequest]], actor: Actor) -> OwnInClass:
    coming = [
        line.session
        for line in item.attendance
        if line.session.ends_at > now() and line.session.state != SessionState.CANCELLED
    ]
    return OwnInClass(
        item=item,
        token=token,
        next=min(coming, key=lambda session: session.starts_at, default=None),
        may_report=bool(token and coming and item.course.is_open_to_change),
        may_print_pass=bool(coming) and may_take_out_pass(actor, item.registration),
        absences=absences.get(item.registration.pk, []),
    )

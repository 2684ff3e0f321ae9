"""Everything about one person on one page, as far as the one who asks may see it."""

from dataclasses import dataclass

from attendance.models import Certificate
from attendance.reports.people import InClass, in_class
from attendance.reports.person_log import entries_about
from courses.constants.actors import Actor
from courses.constants.choices import ACTIVE_STATES, RegistrationKind
from courses.models import ActionLog, Registration, Trainee, TraineeMerge
from courses.reports.people import Candidate, Stay, offices_through_time, possible_duplicates


@dataclass(frozen=True)
class Person:
    """`classes` are those in which the person stands, `left` those in which not any more, `stood_in` the registrations
    as a stand-in for somebody else; `merges` can be undone."""

    trainee: Trainee
    classes: list[InClass]
    left: list[Registration]
    stood_in: list[Registration]
    papers: list[Certificate]
    offices: list[Stay]
    entries: list[ActionLog]
    duplicates: list[Candidate]
    merges: list[TraineeMerge]


def person_of(trainee: Trainee, actor: Actor) -> Person:
    """The number of queries does not depend on the number of classes, papers or entries."""
    registrations = list(
        Registration.objects.filter(trainee=trainee, merged_into__isnull=True)
        .visible_to(actor)
        .select_related("course", "office", "stand_in_for__trainee")
        .prefetch_related("sessions")
        .order_by("-course__starts_on", "-pk")
    )
    of_class = [r for r in registrations if r.kind == RegistrationKind.CLASS]
    active = Registration.objects.filter(pk__in=[r.pk for r in of_class if r.state in ACTIVE_STATES])
    papers = Certificate.objects.filter(registration__trainee=trainee).visible_to(actor)
    merges = list(
        TraineeMerge.objects.filter(kept=trainee, undone_at__isnull=True)
        .select_related("gone", "done_by")
        .order_by("-done_at", "-pk")
    )
    rows = [trainee.pk, *Trainee.objects.filter(merged_into=trainee).order_by("pk").values_list("pk", flat=True)]
    entries = entries_about(rows, actor)
    return Person(
        trainee=trainee,
        classes=in_class(active.order_by("-course__starts_on", "-pk")),
        left=[r for r in of_class if r.state not in ACTIVE_STATES],
        stood_in=[r for r in registrations if r.kind == RegistrationKind.STAND_IN and r.state in ACTIVE_STATES],
        papers=list(papers.select_related("book", "registration__course").in_register_order()),
        offices=offices_through_time(trainee, registrations, entries),
        entries=entries,
        duplicates=possible_duplicates(trainee, actor),
        merges=merges,
    )

"""Renewing the links that stand in letters and on cards: the old address stops working at once."""

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.errors import Refusal
from courses.models import Course, OfficeAnswer, Registration, Trainee
from courses.rules.permissions import may_hand_out_link, may_organise
from courses.services.records import log_action


@transaction.atomic
def renew_office_link(answer: OfficeAnswer, *, actor: Actor) -> OfficeAnswer:
    """Raises the version of an office's link to one class. Refusal for another host's class."""
    answer = OfficeAnswer.objects.select_for_update().get(pk=answer.pk)
    _check(actor, answer.course)
    answer.link_version += 1
    answer.save(update_fields=["link_version"])
    log_action(actor, "renew link", answer, course=answer.course)
    return answer


@transaction.atomic
def renew_trainee_link(trainee: Trainee, *, course: Course, actor: Actor) -> Trainee:
    """Raises the version of a trainee's link, and of the feed, whose address stands on the page that whoever had the
    old link could read. Refusal unless the actor organises a class that the person is in and reaches the person's
    office."""
    return _renew(trainee, ("link_version", "feed_version"), "renew link", course=course, actor=actor)


@transaction.atomic
def renew_feed(trainee: Trainee, *, course: Course, actor: Actor) -> Trainee:
    """Raises the version of a trainee's calendar feed alone; the link stays. Refusal as for the link."""
    return _renew(trainee, ("feed_version",), "renew feed", course=course, actor=actor)


def _renew(trainee: Trainee, versions: tuple[str, ...], action: str, *, course: Course, actor: Actor) -> Trainee:
    # With the rows that went into it, which are renewed too; by id, as merging locks them.
    rows = Trainee.objects.select_for_update().filter(Q(pk=trainee.pk) | Q(merged_into=trainee.pk))
    trainee = {row.pk: row for row in rows.order_by("pk")}[trainee.pk]
    _check(actor, course)
    if not Registration.objects.filter(course=course, trainee=trainee).active().exists():
        raise Refusal(_("This person is not on the list of the class any more."))
    if not may_hand_out_link(actor, trainee):
        raise Refusal(_("The link of this person is handed out by the person's own office."))
    for version in versions:
        setattr(trainee, version, getattr(trainee, version) + 1)
    trainee.save(update_fields=[*versions, "updated_at"])
    # A person whose two rows were merged has two of each; both must stop.
    Trainee.objects.filter(merged_into=trainee).update(**{version: F(version) + 1 for version in versions})
    log_action(actor, action, trainee, course=course)
    return trainee


def _check(actor: Actor, course: Course) -> None:
    if not may_organise(actor, course):
        raise Refusal(_("Only the organisers of the class can hand out its links."))

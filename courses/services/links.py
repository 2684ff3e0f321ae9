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


#: Whoever had the old link could read the address of the feed on the page: both go together.
LINK = ("link_version", "feed_version")


@transaction.atomic
def renew_trainee_link(trainee: Trainee, *, course: Course, actor: Actor) -> Trainee:
    """Raises the version of a trainee's link, and of the feed. Refusal unless the actor organises a class that the
    person is in and reaches the person's office."""
    return _renew_in_class(trainee, LINK, "renew link", course=course, actor=actor)


@transaction.atomic
def renew_feed(trainee: Trainee, *, course: Course, actor: Actor) -> Trainee:
    """Raises the version of a trainee's calendar feed alone; the link stays. Refusal as for the link."""
    return _renew_in_class(trainee, ("feed_version",), "renew feed", course=course, actor=actor)


@transaction.atomic
def renew_own_link(trainee: Trainee, *, expected_version: int, actor: Actor) -> Trainee:
    """Raises the version of the link of one of the actor's own people, and of the feed. `expected_version`: which link
    the page was about; the same page sent twice renews once. Refusal unless the actor hands out the person's link."""
    trainee = lock_trainee(trainee)
    check_hands_out_link(actor, trainee)
    if trainee.link_version == expected_version:
        _renew(trainee, LINK, "renew link", actor, None)
    return trainee


def lock_trainee(trainee: Trainee) -> Trainee:
    """The row, locked with the rows that went into it, by id, as merging locks them."""
    rows = Trainee.objects.select_for_update().filter(Q(pk=trainee.pk) | Q(merged_into=trainee.pk))
    return {row.pk: row for row in rows.order_by("pk")}[trainee.pk]


def check_hands_out_link(actor: Actor, trainee: Trainee) -> None:
    """Refusal for whoever does not reach the person's office, and for a row that went into another."""
    if not may_hand_out_link(actor, trainee):
        raise Refusal(_("The link of this person is handed out by the person's own office."))
    if trainee.merged_into_id:
        raise Refusal(_("This person was found to be kept twice and now stands in another row. Please open it again."))


def _renew_in_class(
    trainee: Trainee, versions: tuple[str, ...], action: str, *, course: Course, actor: Actor
) -> Trainee:
    trainee = lock_trainee(trainee)
    _check(actor, course)
    if not Registration.objects.filter(course=course, trainee=trainee).active().exists():
        raise Refusal(_("This person is not on the list of the class any more."))
    check_hands_out_link(actor, trainee)
    _renew(trainee, versions, action, actor, course)
    return trainee


def _renew(trainee: Trainee, versions: tuple[str, ...], action: str, actor: Actor, course: Course | None) -> None:
    for version in versions:
        setattr(trainee, version, getattr(trainee, version) + 1)
    trainee.save(update_fields=[*versions, "updated_at"])
    # A person whose two rows were merged has two of each; both must stop.
    Trainee.objects.filter(merged_into=trainee).update(**{version: F(version) + 1 for version in versions})
    log_action(actor, action, trainee, course=course)


def _check(actor: Actor, course: Course) -> None:
    if not may_organise(actor, course):
        raise Refusal(_("Only the organisers of the class can hand out its links."))

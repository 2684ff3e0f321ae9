"""Passes: one in force a registration, printed again from its row, renewed when a card or a picture got lost."""

import secrets
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from attendance.models import PassCode
from attendance.reports.passes import FIRST_VERSION, courses_without_passes
from attendance.rules.permissions import may_mark, may_take_out_pass
from attendance.rules.scans import SHORT_LENGTH, SHORT_LETTERS
from courses.constants.actors import Actor
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import Course, Registration
from courses.services.records import log_action
from courses.services.registrations import lock_course


@transaction.atomic
def give_passes(course: Course) -> int:
    """Gives everybody on the roll of the class who has no pass their first; how many there were. Twice is harmless."""
    lock_course(course)
    without = Registration.objects.filter(course=course).on_roll().order_by()
    without = without.exclude(pk__in=PassCode.objects.filter(course=course).values("registration"))
    pks = list(without.values_list("pk", flat=True))
    _make(course, dict.fromkeys(pks, FIRST_VERSION))
    return len(pks)


def give_missing_passes() -> int:
    """Gives passes in all classes under way, so that everybody's page has a short code; how many. Twice is harmless."""
    return sum(give_passes(course) for course in Course.objects.filter(pk__in=courses_without_passes()).order_by("pk"))


@transaction.atomic
def take_out_passes(course: Course, people: Sequence[Registration], *, actor: Actor) -> None:
    """Gives passes to who has none, before those of these people are drawn, and logs that they were taken out.

    Refusal unless the actor may mark the class, or all of them are people of an office whose coordinator is signed in;
    and for nobody at all.
    """
    if not people:
        raise Refusal(_("Please choose whose passes are taken out."))
    if not all(may_take_out_pass(actor, person) for person in people):
        raise Refusal(
            _("Passes are taken out by the organisers of the class and the office itself, while it is under way.")
        )
    give_passes(course)
    log_action(actor, "print passes", course, course=course, changes={"count": [None, len(people)]})


@transaction.atomic
def renew_pass(registration: Registration, *, actor: Actor) -> PassCode:
    """Ends the pass of a registration and gives it the next; whoever shows the old one is told so at the door.

    Refusal unless the actor may mark the class, and for somebody who is not on its roll.
    """
    course = lock_course(registration.course)
    if not may_mark(actor, course):
        raise Refusal(_("Passes are renewed by the organisers of the class, while it is under way."))
    if not Registration.objects.filter(pk=registration.pk).on_roll().exists():
        raise Refusal(_("This person is not on the list of the class any more."))
    give_passes(course)  # the first may have been shown though it was never given: it ends like any other
    old = PassCode.objects.get(registration=registration, ended_at__isnull=True)
    old.ended_at, old.ended_by_id = now(), actor.user_id
    old.save(update_fields=["ended_at", "ended_by"])
    _make(course, {registration.pk: old.version + 1})
    log_action(actor, "renew pass", registration, course=course)
    return PassCode.objects.get(registration=registration, ended_at__isnull=True)


def _make(course: Course, versions: dict[int, int]) -> None:
    """Makes passes {id of registration: version} with short codes that the class, which is locked, does not have yet:
    also none that was renewed, which must go on being told as such."""
    taken = set(PassCode.objects.filter(course=course).order_by().values_list("short", flat=True))
    rows = []
    for pk, version in versions.items():
        while (short := "".join(secrets.choice(SHORT_LETTERS) for _ in range(SHORT_LENGTH))) in taken:
            pass
        taken.add(short)
        rows.append(PassCode(registration_id=pk, course=course, version=version, short=short, made_at=now()))
    PassCode.objects.bulk_create(rows)

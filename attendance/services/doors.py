"""Opening a door for helpers' phones, and closing it."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from attendance.models import Door, RefusedScan
from attendance.rules.permissions import may_mark
from attendance.services.passes import give_passes
from courses.constants.actors import Actor
from courses.constants.choices import SessionState
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import Course, Session, Venue
from courses.rules.permissions import may_organise
from courses.services.records import log_action
from courses.services.registrations import lock_course


@transaction.atomic
def make_door(
    course: Course,
    sessions: Collection[Session],
    *,
    name: str,
    until: datetime,
    actor: Actor,
    venue: Venue | None = None,
) -> Door:
    """Opens a door of these half-days of the class until a moment, and gives passes to who has none. Asked for twice
    it is one door: two that are called alike would tell nobody apart.

    Refusal unless the actor may mark the class, without a half-day that is held, or when the moment is over.
    """
    course = lock_course(course)
    if not may_mark(actor, course):
        raise Refusal(_("Doors are opened by the organisers of the class, while it is under way."))
    if not sessions or any(s.course_id != course.pk or s.state == SessionState.CANCELLED for s in sessions):
        raise Refusal(_("Please choose half-days of this class that are held."))
    if until <= now():
        raise Refusal(_("Please choose a time that lies ahead: until then the door stays open."))
    give_passes(course)
    said = {"course": course, "name": name.strip(), "venue": venue, "until": until}
    for door in Door.objects.filter(revoked_at__isnull=True, **said).order_by("pk"):
        if set(door.sessions.all()) == set(sessions):
            return door
    door = Door.objects.create(made_at=now(), made_by_id=actor.user_id, **said)
    door.sessions.set(sessions)
    log_action(actor, "make door", door, course=course, changes={"name": ["", door.name]})
    return door


@transaction.atomic
def revoke_door(door: Door, *, actor: Actor) -> Door:
    """Closes a door for ever; what its phones still hold back arrives as proposals. Twice is harmless.

    Refusal unless the actor organises the class, which may be concluded.
    """
    door = Door.objects.select_for_update().get(pk=door.pk)
    _check_may_close(actor, door.course)
    if door.revoked_at is None:
        door.revoked_at, door.revoked_by_id = now(), actor.user_id
        door.save(update_fields=["revoked_at", "revoked_by"])
        log_action(actor, "revoke door", door, course=door.course)
    return door


@transaction.atomic
def settle_refused(refused: RefusedScan, *, actor: Actor) -> None:
    """Somebody has dealt with what a door refused. Twice is harmless. Refusal as in `revoke_door`."""
    refused = RefusedScan.objects.select_for_update().get(pk=refused.pk)
    _check_may_close(actor, refused.door.course)
    if refused.settled_at is None:
        refused.settled_at, refused.settled_by_id = now(), actor.user_id
        refused.save(update_fields=["settled_at", "settled_by"])
        log_action(actor, "settle scan", refused, course=refused.door.course)


def _check_may_close(actor: Actor, course: Course) -> None:
    """Refusal unless the actor organises the class. Also when it is concluded: its doors' links still lie on phones."""
    if not may_organise(actor, course):
        raise Refusal(_("Only the organisers of the class close its doors and deal with what these refused."))

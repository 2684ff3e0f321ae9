"""Who may let whom in. Nobody gains or gives more than the own role holds."""

from courses.constants.actors import Actor
from courses.constants.choices import RoleKind
from courses.constants.clock import today
from courses.models import Office, Role, User


def may_invite_somebody(actor: Actor) -> bool:
    return actor.sees_everything or bool(actor.organises_writable)


def may_invite(actor: Actor, kind: str, office_id: int) -> bool:
    """Superusers invite anybody; organisers the coordinators of the offices that they reach."""
    return actor.sees_everything or (kind == RoleKind.COORDINATOR and office_id in actor.organises_writable)


def kinds_to_invite(actor: Actor) -> list[RoleKind]:
    return list(RoleKind) if actor.sees_everything else [RoleKind.COORDINATOR]


def offices_to_invite(actor: Actor):
    """The offices for which the actor may invite somebody, in protocol order."""
    return Office.objects.planned_by(actor).in_protocol_order()


def may_renew(actor: Actor, user: User) -> bool:
    """A new invitation sets a new password, so each role that the account holds must be one that the actor may give.

    An account that was closed is opened again by superusers only.
    """
    if actor.sees_everything:
        return True
    if user.is_superuser or user.is_staff or was_closed(user):
        return False
    roles = Role.objects.not_ended_on(today()).filter(user=user).order_by("pk")
    held = roles.values_list("kind", "office_id")
    return bool(held) and all(may_invite(actor, kind, office_id) for kind, office_id in held)


def was_closed(user: User) -> bool:
    """Not open although a password was chosen once: somebody has closed the account."""
    return not user.is_active and user.has_usable_password()

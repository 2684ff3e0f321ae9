"""Roles and accounts of those who sign in. Each change holds at the person's next request.

The user's row is the lock of everything that belongs to the account.
"""

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.choices import RoleKind
from courses.constants.clock import now, today
from courses.constants.errors import Refusal
from courses.models import Invitation, Office, Role, User
from courses.rules.invitations import may_invite, may_renew
from courses.services.records import log_action


@transaction.atomic
def give_role(user: User, kind: str, office: Office, *, actor: Actor) -> Role:
    """The role from today on; the one there is when the user holds it already. Refusal unless the actor may give it
    and the account is the actor's to manage."""
    user = lock_account(user.pk)
    if not (may_invite(actor, kind, office.pk) and (actor.sees_everything or may_renew(actor, user))):
        raise Refusal(_("This role can be given only by the person who manages accounts."))
    held = Role.objects.not_ended_on(today()).filter(user=user, kind=kind, office=office)
    if found := held.order_by("pk").first():
        return found
    given = Role.objects.create(user=user, kind=kind, office=office, valid_from=today())
    set_staff(user)
    log_action(actor, "give role", user, changes={"role": [None, kind], "office": [None, office.code]})
    return given


@transaction.atomic
def end_role(role: Role, *, actor: Actor) -> None:
    """Ends the role today and closes what was open to get in by it. Twice is harmless."""
    user = lock_account(role.user_id)
    role = Role.objects.select_related("office").filter(pk=role.pk).first()
    if role is None or (role.valid_to and role.valid_to <= today()):
        return
    if not may_invite(actor, role.kind, role.office_id):
        raise Refusal(_("This role can be ended only by the person who manages accounts."))
    log_action(actor, "end role", user, changes={"role": [role.kind, None], "office": [role.office.code, None]})
    if role.valid_from >= today():
        role.delete()  # not a day of it has been: there is no period that could be written down
    else:
        Invitation.objects.filter(role=role).open_at(now()).update(expires_at=now())
        role.valid_to = today()
        role.save(update_fields=["valid_to"])
    set_staff(user)


@transaction.atomic
def close_account(user: User, *, actor: Actor) -> User:
    """Nobody signs in with it any more, and who is signed in is out at the next request."""
    user = _managed(user, actor)
    if user.pk == actor.user_id:
        raise Refusal(_("You cannot close your own account. Please ask another person who manages accounts."))
    if user.is_active:
        user.is_active = False
        user.save(update_fields=["is_active"])
        log_action(actor, "close account", user)
    close_invitations(user)
    return user


@transaction.atomic
def reopen_account(user: User, *, actor: Actor) -> User:
    """Opens a closed account again, with the password that it had."""
    user = _managed(user, actor)
    if not user.has_usable_password():
        raise Refusal(_("This person has not chosen a password yet. Please print a new invitation."))
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        log_action(actor, "reopen account", user)
    return user


@transaction.atomic
def take_away_second_factor(user: User, *, actor: Actor) -> User:
    """For a lost phone: the person enrols another one at the next sign-in."""
    user = _managed(user, actor)
    if Authenticator.objects.filter(user=user).delete()[0]:
        log_action(actor, "take away second factor", user)
    return user


def lock_account(user_id: int) -> User:
    return User.objects.select_for_update().get(pk=user_id)


def set_staff(user: User) -> None:
    """Organisers and certificate officers work in the admin, and nobody else but superusers."""
    working = Role.objects.not_ended_on(today()).filter(user=user, kind__in=(RoleKind.ORGANISER, RoleKind.OFFICER))
    user.is_staff = user.is_superuser or working.exists()
    user.save(update_fields=["is_staff"])


def close_invitations(user: User) -> None:
    """No invitation of the user opens the account any more."""
    Invitation.objects.filter(role__user=user).open_at(now()).update(expires_at=now())


def _managed(user: User, actor: Actor) -> User:
    if not actor.sees_everything:
        raise Refusal(_("Accounts are opened and closed only by the person who manages them."))
    return lock_account(user.pk)

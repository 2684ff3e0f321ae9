"""Getting in: a printed page gives one person, once, the right to choose a password.

The token is known only to the caller that made it; its hash is kept.
"""

import datetime as dt
import hashlib
import re
import secrets

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.clock import now, today
from courses.constants.errors import Refusal
from courses.constants.names import clean_text, search_key
from courses.models import Invitation, Office, Role, User
from courses.rules.actors import actor_of
from courses.rules.invitations import may_invite, may_renew
from courses.services.accounts import close_invitations, lock_account, set_staff
from courses.services.records import log_action

VALID_DAYS = 14
#: Crockford's base 32 in small letters: no i, l, o, u, for whoever types it from paper.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LETTERS = 28  # of five bits each: 140
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")


def invite(
    user_fields: dict, role_kind: str, office: Office, *, actor: Actor, valid_days: int = VALID_DAYS
) -> tuple[Invitation, str]:
    """Makes an account that nobody can use yet, its role from today on, and the invitation with its token.

    `user_fields`: full_name; username ("" or left out: made of the name); email (may be left out). Refusal when the
    actor may not invite for this role and office, when the name of the account is taken or cannot be, or when the
    same person was invited for the same a moment ago.
    """
    full_name = clean_text(user_fields["full_name"])
    if not full_name:
        raise Refusal(_("Please give the name of the person."))
    if not may_invite(actor, role_kind, office.pk):
        raise Refusal(_("You may invite only coordinators of the offices that you are in charge of."))
    try:
        with transaction.atomic():
            office = Office.objects.select_for_update().get(pk=office.pk)
            waiting = Invitation.objects.open_at(now()).filter(
                role__office=office, role__kind=role_kind, role__user__full_name=full_name
            )
            if waiting.exists():
                raise Refusal(_("%s has already been invited. Please print that invitation anew.") % full_name)
            user = User(
                username=_username(user_fields.get("username") or "", full_name),
                full_name=full_name,
                email=user_fields.get("email") or "",
                is_active=False,
            )
            user.set_unusable_password()
            user.save()
            role = Role.objects.create(user=user, office=office, kind=role_kind, valid_from=today())
            set_staff(user)
            invitation, token = _new_invitation(role, actor, valid_days)
            log_action(actor, "invite", user, changes={"role": [None, role_kind], "office": [None, office.code]})
            return invitation, token
    except IntegrityError:
        raise Refusal(_("This account name has just been taken. Please choose another one.")) from None


def renew_invitation(invitation: Invitation, *, actor: Actor, valid_days: int = VALID_DAYS) -> tuple[Invitation, str]:
    """A new invitation for the same role, also for somebody who has forgotten the password; older ones are closed."""
    with transaction.atomic():
        user = lock_account(invitation.role.user_id)
        role = Role.objects.not_ended_on(today()).filter(pk=invitation.role_id).first()
        if role is None:
            raise Refusal(_("This role has ended. Please invite the person for a new one."))
        if not may_invite(actor, role.kind, role.office_id) or not may_renew(actor, user):
            raise Refusal(_("This account can be renewed only by the person who manages accounts."))
        close_invitations(user)
        log_action(actor, "renew invitation", user)
        return _new_invitation(role, actor, valid_days)


def open_invitation(token: str) -> Invitation | None:
    """The invitation that the token opens now, with role, user and office; None when unknown, used, over or ended."""
    found = Invitation.objects.open_at(now()).filter(
        token_hash=_hash(token), role__in=Role.objects.not_ended_on(today()).order_by()
    )
    return found.select_related("role__user", "role__office", "created_by").first()


def accept_invitation(token: str, *, password: str) -> User:
    """Sets the password and opens the account; of several at once exactly one succeeds, the others are refused.

    The caller has validated the password.
    """
    invitation = open_invitation(token)
    if invitation is None:
        raise Refusal(closed_sentence())
    hashed = make_password(password)  # slow on purpose, so not under the lock
    with transaction.atomic():
        user = lock_account(invitation.role.user_id)
        invitation = open_invitation(token)
        if invitation is None:
            raise Refusal(closed_sentence())
        user.password, user.is_active = hashed, True
        user.save(update_fields=["password", "is_active"])
        invitation.used_at = now()
        invitation.save(update_fields=["used_at"])
        log_action(actor_of(user), "accept invitation", user)
    return user


def closed_sentence() -> str:
    return _("This invitation is no longer open: it was used or its time is over, or the address is incomplete.")


def suggested_username(full_name: str) -> str:
    """The name without marks, joined by dots, with a number when it is taken: Ngô Thử Mẫu → ngo.thu.mau."""
    stem = ".".join(re.findall(r"[a-z0-9]+", search_key(full_name)))[:50].strip(".") or "can-bo"
    if len(stem) < 3:
        stem = f"can-bo.{stem}"
    taken = set(User.objects.filter(username__startswith=stem).values_list("username", flat=True))
    number = 1
    while (name := stem if number == 1 else f"{stem}{number}") in taken:
        number += 1
    return name


def _username(wanted: str, full_name: str) -> str:
    if not wanted.strip():
        return suggested_username(full_name)
    name = wanted.strip().lower()
    if not _USERNAME.fullmatch(name):
        raise Refusal(
            _("An account name has at least three letters without marks; digits, dots and dashes may be in it.")
        )
    if User.objects.filter(username__iexact=name).exists():
        raise Refusal(_("The account name %s is taken. Please choose another one.") % name)
    return name


def _new_invitation(role: Role, actor: Actor, valid_days: int) -> tuple[Invitation, str]:
    token = "".join(secrets.choice(_ALPHABET) for _letter in range(_LETTERS))
    moment = now()
    invitation = Invitation.objects.create(
        role=role,
        token_hash=_hash(token),
        created_by_id=actor.user_id,
        created_at=moment,
        expires_at=moment + dt.timedelta(days=valid_days),
    )
    return invitation, token


def _hash(token: str) -> str:
    return hashlib.sha256(token.strip().lower().encode(errors="replace")).hexdigest()

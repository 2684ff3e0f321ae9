"""The ten who ask, each with the browser in front of them."""

from allauth.account.internal.userkit import user_id_to_str
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone

#: In the order of the table's columns.
ACTORS = (
    "nobody",
    "trainee link",
    "office link",
    "door",
    "coordinator",
    "other coordinator",
    "organiser",
    "other organiser",
    "officer",
    "superuser",
)
#: Who has no session: what they may do is in the address alone.
WITHOUT_SESSION = ACTORS[:4]


def sign_everybody_in(world) -> None:
    """One session each, with the second factor just shown once more; `world.sessions` holds them by actor."""
    a, b = world.a, world.b
    users = {
        "coordinator": a.coordinator,
        "other coordinator": a.other_coordinator,
        "organiser": a.organiser,
        "other organiser": b.organiser,
        "officer": a.officer,
        "superuser": world.superuser,
        "other officer": b.officer,
        "other host's coordinator": b.coordinator,
    }
    world.users = users
    world.sessions = {name: session_of(user) for name, user in users.items()}


def session_of(user, *, asked_again: bool = True) -> str:
    """The key of a new session of the user, who has just shown password and second factor once more or only once."""
    at = timezone.now().timestamp()
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["account_authentication_methods"] = [
        {"method": "password", "at": at, "username": user.username},
        # An hour ahead: a slow machine does not make it an old one.
        {"method": "mfa", "at": at + 3600, "type": "totp", "reauthenticated": asked_again},
    ]
    session["account_authentication_methods_user"] = user_id_to_str(user)
    session["began"] = session["renewed"] = at
    session.save()
    return session.session_key


def browser_of(world, actor: str, **kwargs) -> Client:
    """A browser with nothing but the actor's session. An error in a view is an answer of 500."""
    client = Client(raise_request_exception=False, **kwargs)
    if actor in world.sessions:
        client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[actor]
    return client

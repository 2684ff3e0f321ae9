"""The secrets that stand in addresses: personal links, office links, passes, calendar feeds; and the two addresses that
this app hands out although the pages behind them are those of the app above.

A secret is the object's id followed by 80 bits of HMAC-SHA256 over kind, id and version, so that
it can be printed again from nothing but the row, and dies when the row's version is raised. Each
kind has its own key: none opens what another does. To read one: take the id out of it, fetch the
row, then ask whether the secret is that of the row's version.

Letters are those of Crockford's base 32 in small letters: no i, l, o, u.
"""

import hashlib
import hmac

from django.conf import settings

#: Below it stand the pages of trainees, and of offices.
OWN_PAGES, OFFICE_PAGES = "/my/", "/office/"

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_MAC_LETTERS = 16  # five bits each
_LONGEST_ID = 13  # 2**63 - 1 in base 32


def trainee_token(trainee_id: int, version: int) -> str:
    """The secret of /my/<token>/."""
    return _secret("link", trainee_id, version)


def trainee_id_of(token: str) -> int | None:
    """The trainee whom the token claims to be of; None when it is no token at all. Proves nothing."""
    return _id_of(token)


def is_trainee_token(token: str, trainee_id: int, version: int) -> bool:
    """Whether the token opens this trainee's page now."""
    return _is(token, trainee_token(trainee_id, version))


def own_page(trainee_id: int, version: int) -> str:
    """The whole address of a trainee's own page: a secret, printed and mailed and never logged."""
    return f"{settings.SITE_URL}{OWN_PAGES}{trainee_token(trainee_id, version)}/"


def office_token(answer_id: int, version: int) -> str:
    """The secret of /office/<token>/: one office's answer to one course."""
    return _secret("office_link", answer_id, version)


def answer_id_of(token: str) -> int | None:
    """The answer that the token claims to be of. Proves nothing."""
    return _id_of(token)


def is_office_token(token: str, answer_id: int, version: int) -> bool:
    """Whether the token opens this office's page now."""
    return _is(token, office_token(answer_id, version))


def office_page(answer_id: int, version: int) -> str:
    """The whole address of an office's page in a course: a secret as that of a trainee's."""
    return f"{settings.SITE_URL}{OFFICE_PAGES}{office_token(answer_id, version)}/"


def pass_code(registration_id: int, version: int) -> str:
    """The secret of /p/<code>/, shown at the door; it opens nothing."""
    return _secret("pass_", registration_id, version)


def registration_id_of(code: str) -> int | None:
    """The registration that the pass claims to be of. Proves nothing."""
    return _id_of(code)


def is_pass_code(code: str, registration_id: int, version: int) -> bool:
    """Whether this is the registration's pass now."""
    return _is(code, pass_code(registration_id, version))


def feed_code(trainee_id: int, version: int) -> str:
    """The secret of /calendar/<code>.ics: times and halls only."""
    return _secret("feed", trainee_id, version)


def feed_trainee_id_of(code: str) -> int | None:
    """The trainee whom the feed claims to be of. Proves nothing."""
    return _id_of(code)


def is_feed_code(code: str, trainee_id: int, version: int) -> bool:
    """Whether this is the trainee's feed now."""
    return _is(code, feed_code(trainee_id, version))


def door_token(door_id: int) -> str:
    """The secret of /check-in/<token>/. A door is revoked, never renewed: it has one version."""
    return _secret("door", door_id, 1)


def door_id_of(token: str) -> int | None:
    """The door that the token claims to be of. Proves nothing."""
    return _id_of(token)


def is_door_token(token: str, door_id: int) -> bool:
    """Whether the token is this door's."""
    return _is(token, door_token(door_id))


def screen_token(session_id: int, version: int) -> str:
    """The secret of /here/screen/<token>/: the code of one half-day, for the screen of its hall."""
    return _secret("hall_screen", session_id, version)


def screen_session_id_of(token: str) -> int | None:
    """The half-day that the token claims to be of. Proves nothing."""
    return _id_of(token)


def is_screen_token(token: str, session_id: int, version: int) -> bool:
    """Whether the token opens this half-day's screen now."""
    return _is(token, screen_token(session_id, version))


def _secret(kind: str, object_id: int, version: int) -> str:
    message = f"{kind}:{object_id}:{version}".encode("ascii")
    mac = hmac.new(getattr(settings.KEYS, kind), message, hashlib.sha256).digest()
    return _letters(object_id) + _letters(int.from_bytes(mac[:10])).rjust(_MAC_LETTERS, _ALPHABET[0])


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number, 32)
        letters = _ALPHABET[rest] + letters
    return letters


def _id_of(secret: str) -> int | None:
    letters = secret.lower()[:-_MAC_LETTERS]
    if not 1 <= len(letters) <= _LONGEST_ID or not set(secret.lower()) <= set(_ALPHABET):
        return None
    number = 0
    for letter in letters:
        number = number * 32 + _ALPHABET.index(letter)
    return number if 0 < number < 2**63 else None


def _is(given: str, right: str) -> bool:
    # Bytes, because compare_digest refuses text with other than ASCII letters.
    return hmac.compare_digest(given.lower().encode(errors="replace"), right.encode())

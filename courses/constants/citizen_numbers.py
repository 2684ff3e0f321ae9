"""Citizen numbers (số định danh cá nhân): how they are kept and compared. What their digits say: `citizen_digits`.

The database holds an encrypted value and a keyed fingerprint, never the digits.
"""

import base64
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from courses.constants.errors import Refusal

_NONCE_BYTES = 12


def encrypt(number: str) -> str:
    """ "key id:base64(nonce + AES-256-GCM)"; another value each time. Compare by `fingerprint`.

    Any text may be given: rosters as they came, which carry such numbers, are kept in the same way.
    """
    key_id = settings.KEYS.citizen_current
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(settings.KEYS.citizen[key_id]).encrypt(nonce, number.encode(), key_id.encode("ascii"))
    return f"{key_id}:{base64.b64encode(nonce + sealed).decode('ascii')}"


def decrypt(value: str) -> str:
    """The digits (or the text). Refusal when the key is not in this installation or the value was changed."""
    key_id, _colon, sealed = value.partition(":")
    key = settings.KEYS.citizen.get(key_id)
    if key is None:
        raise Refusal(_("The key that reads this is not on this server. Please restore the key file from a backup."))
    try:
        raw = base64.b64decode(sealed, validate=True)
        number = AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], key_id.encode("ascii"))
    except (ValueError, InvalidTag):
        raise Refusal(_("What is stored here is damaged and cannot be read. Please enter it again.")) from None
    return number.decode()


def fingerprint(number: str) -> str:
    """64 hex digits that are equal for equal numbers and tell nothing without the key."""
    return hmac.new(settings.KEYS.fingerprint, number.encode("ascii"), hashlib.sha256).hexdigest()

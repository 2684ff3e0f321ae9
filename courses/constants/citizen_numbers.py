"""Citizen numbers (số định danh cá nhân): how they are kept, compared, shown and judged.

The database holds an encrypted value and a keyed fingerprint, never the digits.
"""

import base64
import hashlib
import hmac
import re
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from courses.constants.errors import Refusal
from courses.constants.partial_dates import PartialDate

_NONCE_BYTES = 12
_TWELVE_DIGITS = re.compile(r"\d{12}", re.ASCII)
# Thông tư 07/2016/TT-BCA, annex: the provinces of birth. (Those born abroad have other codes.)
# fmt: off
PROVINCE_CODES = frozenset(f"{code:03d}" for code in (
    1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38,
    40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80,
    82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
))
# fmt: on


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


def masked(number: str) -> str:
    """ "093•••••••12": enough to tell two people of an office apart, too little to be used."""
    return f"{number[:3]}{'•' * (len(number) - 5)}{number[-2:]}"


def is_well_formed(number: str) -> bool:
    """Twelve digits: three for the place of birth, one for century and sex, two for the year, six."""
    return bool(_TWELVE_DIGITS.fullmatch(number))


def agrees(number: str, gender: str | None, birth: PartialDate | None) -> bool:
    """Whether a well-formed number fits the gender ("m" or "f") and the year of birth, if known.

    The fourth digit is even for men and odd for women, 0 and 1 for those born in 19yy, 2 and 3 in
    20yy and so on; the next two are the year (Nghị định 137/2015/NĐ-CP, Điều 7).
    """
    century_and_sex = int(number[3])
    if gender and gender != "mf"[century_and_sex % 2]:
        return False
    return birth is None or birth.first.year == 1900 + 100 * (century_and_sex // 2) + int(number[4:6])

"""The code on a certificate by which anyone can check it.

Nineteen random letters (94 bits) and one check letter, from 31 capitals and digits without 0, O,
1, I and L. 31 is prime: with another weight for each place, every single wrong letter and every
swap of two letters changes the sum.
"""

import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 20
_GROUP = 4
_LONGEST_TYPED = 200


def new_code() -> str:
    """Twenty letters as they are stored; people see `grouped(code)`."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + _check_letter(body)


def grouped(code: str) -> str:
    """As printed: ABCD-EFGH-…"""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def normalise(text: str) -> str:
    """What was typed, as it would be stored: capitals, without spaces, dashes and invisible signs."""
    wide = unicodedata.normalize("NFKC", text[:_LONGEST_TYPED]).upper()
    return "".join(c for c in wide if unicodedata.category(c) not in {"Zs", "Cc", "Cf", "Pd"} and c not in "_.−")


def is_well_formed(code: str) -> bool:
    """Whether a normalised code can be one at all; False tells of a slip of typing."""
    return len(code) == LENGTH and set(code) <= set(ALPHABET) and _check_letter(code[:-1]) == code[-1]


def _check_letter(body: str) -> str:
    """Makes the sum of weight × letter a multiple of 31; the check letter's own weight is 1."""
    total = sum(weight * ALPHABET.index(letter) for weight, letter in enumerate(body, 2))
    return ALPHABET[-total % len(ALPHABET)]

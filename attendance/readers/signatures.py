# ruff: noqa: E501
"""PDF files that were signed digitally: bytes in, facts out. Nothing here knows a database, and nothing asks a network.

Files come from outside, so they are read as rosters are: in a child process with limits (`signature_facts`).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.constants import SignatureState
from courses.constants.errors import Refusal
from courses.readers.limited import NotRead, answer_of_child

MOST_MEGABYTES = 10
#: Of one child: what it is given at once.
_MOST_BYTES, _MOST_FILES = 15 * 1024 * 1024, 100

SENTENCES = {
    "not_pdf": gettext_lazy("This is not a PDF file, or it is damaged. Please send the signed PDF file as the signing program saved it."),
    "too_big": gettext_lazy("The file is larger than %(megabytes)d MB. Please send the signed PDF file alone."),
    "password": gettext_lazy("The file is protected by a password. Please sign it without one."),
    "unsigned": gettext_lazy("The file has no digital signature. Please sign it and send it again."),
    "too_many": gettext_lazy("The file has more signatures than a paper can have. Please sign the paper anew."),
    "unreadable": gettext_lazy("The signature in the file cannot be read. Please sign the paper anew."),
    "changed": gettext_lazy("The file was changed after it was signed: the signature is broken. Please sign the paper anew."),
    "added": gettext_lazy("Something was added to the file after it was signed. Please sign the paper anew."),
    "revoked": gettext_lazy("The certificate of the signer was revoked. Please sign the paper with a certificate in force."),
    "too_long": gettext_lazy("Reading the file took too long or too much memory, so it was stopped. Please sign the paper anew."),
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A file to read. `original`: how many of its first bytes are a paper of ours, 0 when none are; `at`: when the site
    took it in, aware: trust is judged as of then."""

    content: bytes
    at: dt.datetime
    original: int = 0


@dataclass(frozen=True)
class Signed:
    """What a file says. `code` is "" or a key of SENTENCES; `untouched`: nothing but signatures came to the original;
    `signatures` as in `attendance.models.SignedCopy`."""

    code: str
    untouched: bool = False
    signatures: list[dict[str, Any]] = field(default_factory=list)

    @property
    def state(self) -> SignatureState:
        if self.code:
            return SignatureState.BROKEN
        trusted = all(one["trusted"] for one in self.signatures)
        return SignatureState.VALID if trusted else SignatureState.UNCHECKED

    @property
    def sentence(self) -> str:
        return sentence_of(self.code) if self.code else ""


def sentence_of(code: str) -> str:
    return str(SENTENCES[code]) % {"megabytes": MOST_MEGABYTES}


def read_signatures(files: Sequence[Asked], roots: Sequence[str]) -> list[Signed]:
    """What each file says, in order. `roots`: certificates (PEM) that the site trusts. Never a refusal: what cannot be
    read has its code."""
    return [one for pile in _piles(files) for one in _read_all(pile, roots)]


def root_pem(data: bytes) -> tuple[str, str, str]:
    """(name, PEM, SHA-256 in hexadecimal) of one certificate, given as PEM or DER. Refusal when it is no root."""
    try:
        [answer] = _rows(data[:100_000], {"root": True})
    except (NotRead, ValueError):
        answer = {"code": "no_certificate"}
    if answer.get("code") == "no_certificate":
        raise Refusal(_("This is not a certificate. Please choose the file .pem, .crt or .cer of a root certificate."))
    if answer.get("code") == "no_root":
        raise Refusal(_("This certificate cannot issue others. Please choose the root certificate of the authority."))
    return answer["name"], answer["pem"], answer["fingerprint"]


def _piles(files: Sequence[Asked]) -> Iterator[list[Asked]]:
    pile: list[Asked] = []
    size = 0
    for one in files:
        if pile and (len(pile) == _MOST_FILES or size + len(one.content) > _MOST_BYTES):
            yield pile
            pile, size = [], 0
        pile.append(one)
        size += len(one.content)
    if pile:
        yield pile


def _read_all(pile: Sequence[Asked], roots: Sequence[str]) -> list[Signed]:
    try:
        return _read(pile, roots)
    except NotRead:
        if len(pile) == 1:
            return [Signed("too_long")]
        # One of them asked too much: by tenths until it is alone, so that the others do not suffer. Each child that
        # it ends takes as long as a child may take, so halves would be dearer.
        part = -(-len(pile) // 10)
        parts = (pile[start : start + part] for start in range(0, len(pile), part))
        return [one for few in parts for one in _read_all(few, roots)]


def _read(pile: Sequence[Asked], roots: Sequence[str]) -> list[Signed]:
    fit = [one for one in pile if _fits(one)]
    listed = [[len(one.content), one.original, one.at.isoformat()] for one in fit]
    said = _rows(b"".join(one.content for one in fit), {"files": listed, "roots": list(roots)}) if fit else []
    answers = iter([Signed(row["code"], row["untouched"], row["signatures"]) for row in said])
    return [next(answers) if _fits(one) else Signed("too_big" if one.content else "not_pdf") for one in pile]


def _fits(one: Asked) -> bool:
    return 0 < len(one.content) <= MOST_MEGABYTES * 1024 * 1024


def _rows(data: bytes, asked: dict[str, Any]) -> list[dict[str, Any]]:
    answer = answer_of_child(data, asked, reader="attendance.readers.signature_facts")
    return list(answer["rows"])

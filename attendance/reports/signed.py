"""Signed copies of the papers of a class: which paper has which, what a public page says of them, what waits."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from attendance.constants import IN_FORCE, Matched, SignatureState, SignedBy
from attendance.models import Certificate, ClassPaper, SignedCopy, TrustedRoot
from attendance.readers.paper_pictures import texts_of
from courses.constants.clock import VIETNAM
from courses.constants.names import search_key
from courses.models import Course, File

#: A copy of these is one of its paper.
TAKEN = (Matched.BYTES, Matched.ACCEPTED)


@dataclass(frozen=True)
class Original:
    """A paper of a class that can be signed: a certificate or a paper of the class file. `file` is without bytes."""

    number: str
    name: str
    file: File
    certificate: Certificate | None = None
    paper: ClassPaper | None = None
    code: str = ""

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"c{self.certificate.pk}" if self.certificate else f"p{self.paper.pk}" if self.paper else ""

    @property
    def file_name(self) -> str:
        """Number and person without marks, as every system can hold it."""
        kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in search_key(f"{self.number} {self.name}"))
        return "-".join(filter(None, kept.split("-"))) + ".pdf"


@dataclass
class Row:
    """A paper with its copies, the newest first; `copy` is the one that counts, `mark` the software's."""

    original: Original
    copies: list[SignedCopy] = field(default_factory=list)
    mark: SignedCopy | None = None

    @property
    def copy(self) -> SignedCopy | None:
        return self.copies[0] if self.copies else None


def originals_of(course: Course) -> list[Original]:
    """What can be signed of a class: its papers, then its certificates in register order. (2 queries.)"""
    made_here = {"file__media_type": "application/pdf", "file__sealed": False, "removed_at__isnull": True}
    papers = ClassPaper.objects.filter(course=course, **made_here).select_related("file").order_by("pk")
    certificates = Certificate.objects.filter(registration__course=course, pdf__isnull=False).select_related("pdf")
    found = [
        Original(paper.number, paper.get_kind_display(), paper.file, paper=paper)
        for paper in papers.defer("file__content")
    ]
    for certificate in certificates.defer("pdf__content").in_register_order():
        facts, pdf = certificate.facts, certificate.pdf
        found.append(Original(facts["number"], facts["full_name"], pdf, certificate=certificate, code=certificate.code))
    return found


def in_force_alone(originals: Iterable[Original]) -> list[Original]:
    """Without certificates that are void, revoked or replaced: nobody signs them any more."""
    return [one for one in originals if one.certificate is None or one.certificate.state in IN_FORCE]


def rows_of(course: Course) -> tuple[list[Row], list[SignedCopy]]:
    """Each paper of the class with its copies, and the copies that wait for somebody to look. (3 queries.)"""
    originals = originals_of(course)
    rows = {one.key: Row(one) for one in originals}
    waiting = []
    copies = SignedCopy.objects.filter(course=course).select_related("added_by").order_by("-pk")
    for copy in copies:
        if copy.matched == Matched.WAITS:
            waiting.append(copy)
        elif copy.matched in TAKEN:
            row = rows.get(f"c{copy.certificate_id}" if copy.certificate_id else f"p{copy.paper_id}")
            if row is None:
                continue
            if copy.signed_by == SignedBy.SOFTWARE:
                row.mark = row.mark or copy
            else:
                row.copies.append(copy)
    in_force = {one.key for one in in_force_alone(originals)}
    return [row for row in rows.values() if row.copies or row.mark or row.original.key in in_force], waiting[::-1]


def files_of(originals: Iterable[Original]) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of each, read one after the other: thousands are never in memory together."""
    for one in originals:
        yield one.file_name, bytes(File.objects.values_list("content", flat=True).get(pk=one.file.pk))


def likeliest(originals: Iterable[Original], text: str, name: str) -> Original | None:
    """Of which paper a file could be, by the code or number in its text or name; None when nothing says so."""
    tight, called = "".join(text.split()).upper().replace("-", ""), search_key(name)
    originals = [one for one in originals if one.number]
    by_code = (one for one in originals if one.code and one.code in tight)
    by_number = (one for one in originals if "".join(one.number.split()).upper().replace("-", "") in tight)
    by_name = (one for one in originals if called.startswith(one.file_name.removesuffix(".pdf")))
    by_number_in_name = (one for one in originals if called.startswith(_dashed(one.number) + "-"))
    return next((found for ways in (by_code, by_name, by_number_in_name, by_number) for found in ways), None)


def _dashed(number: str) -> str:
    return search_key(number).replace("/", "-")


# What others say of them


@dataclass(frozen=True)
class Signatures:
    """What is known of the signatures under a paper: the newest copy of the office, and the software's mark apart."""

    office: SignedCopy | None
    mark: SignedCopy | None

    def lines(self) -> list[tuple[str, str]]:
        """(label, value) for the page that checks a certificate: by whom it was signed, when that says so, and what is
        known of it."""
        lines: list[tuple[str, str]] = []
        if self.office:
            lines += [(_("Signed digitally by"), signer_in_words(one)) for one in self.office.signatures]
            lines.append((_("Digital signature"), state_in_words(self.office)))
        if self.mark:
            lines.append((_("Check mark of the software"), "; ".join(map(signer_in_words, self.mark.signatures))))
        return lines

    def for_programs(self) -> list[dict]:
        """The same without words: each copy with its state, whether it begins with the issued bytes, and who signed."""
        return [
            {
                "by": copy.signed_by,
                "state": copy.state,
                "same_bytes": copy.matched == Matched.BYTES,
                "signatures": [
                    {name: one.get(name) for name in ("signer", "organisation", "at", "stamped", "root")}
                    for one in copy.signatures
                ],
            }
            for copy in (self.office, self.mark)
            if copy
        ]


def signatures_of(paper: Certificate) -> Signatures:
    """(1 query.)"""
    copies = list(SignedCopy.objects.filter(certificate=paper, matched__in=TAKEN).order_by("-pk"))
    office = next((copy for copy in copies if copy.signed_by == SignedBy.OFFICE), None)
    mark = next((copy for copy in copies if copy.signed_by == SignedBy.SOFTWARE), None)
    return Signatures(office, mark if mark and mark.state != SignatureState.BROKEN else None)


def state_in_words(copy: SignedCopy) -> str:
    words = copy.get_state_display()
    roots = sorted({one["root"] for one in copy.signatures if one.get("root")})
    if copy.state == SignatureState.VALID and roots:
        words += " " + _("(root certificate: %(roots)s)") % {"roots": ", ".join(roots)}
    if copy.matched == Matched.ACCEPTED:
        words += ". " + _("The signed file is not the issued file byte for byte; an officer compared and accepted it.")
    return words


def signer_in_words(signature: dict) -> str:
    """Who signed, and when as the signature itself says; only a trusted time stamp shows the time to be true."""
    who = ", ".join(filter(None, (signature["signer"], signature.get("organisation", "")))) or _("unknown")
    if not signature["at"]:
        return who
    at = datetime.fromisoformat(signature["at"]).astimezone(VIETNAM)
    words = pgettext("signature", "%(who)s, at %(time)s on %(day)s by a trusted time stamp")
    if not signature.get("stamped"):
        words = pgettext("signature", "%(who)s, at %(time)s on %(day)s as the signature says")
    return words % {"who": who, "time": f"{at:%H:%M}", "day": f"{at:%d/%m/%Y}"}


def roots_in_use() -> list[str]:
    """The installed root certificates, as PEM."""
    return list(TrustedRoot.objects.filter(removed_at__isnull=True).order_by("pk").values_list("pem", flat=True))


def copies_to_judge() -> QuerySet[SignedCopy]:
    return SignedCopy.objects.filter(~Q(matched=Matched.REFUSED)).order_by("pk")


# For the pages of officers


@dataclass(frozen=True)
class InWords:
    """A copy as a page shows it. `tone` is the style of the state: ok, warn or bad."""

    copy: SignedCopy
    state: str
    tone: str
    signers: list[str]


def with_words(copy: SignedCopy | None) -> InWords | None:
    if copy is None:
        return None
    tones = {SignatureState.VALID: "ok", SignatureState.UNCHECKED: "warn", SignatureState.BROKEN: "bad"}
    return InWords(
        copy, state_in_words(copy), tones[SignatureState(copy.state)], [signer_in_words(one) for one in copy.signatures]
    )


def original_of(originals: Iterable[Original], copy: SignedCopy, asked: str) -> Original | None:
    """The paper to compare a copy with: the one asked for by its key, else the likeliest."""
    by_key = {one.key: one for one in originals}
    own = f"c{copy.certificate_id}" if copy.certificate_id else f"p{copy.paper_id}"
    return by_key.get(asked) or by_key.get(own)


def differing_words(original: bytes, signed: bytes) -> tuple[list[str], list[str]] | None:
    """The words that stand in the paper alone, and in the signed file alone, in their order; None where the text of one
    cannot be read."""
    before, after = (text.split() for text in texts_of([original, signed]))
    if not before or not after:
        return None
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    changed = [op for op in matcher.get_opcodes() if op[0] != "equal"]
    return (
        [" ".join(before[start:end]) for _tag, start, end, _a, _b in changed if end > start],
        [" ".join(after[start:end]) for _tag, _a, _b, start, end in changed if end > start],
    )

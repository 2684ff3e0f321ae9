"""Signed papers coming back: matched with what went out, their signatures judged, kept byte for byte.

Files are read before the class is locked, in a child process and without a network; what was read is of frozen bytes,
so nothing can change meanwhile.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from attendance.constants import IN_HANDS, Matched, SignatureState, SignedBy
from attendance.models import SignedCopy
from attendance.readers.paper_pictures import texts_of
from attendance.readers.signatures import Asked, Signed, read_signatures
from attendance.reports.signed import Original, copies_to_judge, likeliest, originals_of, roots_in_use
from attendance.rules.permissions import may_certify
from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import FilePurpose
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import Course, File
from courses.services.records import log_action, read_file, store_file
from courses.services.registrations import lock_course

_AT_ONCE = 50
#: So many papers get the software's mark at one press, about ten seconds of work.
MOST_MARKS = 400


def can_sign() -> bool:
    """Whether the site has a key of its own."""
    return bool(settings.SIGNING_P12)


@dataclass(frozen=True)
class Taken:
    """What became of one uploaded file: its copy, or the sentence why it was not kept. `known`: it was here before."""

    name: str
    copy: SignedCopy | None
    sentence: str = ""
    known: bool = False


def take_in_signed(course: Course, files: Sequence[tuple[str, bytes]], *, actor: Actor) -> list[Taken]:
    """Keeps each signed file beside the paper that it begins with; one that begins with none waits for a person.

    What is not signed, or broken, is not kept and has its sentence. The same file twice is one copy. Refusal when the
    actor may not issue papers of the class.
    """
    _may(course, actor)
    originals = originals_of(course)
    at = now()
    prefixes = [_original_of(content, originals) for _name, content in files]
    asked = [
        Asked(content, at, original.file.size if original else 0)
        for (_name, content), original in zip(files, prefixes, strict=True)
    ]
    said = read_signatures(asked, roots_in_use())
    strange = [
        content
        for (_name, content), original, one in zip(files, prefixes, said, strict=True)
        if not one.code and original is None
    ]
    texts = iter(texts_of(strange))
    taken = []
    for (name, content), original, one in zip(files, prefixes, said, strict=True):
        if one.code:
            taken.append(Taken(name, None, one.sentence))
            continue
        matched, sentence = (Matched.BYTES if original and one.untouched else Matched.WAITS), ""
        if original is None:
            original = likeliest(originals, next(texts), name)
        elif not one.untouched:
            sentence = _("Something else than a signature was added to the paper before it was signed.")
        taken.append(_keep(course, _Found(name, content, original, one, matched, sentence), actor=actor))
    return taken


@transaction.atomic
def accept_signed(copy: SignedCopy, original: Original, *, actor: Actor) -> SignedCopy:
    """A person has compared the two: the copy is of this paper, though not byte for byte. Twice is harmless."""
    course, copy = _locked(copy, actor)
    same = (copy.certificate, copy.paper) == (original.certificate, original.paper)
    if copy.matched == Matched.ACCEPTED and same:
        return copy
    if original.key not in {one.key for one in originals_of(course)}:
        raise Refusal(_("Please choose a paper of this class."))
    copy.certificate, copy.paper = original.certificate, original.paper
    return _answer(course, copy, Matched.ACCEPTED, actor)


@transaction.atomic
def refuse_signed(copy: SignedCopy, *, actor: Actor) -> SignedCopy:
    """A person has compared the two: the copy is none of this paper. It stays, and counts for nothing."""
    course, copy = _locked(copy, actor)
    if copy.matched == Matched.REFUSED:
        return copy
    return _answer(course, copy, Matched.REFUSED, actor)


def judge_anew() -> int:
    """Judges the signatures of all copies by the roots that are installed now; how many were judged otherwise before.

    Trust is as of the moment at which each came. A copy whose reading fails is left as it was: it was read before.
    """
    roots, changed = roots_in_use(), 0
    ids = list(copies_to_judge().values_list("pk", flat=True))
    for start in range(0, len(ids), _AT_ONCE):
        copies = list(copies_to_judge().filter(pk__in=ids[start : start + _AT_ONCE]).select_related("file"))
        said = read_signatures([Asked(read_file(copy.file), copy.added_at) for copy in copies], roots)
        for copy, one in zip(copies, said, strict=True):
            if one.signatures and (copy.state, copy.signatures) != (one.state, one.signatures):
                changed += copy.state != one.state
                _judge(copy, one)
    return changed


@transaction.atomic
def _judge(copy: SignedCopy, one: Signed) -> None:
    # Nothing else is written: somebody may be answering about the copy in this moment.
    SignedCopy.objects.filter(pk=copy.pk).update(state=one.state, signatures=one.signatures)
    log_action(SYSTEM, "answer signed", copy, course=copy.course_id, changes={"state": [copy.state, one.state]})


@dataclass(frozen=True)
class _Found:
    """A file that was read, with the paper that it begins with or seems to be of."""

    name: str
    content: bytes
    original: Original | None
    signed: Signed
    matched: Matched
    sentence: str


def _may(course: Course, actor: Actor) -> None:
    if not may_certify(actor, course):
        raise Refusal(_("Only a certificate officer of the host office can take in signed papers of this class."))


@transaction.atomic
def _keep(course: Course, found: _Found, *, actor: Actor) -> Taken:
    course = lock_course(course)
    _may(course, actor)
    file = store_file(found.content, purpose=FilePurpose.SIGNED, media_type="application/pdf")
    known = SignedCopy.objects.filter(course=course, file=file).first()
    if known:
        return Taken(found.name, known, known=True)
    copy = SignedCopy.objects.create(
        course=course,
        certificate=found.original.certificate if found.original else None,
        paper=found.original.paper if found.original else None,
        file=file,
        file_name=found.name,
        matched=found.matched,
        state=found.signed.state,
        signatures=found.signed.signatures,
        sentence=found.sentence,
        added_at=now(),
        added_by_id=actor.user_id,
    )
    changes = {"matched": [None, copy.matched], "state": [None, copy.state], "sha256": [None, file.sha256]}
    log_action(actor, "take in signed", copy, course=course, changes=changes)
    return Taken(found.name, copy)


def _original_of(content: bytes, originals: Sequence[Original]) -> Original | None:
    """The longest paper whose very bytes the file begins with: one pass over the file, whatever their number."""
    running, read, found = hashlib.sha256(), 0, None
    for one in sorted(originals, key=lambda original: original.file.size):
        if one.file.size > len(content):
            break
        running.update(content[read : one.file.size])
        read = one.file.size
        if running.copy().hexdigest() == one.file.sha256:
            found = one
    return found


def _locked(copy: SignedCopy, actor: Actor) -> tuple[Course, SignedCopy]:
    course = lock_course(copy.course)
    _may(course, actor)
    copy = SignedCopy.objects.select_for_update().get(pk=copy.pk)
    if copy.matched == Matched.BYTES or copy.signed_by == SignedBy.SOFTWARE:
        raise Refusal(_("This copy begins with the very bytes of its paper: there is nothing to decide."))
    if copy.state == SignatureState.BROKEN:
        raise Refusal(_("The signature of this copy is broken: it counts for nothing."))
    return course, copy


def _answer(course: Course, copy: SignedCopy, matched: Matched, actor: Actor) -> SignedCopy:
    before, copy.matched = copy.matched, matched
    copy.answered_at, copy.answered_by_id = now(), actor.user_id
    copy.save(update_fields=["matched", "certificate", "paper", "answered_at", "answered_by"])
    log_action(actor, "answer signed", copy, course=course, changes={"matched": [before, matched]})
    return copy


# The software's own mark


def papers_without_mark(course: Course) -> list[Original]:
    """The issued papers that the software has not put its mark on yet. (3 queries.)"""
    marked = SignedCopy.objects.filter(course=course, signed_by=SignedBy.SOFTWARE)
    done = set(marked.values_list("certificate_id", flat=True))
    issued = IN_HANDS
    return [
        one
        for one in originals_of(course)
        if one.certificate and one.certificate.state in issued and one.certificate.pk not in done
    ]


def mark_by_software(course: Course, *, actor: Actor) -> int:
    """Puts the software's mark on the issued papers of a class that have none, the first MOST_MARKS of them; how many.

    Each is read as a stranger's would be before it is kept. Refusal when the site has no key, when a time stamp cannot
    be had, or when what was signed is not found to be whole: those before it are kept.
    """
    _may(course, actor)
    if not can_sign():
        raise Refusal(_("This site has no key of its own to sign with."))
    from attendance.rendering.signing import sign  # a quarter of the time of each start, for what few sites have

    todo, done = papers_without_mark(course)[:MOST_MARKS], 0
    roots = roots_in_use()
    for start in range(0, len(todo), _AT_ONCE):
        pile = todo[start : start + _AT_ONCE]
        contents = [sign(read_file(File.objects.get(pk=one.file.pk))) for one in pile]
        asked = [Asked(content, now(), one.file.size) for one, content in zip(pile, contents, strict=True)]
        for one, content, said in zip(pile, contents, read_signatures(asked, roots), strict=True):
            if said.code or not said.untouched:
                raise Refusal(_("What was signed could not be read back as it should be, so it was not kept."))
            done += _keep_mark(course, one, content, said, actor=actor)
    return done


@transaction.atomic
def _keep_mark(course: Course, original: Original, content: bytes, said: Signed, *, actor: Actor) -> bool:
    course = lock_course(course)
    _may(course, actor)
    certificate = original.certificate
    if SignedCopy.objects.filter(certificate=certificate, signed_by=SignedBy.SOFTWARE).exists():
        return False
    copy = SignedCopy.objects.create(
        course=course,
        certificate=certificate,
        file=store_file(content, purpose=FilePurpose.SIGNED, media_type="application/pdf"),
        file_name=original.file_name,
        signed_by=SignedBy.SOFTWARE,
        matched=Matched.BYTES,
        state=said.state,
        signatures=said.signatures,
        added_at=now(),
        added_by_id=actor.user_id,
    )
    log_action(actor, "sign", copy, course=course, changes={"sha256": [None, copy.file.sha256]})
    return True

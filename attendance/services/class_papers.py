"""The file of a class (hồ sơ lớp): papers with their number in the office's own register of documents, their file and
the copy with the signature. What is decided in the class points to the paper with the number that it names."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from attendance.constants import ClassPaperKind
from attendance.models import Certificate, ClassPaper, Completion
from attendance.reports.class_file import says_number
from attendance.rules.permissions import may_certify, may_file
from attendance.services.register import check_may_issue
from courses.constants.actors import Actor
from courses.constants.choices import FilePurpose
from courses.constants.clock import now, today
from courses.constants.errors import Refusal
from courses.constants.names import clean_text
from courses.models import Course, File
from courses.services.records import log_action, store_document, store_file, store_scan
from courses.services.registrations import lock_course

_LONGEST = {"number": 60, "summary": 300, "author": 200}


@dataclass(frozen=True)
class Entry:
    """What the office's register of documents says of a paper; `author` is empty for papers of the host itself."""

    kind: str
    number: str = ""
    date: dt.date | None = None
    summary: str = ""
    author: str = ""


@transaction.atomic
def file_paper(course: Course, entry: Entry, *, actor: Actor, content: bytes = b"", name: str = "") -> ClassPaper:
    """Puts a paper into the file of the class, with its file where there is one; the same paper again is given back.

    Refusal without a summary or a number to know it by, for a day still to come, for a file that is none of Word,
    Excel, PDF or a picture, and without the right to (`may_file`; a decision on certificates: `may_certify`).
    """
    course = lock_course(course)
    entry = _checked(course, entry, actor)
    file = store_document(content, purpose=FilePurpose.PAPER) if content else None
    return _kept(course, entry, file, actor=actor, name=name)


@transaction.atomic
def keep_decision(
    course: Course, pdf: bytes, *, actor: Actor, number: str, date: dt.date, summary: str = ""
) -> ClassPaper:
    """Keeps the decision on the certificates of a class with the number and date that the office gave it; the same one
    again is given back. Nothing is replaced: another number or list is another paper, and the latest is proposed.

    Refusal without a number, for a day still to come, and without the right to.
    """
    course = lock_course(course)
    check_may_issue(course, actor)
    if not number.strip():
        raise Refusal(_("Please type the number that the decision has in the office's register of documents."))
    entry = _checked(course, Entry(ClassPaperKind.DECISION, number, date, summary[:300]), actor)
    file = store_file(pdf, purpose=FilePurpose.PAPER, media_type="application/pdf")
    return _kept(course, entry, file, actor=actor)


@transaction.atomic
def change_paper(paper: ClassPaper, entry: Entry, *, actor: Actor) -> ClassPaper:
    """Puts right what the file says of a paper; its kind stays. Without a change nothing is written.

    Refusal as in `file_paper`, and for a paper that was taken out.
    """
    course, paper = _locked(paper, actor)
    entry = _checked(course, entry, actor)
    old = {field: getattr(paper, field) for field in ("number", "date", "summary", "author")}
    new = {field: getattr(entry, field) for field in old}
    changes = {field: [_said(old[field]), _said(new[field])] for field in old if old[field] != new[field]}
    if not changes:
        return paper
    for field, value in new.items():
        setattr(paper, field, value)
    paper.save(update_fields=list(new))
    log_action(actor, "change paper", paper, course=course, changes=changes)
    if "number" in changes or "date" in changes:
        _point_elsewhere(course, paper)
    return paper


@transaction.atomic
def attach_signed(paper: ClassPaper, content: bytes, *, name: str, actor: Actor) -> ClassPaper:
    """Keeps the scan or the signed file beside the paper; another one takes its place, and the log knows of both.

    Refusal for what is neither PDF, JPG nor PNG or is too big, and as in `change_paper`.
    """
    course, paper = _locked(paper, actor)
    file = store_scan(content, purpose=FilePurpose.SIGNED)
    if paper.signed_id == file.pk:
        return paper
    changes = {"signed": [paper.signed_id, file.pk]}
    paper.signed, paper.signed_name = file, clean_text(name)[:200]
    paper.save(update_fields=["signed", "signed_name"])
    log_action(actor, "attach signed", paper, course=course, changes=changes)
    return paper


@transaction.atomic
def take_out_paper(paper: ClassPaper, *, why: str, actor: Actor) -> ClassPaper:
    """Takes a paper that was entered by mistake out of the file; it stays in the log with its reason, and what pointed
    to it points to another paper of the number or to none. Twice is harmless. Refusal without a reason."""
    course, paper = _locked(paper, actor, also_removed=True)
    if paper.removed_at:
        return paper
    why = clean_text(why)[:300]
    if not why:
        raise Refusal(_("Please say why the paper is taken out of the file."))
    paper.removed_at, paper.removed_by_id, paper.removed_why = now(), actor.user_id, why
    paper.save(update_fields=["removed_at", "removed_by", "removed_why"])
    log_action(actor, "take out paper", paper, course=course, changes={"removed_why": ["", why]})
    _point_elsewhere(course, paper)
    return paper


def _kept(course: Course, entry: Entry, file: File | None, *, actor: Actor, name: str = "") -> ClassPaper:
    said = {"kind": entry.kind, "number": entry.number, "date": entry.date, "file": file}
    same = ClassPaper.objects.filter(course=course, removed_at__isnull=True, summary=entry.summary, **said).first()
    if same:
        return same
    said |= {"summary": entry.summary, "author": entry.author, "file_name": clean_text(name)[:200]}
    paper = ClassPaper.objects.create(course=course, **said, made_at=now(), made_by_id=actor.user_id)
    changes = {"number": [None, paper.number], "date": [None, _said(paper.date)]}
    log_action(actor, "number paper", paper, course=course, changes=changes)
    _point_here(course, paper)
    return paper


def _checked(course: Course, entry: Entry, actor: Actor) -> Entry:
    is_decision = entry.kind == ClassPaperKind.DECISION
    if not (may_certify(actor, course) if is_decision else may_file(actor, course)):
        raise Refusal(_("Only those who organise or certify this class can change its file."))
    said = {field: clean_text(getattr(entry, field)) for field in _LONGEST}
    if entry.kind not in ClassPaperKind.values or any(len(said[field]) > most for field, most in _LONGEST.items()):
        raise Refusal(_("The number can have 60 characters, the summary 300, the office 200. Please shorten it."))
    if not said["number"] and not said["summary"]:
        raise Refusal(_("Please enter the number of the paper or what it is about."))
    if entry.date and entry.date > today():
        raise Refusal(_("The date of a paper cannot lie in the future."))
    return Entry(entry.kind, date=entry.date, **said)


def _locked(paper: ClassPaper, actor: Actor, *, also_removed: bool = False) -> tuple[Course, ClassPaper]:
    course = lock_course(paper.course)
    paper = ClassPaper.objects.select_for_update().get(pk=paper.pk)
    _checked(course, Entry(paper.kind, paper.number or "–"), actor)
    if paper.removed_at and not also_removed:
        raise Refusal(_("This paper was taken out of the file."))
    return course, paper


def _point_here(course: Course, paper: ClassPaper) -> None:
    """What names the paper by its number, and by its day where both say one, points to it unless it points to another
    (`attendance.reports.class_file.paper_with_number` says the same from the other side)."""
    if not paper.number:
        return
    papers = Certificate.objects.filter(registration__course=course).order_by()
    issued = papers.filter(decision__isnull=True, facts__decision_number=paper.number)
    if paper.date:
        issued = issued.filter(facts__decision_date__in=["", paper.date.isoformat()])
    issued.update(decision=paper)
    ended = papers.filter(ended_paper__isnull=True, ended_document=paper.number)
    if paper.date:
        ended = ended.filter(ended_document_date=paper.date)
    ended.update(ended_paper=paper)
    cases = Completion.objects.filter(registration__course=course, override_document__contains=paper.number)
    for case in cases.filter(override_paper__isnull=True).order_by("pk"):
        if says_number(case.override_document, paper.number):
            Completion.objects.filter(pk=case.pk).update(override_paper=paper)


def _point_elsewhere(course: Course, paper: ClassPaper) -> None:
    """After another number, or none: nothing points to what does not name it any more."""
    Certificate.objects.filter(decision=paper).update(decision=None)
    Certificate.objects.filter(ended_paper=paper).update(ended_paper=None)
    Completion.objects.filter(override_paper=paper).update(override_paper=None)
    for other in ClassPaper.objects.filter(course=course, removed_at__isnull=True).exclude(number="").order_by("-pk"):
        _point_here(course, other)


def _said(value):
    return value.isoformat() if isinstance(value, dt.date) else value

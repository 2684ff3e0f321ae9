"""Writing the register: numbers without a gap, papers that never change.

One transaction a certificate: lock the registration, judge, take the number, draw the paper with it, read it back,
store facts and bytes. Whatever fails rolls the number back.
"""

import json
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from attendance.constants import IN_FORCE, IN_HANDS, CertificateState
from attendance.models import Certificate, Completion, CourseRule, RegisterBook
from attendance.rendering.certificate import TEMPLATE_VERSION
from attendance.reports.checking import facts_of
from attendance.reports.looks import words_of
from attendance.reports.papers import (
    Frame,
    Order,
    check_order,
    completed_now,
    drawn,
    facts_for,
    frame_of,
    grade_is_open,
    in_the_way,
    registrations_of,
    revoked_in_words,
    waits_until,
)
from attendance.reports.verdicts import Held, held_of, verdict_of
from attendance.rules.eligibility import Verdict
from attendance.rules.permissions import may_certify, may_keep_book
from attendance.rules.words import Words, carried_over, format_by_example
from attendance.rules.words import number_format as number_format_of
from attendance.services.blanks import take_blank
from courses.constants import codes
from courses.constants.actors import Actor
from courses.constants.choices import FilePurpose
from courses.constants.clock import now, today
from courses.constants.errors import Refusal
from courses.constants.names import clean_text
from courses.models import Course, Office, Registration
from courses.services.records import log_action, store_file

log = logging.getLogger(__name__)

#: One statement that both opens a year's book and takes its next number: a select for update of a row that is not
#: there locks nothing, and two first certificates of a year would meet.
_TAKE = """
INSERT INTO attendance_registerbook (issuer_id, kind, year, number_format, opening_number, opening_reason, last_number)
VALUES (%s, %s, %s, %s, 1, '', 1)
ON CONFLICT (issuer_id, kind, year) DO UPDATE SET last_number = attendance_registerbook.last_number + 1
RETURNING *
"""


#: Papers that decide whether another one is prepared.
_STANDING = (*sorted(IN_FORCE), CertificateState.REVOKED)
#: For so many seconds papers made one after the other go by what they have in common as it was read once.
_FRESH = 2.0


@dataclass(frozen=True)
class Ground:
    """What papers of one class have in common: the frame of an order that can be, and by what its people are judged.
    What is the person's own (name, blocks, marks, points, special case) is read for each paper, under its lock."""

    frame: Frame
    held: Held


def ground_of(course: Course, order: Order) -> Ground:
    """Refusal when papers of the class cannot be made by such an order."""
    check_order(order, course)
    return Ground(frame_of(course, order), held_of([course.pk])[course.pk])


@dataclass(frozen=True)
class Result:
    """What became of one registration: its certificate, or the sentence why there is none."""

    registration: Registration
    certificate: Certificate | None
    sentence: str = ""


@transaction.atomic
def open_book(
    *,
    issuer: Office,
    kind: str,
    year: int,
    actor: Actor,
    opening_number: int = 1,
    reason: str = "",
    first_printed: str = "",
) -> RegisterBook:
    """Opens the register of an issuer, kind and year at any number, once; later calls give the book that is there.

    `first_printed` is the opening number as it stands on a paper, "015/2026/GCN"; without it the book before says how,
    and for a first book the kind. Refusal for another opening number or form than the book's, for a number above 1
    without a reason, and for a form in which the number does not stand once.
    """
    if not may_keep_book(actor, issuer):
        raise Refusal(_("Only a certificate officer of the issuing office can open its register book."))
    if opening_number != 1 and not reason.strip():
        raise Refusal(_("Please say why the book does not begin at 1."))
    form = _form_of(first_printed, opening_number)
    book, made = RegisterBook.objects.get_or_create(
        issuer=issuer,
        kind=kind,
        year=year,
        defaults={
            "opening_number": opening_number,
            "last_number": opening_number - 1,
            "opening_reason": reason,
            "number_format": form or _usual_form(issuer, kind, year),
        },
    )
    if made:
        changes = {"opening_number": [None, opening_number], "reason": [None, reason]}
        log_action(actor, "open", book, changes=changes | ({"number_format": [None, form]} if form else {}))
    elif book.opening_number != opening_number:
        raise Refusal(_("This book was opened at number %(number)d already.") % {"number": book.opening_number})
    elif form not in ("", book.number_format):
        said = {"printed": book.printed(opening_number)}
        raise Refusal(_("The first number of this book is printed as %(printed)s already.") % said)
    return book


def _usual_form(issuer: Office, kind: str, year: int, words: Words | None = None) -> str:
    """How a book that nobody gives a form prints its numbers: as the one before of its issuer and kind, else as the
    kind says."""
    books = RegisterBook.objects.filter(issuer=issuer, kind=kind, year__lt=year).order_by("-year")
    before = books.values_list("number_format", "year").first()
    carried = carried_over(before[0], year=before[1], to=year) if before else ""
    return carried or number_format_of(words or words_of()[kind])


def _form_of(printed: str, number: int) -> str:
    printed = clean_text(printed)
    try:
        return printed and format_by_example(printed, number)
    except ValueError:
        raise Refusal(
            _(
                "Please write the number %(number)d as it will be printed, once, and beside it only letters, digits, "
                "spaces, slashes, points and hyphens, for example %(example)s."
            )
            % {"number": number, "example": f"{number:03d}/2026/GCN"}
        ) from None


def prepare_papers(
    course: Course, order: Order, *, actor: Actor, registration_ids: Iterable[int] | None = None
) -> list[Result]:
    """Prepares a paper for everybody of the class who has earned one or still can; repeats add nothing.

    One transaction a certificate, in register order; a paper that cannot be made is in the list with its sentence and
    takes no number. `registration_ids` narrows the class down.
    """
    check_may_issue(course, actor)
    check_order(order, course)
    people = registrations_of(course)
    if registration_ids is not None:
        people = people.filter(pk__among=list(registration_ids))
    prepare = preparing(course, order, actor=actor)
    return [attempt(person, prepare) for person in people]


def preparing(course: Course, order: Order, *, actor: Actor) -> Callable[[Registration], Certificate]:
    """`prepare_paper` for many of a class one after the other: what they have in common is read once in a while, and
    for each one while the order cannot be."""
    ground: Ground | None = None
    until = 0.0

    def prepare(registration: Registration) -> Certificate:
        nonlocal ground, until
        if time.monotonic() >= until:
            ground = ground_of(course, order)
            until = time.monotonic() + _FRESH
        return prepare_paper(registration, order, actor=actor, ground=ground)

    return prepare


def issue_papers(course: Course, *, actor: Actor, certificate_ids: Iterable[int] | None = None) -> list[Result]:
    """Issues the prepared papers of a class whose people have earned them; repeats change nothing."""
    check_may_issue(course, actor)
    prepared = (
        Certificate.objects.filter(registration__course=course, state=CertificateState.PREPARED)
        .select_related("registration__trainee", "registration__office")
        .in_register_order()
    )
    if certificate_ids is not None:
        prepared = prepared.filter(pk__in=list(certificate_ids))
    return [
        attempt(paper.registration, lambda _registration, paper=paper: issue_paper(paper, actor=actor))
        for paper in prepared
    ]


@transaction.atomic
def prepare_paper(
    registration: Registration, order: Order, *, actor: Actor, ground: Ground | None = None
) -> Certificate:
    """Takes a number and freezes the paper of one person; the paper in force is given back if there is one.

    `ground` is what the caller has just read for many. Refusal when the person cannot earn it any more, the order
    cannot be, or the paper cannot be drawn.
    """
    registration = _locked(registration)
    check_may_issue(registration.course, actor)
    ground = ground or ground_of(registration.course, order)
    if standing := _standing(registration):
        return standing
    verdict = _judged(registration, ground.held)
    if not verdict.can_still:
        raise Refusal(verdict.reason)
    if verdict.grade_open:
        raise Refusal(grade_is_open())
    paper = freeze_paper(registration, order, actor=actor, frame=ground.frame, said={"grade": verdict.grade})
    _complete(registration, verdict, ground.held.row)
    log_action(actor, "prepare", paper, course=registration.course, changes={"number": [None, paper.facts["number"]]})
    return paper


def freeze_paper(
    registration: Registration,
    order: Order,
    *,
    actor: Actor,
    frame: Frame | None = None,
    said: dict | None = None,
    **fields,
) -> Certificate:
    """The paper itself, for acts that have locked the registration and judged: takes the number and the blank, draws
    and reads back, and stores. `said` are facts that this paper says otherwise, `fields` further columns of its row.
    """
    frame = frame or frame_of(registration.course, order)
    book, number = take_number(order, frame.words)
    blank_number = take_blank(order.blanks) if order.blanks else None
    serial = order.blanks.printed(blank_number) if order.blanks else ""
    code = codes.new_code()
    facts = facts_for(registration, frame, number=book.printed(number), code=code, serial=serial)
    facts = replace(facts, **(said or {}))
    pdf = drawn(facts, frame.look)
    return Certificate.objects.create(
        book=book,
        number=number,
        registration=registration,
        code=code,
        facts=json.loads(facts.to_json()),
        pdf=store_file(pdf, purpose=FilePurpose.CERTIFICATE, media_type="application/pdf", is_new=True),
        template_version=TEMPLATE_VERSION,
        template=order.template,
        blanks=order.blanks,
        blank_number=blank_number,
        issue_date=order.issue_date,
        prepared_at=now(),
        prepared_by_id=actor.user_id,
        decision=frame.decision,
        **fields,
    )


@transaction.atomic
def issue_paper(paper: Certificate, *, actor: Actor) -> Certificate:
    """Issues a prepared paper when it has been earned: no number, no drawing. An issued one is given back as it is."""
    registration = Registration.objects.select_for_update().get(pk=paper.registration_id)
    registration = registrations_of(registration.course).filter(pk=registration.pk).first()
    paper = Certificate.objects.select_for_update().get(pk=paper.pk)
    if paper.state in IN_HANDS:
        return paper
    if registration is None:
        raise Refusal(_("This person is not on the list of the class any more."))
    check_may_issue(registration.course, actor)
    if paper.state != CertificateState.PREPARED:
        raise Refusal(
            _("Number %(number)s is not in force any more and cannot be issued.") % {"number": paper.facts["number"]}
        )
    check_day(paper)
    held = held_of([registration.course_id])[registration.course_id]
    verdict = _judged(registration, held)
    if not verdict.earned:
        raise Refusal(verdict.reason)
    if paper.facts.get("grade", "") != verdict.grade:
        raise Refusal(
            _(
                "Number %(number)s says another grade than the points do now: please make it void and prepare the "
                "paper again."
            )
            % {"number": paper.facts["number"]}
        )
    completed = completed_now(registration)
    if {name: getattr(facts_of(paper), name) for name in completed} != completed:
        raise Refusal(
            _(
                "Number %(number)s says other blocks, periods or days of the class than hold now: please make it void "
                "and prepare the paper again."
            )
            % {"number": paper.facts["number"]}
        )
    paper.state, paper.issued_at, paper.issued_by_id = CertificateState.ISSUED, now(), actor.user_id
    paper.save(update_fields=["state", "issued_at", "issued_by"])
    _complete(registration, verdict, held.row)
    log_action(
        actor,
        "issue",
        paper,
        course=registration.course,
        changes={"state": [CertificateState.PREPARED, CertificateState.ISSUED]},
    )
    return paper


def check_day(paper: Certificate) -> None:
    """Refusal when a prepared paper is dated on a day that has not come."""
    if sentence := waits_until(paper.issue_date):
        raise Refusal(sentence)


def take_number(order: Order, words: Words | None = None) -> tuple[RegisterBook, int]:
    """The book of the order and its next number, taken until the transaction ends; a failure gives it back.

    Refusal when the book already has a paper of a later date; papers of a closing day that lies ahead hold nobody back.
    """
    [book] = RegisterBook.objects.raw(_TAKE, [order.issuer.pk, order.kind, order.issue_date.year, ""])
    if not book.number_format:  # opened just now: nobody else has seen it, and whoever asks for it waits
        book.number_format = _usual_form(order.issuer, order.kind, book.year, words)
        book.save(update_fields=["number_format"])
    number = book.last_number
    # Of the papers whose day has come the highest number has the latest; that one is found by the index.
    papers = Certificate.objects.filter(book=book, issue_date__lte=today())
    latest = papers.order_by("-number").values_list("issue_date", flat=True).first()
    if latest and order.issue_date < latest:
        raise Refusal(
            _("The register already has a paper of %(date)s: the date of issue cannot lie before it.")
            % {"date": f"{latest:%d/%m/%Y}"}
        )
    return book, number


def _locked(registration: Registration) -> Registration:
    """The registration as it is now, nobody else at it. Refusal when the person has left the class."""
    people = Registration.objects.filter(course=registration.course_id, pk=registration.pk).active().order_by()
    people = people.select_related("trainee", "course").prefetch_related("blocks")
    found = list(people.select_for_update(of=("self",)))
    if not found:
        raise Refusal(_("This person is not on the list of the class any more."))
    return found[0]


def _standing(registration: Registration) -> Certificate | None:
    """The paper in force. Refusal when a revoked one stands in the way of another, also that of a registration which
    went into this one."""
    own = Q(registration=registration) | Q(registration__merged_into=registration)
    papers = list(Certificate.objects.filter(own, state__in=_STANDING).select_related("book").order_by("pk"))
    for paper in papers:
        if paper.registration_id == registration.pk and paper.state in IN_FORCE:
            return paper
    if revoked := in_the_way(papers):
        raise Refusal(revoked_in_words(revoked))
    return None


def check_may_issue(course: Course, actor: Actor) -> None:
    """Refusal for whoever does not certify the class."""
    if not may_certify(actor, course):
        raise Refusal(_("Only a certificate officer of the host office can issue papers for this class."))


def attempt(registration: Registration, act: Callable[[Registration], Certificate]) -> Result:
    """One paper of a batch: what fails is in the list and does not stop the others."""
    try:
        return Result(registration, act(registration))
    except Refusal as refusal:
        return Result(registration, None, str(refusal))
    except Exception:
        # Whatever it was (a full disk, a fault of the drawing), its transaction took back the number; the others go on.
        log.exception("a paper of registration %s failed", registration.pk)
        return Result(registration, None, _("It could not be saved. Nothing was lost; please try again."))


def _judged(registration: Registration, held: Held) -> Verdict:
    """The verdict with its reason in Vietnamese whatever the officer's language is: it is kept."""
    with override("vi"):
        return verdict_of(registration, held)


def _complete(registration: Registration, verdict: Verdict, rule: CourseRule | None) -> None:
    """Keeps what was judged; an override that stands is left. (1 query.)"""
    judged = {"rule": rule, "earned": verdict.earned, "reason": verdict.reason, "judged_at": now()}
    Completion.objects.bulk_create(
        [Completion(registration=registration, **judged)],
        update_conflicts=True,
        unique_fields=["registration"],
        update_fields=list(judged),
    )

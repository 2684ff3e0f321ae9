"""Writing the register: numbers without a gap, papers that never change.

One transaction a certificate: lock the registration, judge, take the number, draw the paper with it, read it back,
store facts and bytes. Whatever fails rolls the number back.
"""

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from attendance.constants import CertificateState
from attendance.models import Certificate, Completion, RegisterBook
from attendance.rendering.certificate import TEMPLATE_VERSION
from attendance.reports.checking import facts_of
from attendance.reports.looks import words_of
from attendance.reports.papers import (
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
from attendance.reports.verdicts import rules_of, verdict_of
from attendance.rules.eligibility import Verdict
from attendance.rules.permissions import may_certify, may_keep_book
from attendance.rules.words import format_by_example
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
RETURNING id, last_number
"""


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

    `first_printed` is the opening number as it stands on a paper, "015/2026/GCN"; without it the kind says how. Refusal
    for another opening number or form than the book's, for a number above 1 without a reason, and for a form in which
    the number does not stand once.
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
            "number_format": form or number_format_of(words_of()[kind]),
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
    _may(course, actor)
    check_order(order, course)
    wanted = None if registration_ids is None else set(registration_ids)
    results = []
    for registration in registrations_of(course):
        if wanted is None or registration.pk in wanted:
            results.append(attempt(registration, lambda r: prepare_paper(r, order, actor=actor)))
    return results


def issue_papers(course: Course, *, actor: Actor, certificate_ids: Iterable[int] | None = None) -> list[Result]:
    """Issues the prepared papers of a class whose people have earned them; repeats change nothing."""
    _may(course, actor)
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
def prepare_paper(registration: Registration, order: Order, *, actor: Actor) -> Certificate:
    """Takes a number and freezes the paper of one person; the paper in force is given back if there is one.

    Refusal when the person cannot earn it any more, the order cannot be, or the paper cannot be drawn.
    """
    listed = registrations_of(registration.course).select_for_update(of=("self",))
    registration = listed.filter(pk=registration.pk).first()
    if registration is None:
        raise Refusal(_("This person is not on the list of the class any more."))
    _may(registration.course, actor)
    check_order(order, registration.course)
    paper = Certificate.objects.filter(registration=registration).in_force().select_related("book").first()
    if paper:
        return paper
    _check_revoked(registration)
    verdict = _judged(registration)
    if not verdict.can_still:
        raise Refusal(verdict.reason)
    if verdict.grade_open:
        raise Refusal(grade_is_open())
    paper = freeze_paper(registration, order, actor=actor, said={"grade": verdict.grade})
    _complete(registration, verdict)
    log_action(actor, "prepare", paper, course=registration.course, changes={"number": [None, paper.facts["number"]]})
    return paper


def freeze_paper(
    registration: Registration, order: Order, *, actor: Actor, said: dict | None = None, **fields
) -> Certificate:
    """The paper itself, for acts that have locked the registration and judged: takes the number and the blank, draws
    and reads back, and stores. `said` are facts that this paper says otherwise, `fields` further columns of its row.
    """
    book, number = take_number(order)
    blank_number = take_blank(order.blanks) if order.blanks else None
    serial = order.blanks.printed(blank_number) if order.blanks else ""
    code, frame = codes.new_code(), frame_of(registration.course, order)
    facts = facts_for(registration, frame, number=book.printed(number), code=code, serial=serial)
    facts = replace(facts, **(said or {}))
    return Certificate.objects.create(
        book=book,
        number=number,
        registration=registration,
        code=code,
        facts=json.loads(facts.to_json()),
        pdf=store_file(drawn(facts, frame.look), purpose=FilePurpose.CERTIFICATE, media_type="application/pdf"),
        template_version=TEMPLATE_VERSION,
        template=order.template,
        blanks=order.blanks,
        blank_number=blank_number,
        issue_date=order.issue_date,
        prepared_at=now(),
        prepared_by_id=actor.user_id,
        **fields,
    )


@transaction.atomic
def issue_paper(paper: Certificate, *, actor: Actor) -> Certificate:
    """Issues a prepared paper when it has been earned: no number, no drawing. An issued one is given back as it is."""
    registration = Registration.objects.select_for_update().get(pk=paper.registration_id)
    registration = registrations_of(registration.course).filter(pk=registration.pk).first()
    paper = Certificate.objects.select_for_update().get(pk=paper.pk)
    if paper.state in (CertificateState.ISSUED, CertificateState.HANDED_OVER):
        return paper
    if registration is None:
        raise Refusal(_("This person is not on the list of the class any more."))
    _may(registration.course, actor)
    if paper.state != CertificateState.PREPARED:
        raise Refusal(
            _("Number %(number)s is not in force any more and cannot be issued.") % {"number": paper.facts["number"]}
        )
    check_day(paper)
    verdict = _judged(registration)
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
    _complete(registration, verdict)
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


def take_number(order: Order) -> tuple[RegisterBook, int]:
    """The book of the order and its next number, taken until the transaction ends; a failure gives it back.

    Refusal when the book already has a paper of a later date; papers of a closing day that lies ahead hold nobody back.
    """
    with connection.cursor() as cursor:
        form = number_format_of(words_of()[order.kind])
        cursor.execute(_TAKE, [order.issuer.pk, order.kind, order.issue_date.year, form])
        book_id, number = cursor.fetchone()
    book = RegisterBook.objects.get(pk=book_id)
    # Of the papers whose day has come the highest number has the latest; that one is found by the index.
    papers = Certificate.objects.filter(book=book, issue_date__lte=today())
    latest = papers.order_by("-number").values_list("issue_date", flat=True).first()
    if latest and order.issue_date < latest:
        raise Refusal(
            _("The register already has a paper of %(date)s: the date of issue cannot lie before it.")
            % {"date": f"{latest:%d/%m/%Y}"}
        )
    return book, number


def _check_revoked(registration: Registration) -> None:
    """Refusal when a revoked paper of the person stands in the way of another, also that of a registration which went
    into this one."""
    own = Q(registration=registration) | Q(registration__merged_into=registration)
    paper = in_the_way(Certificate.objects.filter(own, state=CertificateState.REVOKED))
    if paper:
        raise Refusal(revoked_in_words(paper))


def _may(course: Course, actor: Actor) -> None:
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


def _judged(registration: Registration) -> Verdict:
    """The verdict with its reason in Vietnamese whatever the officer's language is: it is kept."""
    with override("vi"):
        return verdict_of(registration)


def _complete(registration: Registration, verdict: Verdict) -> None:
    """Keeps what was judged; an override that stands is left."""
    row, _rule = rules_of([registration.course_id]).get(registration.course_id, (None, None))
    judged = {"rule": row, "earned": verdict.earned, "reason": verdict.reason, "judged_at": now()}
    # The registration is locked: nobody else adds one meanwhile, and `update_or_create` would ask three times as much.
    if not Completion.objects.filter(registration=registration).update(**judged):
        Completion.objects.create(registration=registration, **judged)

"""What would stand on a person's paper, and who of a class would get one: read, judge, write nothing."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.conf import settings
from django.utils.translation import gettext as _

from attendance.constants import PaperKind
from attendance.models import BlankRange, Certificate, PaperTemplate
from attendance.rendering.certificate import CertificateFacts, draw_certificate, missing_facts
from attendance.rendering.look import PLAIN, Look
from attendance.reports.looks import authorised, blanks_left, look_of, words_of
from attendance.reports.verdicts import verdicts_of
from attendance.rules.eligibility import Verdict, serves
from attendance.rules.words import Words
from courses.constants import codes
from courses.constants.clock import today
from courses.constants.errors import Refusal
from courses.models import Course, Heading, Office, Registration, Session, Signer


@dataclass(frozen=True)
class Order:
    """What a certificate officer says once for all papers of a class. Without a template the paper has the look that
    the software brings along; a template for two signers needs the second, one for bought blanks the blanks."""

    issuer: Office
    signer: Signer
    issue_date: date
    kind: str = PaperKind.ATTESTATION
    decision_number: str = ""
    decision_date: date | None = None
    template: PaperTemplate | None = None
    second_signer: Signer | None = None
    blanks: BlankRange | None = None


@dataclass(frozen=True)
class Candidate:
    """One registration on the preview. `certificate` is the one in force; `hindrance` says why none can be drawn."""

    registration: Registration
    verdict: Verdict
    certificate: Certificate | None
    hindrance: str = ""

    @property
    def is_due(self) -> bool:
        """Gets a paper when the officer goes on: earned or still to be earned, drawable, without one so far."""
        return self.verdict.can_still and not self.certificate and not self.hindrance


def verify_url(code: str) -> str:
    """The address that the paper and its QR name; it is the certificate's own."""
    return f"{settings.SITE_URL}/verify/{codes.grouped(code)}/"


def check_order(order: Order, course: Course) -> None:
    """Refusal when papers of the class cannot be issued like this: a date in the future or before the last day of the
    class, which the paper says was completed; an office or a signer that was not there; a kind of paper that the office
    has no power to issue; a template, a second signer or blanks that do not go with it."""
    if order.issue_date < course.ends_on and order.issue_date <= today():
        raise Refusal(
            _("The paper says that the class was completed: its date cannot lie before the last day, %(day)s.")
            % {"day": f"{course.ends_on:%d/%m/%Y}"}
        )
    check_issuer(order)


def check_issuer(order: Order) -> None:
    """Refusal when the office cannot issue a paper like this on that day, whatever it is about."""
    if order.issue_date > today():
        raise Refusal(_("The date of issue cannot lie in the future."))
    if not order.issuer.exists_on(order.issue_date):
        raise Refusal(
            _("%(office)s did not exist on %(date)s and cannot issue a paper of that date. Please choose another date.")
            % {"office": order.issuer.name, "date": f"{order.issue_date:%d/%m/%Y}"}
        )
    _check_signers(order)
    _check_power(order)
    _check_template(order)
    heading_of(order)


def _check_signers(order: Order) -> None:
    signers = [signer.pk for signer in (order.signer, order.second_signer) if signer]
    valid = Signer.objects.filter(pk__in=signers, office=order.issuer).valid_on(order.issue_date)
    if valid.count() != len(set(signers)):
        raise Refusal(_("This signer does not sign for the office on that date. Please choose another signer."))
    if len(set(signers)) != len(signers):
        raise Refusal(_("The second signer is the same person as the first. Please choose another one."))


def _check_power(order: Order) -> None:
    words = words_of()[order.kind]
    if words.needs_authority and not authorised(order.issuer, order.kind, order.issue_date):
        raise Refusal(
            _(
                "%(office)s has no power to issue a %(kind)s on %(date)s. Please choose another kind of paper, or ask "
                "the administrator of the site to enter the document that gives the power."
            )
            % {
                "office": order.issuer.name,
                "kind": words.title.lower(),
                "date": f"{order.issue_date:%d/%m/%Y}",
            }
        )


def _check_template(order: Order) -> None:
    template, blanks = order.template, order.blanks
    for part in (template, blanks):
        if part and (part.issuer_id, part.kind) != (order.issuer.pk, order.kind):
            raise Refusal(_("Template and blanks must be of this office and this kind of paper. Please choose again."))
    if bool(template and template.two_signers) != bool(order.second_signer):
        raise Refusal(
            _("The template has two signers: please choose the second signer too.")
            if template and template.two_signers
            else _("This look has one signer. Please leave out the second signer, or choose a template for two.")
        )
    if bool(template and template.on_blanks) != bool(blanks):
        raise Refusal(
            _("The template prints the words only: please choose the blanks on which it is printed.")
            if template and template.on_blanks
            else _("This look prints the whole paper. Please leave out the blanks, or choose a template for blanks.")
        )


def registrations_of(course: Course):
    """The registrations of a class that a paper can be made for, in register order: protocol, then given name."""
    return (
        Registration.objects.filter(course=course)
        .active()
        .select_related("trainee", "office", "course")
        .prefetch_related("blocks")
        .by_office()
    )


def candidates(course: Course, order: Order | None = None) -> list[Candidate]:
    """Everybody of a class with the verdict, the paper in force, and with an order whether the paper can be drawn.

    With an order each due paper is drawn once with an invented number, so that what cannot be drawn is known before;
    those for whom no bought blank is left are told so, in register order.
    """
    registrations = list(registrations_of(course))
    verdicts = verdicts_of(registrations)
    papers = {
        certificate.registration_id: certificate
        for certificate in Certificate.objects.filter(registration__in=[r.pk for r in registrations])
        .in_force()
        .select_related("book")
        .order_by()
    }
    frame = Frame.of(course, order) if order else None
    left = blanks_left(order.blanks) if order and order.blanks else None
    found = []
    for registration in registrations:
        verdict, paper = verdicts[registration.pk], papers.get(registration.pk)
        hindrance = _hindrance(registration, verdict, frame) if frame and verdict.can_still and not paper else ""
        if left is not None and verdict.can_still and not paper and not hindrance:
            hindrance = "" if left > 0 else _("No blank is left for this paper: please enter more blanks first.")
            left -= 1
        found.append(Candidate(registration, verdict, paper, hindrance))
    return found


@dataclass(frozen=True)
class Frame:
    """What all papers of one order share, read once."""

    order: Order
    heading: Heading
    block_count: int
    periods: tuple[tuple[int, frozenset[int]], ...]
    words: Words

    @cached_property
    def look(self) -> Look:
        return look_of(self.order.template) if self.order.template else PLAIN

    @classmethod
    def of(cls, course: Course, order: Order) -> "Frame":
        sessions = Session.objects.filter(course=course, required=True).held().prefetch_related("blocks").order_by("pk")
        return cls(
            order=order,
            heading=heading_of(order),
            block_count=course.blocks.count(),
            periods=tuple((s.periods, frozenset(block.pk for block in s.blocks.all())) for s in sessions),
            words=words_of()[order.kind],
        )


def frame_of(course: Course, order: Order) -> Frame:
    """What `facts_for` needs besides the person; six queries, and one for an emblem."""
    return Frame.of(course, order)


def facts_for(
    registration: Registration, frame: Frame, *, number: str, code: str, grade: str = "", serial: str = ""
) -> CertificateFacts:
    """Every printed fact of one person's paper, with the office and position of then. `grade` is of the verdict,
    `serial` of the blank."""
    course, trainee, order = registration.course, registration.trainee, frame.order
    template, words, second = order.template, frame.words, order.second_signer
    owed = list(registration.blocks.all())
    owed_ids = {block.pk for block in owed}
    periods = sum(number for number, blocks in frame.periods if serves(blocks, owed_ids))
    return CertificateFacts(
        number=number,
        code=code,
        superior_body=frame.heading.superior,
        issuing_body=frame.heading.body,
        place=frame.heading.place,
        issued_on=order.issue_date.isoformat(),
        full_name=trainee.full_name,
        gender=trainee.gender,
        birth=trainee.birth.iso() if trainee.birth else "",
        position=registration.position,
        office=registration.office_name,
        course_title=course.title,
        course_kind="bồi dưỡng" if course.kind == "further" else "tập huấn",
        starts_on=course.starts_on.isoformat(),
        ends_on=course.ends_on.isoformat(),
        blocks=tuple(block.title for block in owed) if 0 < len(owed) < frame.block_count else (),
        periods=periods,
        decision_number=order.decision_number,
        decision_date=order.decision_date.isoformat() if order.decision_date else "",
        sign_lines=lines_of(order.signer),
        signer=order.signer.full_name,
        grade=grade,
        second_lines=lines_of(second) if second else (),
        second_signer=second.full_name if second else "",
        serial=serial,
        title=(template and template.title) or words.title,
        addressed=words.addressed,
        completed=(template and template.completed) or words.completed,
        closing=template.closing if template else "",
    )


def lines_of(signer: Signer) -> tuple[str, ...]:
    """TM., KT., TL. one line each, then the title."""
    authority = [line.strip() for line in signer.authority.split("/") if line.strip()]
    return (*authority, signer.title.upper())


def drawn(facts: CertificateFacts, look: Look = PLAIN) -> bytes:
    """The paper, read back and held against its facts. Refusal when it cannot be drawn or says something else."""
    url = verify_url(facts.code)
    pdf = draw_certificate(facts, verify_url=url, look=look)
    if missing := missing_facts(pdf, facts, verify_url=url, look=look):
        raise Refusal(_("The drawn paper lacks: %(text)s.") % {"text": "; ".join(missing)})
    return pdf


def grade_is_open() -> str:
    """Why a paper that would say a grade is not prepared before the points are there: what it says never changes."""
    return _("The paper says the grade, and no points are entered yet. Please enter the results of the test first.")


def _hindrance(registration: Registration, verdict: Verdict, frame: Frame) -> str:
    if verdict.grade_open:
        return grade_is_open()
    number, blanks = f"000/{frame.order.issue_date.year}", frame.order.blanks
    serial = blanks.printed(blanks.last) if blanks else ""
    said = {"number": number, "code": codes.new_code(), "grade": verdict.grade, "serial": serial}
    try:
        drawn(facts_for(registration, frame, **said), frame.look)
    except Refusal as refusal:
        return str(refusal)
    return ""


def heading_of(order: Order) -> Heading:
    """The heading of the issuer on the day of issue; Refusal when it has none."""
    headings = Heading.objects.filter(office=order.issuer).valid_on(order.issue_date)
    heading = headings.order_by("-valid_from", "-pk").first()
    if heading is None:
        raise Refusal(
            _("%(office)s has no heading for its papers yet. Please ask the administrator of the site to enter it.")
            % {"office": order.issuer.name}
        )
    return heading

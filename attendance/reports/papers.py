"""What would stand on a person's paper, and who of a class would get one: read, judge, write nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from attendance.constants import IN_FORCE, CertificateState, PaperKind, Revocation
from attendance.models import BlankRange, Certificate, ClassPaper, PaperTemplate
from attendance.rendering.certificate import CertificateFacts, draw_certificate, missing_facts
from attendance.rendering.look import PLAIN, Look
from attendance.reports.class_file import paper_with_number
from attendance.reports.looks import authorised, blanks_left, look_of, words_of
from attendance.reports.verdicts import verdicts_of
from attendance.rules.eligibility import Verdict, serves
from attendance.rules.words import Words
from courses.constants import codes
from courses.constants.choices import CourseKind
from courses.constants.clock import today
from courses.constants.errors import Refusal
from courses.constants.names import clean_text
from courses.models import Course, Heading, Office, Registration, Session, Signer
from courses.rendering.class_names import KINDS


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
    second_signer: Signer | None = None  # of the template's second office, where it names one
    blanks: BlankRange | None = None


@dataclass(frozen=True)
class Candidate:
    """One registration on the preview. `certificate` is the one in force; `hindrance` says why none can be drawn.
    `revoked` is a paper that keeps the person from getting one with the class (`in_the_way`)."""

    registration: Registration
    verdict: Verdict
    certificate: Certificate | None
    hindrance: str = ""
    revoked: Certificate | None = None

    @property
    def is_open(self) -> bool:
        """Earned or still to be earned, and nothing stands in the way of a paper but the drawing."""
        return self.verdict.can_still and not self.certificate and not self.revoked

    @property
    def is_due(self) -> bool:
        """Gets a paper when the officer goes on: earned or still to be earned, drawable, without one so far."""
        return self.is_open and not self.hindrance

    @property
    def why_not(self) -> str:
        """Why somebody without a paper gets none; "" when one is due."""
        if self.revoked:
            return revoked_in_words(self.revoked)
        return "" if self.is_due else self.hindrance or self.verdict.reason


def verify_url(code: str) -> str:
    """The address that the paper and its QR name; it is the certificate's own."""
    return f"{settings.SITE_URL}/verify/{codes.grouped(code)}/"


def check_order(order: Order, course: Course) -> None:
    """Refusal when papers of the class cannot be prepared like this: a date before the last day of the class, which the
    paper says was completed, or in the future and after it; an office or a signer that is not there on that day; a kind
    of paper that the office has no power to issue; a template, a second signer or blanks that do not go with it."""
    if order.issue_date < course.ends_on:
        raise Refusal(
            _("The paper says that the class was completed: its date cannot lie before the last day, %(day)s.")
            % {"day": f"{course.ends_on:%d/%m/%Y}"}
        )
    check_issuer(order, until=course.ends_on)


def usual_date(course: Course) -> date | None:
    """The date that is proposed for papers of a class: its last day, on which they are handed out, or the latest date
    in that year's book when that is later already; None when the office did not exist on that day. (1 query.)"""
    day, issuer = course.ends_on, course.host_office
    if not issuer.exists_on(day):
        return None
    book = Certificate.objects.filter(book__issuer=issuer, book__kind=PaperKind.ATTESTATION, book__year=day.year)
    latest = book.filter(issue_date__lte=today()).order_by("-number").values_list("issue_date", flat=True).first()
    return max(day, latest) if latest and issuer.exists_on(latest) else day


def waits_until(day: date) -> str:
    """What is said of a paper whose day has not come, "" when it has: papers are signed before the closing day."""
    if day <= today():
        return ""
    return _("The paper is dated %(date)s: it can be printed and signed now, and issued from that day on.") % {
        "date": f"{day:%d/%m/%Y}"
    }


def check_issuer(order: Order, *, until: date | None = None) -> None:
    """Refusal when the office cannot issue a paper like this on that day, whatever it is about. The day has come, or
    is not after `until`."""
    if order.issue_date > max(today(), until or today()):
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
    second, other = order.second_signer, order.template and order.template.second_office
    wanted = {(order.signer.pk, order.issuer.pk)}
    if second:
        wanted.add((second.pk, other.pk if other else order.issuer.pk))
    signers = Signer.objects.filter(pk__in=[pk for pk, _office in wanted]).valid_on(order.issue_date)
    if not wanted <= set(signers.order_by().values_list("pk", "office_id")):
        raise Refusal(_("This signer does not sign for the office on that date. Please choose another signer."))
    if second and len(wanted) == 1:
        raise Refusal(_("The second signer is the same person as the first. Please choose another one."))
    if second and other and not other.exists_on(order.issue_date):
        raise Refusal(
            _("%(office)s did not exist on %(date)s and cannot sign a paper of that date. Please choose another date.")
            % {"office": other.name, "date": f"{order.issue_date:%d/%m/%Y}"}
        )


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
    papers, revoked = _papers_of([registration.pk for registration in registrations])
    frame = Frame.of(course, order) if order else None
    left = blanks_left(order.blanks) if order and order.blanks else None
    found = []
    for registration in registrations:
        verdict, paper = verdicts[registration.pk], papers.get(registration.pk)
        person = Candidate(registration, verdict, paper, revoked=revoked.get(registration.pk))
        hindrance = _hindrance(registration, verdict, frame) if frame and person.is_open else ""
        if left is not None and person.is_open and not hindrance:
            hindrance = "" if left > 0 else _("No blank is left for this paper: please enter more blanks first.")
            left -= 1
        found.append(replace(person, hindrance=hindrance) if hindrance else person)
    return found


def _papers_of(registration_ids: list[int]) -> tuple[dict[int, Certificate], dict[int, Certificate]]:
    """(the paper in force, the revoked one in the way of another) by registration id; one query."""
    ended = Q(state__in=[*IN_FORCE, CertificateState.REVOKED], registration__in=registration_ids)
    found: dict[int, list[Certificate]] = {}
    for paper in Certificate.objects.filter(ended).select_related("book").order_by("pk"):
        found.setdefault(paper.registration_id, []).append(paper)
    in_force = {pk: paper for pk, papers in found.items() for paper in papers if paper.state in IN_FORCE}
    revoked = {pk: in_the_way(papers) for pk, papers in found.items() if pk not in in_force}
    return in_force, {pk: paper for pk, paper in revoked.items() if paper}


def in_the_way(papers: Iterable[Certificate]) -> Certificate | None:
    """The revoked paper that keeps a person without another from getting one with the class, which would quietly make
    it good: the latest, unless the error was the issuer's."""
    latest = max((p for p in papers if p.state == CertificateState.REVOKED), key=lambda paper: paper.pk, default=None)
    return latest if latest and latest.ground != Revocation.ISSUERS_ERROR else None


def revoked_in_words(paper: Certificate) -> str:
    return _(
        "The certificate with number %(number)s was revoked on %(date)s (%(ground)s). Another is issued only by an act "
        "of its own, from the page of that certificate."
    ) % {
        "number": paper.facts["number"],
        "date": f"{paper.ended_document_date:%d/%m/%Y}",
        "ground": paper.get_ground_display(),
    }


@dataclass(frozen=True)
class Frame:
    """What all papers of one order share, read once."""

    order: Order
    heading: Heading
    plan: "_Plan"
    words: Words
    decision: ClassPaper | None

    @cached_property
    def look(self) -> Look:
        return look_of(self.order.template) if self.order.template else PLAIN

    @classmethod
    def of(cls, course: Course, order: Order) -> "Frame":
        decision = paper_with_number(course, order.decision_number, order.decision_date)
        plan, words = _Plan.of(course), words_of()[order.kind]
        return cls(order=order, heading=heading_of(order), plan=plan, words=words, decision=decision)


@dataclass(frozen=True)
class _Plan:
    """What papers say of the plan of a class."""

    block_count: int
    periods: tuple[tuple[int, frozenset[int]], ...]

    @classmethod
    def of(cls, course: Course) -> "_Plan":
        sessions = Session.objects.filter(course=course, required=True).held().prefetch_related("blocks").order_by("pk")
        periods = tuple((s.periods, frozenset(block.pk for block in s.blocks.all())) for s in sessions)
        return cls(block_count=course.blocks.count(), periods=periods)

    def completed_by(self, registration: Registration) -> dict:
        """The facts of what somebody completed: blocks, periods, and from when to when."""
        owed, course = list(registration.blocks.all()), registration.course
        owed_ids = {block.pk for block in owed}
        return {
            "blocks": tuple(clean_text(block.title) for block in owed) if 0 < len(owed) < self.block_count else (),
            "periods": sum(number for number, blocks in self.periods if serves(blocks, owed_ids)),
            "starts_on": course.starts_on.isoformat(),
            "ends_on": course.ends_on.isoformat(),
        }


def completed_now(registration: Registration) -> dict:
    """What a paper drawn now would say that the person completed, by the names of `CertificateFacts`. (4 queries, 3
    when `blocks` is prefetched.)"""
    return _Plan.of(registration.course).completed_by(registration)


def frame_of(course: Course, order: Order) -> Frame:
    """What `facts_for` needs besides the person; six queries, one for an emblem and one for a decision."""
    return Frame.of(course, order)


def facts_for(
    registration: Registration, frame: Frame, *, number: str, code: str, grade: str = "", serial: str = ""
) -> CertificateFacts:
    """Every printed fact of one person's paper, with the office and position of then. `grade` is of the verdict,
    `serial` of the blank."""
    course, trainee, order = registration.course, registration.trainee, frame.order
    return CertificateFacts(
        number=number,
        code=code,
        full_name=trainee.full_name,
        gender=trainee.gender,
        birth=trainee.birth.iso() if trainee.birth else "",
        position=registration.position,
        office=registration.office_name,
        course_title=course.title,
        course_kind=KINDS[CourseKind(course.kind)],
        **frame.plan.completed_by(registration),
        grade=grade,
        serial=serial,
        **facts_of_order(order, frame.heading, frame.words),
    )


def facts_of_order(order: Order, heading: Heading, words: Words) -> dict:
    """What a paper says by its order alone, whomever it is about; the serial number of its blank is beside it."""
    template, second = order.template, order.second_signer
    return {
        "superior_body": heading.superior,
        "issuing_body": heading.body,
        "place": heading.place,
        "issued_on": order.issue_date.isoformat(),
        "decision_number": order.decision_number,
        "decision_date": order.decision_date.isoformat() if order.decision_date else "",
        "sign_lines": lines_of(order.signer),
        "signer": order.signer.full_name,
        "second_lines": lines_beside(second, order.issuer) if second else (),
        "second_signer": second.full_name if second else "",
        "title": (template and template.title) or words.title,
        "addressed": words.addressed,
        "completed": (template and template.completed) or words.completed,
        "closing": template.closing if template else "",
    }


def lines_of(signer: Signer) -> tuple[str, ...]:
    """TM., KT., TL. one line each, then the title."""
    authority = [line.strip() for line in signer.authority.split("/") if line.strip()]
    return (*authority, signer.title.upper())


def lines_beside(second: Signer, issuer: Office) -> tuple[str, ...]:
    """Those of a second signer. One of another office has its name after the title: the heading of the paper does not
    say it."""
    *authority, title = lines_of(second)
    name = second.office.name.upper()
    if second.office_id == issuer.pk or name in title:
        return (*authority, title)
    # "Trưởng phòng" of a "Phòng Nội vụ" is one word less.
    first, _space, rest = name.partition(" ")
    return (*authority, f"{title} {rest if rest and title.endswith(first) else name}")


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

"""How papers end: revoked, issued anew after an error, confirmed when lost. Nothing is deleted, no number used again.

One transaction an act: lock the registration (an entry of an old book: itself), look again, write. A paper that stands
in the place of another is prepared like any other and then issued (`issue_replacing`).
"""

import json
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from attendance.constants import IN_FORCE, IN_HANDS, CertificateState, CorrectionState, Replacing, Revocation
from attendance.models import Certificate, Correction, RegisterBook
from attendance.rendering.certificate import TEMPLATE_VERSION, CertificateFacts
from attendance.rendering.look import PLAIN
from attendance.reports.checking import facts_of, replaced_by
from attendance.reports.class_file import paper_with_number
from attendance.reports.looks import look_of, words_of
from attendance.reports.papers import (
    Order,
    check_issuer,
    check_order,
    drawn,
    facts_of_order,
    heading_of,
    registrations_of,
)
from attendance.reports.verdicts import verdict_of
from attendance.rules.permissions import may_end_paper
from attendance.services.blanks import take_blank
from attendance.services.register import check_day, freeze_paper, issue_paper, take_number
from courses.constants import codes
from courses.constants.actors import Actor
from courses.constants.choices import FilePurpose
from courses.constants.clock import now, today
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.models import Registration
from courses.services.records import log_action, store_file

#: Of the lost paper, what its confirmation says word for word: it attests the same.
_SAME: tuple[str, ...] = (
    "full_name", "gender", "birth", "position", "office", "course_title", "course_kind", "starts_on", "ends_on",
    "blocks", "periods", "grade",
)  # fmt: skip
_COMPLETED = ("blocks", "periods", "starts_on", "ends_on")


@transaction.atomic
def revoke_paper(
    paper: Certificate, *, ground: str, document: str, document_date: date, actor: Actor, why: str = ""
) -> Certificate:
    """Revokes an issued paper on one of the five legal grounds by a decision; a revoked one is given back as it is.

    What the person has earned is not touched. Refusal for a paper that was never issued or is replaced, without the
    number of the decision, or when its date lies in the future or before the paper's.
    """
    paper = _locked(paper, actor)
    if paper.state == CertificateState.REVOKED:
        return paper
    number = paper.facts["number"]
    if paper.state == CertificateState.REPLACED:
        said = _("Number %(number)s was replaced by %(other)s. Please revoke the paper that stands in its place.")
        raise Refusal(said % {"number": number, "other": paper.replaced_by.facts["number"]})
    if paper.state == CertificateState.PREPARED and paper.stands_for_issued:
        said = _("Number %(number)s stands in the place of an issued paper. Please issue it first, then revoke it.")
        raise Refusal(said % {"number": number})
    if paper.state not in IN_HANDS:
        raise Refusal(_("Number %(number)s was never issued: its number is made void instead.") % {"number": number})
    document = in_the_clear(document)[:60]
    if ground not in Revocation.values or not document:
        raise Refusal(_("Please choose the ground, and enter the number and date of the decision to revoke."))
    if not paper.issue_date <= document_date <= today():
        raise Refusal(_("The decision lies between the date of the paper and today. Please look at its date again."))
    old = paper.state
    paper.ground, paper.ended_document, paper.ended_document_date = ground, document, document_date
    paper.ended_paper = paper_with_number(_course_of(paper), document, document_date)
    _end(paper, CertificateState.REVOKED, actor=actor, why=why)
    log_action(
        actor,
        "revoke",
        paper,
        course=_course_of(paper),
        changes={"state": [old, paper.state], "ground": [None, ground], "ended_document": [None, document]},
    )
    return paper


@transaction.atomic
def reissue_paper(paper: Certificate, order: Order, *, why: str, actor: Actor) -> Certificate:
    """Prepares a new paper with a new number in the place of one with an error, its facts drawn anew; both are linked.

    Who has the new one already is given it. An open request to correct the paper is answered. Refusal for a paper that
    is not in force, an entry of an old book, without words, or when the order cannot be (`check_order`).
    """
    return _put_in_place(paper, order, Replacing.ERROR, why=why, actor=actor)


@transaction.atomic
def confirm_lost(paper: Certificate, order: Order, *, actor: Actor, why: str = "") -> Certificate:
    """Prepares what replaces a lost paper, of the kind that the paper's kind says and in the book of that kind. It says
    the same of person and class word for word and names the old number (Circular 01/2018/TT-BNV: no second original).

    Repeats and refusals as in `reissue_paper`; an entry of an old book can be confirmed, and a paper not issued yet
    cannot.
    """
    return _put_in_place(paper, order, Replacing.LOST, why=why, actor=actor)


@transaction.atomic
def issue_after_revoking(paper: Certificate, order: Order, *, why: str, actor: Actor) -> Certificate:
    """Prepares a paper for somebody whose paper was revoked, who has earned one as it stands today; the revoked one
    stays revoked, and both are linked. The order names the decision by which this is done.

    Repeats as in `reissue_paper`. Refusal without words or decision, for an entry of an old book, and when the person
    has another paper by now.
    """
    return _put_in_place(paper, order, Replacing.ANEW, why=why, actor=actor)


@transaction.atomic
def issue_replacing(paper: Certificate, *, actor: Actor) -> Certificate:
    """Issues a prepared paper that stands in the place of an issued one: the person earned it then, and is not judged
    again, unless that one was revoked. An issued one is given back. Refusal when it stands in nobody's place or is not
    in force any more."""
    paper = _locked(paper, actor)
    if paper.state in IN_HANDS:
        return paper
    if paper.state != CertificateState.PREPARED or paper.replaces is None:
        raise Refusal(_("Number %(number)s does not wait to be issued here.") % {"number": paper.facts["number"]})
    if not paper.stands_for_issued:
        return issue_paper(paper, actor=actor)
    check_day(paper)
    if paper.replacing == Replacing.ERROR and paper.facts.get("grade", "") != _grade_of(paper):
        raise Refusal(
            _("Number %(number)s says another grade than the points do now: please issue the paper anew once more.")
            % {"number": paper.facts["number"]}
        )
    paper.state, paper.issued_at, paper.issued_by_id = CertificateState.ISSUED, now(), actor.user_id
    paper.save(update_fields=["state", "issued_at", "issued_by"])
    changes = {"state": [CertificateState.PREPARED, CertificateState.ISSUED]}
    log_action(actor, "issue", paper, course=_course_of(paper), changes=changes)
    return paper


def check_replacing(paper: Certificate, order: Order, replacing: str) -> None:
    """Refusal when such an order cannot stand in the place of the paper; asked by the form too."""
    if replacing == Replacing.ANEW:
        _check_decision(paper, order)
    elif order.issue_date < paper.issue_date:
        raise Refusal(
            _("The new paper cannot be dated before the one that it replaces, %(date)s.")
            % {"date": f"{paper.issue_date:%d/%m/%Y}"}
        )
    if paper.registration is not None:
        check_order(order, paper.registration.course)
        return
    if replacing != Replacing.LOST and paper.pdf_id is None:
        raise Refusal(
            _("This is an entry of an old register book, without the paper. It can be confirmed, not issued anew.")
        )
    check_issuer(order)


def _check_decision(paper: Certificate, order: Order) -> None:
    if not (order.decision_number and order.decision_date):
        raise Refusal(_("After a revocation a paper is issued only by a decision: please enter its number and date."))
    since = paper.ended_document_date
    if since and order.issue_date < since:
        raise Refusal(
            _("The new paper cannot be dated before the decision to revoke, %(date)s.") % {"date": f"{since:%d/%m/%Y}"}
        )


def _check_free(paper: Certificate) -> None:
    """Refusal when the person of a revoked paper, whose own place is still empty, has another one by now."""
    other = Certificate.objects.filter(registration=paper.registration_id).in_force().order_by().first()
    if other:
        raise Refusal(
            _("The person has the certificate with number %(number)s by now.") % {"number": other.facts["number"]}
        )


def may_follow_revocation(paper: Certificate) -> bool:
    """Whether another can be issued after a revocation from here: from the revoked paper, or from a void number that
    was to follow it."""
    of_revoked = paper.state == CertificateState.VOID and paper.replacing == Replacing.ANEW
    return paper.registration_id is not None and (paper.state == CertificateState.REVOKED or of_revoked)


def kind_in_place(paper: Certificate, replacing: str) -> str:
    """Of what kind the paper in its place is: the same after an error, what replaces a lost one otherwise."""
    return words_of()[paper.book.kind].replaced_by if replacing == Replacing.LOST else paper.book.kind


def _put_in_place(paper: Certificate, order: Order, replacing: Replacing, *, why: str, actor: Actor) -> Certificate:
    paper = _locked(paper, actor)
    if made := replaced_by(paper):
        return made
    _check_state(paper, replacing)
    why = in_the_clear(why)[:300]
    if replacing != Replacing.LOST and not why:
        raise Refusal(
            _("Please write what is wrong on the paper.")
            if replacing == Replacing.ERROR
            else _("Please write why the person gets a paper again.")
        )
    order = replace(order, kind=kind_in_place(paper, replacing))
    if not may_end_paper(actor, order.issuer.pk):
        raise Refusal(_("You are not a certificate officer of the office that would issue the new paper."))
    check_replacing(paper, order, replacing)
    old_state = paper.state
    if replacing == Replacing.ANEW:
        _check_free(paper)
        _check_earned(paper)
    else:
        # First: a registration has one paper in force.
        _end(paper, CertificateState.REPLACED, actor=actor, why=why)
    made = _anew(paper, order, replacing, actor)
    action = "confirm" if replacing == Replacing.LOST else "reissue"
    numbers = [paper.facts["number"], made.facts["number"]]
    log_action(
        actor,
        action,
        paper,
        course=_course_of(paper),
        changes={"number": numbers, "state": [old_state, paper.state]},
        personal={"ended_why": [None, why]} if why else None,
    )
    log_action(
        actor,
        "prepare",
        made,
        course=_course_of(paper),
        changes={"number": [None, numbers[1]], "replaces": [None, numbers[0]]},
    )
    _answer(paper, made, actor)
    return made


def _anew(paper: Certificate, order: Order, replacing: Replacing, actor: Actor) -> Certificate:
    links: dict[str, Any] = {"replaces": paper, "replacing": replacing}
    if paper.registration is not None:
        said = _said(paper, facts_of(paper), replacing)
        return freeze_paper(paper.registration, order, actor=actor, said=said, **links)
    book, number = take_number(order)
    blank_number = take_blank(order.blanks) if order.blanks else None
    old, code = facts_of(paper), codes.new_code()
    facts = replace(
        old,
        number=book.printed(number),
        code=code,
        serial=order.blanks.printed(blank_number) if order.blanks else "",
        replaces=old.number,
        **facts_of_order(order, heading_of(order), words_of()[order.kind]),
    )
    pdf = drawn(facts, look_of(order.template) if order.template else PLAIN)
    return Certificate.objects.create(
        book=book,
        number=number,
        code=code,
        facts=json.loads(facts.to_json()),
        pdf=store_file(pdf, purpose=FilePurpose.CERTIFICATE, media_type="application/pdf"),
        template_version=TEMPLATE_VERSION,
        template=order.template,
        blanks=order.blanks,
        blank_number=blank_number,
        issue_date=order.issue_date,
        prepared_at=now(),
        prepared_by_id=actor.user_id,
        **links,
    )


def _check_state(paper: Certificate, replacing: Replacing) -> None:
    """Refusal when a paper in such a state has no place for another."""
    number = {"number": paper.facts["number"]}
    if replacing == Replacing.ANEW and not may_follow_revocation(paper):
        raise Refusal(_("Number %(number)s is no paper of a class that was revoked.") % number)
    never_issued = replacing == Replacing.LOST and paper.state == CertificateState.PREPARED
    if replacing != Replacing.ANEW and (paper.state not in IN_FORCE or never_issued):
        raise Refusal(_("Number %(number)s is not in force and cannot be replaced.") % number)


def _check_earned(paper: Certificate) -> None:
    """Refusal when the person of a revoked paper has left the class, or has not earned one as it stands today."""
    person = registrations_of(paper.registration.course).filter(pk=paper.registration_id).first()
    if person is None:
        raise Refusal(_("This person is not on the list of the class any more."))
    with override("vi"):  # as the reasons of all papers are kept
        verdict = verdict_of(person)
    if not verdict.earned:
        raise Refusal(verdict.reason)


def _said(paper: Certificate, old: CertificateFacts, replacing: Replacing) -> dict:
    """What the paper in its place says otherwise than one of today: whose place it is, and what it says as that did."""
    if replacing == Replacing.LOST:
        return {"replaces": old.number, **{name: getattr(old, name) for name in _SAME}}
    if replacing == Replacing.ANEW:
        # The paper itself does not tell that there was one before; the check pages of both do.
        return {"grade": verdict_of(paper.registration).grade}
    said = {"replaces": old.number, "grade": _grade_of(paper)}
    if paper.was_issued and not verdict_of(paper.registration).earned:
        # Nobody judges it again, so it says no other course than that which was earned then.
        said |= {name: getattr(old, name) for name in _COMPLETED}
    return said


def _grade_of(paper: Certificate) -> str:
    """That of the points as they are now, else what the paper says; an entry of an old book has no points here."""
    verdict = verdict_of(paper.registration) if paper.registration else None
    return (verdict and verdict.grade) or paper.facts.get("grade", "")


def _locked(paper: Certificate, actor: Actor) -> Certificate:
    """The paper as it is now, nobody else at it. Refusal when the actor may not end papers of its book."""
    if paper.registration_id:
        Registration.objects.select_for_update().get(pk=paper.registration_id)
    paper = Certificate.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    paper.book = RegisterBook.objects.select_related("issuer").get(pk=paper.book_id)
    if paper.registration_id:
        paper.registration = _people().get(pk=paper.registration_id)
    if not may_end_paper(actor, paper.book.issuer_id):
        raise Refusal(
            _("Only a certificate officer of the issuing office, or of the one that answers for it, may do this.")
        )
    return paper


def _people():
    return Registration.objects.select_related("trainee", "office", "course__host_office").prefetch_related("blocks")


def _end(paper: Certificate, state: CertificateState, *, actor: Actor, why: str) -> None:
    paper.state, paper.ended_at, paper.ended_by_id, paper.ended_why = (
        state,
        now(),
        actor.user_id,
        in_the_clear(why)[:300],
    )
    fields = ["state", "ended_at", "ended_by", "ended_why", "ground", "ended_document", "ended_document_date"]
    fields += ["ended_paper"]
    paper.save(update_fields=fields)


def _answer(paper: Certificate, made: Certificate, actor: Actor) -> None:
    """The request that asked for it is answered by it."""
    for request in Correction.objects.select_for_update().filter(certificate=paper, state=CorrectionState.ASKED):
        request.state, request.answered_at, request.answered_by_id = CorrectionState.MADE, now(), actor.user_id
        with override("vi"):  # it is kept, whatever the officer's language is
            request.answer = _("The paper with number %(number)s stands in its place.") % made.facts
        request.save(update_fields=["state", "answer", "answered_at", "answered_by"])
        changes = {"state": [CorrectionState.ASKED, request.state]}
        log_action(actor, "answer correction", request, course=_course_of(paper), changes=changes)


def _course_of(paper: Certificate):
    return paper.registration.course if paper.registration_id else None

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

from attendance.constants import IN_FORCE, CertificateState, CorrectionState, Replacing, Revocation
from attendance.models import Certificate, Correction, RegisterBook
from attendance.rendering.certificate import TEMPLATE_VERSION, CertificateFacts
from attendance.reports.checking import facts_of
from attendance.reports.looks import words_of
from attendance.reports.papers import Order, check_issuer, check_order, drawn, heading_of, lines_of
from attendance.reports.verdicts import verdict_of
from attendance.rules.permissions import may_end_paper
from attendance.services.register import freeze_paper, issue_paper, take_number
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
_ISSUED = (CertificateState.ISSUED, CertificateState.HANDED_OVER)


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
    if paper.state not in _ISSUED:
        raise Refusal(_("Number %(number)s was never issued: its number is made void instead.") % {"number": number})
    document = in_the_clear(document)[:60]
    if ground not in Revocation.values or not document:
        raise Refusal(_("Please choose the ground, and enter the number and date of the decision to revoke."))
    if not paper.issue_date <= document_date <= today():
        raise Refusal(_("The decision lies between the date of the paper and today. Please look at its date again."))
    old = paper.state
    paper.ground, paper.ended_document, paper.ended_document_date = ground, document, document_date
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
def issue_replacing(paper: Certificate, *, actor: Actor) -> Certificate:
    """Issues a prepared paper that stands in the place of an issued one: the person earned it then, and is not judged
    again. An issued one is given back. Refusal when it stands in nobody's place or is not in force any more."""
    paper = _locked(paper, actor)
    if paper.state in _ISSUED:
        return paper
    if paper.state != CertificateState.PREPARED or paper.replaces is None:
        raise Refusal(_("Number %(number)s does not wait to be issued here.") % {"number": paper.facts["number"]})
    if not _was_issued(paper.replaces):
        return issue_paper(paper, actor=actor)
    paper.state, paper.issued_at, paper.issued_by_id = CertificateState.ISSUED, now(), actor.user_id
    paper.save(update_fields=["state", "issued_at", "issued_by"])
    changes = {"state": [CertificateState.PREPARED, CertificateState.ISSUED]}
    log_action(actor, "issue", paper, course=_course_of(paper), changes=changes)
    return paper


def check_replacing(paper: Certificate, order: Order, replacing: str) -> None:
    """Refusal when such an order cannot stand in the place of the paper; asked by the form too."""
    if order.issue_date < paper.issue_date:
        raise Refusal(
            _("The new paper cannot be dated before the one that it replaces, %(date)s.")
            % {"date": f"{paper.issue_date:%d/%m/%Y}"}
        )
    if paper.registration is not None:
        check_order(order, paper.registration.course)
        return
    if replacing == Replacing.ERROR:
        raise Refusal(
            _("This is an entry of an old register book, without the paper. It can be confirmed, not issued anew.")
        )
    check_issuer(order)


def kind_in_place(paper: Certificate, replacing: str) -> str:
    """Of what kind the paper in its place is: the same after an error, what replaces a lost one otherwise."""
    return words_of()[paper.book.kind].replaced_by if replacing == Replacing.LOST else paper.book.kind


def _put_in_place(paper: Certificate, order: Order, replacing: Replacing, *, why: str, actor: Actor) -> Certificate:
    paper = _locked(paper, actor)
    if paper.state == CertificateState.REPLACED:
        return paper.replaced_by
    if paper.state not in IN_FORCE or (replacing == Replacing.LOST and paper.state == CertificateState.PREPARED):
        raise Refusal(
            _("Number %(number)s is not in force and cannot be replaced.") % {"number": paper.facts["number"]}
        )
    why = in_the_clear(why)[:300]
    if replacing == Replacing.ERROR and not why:
        raise Refusal(_("Please write what is wrong on the paper."))
    order = replace(order, kind=kind_in_place(paper, replacing))
    if not may_end_paper(actor, order.issuer.pk):
        raise Refusal(_("You are not a certificate officer of the office that would issue the new paper."))
    check_replacing(paper, order, replacing)
    old_state = paper.state
    # First: a registration has one paper in force.
    _end(paper, CertificateState.REPLACED, actor=actor, why=why)
    made = _anew(paper, order, replacing, actor)
    action = "reissue" if replacing == Replacing.ERROR else "confirm"
    numbers = [paper.facts["number"], made.facts["number"]]
    log_action(
        actor,
        action,
        paper,
        course=_course_of(paper),
        changes={"number": numbers, "state": [old_state, paper.state]},
        personal={"why": [None, why]},
    )
    log_action(
        actor,
        "prepare",
        made,
        course=_course_of(paper),
        changes={"number": [None, numbers[1]], "replaces": numbers[:1]},
    )
    _answer(paper, made, actor)
    return made


def _anew(paper: Certificate, order: Order, replacing: Replacing, actor: Actor) -> Certificate:
    links: dict[str, Any] = {"replaces": paper, "replacing": replacing}
    if paper.registration is not None:
        said = _said(paper, facts_of(paper), replacing)
        return freeze_paper(paper.registration, order, actor=actor, said=said, **links)
    book, number = take_number(order)
    facts = _facts_of_old_entry(facts_of(paper), order, number=book.printed(number), code=codes.new_code())
    return Certificate.objects.create(
        book=book,
        number=number,
        code=facts.code,
        facts=json.loads(facts.to_json()),
        pdf=store_file(drawn(facts), purpose=FilePurpose.CERTIFICATE, media_type="application/pdf"),
        template_version=TEMPLATE_VERSION,
        issue_date=order.issue_date,
        prepared_at=now(),
        prepared_by_id=actor.user_id,
        **links,
    )


def _said(paper: Certificate, old: CertificateFacts, replacing: Replacing) -> dict:
    """What the paper in its place says otherwise than one of today: whose place it is, and what it says as that did."""
    if replacing == Replacing.LOST:
        return {"replaces": old.number, **{name: getattr(old, name) for name in _SAME}}
    return {"replaces": old.number, "grade": verdict_of(paper.registration).grade or old.grade}


def _facts_of_old_entry(old: CertificateFacts, order: Order, *, number: str, code: str) -> CertificateFacts:
    heading, words = heading_of(order), words_of()[order.kind]
    return replace(
        old,
        number=number,
        code=code,
        superior_body=heading.superior,
        issuing_body=heading.body,
        place=heading.place,
        issued_on=order.issue_date.isoformat(),
        decision_number=order.decision_number,
        decision_date=order.decision_date.isoformat() if order.decision_date else "",
        sign_lines=lines_of(order.signer),
        signer=order.signer.full_name,
        serial="",
        title=words.title,
        addressed=words.addressed,
        completed=words.completed,
        replaces=old.number,
    )


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


def _was_issued(paper: Certificate) -> bool:
    """Also what was replaced twice before anybody issued the second, and what the old book says."""
    return (
        bool(paper.issued_at)
        or paper.registration_id is None
        or (paper.replaces is not None and _was_issued(paper.replaces))
    )


def _course_of(paper: Certificate):
    return paper.registration.course if paper.registration_id else None

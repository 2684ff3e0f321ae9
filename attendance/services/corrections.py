"""A correction of a paper, or a new one for a lost one, asked for by its holder or the office; the officer answers by
issuing anew, confirming (`attendance.services.ending`), or refusing with words."""

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from attendance.constants import CertificateState, CorrectionState
from attendance.models import Certificate, Correction
from attendance.reports.looks import words_of
from attendance.rules.permissions import may_end_paper
from courses.constants.actors import Actor
from courses.constants.clock import now, today
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.models import Registration
from courses.rules.working_days import after_working_days
from courses.services.records import log_action

#: What its holder has in hand; what is only prepared is put right before it is issued.
ASKED_ABOUT = (CertificateState.ISSUED, CertificateState.HANDED_OVER)


@transaction.atomic
def ask_correction(paper: Certificate, *, words: str, is_lost: bool, actor: Actor) -> Correction:
    """Asks to have a paper put right, or one that is lost replaced, with the clock of its kind in working days.

    The same question again, still open, is the same request. Refusal for anybody but the holder, the office and the
    officers, for a paper that is not in the holder's hands, without words, and while another question is open.
    """
    if paper.registration_id:
        Registration.objects.select_for_update().get(pk=paper.registration_id)
    seen = Certificate.objects.select_for_update(of=("self",)).select_related("book", "registration")
    paper = seen.get(pk=paper.pk)
    _check_asker(paper, actor)
    words = in_the_clear(words)[:500]
    if not words and not is_lost:
        raise Refusal(_("Please write what is wrong on the paper."))
    open_one = Correction.objects.filter(certificate=paper, state=CorrectionState.ASKED).first()
    if open_one and (open_one.words, open_one.is_lost) == (words, is_lost):
        return open_one
    if open_one:
        raise Refusal(
            _("Something was asked about this paper on %(day)s and will be answered first.")
            % {"day": f"{localdate(open_one.asked_at):%d/%m/%Y}"}
        )
    if paper.state not in ASKED_ABOUT:
        raise Refusal(_("Number %(number)s is not in force: nothing can be asked about it.") % paper.facts)
    request = Correction.objects.create(
        certificate=paper,
        words=words,
        is_lost=is_lost,
        asked_as=actor.kind,
        asked_at=now(),
        due_on=after_working_days(today(), words_of()[paper.book.kind].working_days),
    )
    log_action(
        actor,
        "ask correction",
        request,
        course=paper.registration.course_id if paper.registration else None,
        changes={"is_lost": [None, is_lost], "due_on": [None, request.due_on.isoformat()]},
        personal={"words": [None, words]},
    )
    return request


@transaction.atomic
def refuse_correction(request: Correction, *, answer: str, actor: Actor) -> Correction:
    """Answers with words that nothing is put right; the same again changes nothing. Refusal without words, or when
    something else was answered already."""
    request = Correction.objects.select_for_update().get(pk=request.pk)
    paper = Certificate.objects.select_related("book", "registration").get(pk=request.certificate_id)
    if not may_end_paper(actor, paper.book.issuer_id):
        raise Refusal(
            _("Only a certificate officer of the issuing office, or of the one that answers for it, may do this.")
        )
    answer = in_the_clear(answer)[:500]
    if not answer:
        raise Refusal(_("Please write why: the one who asked reads it."))
    if request.state != CorrectionState.ASKED:
        if (request.state, request.answer) == (CorrectionState.REFUSED, answer):
            return request
        raise Refusal(_("This was answered already: %(answer)s") % {"answer": request.answer})
    request.state, request.answer = CorrectionState.REFUSED, answer
    request.answered_at, request.answered_by_id = now(), actor.user_id
    request.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    log_action(
        actor,
        "answer correction",
        request,
        course=paper.registration.course_id if paper.registration else None,
        changes={"state": [CorrectionState.ASKED, request.state]},
        personal={"answer": [None, answer]},
    )
    return request


def _check_asker(paper: Certificate, actor: Actor) -> None:
    """The holder by the own link, the office that sent the person, and the officers themselves."""
    mine = {
        "trainee": paper.registration is not None and paper.registration.trainee_id == actor.trainee_id,
        "office": paper.registration is not None
        and paper.registration.course_id == actor.course_id
        and paper.registration.office_id in actor.coordinates,
    }
    if not mine.get(actor.kind, may_end_paper(actor, paper.book.issuer_id)):
        raise Refusal(_("Only the holder of the paper and the office ask for a correction."))

"""Special cases (xét trường hợp đặc biệt): the paper all the same, by a decision with its reason and document."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from attendance.constants import IN_HANDS
from attendance.models import Certificate, Completion
from attendance.reports.class_file import paper_named_in
from attendance.reports.papers import registrations_of
from attendance.reports.verdicts import rules_of, special_case_of, verdict_of
from attendance.rules.permissions import may_certify
from courses.constants.actors import Actor
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.models import Registration
from courses.services.records import log_action


@transaction.atomic
def set_special_case(
    registration: Registration, *, why: str, document: str, decided_by: str, actor: Actor
) -> Completion:
    """Somebody is given the paper apart from the rule; the same decision again changes nothing.

    It says who decided (name and office), why and by which document, and who entered it, wherever the result is shown,
    and stands until it is taken back. Refusal without a reason, a document or who decided, for somebody who has left
    the class, and for those who do not certify it.
    """
    registration = _locked(registration, actor)
    why, document, decided_by = in_the_clear(why), in_the_clear(document), in_the_clear(decided_by)
    if not why:
        raise Refusal(_("Please say why, for example: ill, with a doctor's certificate."))
    if not document:
        raise Refusal(_("Please name the document of the decision, for example 12/QĐ-UBND of 20/06/2026."))
    if not decided_by:
        raise Refusal(_("Please name who decided, with the position: it need not be who enters it."))
    if len(why) > 300 or len(document) > 200 or len(decided_by) > 150:
        raise Refusal(_("The reason can have 300 characters, the document 200, who decided 150. Please shorten it."))
    row = special_case_of(registration)
    before = _said_of(row)
    if before == (why, document, decided_by):
        return row
    said = {
        "override_by_id": actor.user_id,
        "override_why": why,
        "override_document": document,
        "override_decided_by": decided_by,
        "override_paper": paper_named_in(registration.course, document),
    }
    row, _made = Completion.objects.update_or_create(
        registration=registration,
        defaults=said,
        create_defaults=said | {"earned": True, "reason": why, "judged_at": now()},
    )
    _log(actor, registration, before, (why, document, decided_by))
    return _judged_again(row, registration)


@transaction.atomic
def take_back_special_case(registration: Registration, *, why: str, actor: Actor) -> None:
    """The rule decides again; without a decision that stands this changes nothing. `why` is logged.

    Refusal without a reason, and while a paper that rests on the decision is issued.
    """
    registration = _locked(registration, actor)
    row = special_case_of(registration)
    if row is None:
        return
    why = in_the_clear(why)[:300]
    if not why:
        raise Refusal(_("Please say why the decision is taken back."))
    paper = Certificate.objects.filter(registration=registration).in_force().select_related("replaces").first()
    if paper and (paper.state in IN_HANDS or paper.stands_for_issued):
        raise Refusal(
            _("Certificate %(number)s was issued on this decision. Please revoke the certificate first.")
            % {"number": paper.facts["number"]}
        )
    before = _said_of(row)
    Completion.objects.filter(
        Q(registration=registration) | Q(registration__merged_into=registration), override_by__isnull=False
    ).update(override_by=None, override_why="", override_document="", override_decided_by="", override_paper=None)
    _log(actor, registration, before, (None, None, None), taken_back=why)
    row.refresh_from_db()
    if row.registration_id == registration.pk:
        _judged_again(row, registration)


def _said_of(row: Completion | None) -> tuple[str | None, ...]:
    """(why, document, who decided), None each where nothing is decided."""
    return (row.override_why, row.override_document, row.override_decided_by) if row else (None, None, None)


def _locked(registration: Registration, actor: Actor) -> Registration:
    """The registration, locked as preparing and issuing lock it."""
    locked = Registration.objects.select_for_update().get(pk=registration.pk)
    if not may_certify(actor, locked.course):
        raise Refusal(_("Only a certificate officer of the host office can decide on special cases."))
    found = registrations_of(locked.course).filter(pk=locked.pk).first()
    if found is None:
        raise Refusal(_("This person is not on the list of the class any more."))
    return found


def _judged_again(row: Completion, registration: Registration) -> Completion:
    """What was kept of the judgement says what holds now, in Vietnamese whatever the officer's language is."""
    with override("vi"):
        verdict = verdict_of(registration)
    rule, _rule = rules_of([registration.course_id]).get(registration.course_id, (None, None))
    row.rule, row.earned, row.reason, row.judged_at = rule, verdict.earned, verdict.reason, now()
    row.save(update_fields=["rule", "earned", "reason", "judged_at"])
    return row


def _log(actor, registration, before, after, *, taken_back=None) -> None:
    """The document and who decided are in the log; the reason, which may speak of an illness, in the details that
    erasure can delete."""
    personal = {"override_why": [before[0], after[0]]}
    if taken_back:
        personal["taken_back"] = [None, taken_back]
    log_action(
        actor,
        "override",
        registration,
        course=registration.course,
        changes={
            "override_document": [before[1], after[1]],
            **({"override_decided_by": [before[2], after[2]]} if before[2] != after[2] else {}),
        },
        personal=personal,
    )

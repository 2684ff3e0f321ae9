"""What becomes of a paper after it was prepared: handed over to its holder, or its number void."""

import datetime as dt
from collections.abc import Collection, Iterable
from uuid import uuid4

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from attendance.constants import CertificateState
from attendance.models import Certificate
from attendance.reports.handing_over import is_over
from attendance.reports.papers import registrations_of
from attendance.reports.verdicts import verdict_of
from attendance.services.register import Result, attempt, check_may_issue
from courses.constants.actors import Actor
from courses.constants.clock import now, today
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.models import ActionLog, Course, Registration
from courses.services.records import log_action
from courses.services.registrations import lock_course

_LONGEST_WHY = 300
_LONGEST_NAME = 150
_HANDED = ("state", "handed_on", "handed_to", "handed_by")


@transaction.atomic
def hand_over(
    course: Course, certificate_ids: Collection[int], *, actor: Actor, on: dt.date, to: str = ""
) -> list[Certificate]:
    """Notes that issued papers of a class were handed over on a day: to whom each is made out, or, with `to`, to
    somebody for them. All or none; what was handed over already stays as it was noted. The papers noted now are given
    back. (The lock, 2 queries, and 2 or 3 a paper.)

    Refusal, naming the number, when one is not issued or not in force; when the day lies in the future or before the
    date of issue.
    """
    course = lock_course(course)
    check_may_issue(course, actor)
    if on > today():
        raise Refusal(_("Papers cannot have been handed over on a day that is still to come."))
    papers = Certificate.objects.filter(pk__in=list(certificate_ids), registration__course=course).in_register_order()
    noted, act = [], uuid4()
    for paper in papers.select_for_update(of=("self",)):
        if paper.state == CertificateState.HANDED_OVER:
            continue
        _refuse_to_hand_over(paper, on)
        paper.state, paper.handed_on, paper.handed_by_id = CertificateState.HANDED_OVER, on, actor.user_id
        paper.handed_to = in_the_clear(to.strip())[:_LONGEST_NAME]
        paper.save(update_fields=_HANDED)
        log_action(
            actor,
            "hand over",
            paper,
            course=course,
            changes={
                "state": [CertificateState.ISSUED, CertificateState.HANDED_OVER],
                "handed_on": [None, on.isoformat()],
            },
            personal={"handed_to": [None, paper.handed_to]} if paper.handed_to else None,
            batch=act,
        )
        noted.append(paper)
    return noted


@transaction.atomic
def take_back_handing_over(paper: Certificate, *, actor: Actor) -> Certificate:
    """A slip: the paper is issued and not handed over after all. Only on the day on which it was noted: a slip is seen
    while the list that was signed lies on the table, and what a book says may be printed and bound afterwards. Both
    entries stay in the log. An issued paper is given back as it is."""
    course = _lock_class_of(paper, actor)
    paper = Certificate.objects.select_for_update().get(pk=paper.pk)
    if paper.state == CertificateState.ISSUED:
        return paper
    if paper.state != CertificateState.HANDED_OVER:
        raise Refusal(_("Number %(number)s was not handed over.") % _number(paper))
    if _noted_on(paper) != today():
        raise Refusal(
            _(
                "That number %(number)s was handed over was not noted today and stands in the book. A paper that was "
                "given to the wrong person is asked back; one that is wrong is issued anew."
            )
            % _number(paper)
        )
    was_on, was_to = paper.handed_on, paper.handed_to
    paper.state, paper.handed_on, paper.handed_to, paper.handed_by = CertificateState.ISSUED, None, "", None
    paper.save(update_fields=_HANDED)
    log_action(
        actor,
        "hand over",
        paper,
        course=course,
        changes={
            "state": [CertificateState.HANDED_OVER, CertificateState.ISSUED],
            "handed_on": [was_on.isoformat() if was_on else None, None],
        },
        personal={"handed_to": [was_to, None]} if was_to else None,
    )
    return paper


@transaction.atomic
def void_paper(paper: Certificate, *, actor: Actor, why: str) -> Certificate:
    """Makes the number of a prepared paper void for a reason that the officer gives: it stays in the book and is never
    used again, and another paper can be prepared. A void one is given back as it is.

    Refusal without a reason, for a paper that was issued (that is revoked, or issued anew), and for one in the place of
    an issued paper.
    """
    if not why.strip():
        raise Refusal(_("Please say why the number is void: the reason stands in the register book."))
    course = _lock_class_of(paper, actor)
    return _void(paper, course, actor, why.strip())


def void_unearned(course: Course, *, actor: Actor, certificate_ids: Iterable[int] | None = None) -> list[Result]:
    """Makes the numbers void that were prepared for people who did not earn the paper and cannot any more, with what
    they lack as the reason; one transaction a paper. `certificate_ids` narrows it down. Who can still earn it, or has,
    is in the list with a sentence, and keeps the number. Refusal while attendance of the class is not closed."""
    check_may_issue(course, actor)
    if not is_over(Course.objects.get(pk=course.pk)):
        raise Refusal(
            _(
                "Attendance of the class is not closed yet, and what is missing may still be put right. Please close "
                "its last sheet first; a single number can be made void with a reason."
            )
        )
    prepared = Certificate.objects.filter(registration__course=course, state=CertificateState.PREPARED)
    if certificate_ids is not None:
        prepared = prepared.filter(pk__in=list(certificate_ids))
    papers = prepared.select_related("registration__trainee", "registration__course").in_register_order()
    return [attempt(paper.registration, lambda _r, paper=paper: _void_unearned(paper, actor)) for paper in papers]


@transaction.atomic
def _void_unearned(paper: Certificate, actor: Actor) -> Certificate:
    course = _lock_class_of(paper, actor)
    Registration.objects.select_for_update().get(pk=paper.registration_id)
    registration = registrations_of(course).filter(pk=paper.registration_id).first()
    with override("vi"):  # it is kept
        if registration is None:
            why = _("This person is not on the list of the class any more.")
        else:
            verdict = verdict_of(registration)
            if verdict.can_still:
                raise Refusal(
                    _("%(why)s The number is kept; to make it void all the same, please give a reason for this one.")
                    % {"why": verdict.reason}
                )
            why = verdict.reason
    return _void(paper, course, actor, why)


def _void(paper: Certificate, course: Course, actor: Actor, why: str) -> Certificate:
    paper = Certificate.objects.select_for_update().get(pk=paper.pk)
    if paper.state == CertificateState.VOID:
        return paper
    if paper.state != CertificateState.PREPARED:
        raise Refusal(
            _("Number %(number)s was issued: it cannot become void. It can be revoked, or issued anew.")
            % _number(paper)
        )
    if paper.stands_for_issued:
        raise Refusal(
            _(
                "Number %(number)s stands in the place of an issued paper, and its holder would be left without one. "
                "Please issue it; if something is wrong on it, issue it anew."
            )
            % _number(paper)
        )
    paper.state, paper.ended_at, paper.ended_by_id = CertificateState.VOID, now(), actor.user_id
    paper.ended_why = in_the_clear(why)[:_LONGEST_WHY]
    paper.save(update_fields=["state", "ended_at", "ended_by", "ended_why"])
    changes = {"state": [CertificateState.PREPARED, CertificateState.VOID]}
    log_action(actor, "void", paper, course=course, changes=changes, personal={"ended_why": [None, paper.ended_why]})
    return paper


def _refuse_to_hand_over(paper: Certificate, on: dt.date) -> None:
    if paper.state == CertificateState.PREPARED:
        raise Refusal(_("Number %(number)s has not been issued yet: please issue it first.") % _number(paper))
    if paper.state != CertificateState.ISSUED:
        raise Refusal(_("Number %(number)s is not in force any more: it cannot be handed over.") % _number(paper))
    if on < paper.issue_date:
        raise Refusal(
            _("Number %(number)s is of %(date)s: it cannot have been handed over before.")
            % (_number(paper) | {"date": f"{paper.issue_date:%d/%m/%Y}"})
        )


def _noted_on(paper: Certificate) -> dt.date | None:
    entries = ActionLog.objects.filter(action="hand over", subject=paper._meta.label_lower, subject_id=paper.pk)
    latest = entries.order_by("-pk").first()
    return localdate(latest.at) if latest else None


def _number(paper: Certificate) -> dict[str, str]:
    return {"number": paper.facts["number"]}


def _lock_class_of(paper: Certificate, actor: Actor) -> Course:
    if paper.registration is None:
        raise Refusal(_("This is an entry of an old book: it is only read."))
    course = lock_course(paper.registration.course)
    check_may_issue(course, actor)
    return course

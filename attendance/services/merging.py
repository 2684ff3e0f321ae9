"""Merging two trainees who are one person, with their record: what both earned is judged again, papers stay.

The ledger is not touched: events stay with the registration about which they were claimed, and count for the one into
which it went (`EventQuerySet.about`). Locks: those of `courses.services.merging`, then the sheets by half-day.
"""

from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from attendance.models import Certificate, Event, LeaveRequest, Mark
from attendance.services.ledger import add_up_again, lock_sheets
from courses.constants.actors import Actor
from courses.constants.errors import Refusal
from courses.models import Registration, Session, Trainee, TraineeMerge
from courses.services import merging


@transaction.atomic
def merge_trainees(kept: Trainee, gone: Trainee, *, actor: Actor, from_gone: Collection[str] = ()) -> TraineeMerge:
    """Makes `gone` part of `kept`; `from_gone` names the fields whose value comes from there (see `merging.CHOSEN`).

    The same merging asked for again gives the one that was made. Refusal when the actor may not edit both, one of them
    was merged with somebody else, or both have a paper in force for one class.
    """
    two = merging.lock_two(kept, gone)
    if kept.pk != gone.pk and two.gone.merged_into_id == kept.pk:
        made = TraineeMerge.objects.filter(kept=kept, gone=gone, undone_at__isnull=True).first()
        if made:
            return made
    merging.check_two(two, actor=actor)
    papers = papers_in_force(two.registrations)
    sentence = two_papers(two.registrations, papers)
    if sentence:
        raise Refusal(sentence)
    joined = merging.join_registrations(two.kept, two.gone, two.registrations, with_paper=papers)
    both = {*joined, *joined.values()}
    lock_sheets(set(_courses_of(both).values()))
    leave = LeaveRequest.objects.filter(registration__in=joined).order_by("pk")
    record = {
        "last_event": _last_event(both),
        "last_paper": _last_paper(both),
        "leave": {str(pk): registration for pk, registration in leave.values_list("pk", "registration_id")},
    }
    merge = merging.merge_two(two, actor=actor, from_gone=from_gone, joined=joined, record=record)
    for pk, into in joined.items():
        LeaveRequest.objects.filter(registration=pk).update(registration=into)
    _judge_again(joined.values(), about=both)
    Mark.objects.filter(registration__in=joined).delete()
    return merge


@transaction.atomic
def undo_merge(merge: TraineeMerge, *, actor: Actor) -> TraineeMerge:
    """Makes two people of one again, with what each had; twice is harmless.

    Refusal when it cannot be told any more whose something is: attendance taken or a paper made since in a class in
    which both stood; and for what `merging.take_back` names.
    """
    merge, two, sealed = merging.lock_merge(merge, actor=actor)
    if merge.undone_at:
        return merge
    joined = {int(pk): into for pk, into in sealed["joined"].items()}
    both = {*joined, *joined.values()}
    lock_sheets(set(_courses_of(both).values()))
    if _last_event(both) != sealed["record"]["last_event"]:
        raise Refusal(
            _("Attendance of this person was taken after that in a class in which both stood. It cannot be divided.")
        )
    if _last_paper(both) != sealed["record"]["last_paper"]:
        raise Refusal(_("A certificate was made after that in a class in which both stood. It cannot be divided."))
    merging.take_back(merge, two, sealed, actor=actor)
    for pk, registration in sealed["record"]["leave"].items():
        LeaveRequest.objects.filter(pk=int(pk)).update(registration=registration)
    _judge_again(both, about=both)
    return merge


def papers_in_force(registrations: Iterable[Registration]) -> dict[int, str]:
    """The printed number of the paper in force of each of these registrations that has one."""
    papers = Certificate.objects.filter(registration__in=[r.pk for r in registrations]).in_force()
    return {paper.registration_id: str(paper) for paper in papers.select_related("book").order_by("pk")}


def two_papers(registrations: Iterable[Registration], papers: dict[int, str]) -> str:
    """The sentence that names both numbers where one class gave two papers that are in force; else ""."""
    by_course: dict[int, list[Registration]] = {}
    for registration in registrations:
        if registration.pk in papers:
            by_course.setdefault(registration.course_id, []).append(registration)
    for found in by_course.values():
        if len(found) > 1:
            one, other = (papers[registration.pk] for registration in found[:2])
            return _(
                "Both have a certificate in force of the class %(code)s: numbers %(one)s and %(other)s. Please revoke "
                "one of them first."
            ) % {"code": found[0].course.code, "one": one, "other": other}
    return ""


def _judge_again(registration_ids: Iterable[int], *, about: Collection[int]) -> None:
    """Adds up anew every half-day in which anything is known of these registrations; its sheets are locked."""
    ids = set(registration_ids)
    known = Event.objects.about(about).order_by().values("session_id")
    courses = _courses_of(ids)
    for session in Session.objects.filter(pk__in=known).order_by("pk"):
        add_up_again(session, sorted(pk for pk in ids if courses[pk] == session.course_id))


def _courses_of(registration_ids: Collection[int]) -> dict[int, int]:
    found = Registration.objects.filter(pk__in=registration_ids).order_by()
    return dict(found.values_list("pk", "course_id"))


def _last_event(registration_ids: Collection[int]) -> int:
    return Event.objects.about(registration_ids).aggregate(last=Max("pk"))["last"] or 0


def _last_paper(registration_ids: Collection[int]) -> int:
    return Certificate.objects.filter(registration__in=registration_ids).aggregate(last=Max("pk"))["last"] or 0

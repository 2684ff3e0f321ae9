"""Asking for an absence (báo vắng). Accepting it, which excuses, is the organisers' act."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from attendance.constants import LeaveState
from attendance.models import LeaveRequest
from attendance.rules.eligibility import serves
from courses.constants.actors import Actor
from courses.constants.choices import ACTIVE_STATES, FilePurpose, SessionState
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import Registration, Session
from courses.services.records import log_action, store_scan
from courses.services.registrations import by_answer, check_replacing, lock_course


@transaction.atomic
def ask_for_leave(
    registration: Registration, sessions: Sequence[Session], *, reason: str, actor: Actor, paper: bytes | None = None
) -> LeaveRequest:
    """Reports that somebody will be, or was, absent from these half-days; an organiser answers.

    The same question again, still open, is the same request (a paper that comes later is put to it). Refusal when the
    class is over, the person is not on its list, or a half-day is not one that the person has to attend.
    """
    course = lock_course(registration.course)
    registration = Registration.objects.select_for_update().get(pk=registration.pk)
    if actor.kind == "office":
        check_replacing(course, actor, registration.office_id)
    elif not course.is_open_to_change:
        raise Refusal(_("The class is concluded: absences cannot be reported any more."))
    if registration.state not in ACTIVE_STATES:
        raise Refusal(_("%(name)s is not on the list of the class any more.") % {"name": registration.trainee})
    wanted = {session.pk for session in sessions}
    if not wanted:
        raise Refusal(_("Please choose at least one half-day."))
    if not wanted <= {session.pk for session in half_days_of(registration)}:
        raise Refusal(_("One of these half-days is cancelled, or is not for this person. Please choose again."))
    file = store_scan(paper, purpose=FilePurpose.LEAVE) if paper is not None else None
    for request in LeaveRequest.objects.filter(registration=registration, state=LeaveState.ASKED).order_by("pk"):
        if set(request.sessions.order_by().values_list("pk", flat=True)) == wanted and request.reason == reason:
            if file and not request.paper_id:
                request.paper = file
                request.save(update_fields=["paper"])
            return request
    request = LeaveRequest.objects.create(
        registration=registration,
        reason=reason,
        paper=file,
        by_link=actor.kind == "office",
        asked_by_id=actor.user_id,
        asked_at=now(),
    )
    request.sessions.set(sorted(wanted))
    changes = {"half_days": [None, sorted(wanted)], **by_answer(actor)}
    log_action(actor, "ask leave", request, course=course, changes=changes, personal={"reason": [None, reason]})
    return request


def half_days_of(registration: Registration) -> list[Session]:
    """The half-days that somebody has to attend, cancelled ones apart, in order. (3 queries.)"""
    owed = {block.pk for block in registration.blocks.all()}
    sessions = Session.objects.filter(course=registration.course_id).prefetch_related("blocks").in_order()
    return [
        session
        for session in sessions
        if session.state != SessionState.CANCELLED and serves({block.pk for block in session.blocks.all()}, owed)
    ]

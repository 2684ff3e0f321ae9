"""Asking for an absence (báo vắng). Accepting it, which excuses, is the organisers' act."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from attendance.constants import Claim, LeaveState, SheetState, Way
from attendance.models import LeaveRequest
from attendance.reports.roll import expected_at, expected_of, stand_ins_by_session
from attendance.rules.permissions import may_mark
from attendance.services.ledger import Said, entries_in_force, lock_sheet, write
from courses.constants.actors import Actor
from courses.constants.choices import ACTIVE_STATES, CourseState, FilePurpose, RegistrationKind, SessionState
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.models import Course, Registration, Session
from courses.rules.permissions import may_organise
from courses.services.records import log_action, store_scan
from courses.services.registrations import by_answer, check_replacing, lock_course


@transaction.atomic
def ask_for_leave(
    registration: Registration, sessions: Sequence[Session], *, reason: str, actor: Actor, paper: bytes | None = None
) -> LeaveRequest:
    """Reports that somebody will be, or was, absent from these half-days; an organiser answers. Who comes by the own
    link asks beforehand, for the own half-days.

    The same question again, still open, is the same request (a paper that comes later is put to it). Refusal when the
    class is over, the person is not on its list, or a half-day is not one that the person has to attend; for the person
    also when one is over or was asked for already.
    """
    course = lock_course(registration.course)
    registration = Registration.objects.select_for_update(no_key=True).get(pk=registration.pk)
    if actor.kind == "trainee":
        _check_own(registration, course, sessions, reason, actor)
    elif actor.kind == "office":
        check_replacing(course, actor, registration.office_id)
    elif not may_organise(actor, course):
        raise Refusal(_("Only the organisers of the class and the office itself report absences."))
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
    if actor.kind == "trainee":
        _check_not_asked(registration, wanted)
    request = LeaveRequest.objects.create(
        registration=registration,
        reason=reason,
        paper=file,
        by_link=actor.kind == "office",
        by_trainee=actor.kind == "trainee",
        asked_by_id=actor.user_id,
        asked_at=now(),
    )
    request.sessions.set(sorted(wanted))
    changes = {"half_days": [None, sorted(wanted)], **by_answer(actor)}
    log_action(actor, "ask leave", request, course=course, changes=changes, personal={"reason": [None, reason]})
    return request


def _check_own(registration: Registration, course: Course, sessions, reason: str, actor: Actor) -> None:
    if registration.trainee_id != actor.trainee_id:
        raise Refusal(_("An absence is asked for by the person alone, the office or the organisers."))
    if course.state not in (CourseState.PUBLISHED, CourseState.RUNNING):
        raise Refusal(_("The class is concluded: absences cannot be reported any more."))
    if not reason:
        raise Refusal(_("Please write why you cannot come."))
    moment = now()
    for session in sessions:
        if session.ends_at <= moment:
            raise Refusal(
                _("%(half_day)s is over. Please tell the organisers of the class or your office about it.")
                % {"half_day": session}
            )


def _check_not_asked(registration: Registration, wanted: set[int]) -> None:
    """A person asks once for a half-day, and again only when it was not accepted."""
    asked = LeaveRequest.objects.filter(registration=registration).exclude(state=LeaveState.REFUSED)
    already = set(asked.order_by().values_list("sessions", flat=True))
    known = Session.objects.filter(pk__in=wanted & already)
    if first := known.in_order().first():
        raise Refusal(
            _("You have asked for %(half_day)s already. The answer stands on this page.") % {"half_day": first}
        )


@dataclass
class LeaveAnswer:
    """What an answer did in the ledger, by half-day: written, kept as a proposal since the sheet is closed, or passed
    over since the half-day was cancelled or the person is not expected there any more."""

    request: LeaveRequest
    written: list[Session] = field(default_factory=list)
    proposed: list[Session] = field(default_factory=list)
    passed_over: list[Session] = field(default_factory=list)


@transaction.atomic
def answer_leave(request: LeaveRequest, *, accept: bool, answer: str, actor: Actor, act: UUID) -> LeaveAnswer:
    """An organiser accepts, which excuses in each half-day asked for, or refuses with a reason, which takes that back.

    The answer can be changed; the same answer again writes nothing that stands already. Half-days that were cancelled
    meanwhile are passed over; those whose sheet is closed get a proposal. Refusal when the actor may not mark the
    class, no reason is given for refusing, or the person has left the list.
    """
    course = lock_course(Registration.objects.select_related("course").get(pk=request.registration_id).course)
    request = LeaveRequest.objects.select_for_update(of=("self",)).select_related("paper").get(pk=request.pk)
    registration = Registration.objects.select_related("trainee").get(pk=request.registration_id)
    answer = in_the_clear(answer)[:300]
    if not may_mark(actor, course):
        raise Refusal(_("Absences of this class cannot be answered: it is not under way, or it is another office's."))
    if not accept and not answer:
        raise Refusal(_("Please write why the absence is not accepted."))
    if accept and not Registration.objects.filter(pk=registration.pk).on_roll().exists():
        raise Refusal(_("%(name)s is not on the list of the class any more.") % {"name": registration.trainee})
    answered = LeaveAnswer(request)
    for session in request.sessions.select_related("course").prefetch_related("blocks").order_by("pk"):
        if accept:
            _excuse(answered, session, actor=actor, act=act)
        else:
            _take_back(answered, session, actor=actor, act=act)
    state = LeaveState.ACCEPTED if accept else LeaveState.REFUSED
    if (request.state, request.answer) != (state, answer):
        old = request.state, request.answer
        request.state, request.answer = state, answer
        request.answered_at, request.answered_by_id = now(), actor.user_id
        request.save(update_fields=["state", "answer", "answered_at", "answered_by"])
        log_action(
            actor,
            "answer leave",
            request,
            course=course,
            changes={"state": [old[0], state], "half_days": [None, [session.pk for session in answered.written]]},
            personal={"answer": [old[1], answer]},
        )
    return answered


def _excuse(answered: LeaveAnswer, session: Session, *, actor: Actor, act: UUID) -> None:
    """One half-day of an accepted request; a leave that stands there already is not written again."""
    request = answered.request
    pk = request.registration_id
    if session.state == SessionState.CANCELLED or pk not in expected_of(session, [pk]):
        answered.passed_over.append(session)
        return
    sheet = lock_sheet(session)
    if not _leaves(session, pk):
        said = Said(pk, Claim.EXCUSED, f"leave:{request.pk}:{session.pk}", paper=request.paper)
        write(sheet, session, [said], actor=actor, way=Way.LEAVE, act=act)
        (answered.proposed if sheet.state == SheetState.CLOSED else answered.written).append(session)


def _take_back(answered: LeaveAnswer, session: Session, *, actor: Actor, act: UUID) -> None:
    """One half-day of a refused request; another request that was accepted for it still excuses."""
    request = answered.request
    pk = request.registration_id
    others = LeaveRequest.objects.filter(registration=pk, state=LeaveState.ACCEPTED, sessions=session)
    if others.exclude(pk=request.pk).exists():
        return
    sheet = lock_sheet(session)
    said = [Said(pk, Claim.UNDO, event, undoes=event) for event in _leaves(session, pk)]
    if said:
        write(sheet, session, said, actor=actor, way=Way.LEAVE, act=act)
        (answered.proposed if sheet.state == SheetState.CLOSED else answered.written).append(session)


def _leaves(session: Session, registration_id: int) -> list[int]:
    """The ids of the accepted leaves of one person that no undo annuls; those that only wait on a closed sheet too."""
    entries = entries_in_force(session, [registration_id]).get(registration_id, [])
    return [event.pk for event in entries if event.way == Way.LEAVE and event.claim == Claim.EXCUSED]


def half_days_of(registration: Registration) -> list[Session]:
    """The half-days at which somebody is expected, cancelled ones apart, in order: a stand-in at those stood in for,
    somebody who replaces another from the first one on. (3 queries, one more for a stand-in.)"""
    sessions = list(Session.objects.held().filter(course=registration.course_id).prefetch_related("blocks").in_order())
    prefetch_related_objects([registration], "blocks")
    is_stand_in = registration.kind == RegistrationKind.STAND_IN
    stand_ins = stand_ins_by_session(sessions) if is_stand_in else {}
    return [s for s in sessions if expected_at([registration], s, stand_ins=stand_ins.get(s.pk, ()))]


@transaction.atomic
def excuse(
    registration: Registration,
    sessions: Sequence[Session],
    *,
    reason: str,
    actor: Actor,
    act: UUID,
    paper: bytes | None = None,
) -> LeaveAnswer:
    """An organiser enters an absence and accepts it with that."""
    request = ask_for_leave(registration, sessions, reason=reason, actor=actor, paper=paper)
    return answer_leave(request, accept=True, answer=request.answer, actor=actor, act=act)

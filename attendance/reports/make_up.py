"""Where somebody was seen who missed a half-day, and what was credited."""

from django.db.models import Q

from attendance.constants import SEEN_STATES, Claim, Way
from attendance.models import Event, Mark
from attendance.reports.waiting import claimed_of
from attendance.rules.ledger import annulled
from courses.constants.choices import SessionState
from courses.models import ActionLog, Registration, Session


def attended_elsewhere(registration: Registration, session: Session) -> list[Session]:
    """Half-days of other classes of the same host at which the person was seen, the latest first. (1 query.)"""
    marks = (
        Mark.objects.filter(
            registration__trainee=registration.trainee_id,
            session__course__host_office=session.course.host_office_id,
            state__in=SEEN_STATES,
        )
        .exclude(session__course=session.course_id)
        .exclude(session__state=SessionState.CANCELLED)
        .select_related("session__course")
        .order_by("-session__starts_at", "-pk")
    )
    return list({mark.session_id: mark.session for mark in marks}.values())


def credited(registration: Registration, session: Session) -> list[Event]:
    """The make-up entries of this person in this half-day that nobody took back. (1 query.)"""
    made_up = Event.objects.filter(session=session, way=Way.MAKE_UP, claim=Claim.DECISION).about([registration.pk])
    return list(made_up.filter(undone_by__isnull=True).select_related("by", "paper").order_by("pk"))


def used_for(trainee_id: int) -> dict[int, Session]:
    """By the id of a half-day that the person attended elsewhere, the half-day for which it was credited; what was
    taken back is free again. Which half-day a credit rests on stands in the log, under the act. (3 queries.)"""
    own = (
        Registration.objects.filter(Q(trainee=trainee_id) | Q(trainee__merged_into=trainee_id)).order_by().values("pk")
    )
    entries = ActionLog.objects.filter(action="make up", subject=Registration._meta.label_lower, subject_id__in=own)
    rests_on = {
        act: changes["attended"][1]
        for act, changes in entries.order_by().values_list("batch", "changes")
        if act and changes["attended"][1]
    }
    made_up = Event.objects.filter(way=Way.MAKE_UP, claim=Claim.DECISION, registration__in=own, act__in=rests_on)
    credits = list(made_up.select_related("session__course").order_by("pk"))
    known = Event.objects.filter(registration__in=own, session__in={event.session_id for event in credits})
    gone = annulled(claimed_of(event) for event in known.order_by("pk"))
    return {rests_on[event.act]: event.session for event in credits if event.pk not in gone}

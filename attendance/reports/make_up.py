"""Where somebody was seen who missed a half-day, and what was credited."""

from attendance.constants import SEEN_STATES, Claim, Way
from attendance.models import Event, Mark
from courses.constants.choices import SessionState
from courses.models import Registration, Session


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

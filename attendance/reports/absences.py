"""Absences that were reported for a class, for its organisers."""

from attendance.constants import LeaveState
from attendance.models import LeaveRequest
from courses.models import Course


def absences_asked(course: Course) -> list[LeaveRequest]:
    """Those that await an answer, the oldest first, with person and half-days. (2 queries.)"""
    asked = LeaveRequest.objects.filter(registration__course=course, state=LeaveState.ASKED)
    return list(
        asked.select_related("registration__trainee", "asked_by")
        .prefetch_related("sessions")
        .order_by("asked_at", "pk")
    )

"""Absences that were reported for a class, for its organisers."""

from attendance.constants import LeaveState
from attendance.models import LeaveRequest
from courses.models import Course


def absences_of(course: Course) -> tuple[list[LeaveRequest], list[LeaveRequest]]:
    """Those that await an answer, and those that have one, each the oldest first, with person and half-days.
    (2 queries.)"""
    asked = LeaveRequest.objects.filter(registration__course=course)
    found = list(
        asked.select_related("registration__trainee", "asked_by")
        .prefetch_related("sessions")
        .order_by("asked_at", "pk")
    )
    waiting = [request for request in found if request.state == LeaveState.ASKED]
    return waiting, [request for request in found if request.state != LeaveState.ASKED]

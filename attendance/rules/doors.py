"""Who asks from a helper's phone: the actor of a door, made of its link; and why somebody is not let in."""

from attendance.constants import ScanRefusal
from attendance.models import Door
from courses.constants import links
from courses.constants.actors import Actor
from courses.constants.choices import CourseState, RegistrationState
from courses.constants.clock import now
from courses.models import Registration


def door_of_link(token: str) -> tuple[Actor, Door] | None:
    """The actor and the door of a link; None when it is none, and of a class that is archived or a draft again.

    Also of a door that was revoked or whose time is over: its phones may still hold something back. (2 queries.)
    """
    pk = links.door_id_of(token)
    if pk is None or not links.is_door_token(token, pk):
        return None
    door = Door.objects.select_related("course", "venue").filter(pk=pk).first()
    if door is None or door.course.state in (CourseState.DRAFT, CourseState.ARCHIVED):
        return None
    sessions = frozenset(door.sessions.order_by().values_list("pk", flat=True))
    return Actor("door", course_id=door.course_id, session_ids=sessions), door


def is_open(door: Door) -> bool:
    """Whether it may see its list: not revoked, its time not over, the class under way."""
    under_way = door.course.state in (CourseState.PUBLISHED, CourseState.RUNNING)
    return door.revoked_at is None and now() < door.until and under_way


def why_not(registration: Registration) -> ScanRefusal:
    """The reason for somebody of the class who is not expected at a half-day."""
    if registration.state == RegistrationState.WITHDRAWN:
        return ScanRefusal.WITHDRAWN
    return ScanRefusal.REPLACED if registration.state == RegistrationState.REPLACED else ScanRefusal.NOT_EXPECTED

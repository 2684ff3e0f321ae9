"""A person's own half-days in all classes, as the calendar that the person subscribed to has them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from functools import partial

from attendance.reports.roll import stand_ins_by_session
from attendance.rules.expected import is_expected
from courses.constants.actors import Actor
from courses.constants.choices import ACTIVE_STATES, RegistrationKind, SessionState
from courses.models import ActionLog, Registration, Session, SessionChange
from courses.rendering.calendar import CalendarSession, CourseCalendar
from courses.reports.timetable import own_places, where

#: For how long somebody who has left a class, or one of its half-days, is still told that it is cancelled for them: a
#: calendar that was out of reach for weeks learns it all the same.
TOLD_FOR = dt.timedelta(weeks=6)
_BEGINNING = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def feed_of(actor: Actor, at: dt.datetime) -> list[CourseCalendar]:
    """The classes of a trainee (`actor`) with the half-days that the person has or had, oldest first.

    Who left the list keeps the half-days that were still to come then, as cancelled, until `TOLD_FOR` is over. (At most
    9 queries.)
    """
    registrations = list(
        Registration.objects.visible_to(actor)
        .filter(merged_into__isnull=True)
        .select_related("course", "place", "begins_with", "replaced_by__begins_with")
        .prefetch_related("blocks")
        .order_by("course__starts_on", "course_id", "pk")
    )
    by_course: dict[int, list[Registration]] = defaultdict(list)
    for registration in registrations:
        by_course[registration.course_id].append(registration)
    sessions = _sessions_of(by_course)
    stood_in = stand_ins_by_session(session for of_course in sessions.values() for session in of_course)
    taken_away = _taken_away(registrations, at)
    changed = _changed_at(by_course)
    found = []
    for pk, own in by_course.items():
        touched = max(registration.updated_at for registration in own)
        items = []
        for session in sessions[pk]:
            state = _state(session, own, stood_in.get(session.pk, set()), taken_away.get(session.pk), at)
            if state is not None:
                items.append(_item(session, own, touched, cancelled=state))
        if items:
            course = own[0].course
            moments = [course.updated_at, touched, *changed.get(pk, [])]
            found.append(CourseCalendar(course.code, course.title, max(moments), tuple(items)))
    return found


def _sessions_of(courses: Iterable[int]) -> dict[int, list[Session]]:
    """(3 queries.)"""
    rows = Session.objects.filter(course__among=list(courses)).prefetch_related("blocks", "places__venue").in_order()
    found: dict[int, list[Session]] = defaultdict(list)
    for session in rows:
        found[session.course_id].append(session)
    return found


def _changed_at(courses: Iterable[int]) -> dict[int, list[dt.datetime]]:
    """When half-days of these classes were changed. (1 query.)"""
    rows = SessionChange.objects.filter(session__course__among=list(courses)).order_by("pk")
    found: dict[int, list[dt.datetime]] = defaultdict(list)
    for course, at in rows.values_list("session__course", "at"):
        found[course].append(at)
    return found


def _taken_away(registrations: list[Registration], at: dt.datetime) -> dict[int, dt.datetime]:
    """The half-days, by id, that were taken away from these stand-ins of late, and when. (1 query.)"""
    stand_ins = [r.pk for r in registrations if r.kind == RegistrationKind.STAND_IN]
    log = ActionLog.objects.filter(
        action="stand in", subject="courses.registration", subject_id__among=stand_ins, at__gte=at - TOLD_FOR
    )
    found: dict[int, dt.datetime] = {}
    for entry in log.order_by("at", "pk"):
        before, left = entry.changes.get("half_days", [[], []])
        found |= dict.fromkeys(set(before) - set(left), entry.at)
    return found


def _state(session: Session, own: list[Registration], stand_ins: set[int], taken_away, at: dt.datetime) -> bool | None:
    """Whether the half-day stands in the person's calendar as cancelled; None when it does not stand there."""
    blocks = {block.pk for block in session.blocks.all()}
    was = taken_away is not None and session.ends_at > taken_away
    for registration in own:
        after = registration.replaced_by.begins_with if registration.replaced_by else None
        active = registration.state in ACTIVE_STATES
        expected = partial(
            is_expected,
            session.starts_at,
            blocks,
            owed={block.pk for block in registration.blocks.all()},
            first=registration.begins_with.starts_at if registration.begins_with else None,
            stands_in=registration.pk in stand_ins if registration.kind == RegistrationKind.STAND_IN else None,
        )
        if (active or after) and expected(until=after.starts_at if after else None):
            return session.state == SessionState.CANCELLED
        left_at = registration.updated_at
        just_left = not active and session.ends_at > left_at and at - left_at < TOLD_FOR
        was = was or (just_left and expected())
    return True if was else None


def _item(session: Session, own: list[Registration], touched: dt.datetime, *, cancelled: bool) -> CalendarSession:
    """`touched`: when the person's own part in the class was last written. It counts in the sequence beside what
    changed the half-day: both only rise, so that their sum rises with each of them."""
    return CalendarSession(
        key=session.pk,
        half=session.half,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        location=_where(session, own),
        cancelled=cancelled,
        sequence=session.sequence + max(0, int((touched - _BEGINNING).total_seconds())),
    )


def _where(session: Session, own: list[Registration]) -> str:
    """The person's own place of the half-day, else its first, as everywhere."""
    seats = [own_places(session, registration) for registration in own if registration.state in ACTIVE_STATES]
    # A person who is in a class twice may have said a place once.
    places = min(seats, key=len, default=list(session.places.all()))
    return where(places[0]) if places else ""

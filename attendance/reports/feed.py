"""A person's own half-days in all classes, as the calendar that the person subscribed to has them.

What a calendar has and the person has not any more is told as cancelled, else it would stay there for ever. A half-day
is deleted from a draft alone (`delete_session`), a draft is in no feed, and no class becomes one again (`_advance`): of
what was deleted no calendar knows.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from functools import partial

from django.db.models import Q

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

    Who left the list, or owes other blocks now, keeps the half-days that were still to come then, as cancelled, until
    `TOLD_FOR` is over. (At most 10 queries.)
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
    log = _log_of(registrations, sessions, at)
    taken_away, blocks = _taken_away(registrations, log), Blocks(log)
    changed = _changed_at(by_course)
    found = []
    for pk, own in by_course.items():
        touched = max(registration.updated_at for registration in own)
        items = []
        for session in sessions[pk]:
            state = _state(session, own, stood_in.get(session.pk, set()), taken_away.get(session.pk), blocks, at)
            if state is not None:
                items.append(_item(session, own, touched, cancelled=state))
        if items:
            course = own[0].course
            logged = [entry.at for entry in log if entry.course_id == pk]
            moments = [course.updated_at, touched, *changed.get(pk, []), *logged]
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


def _log_of(registrations: Iterable[Registration], sessions: dict[int, list[Session]], at: dt.datetime):
    """What was logged of late about half-days taken away and blocks that were others before. (1 query.)"""
    half_days = [session.pk for of_course in sessions.values() for session in of_course]
    log = ActionLog.objects.filter(
        Q(subject="courses.registration", subject_id__among=[registration.pk for registration in registrations])
        | Q(subject="courses.session", subject_id__among=half_days),
        action__in=("stand in", "other blocks"),
        at__gte=at - TOLD_FOR,
    )
    return list(log.order_by("at", "pk"))


def _taken_away(registrations: Iterable[Registration], log: Iterable[ActionLog]) -> dict[int, dt.datetime]:
    """The half-days, by id, that were taken away from these stand-ins, and when."""
    stand_ins = {r.pk for r in registrations if r.kind == RegistrationKind.STAND_IN}
    found: dict[int, dt.datetime] = {}
    for entry in log:
        if entry.action == "stand in" and entry.subject_id in stand_ins:
            before, left = entry.changes.get("half_days", [[], []])
            found |= dict.fromkeys(set(before) - set(left), entry.at)
    return found


class Blocks:
    """Which blocks somebody owed, or a half-day served, before they were changed."""

    def __init__(self, log: Iterable[ActionLog]):
        self.changes: dict[tuple[str, int], list[ActionLog]] = defaultdict(list)
        for entry in log:
            if entry.action == "other blocks":
                self.changes[entry.subject, entry.subject_id].append(entry)

    def of(self, row: Registration | Session, before: dt.datetime | None = None) -> set[int]:
        """Those of now, or of the moment before the change that was at `before`."""
        if before:
            for entry in self._of(row):
                if entry.at >= before:
                    return set(entry.changes["blocks"][0])
        return {block.pk for block in row.blocks.all()}

    def changed_at(self, registration: Registration, session: Session) -> set[dt.datetime]:
        """When either was changed while the person was registered."""
        log = [*self._of(registration), *self._of(session)]
        return {entry.at for entry in log if entry.at >= registration.created_at}

    def _of(self, row: Registration | Session) -> list[ActionLog]:
        return self.changes.get((row._meta.label_lower, row.pk), [])


def _state(
    session: Session, own: list[Registration], stand_ins: set[int], taken_away, blocks: Blocks, at: dt.datetime
) -> bool | None:
    """Whether the half-day stands in the person's calendar as cancelled; None when it does not stand there."""
    was = taken_away is not None and session.ends_at > taken_away
    for registration in own:
        after = registration.replaced_by.begins_with if registration.replaced_by else None
        active = registration.state in ACTIVE_STATES
        expected = partial(
            is_expected,
            session.starts_at,
            first=registration.begins_with.starts_at if registration.begins_with else None,
            stands_in=registration.pk in stand_ins if registration.kind == RegistrationKind.STAND_IN else None,
        )
        now = partial(expected, blocks.of(session), owed=blocks.of(registration))
        if (active or after) and now(until=after.starts_at if after else None):
            return session.state == SessionState.CANCELLED
        left_at = registration.updated_at
        just_left = not active and session.ends_at > left_at and at - left_at < TOLD_FOR
        was = was or (just_left and now())
        was = was or any(
            session.ends_at > moment
            and expected(blocks.of(session, before=moment), owed=blocks.of(registration, before=moment))
            for moment in blocks.changed_at(registration, session)
        )
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

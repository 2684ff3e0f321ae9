"""The timetable of a class, by day and half-day, as every page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Prefetch

from courses.constants.choices import SessionState
from courses.models import Course, Place, Session, SessionTopic
from courses.rendering.calendar import CalendarSession, CourseCalendar


@dataclass
class Day:
    """One day of a class. `number` counts its days from 1."""

    date: date
    number: int
    sessions: list[Session] = field(default_factory=list)


def sessions_of(course: Course):
    """The half-days of a class in order with topics, speakers, halls and blocks: five queries."""
    return with_details(Session.objects.filter(course=course))


def with_details(sessions):
    """Half-days in order with all that the schedule shows; four queries more than the half-days alone."""
    return (
        sessions.select_related("course")
        .prefetch_related(
            "blocks",
            Prefetch("agenda", SessionTopic.objects.select_related("topic__block", "speaker").order_by("order", "pk")),
            Prefetch("places", Place.objects.select_related("venue").order_by("order", "pk")),
        )
        .in_order()
    )


def days_of(sessions: Iterable[Session]) -> list[Day]:
    """Half-days in order, gathered by day."""
    days: list[Day] = []
    for session in sessions:
        if not days or days[-1].date != session.date:
            days.append(Day(session.date, len(days) + 1))
        days[-1].sessions.append(session)
    return days


def next_session(sessions: Iterable[Session], at: datetime) -> Session | None:
    """The half-day that is on or comes next; a cancelled one is not meant."""
    coming = (s for s in sessions if s.ends_at > at and s.state != SessionState.CANCELLED)
    return next(coming, None)


def venues_of(sessions: Iterable[Session]) -> list:
    """The halls of these half-days, each once, in order."""
    venues = {place.venue_id: place.venue for session in sessions for place in session.places.all() if place.venue}
    return list(venues.values())


def calendar_of(course: Course, sessions: Iterable[Session]) -> CourseCalendar:
    """The class as its calendar file has it."""
    return CourseCalendar(
        code=course.code,
        title=course.title,
        changed_at=course.updated_at,
        sessions=tuple(
            CalendarSession(
                key=session.pk,
                half=session.half,
                starts_at=session.starts_at,
                ends_at=session.ends_at,
                location="; ".join(where(place) for place in session.places.all()),
                description="\n".join(item.topic.title for item in session.agenda.all()),
                cancelled=session.state == SessionState.CANCELLED,
                sequence=session.sequence,
            )
            for session in sessions
        ),
    )


def where(place: Place) -> str:
    """A place as a calendar names it."""
    if place.venue is None:
        return place.link
    return ", ".join(filter(None, (place.venue.name, place.venue.address)))

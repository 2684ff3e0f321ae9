"""The timetable of a class, by day and half-day, as every page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.db.models import Prefetch
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from courses.constants.choices import SessionState
from courses.constants.clock import VIETNAM
from courses.models import ActionLog, Course, Place, Registration, Session, SessionTopic, Venue
from courses.rendering.calendar import CalendarSession, CourseCalendar
from courses.rendering.timetable_picture import PictureHalf, TimetablePicture

#: A picture of more would take seconds to draw, and no phone shows it.
MOST_HALF_DAYS = 24


@dataclass
class Day:
    """One day of a class. `number` counts its days from 1."""

    date: date
    number: int
    sessions: list[Session] = field(default_factory=list)


@dataclass
class Hall:
    """A hall or site of a class with the half-days that are held there."""

    venue: Venue
    sessions: list[Session] = field(default_factory=list)

    @property
    def days(self) -> list[Day]:
        return days_of(self.sessions)


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


def split_at(days: Iterable[Day], at: datetime) -> tuple[list[Day], list[Day]]:
    """Of these days the half-days that have ended at this moment, and the others. Days keep their numbers; the one that
    is on can be in both."""
    over: list[Day] = []
    others: list[Day] = []
    for day in days:
        for found, ended in ((over, True), (others, False)):
            sessions = [session for session in day.sessions if (session.ends_at <= at) == ended]
            if sessions:
                found.append(Day(day.date, day.number, sessions))
    return over, others


def next_session(sessions: Iterable[Session], at: datetime) -> Session | None:
    """The half-day that is on or comes next; a cancelled one is not meant."""
    coming = (s for s in sessions if s.ends_at > at and s.state != SessionState.CANCELLED)
    return next(coming, None)


def halls_of(sessions: Iterable[Session]) -> list[Hall]:
    """The halls of those of these half-days that are held, each once, in order."""
    found: dict[int, Hall] = {}
    for session in sessions:
        for place in session.places.all() if session.state != SessionState.CANCELLED else ():
            if place.venue:
                found.setdefault(place.venue.pk, Hall(place.venue)).sessions.append(session)
    return list(found.values())


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


def picture_of(course: Course, sessions: Iterable[Session], at: datetime) -> TimetablePicture:
    """The class as a picture for a group: all its half-days, or as many as a picture can hold, those first that are
    still to come at the moment `at`. (1 query.)"""
    sessions = list(sessions)
    over = len(sessions) - MOST_HALF_DAYS
    gone = sum(session.ends_at <= at for session in sessions)
    shown = sessions[min(over, gone) :][:MOST_HALF_DAYS] if over > 0 else sessions
    logged = ActionLog.objects.filter(course_id=course.pk, subject__in=("courses.session", "courses.block"))
    changed = logged.order_by("-at").values_list("at", flat=True).first()
    return TimetablePicture(
        office=course.host_office.name,
        title=course.title,
        days=tuple(
            (capfirst(date_format(day.date, "l, d/m/Y")), tuple(map(_half, day.sessions))) for day in days_of(shown)
        ),
        address=settings.SITE_URL.split("://", 1)[-1] + course.get_absolute_url(),
        changed_at=max(filter(None, (course.updated_at, changed))),
        left_out=len(sessions) - len(shown),
    )


def _half(session: Session) -> PictureHalf:
    begins, ends = session.starts_at.astimezone(VIETNAM), session.ends_at.astimezone(VIETNAM)
    blocks = ", ".join(block.code for block in session.blocks.all())
    return PictureHalf(
        name=session.get_half_display(),
        hours=f"{begins:%H:%M} – {ends:%H:%M}",
        state="" if session.state == SessionState.PLANNED else session.get_state_display(),
        is_off=session.state == SessionState.CANCELLED,
        blocks=_("Block %(blocks)s") % {"blocks": blocks} if blocks else "",
        places=tuple(str(place) for place in session.places.all()),
        topics=tuple(
            (item.topic.title, item.speaker.full_name if item.speaker else "") for item in session.agenda.all()
        ),
    )


def own_places(session: Session, registration: Registration) -> list[Place]:
    """Where the person sits: the place said of the registration, which is a row of one half-day, in this one; all of
    them where none is said or it is not used that day."""
    places = list(session.places.all())
    said = registration.place
    return [place for place in places if said and place.key == said.key] or places


def where(place: Place) -> str:
    """A place as a calendar names it."""
    if place.venue is None:
        return place.link
    return ", ".join(filter(None, (place.venue.name, place.venue.address)))

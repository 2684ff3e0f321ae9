"""Half-days as an iCalendar file (RFC 5545): one event each, the same in the file of a class and in a person's own."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from icalendar import Calendar, Event, vDuration

from courses.constants.clock import VIETNAM
from courses.constants.names import clean_text
from courses.rendering.days import HALVES

#: How often a calendar that subscribes should look again; what moves at 6:30 is known before the half-day begins.
LOOK_AGAIN = dt.timedelta(hours=1)


@dataclass(frozen=True)
class CalendarSession:
    """One half-day. `key` is its lasting id; `sequence` rises with each change that people must hear of."""

    key: int
    half: str  # a value of HalfDay
    starts_at: dt.datetime  # aware
    ends_at: dt.datetime  # aware
    location: str = ""
    description: str = ""
    cancelled: bool = False
    sequence: int = 0


@dataclass(frozen=True)
class CourseCalendar:
    """A class with its half-days. `changed_at` is when any of it last changed, not the present moment, so that the
    file changes only with the class."""

    code: str
    title: str
    changed_at: dt.datetime  # aware
    sessions: tuple[CalendarSession, ...]


def course_calendar(course: CourseCalendar) -> bytes:
    """The file in UTF-8; the same bytes for the same class.

    A half-day keeps its UID for good. A cancelled one stays in the file as cancelled, else it would
    stay for ever in the calendars that already have it.
    """
    return _file(course.title, [course])


def own_calendar(courses: Iterable[CourseCalendar]) -> bytes:
    """The half-days of one person in all classes, each class with those alone that are the person's. Names nobody: the
    file goes through the hands of whoever keeps the person's calendar."""
    return _file("Lịch tập huấn", courses)


def _file(name: str, courses: Iterable[CourseCalendar]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Tap huan Vi Thanh//vi")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _lines(name))
    calendar.add("x-wr-timezone", VIETNAM.key)
    # RFC 7986, and what Outlook and Apple read in its place.
    calendar.add("refresh-interval", LOOK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(LOOK_AGAIN))
    for course in courses:
        for session in course.sessions:
            calendar.add_component(_event(course, session))
    calendar.add_missing_timezones(first_date=dt.date(2000, 1, 1))
    return calendar.to_ical()


def _event(course: CourseCalendar, session: CalendarSession) -> Event:
    starts_at = session.starts_at.astimezone(VIETNAM)
    summary = f"{HALVES[session.half]} {starts_at:%d/%m/%Y}: {course.title}"
    event = Event()
    event.add("uid", f"{course.code}-{session.key}@tap-huan.vi-thanh")
    event.add("dtstamp", course.changed_at.astimezone(dt.UTC))
    event.add("sequence", session.sequence)
    event.add("dtstart", starts_at)
    event.add("dtend", session.ends_at.astimezone(VIETNAM))
    # Some calendars show a cancelled event like any other: the words say it too.
    event.add("summary", _lines(f"Hủy: {summary}" if session.cancelled else summary))
    event.add("status", "CANCELLED" if session.cancelled else "CONFIRMED")
    if session.location:
        event.add("location", _lines(session.location))
    if session.description:
        event.add("description", _lines(session.description))
    return event


def _lines(text: str) -> str:
    """Without what cannot be seen, of which the standard allows nothing but the end of a line."""
    return "\n".join(clean_text(line) for line in text.split("\n"))

"""What the people of a class are still to be told, from the plan and from the record."""

import datetime as dt
from collections.abc import Collection, Iterable

from attendance.constants import THERE, CertificateState, MarkState, SheetState
from attendance.models import Certificate, Mark, Sheet
from attendance.reports.roll import expected_at, people_on_roll, stand_ins_by_session
from courses.constants.choices import ACTIVE_STATES, CourseState, Occasion, SessionState
from courses.models import Course, Registration, Session
from courses.reports.telling import COMING, Due, due_of_plan, told_in
from courses.reports.timetable import with_details

#: Somebody who was missing is told while it is fresh.
MISSING_FOR = dt.timedelta(days=7)
#: Of what was, people are told of a concluded class, too.
TOLD_IN = (*COMING, CourseState.CONCLUDED)


def due_in(courses: Iterable[Course], at: dt.datetime) -> list[Due]:
    """All that people of these classes are still to be told at the moment `at`, in the order of the paper list.

    Twelve queries, whatever the number of classes, half-days and people; none when no class has begun to be told of.
    """
    ids = [course.pk for course in courses if course.state in TOLD_IN]
    if not ids:
        return []
    people = list(
        people_on_roll(ids).select_related(
            "trainee", "course__host_office", "place", "begins_with", "replaced_by__begins_with"
        )
    )
    sessions = list(with_details(Session.objects.filter(course__in=ids)))
    expected = _expected(people, sessions)
    told = told_in(ids)
    found = due_of_plan(people, sessions, expected, told, at)
    found += _missing(people, sessions, expected, told, at)
    found += _to_collect(people, ids, told)
    place = {person.pk: number for number, person in enumerate(people)}
    return sorted(found, key=lambda due: place[due.registration.pk])


def _expected(people: list[Registration], sessions: list[Session]) -> dict[int, set[int]]:
    stand_ins = stand_ins_by_session(sessions)
    by_course: dict[int, list[Registration]] = {}
    for person in people:
        by_course.setdefault(person.course_id, []).append(person)
    return {
        session.pk: {
            person.pk
            for person in expected_at(
                by_course.get(session.course_id, []), session, stand_ins=stand_ins.get(session.pk, ())
            )
        }
        for session in sessions
    }


def _missing(people, sessions, expected, told: Collection, at: dt.datetime) -> list[Due]:
    """Absent without leave on a closed sheet of the last days: who has no claim on it, or only that of absence."""
    recent = [s for s in sessions if s.state != SessionState.CANCELLED and at - MISSING_FOR <= s.starts_at <= at]
    ids = [session.pk for session in recent]
    sheets = Sheet.objects.filter(session__in=ids, state=SheetState.CLOSED).order_by()
    closed = set(sheets.values_list("session_id", flat=True))
    there = Mark.objects.filter(session__in=ids, state__in=[*THERE, MarkState.EXCUSED]).order_by()
    known = set(there.values_list("session_id", "registration_id"))
    dues = [
        Due(person, Occasion.MISSING, session.pk, (session,))
        for session in recent
        if session.pk in closed
        for person in people
        if person.pk in expected[session.pk] and person.state in ACTIVE_STATES and (session.pk, person.pk) not in known
    ]
    return [due for due in dues if due.key not in told]


def _to_collect(people: list[Registration], course_ids: list[int], told: Collection) -> list[Due]:
    """Papers that are issued and not handed over."""
    papers = Certificate.objects.filter(registration__course__in=course_ids, state=CertificateState.ISSUED)
    waiting = dict(papers.order_by().values_list("registration_id", "pk"))
    dues = [Due(one, Occasion.CERTIFICATE, waiting[one.pk]) for one in people if one.pk in waiting]
    return [due for due in dues if due.key not in told]

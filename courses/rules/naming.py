"""Until when an office may name, replace and report: plain predicates over a class and its half-days."""

from django.db.models import Max

from courses.constants.actors import Actor
from courses.constants.choices import CourseState
from courses.constants.clock import now, today
from courses.models import Course, Office, Trainee
from courses.rules.actors import offices_behind


def speaks_for(actor: Actor, course: Course, office_id: int) -> bool:
    """Whether the actor acts as this office in this class: by its link, or signed in on the page of that link."""
    return actor.kind == "office" and actor.course_id == course.pk and actor.office_id == office_id


def is_over(course: Course) -> bool:
    """The last half-day that takes place has ended; without half-days the last day has. (1 query.)"""
    last = course.sessions.held().order_by().aggregate(last=Max("ends_at"))["last"]
    return now() > last if last else today() > course.ends_on


def deadline_is_over(course: Course) -> bool:
    """Lists are taken until the end of the deadline's day in Việt Nam."""
    return course.registration_deadline is not None and today() > course.registration_deadline


def may_name(course: Course) -> bool:
    """Whether offices may name and withdraw people now: until the deadline (without one until the last half-day), and
    not after the list is final."""
    return may_replace(course) and course.list_final_at is None and not deadline_is_over(course)


def may_replace(course: Course) -> bool:
    """Whether offices may replace people and report absences now: until the last half-day."""
    return course.is_open_to_change and course.state != CourseState.DRAFT and not is_over(course)


def people_of(office: Office, course: Course | None = None):
    """Those whom an office may name: its own people, and those of the offices that it has succeeded by today, or by the
    first day of the class; by name."""
    behind = offices_behind(office.pk, course.starts_on if course else None)
    people = Trainee.objects.filter(office__in=behind, merged_into__isnull=True)
    return people.by_name()

"""What the pages of the organiser say: the week, the state of one class, what is missing in words.

Each report costs a number of queries that does not depend on how many classes, half-days or people there are.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from django.db.models import Count, Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.constants.actors import Actor
from courses.constants.choices import AnswerState, CourseState, HalfDay, RegistrationState, SessionState
from courses.constants.clock import now, today
from courses.models import Block, Course, OfficeAnswer, Place, Registration, Seats, Session, SessionTopic, Topic
from courses.reports.changes import Changed, changes_of
from courses.reports.offices_of_class import ANSWERED, Board, board
from courses.reports.timetable import Day, days_of, sessions_of
from courses.rules.permissions import may_change_plan
from courses.rules.seats import COLUMNS, people_asked_for

#: So long before the first day the list should be final.
SOON = dt.timedelta(days=3)
#: When an act on a class is needed: before it is held, while, afterwards; in all of these.
When = Literal["before", "during", "after", "always"]


@dataclass(frozen=True)
class Note:
    """One thing that is missing or due, with the page on which to do it. level: "bad", "warn" or "ok"."""

    text: str
    level: Literal["bad", "warn", "ok"]
    url: str = ""


@dataclass
class Facts:
    """What is known of one class before it is put in words. `changes`: what is news about its half-days."""

    sessions: list[Session] = field(default_factory=list)
    changes: list[Changed] = field(default_factory=list)
    seats: dict[int, int] = field(default_factory=dict)
    registered: Counter = field(default_factory=Counter)
    answers: dict[int, str] = field(default_factory=dict)
    nominated: int = 0
    topics: int = 0
    topics_planned: int = 0

    @property
    def held(self) -> list[Session]:
        return [session for session in self.sessions if session.state != SessionState.CANCELLED]

    @property
    def total(self) -> int:
        return sum(self.registered.values())

    @property
    def seats_given(self) -> int:
        return sum(self.seats.values())

    @property
    def next_session(self) -> Session | None:
        """The half-day that is going on or comes next."""
        return next((session for session in self.held if session.ends_at > now()), None)

    def silent_offices(self) -> set[int]:
        """Offices with seats that have neither answered nor sent anybody."""
        return {
            office
            for office, number in self.seats.items()
            if number and not self.registered[office] and self.answers.get(office) not in ANSWERED
        }

    def late_offices(self) -> set[int]:
        """Offices with seats that have not answered: not named people for all of them, or still make their list."""
        unanswered = {
            office: number
            for office, number in self.seats.items()
            if number and self.answers.get(office) not in ANSWERED
        }
        return {
            office
            for office, number in unanswered.items()
            if self.registered[office] < number or self.answers.get(office) == AnswerState.IN_PROGRESS
        }


@dataclass
class Card:
    """A class in the organiser's week. `notes` may be added to by the app that keeps the record."""

    course: Course
    facts: Facts
    stage: Literal["under way", "coming", "prepared"]
    notes: list[Note]
    may_change: bool = False

    @property
    def change_words(self) -> str:
        """What the button says that leads to changing the next half-day; "" where there is none to be changed."""
        session = self.facts.next_session
        if session is None or not self.may_change or self.course.state == CourseState.DRAFT:
            return ""
        if session.date != today():
            half = {"half": session.get_half_display().lower(), "day": f"{session.date:%d/%m}"}
            return _("Change: %(half)s %(day)s") % half
        return _("Change this morning") if session.half == HalfDay.MORNING else _("Change this afternoon")


@dataclass(frozen=True)
class Overview:
    """A class as its page shows it."""

    course: Course
    facts: Facts
    days: list[Day]
    blocks: list[Block]
    offices: Board
    notes: list[Note]

    @property
    def step_is_due(self) -> bool:
        """Whether it is time to take the class to its next state."""
        return step_is_due(self.course, self.facts)

    @property
    def when(self) -> When:
        """What the class is at: what is needed then stands open on its page."""
        course = self.course
        if course.state == CourseState.DRAFT or (course.state == CourseState.PUBLISHED and course.starts_on > today()):
            return "before"
        return "during" if course.is_open_to_change and not _is_over(self.facts) else "after"


def week(actor: Actor) -> list[Card]:
    """Classes that the actor works on and that are not concluded: under way, then coming, then being prepared.

    A published class counts as under way on its days. (7 queries.)
    """
    courses = list(
        Course.objects.hosted_for(actor).under_way().select_related("host_office").order_by("starts_on", "code")
    )
    facts = facts_of(courses)
    cards = [
        Card(course, facts[course.pk], _stage(course), notes(course, facts[course.pk]), may_change_plan(actor, course))
        for course in courses
    ]
    return sorted(cards, key=lambda card: ("under way", "coming", "prepared").index(card.stage))


def overview(course: Course) -> Overview:
    """Schedule by day and half-day, seats by office against registered, what is missing. (18 queries.)"""
    facts = facts_of([course])[course.pk]
    blocks = list(course.blocks.prefetch_related("topics", "audience").order_by("order", "code"))
    return Overview(course, facts, days_of(sessions_of(course)), blocks, board(course), notes(course, facts))


def facts_of(courses: list[Course]) -> dict[int, Facts]:
    """Facts by class id. (6 queries, whatever the number of classes.)"""
    facts = {course.pk: Facts() for course in courses}
    sessions = Session.objects.filter(course__in=courses).in_order()
    for session in sessions.annotate(
        has_place=Exists(Place.objects.filter(session=OuterRef("pk")).order_by()),
        has_topic=Exists(SessionTopic.objects.filter(session=OuterRef("pk")).order_by()),
    ):
        facts[session.course_id].sessions.append(session)
    every = [session for known in facts.values() for session in known.sessions]
    for change in changes_of(every, now()):
        facts[change.session.course_id].changes.append(change)
    seats = Seats.objects.filter(course__in=courses).order_by().values_list(*COLUMNS)
    for (course, office), number in people_asked_for(seats).items():
        facts[course].seats[office] = number
    people = Registration.objects.filter(course__in=courses).active().order_by()
    counted = people.values_list("course_id", "office_id", "state").annotate(number=Count("pk"))
    for course, office, state, number in counted:
        facts[course].registered[office] += number
        facts[course].nominated += number * (state == RegistrationState.NOMINATED)
    answers = OfficeAnswer.objects.filter(course__in=courses).order_by()
    for course, office, state in answers.values_list("course_id", "office_id", "state"):
        facts[course].answers[office] = state
    planned = SessionTopic.objects.filter(topic=OuterRef("pk")).exclude(session__state=SessionState.CANCELLED)
    topics = Topic.objects.filter(block__course__in=courses).order_by()
    for course, is_planned in topics.values_list("block__course_id", Exists(planned.order_by())):
        facts[course].topics += 1
        facts[course].topics_planned += is_planned
    return facts


def notes(course: Course, facts: Facts) -> list[Note]:
    """What is missing or due in a class, most pressing first, each with the page on which it is put right."""
    page = reverse("admin:courses_course_overview", args=[course.pk])
    if not course.is_open_to_change:
        return []
    return [*_due(course, facts, page), *_missing_in_plan(course, facts, page), *_missing_people(course, facts)]


def _stage(course: Course) -> Literal["under way", "coming", "prepared"]:
    if course.state == CourseState.DRAFT:
        return "prepared"
    return "under way" if course.state == CourseState.RUNNING or course.starts_on <= today() else "coming"


def step_is_due(course: Course, facts: Facts) -> bool:
    """A draft is to be published, a class whose first day has come to begin, one whose last half-day is over to be
    concluded."""
    if course.state == CourseState.RUNNING:
        return _is_over(facts)
    return course.state == CourseState.DRAFT or (course.state == CourseState.PUBLISHED and course.starts_on <= today())


def _is_over(facts: Facts) -> bool:
    return bool(facts.held) and facts.next_session is None


def _due(course: Course, facts: Facts, page: str) -> list[Note]:
    if not step_is_due(course, facts):
        return []
    if course.state == CourseState.DRAFT:
        return [Note(_("Not published yet"), "warn", page)]
    if course.state == CourseState.PUBLISHED:
        return [Note(_("The first day has come: begin the class"), "bad", page)]
    return [Note(_("The last half-day is over: conclude the class"), "warn", page)]


def _missing_in_plan(course: Course, facts: Facts, page: str) -> list[Note]:
    held = facts.held
    if not held:
        return [Note(_("No half-days yet"), "bad", page)]
    found = []
    empty_days = _days_without(course, held)
    if empty_days:
        text = ngettext("%(number)d day without a half-day", "%(number)d days without a half-day", empty_days)
        found.append(Note(text % {"number": empty_days}, "warn", page))
    homeless = sum(not session.has_place for session in held)
    if homeless:
        text = ngettext("%(number)d half-day without a hall", "%(number)d half-days without a hall", homeless)
        found.append(Note(text % {"number": homeless}, "bad", page))
    if not facts.topics:
        found.append(Note(_("No topics yet"), "bad", reverse("admin:courses_course_change", args=[course.pk])))
        return found
    idle = sum(not session.has_topic for session in held)
    if idle:
        text = ngettext("%(number)d half-day without a topic", "%(number)d half-days without a topic", idle)
        found.append(Note(text % {"number": idle}, "warn", page))
    left = facts.topics - facts.topics_planned
    if left:
        text = ngettext("%(number)d topic in no half-day", "%(number)d topics in no half-day", left)
        found.append(Note(text % {"number": left}, "warn", page))
    return found


def _missing_people(course: Course, facts: Facts) -> list[Note]:
    seats_page = reverse("admin:courses_course_seats", args=[course.pk])
    found = []
    if not facts.seats_given and not facts.total:
        return [Note(_("No seats given to offices yet"), "warn", seats_page)]
    if course.capacity is not None and facts.seats_given > course.capacity:
        text = _("%(seats)d seats are given, the class holds %(capacity)d")
        found.append(Note(text % {"seats": facts.seats_given, "capacity": course.capacity}, "warn", seats_page))
    found += _late(course, facts)
    if facts.nominated:
        text = ngettext(
            "%(number)d person waits to be confirmed", "%(number)d people wait to be confirmed", facts.nominated
        )
        board_page = reverse("admin:courses_course_board", args=[course.pk])
        found.append(Note(text % {"number": facts.nominated}, "warn", f"{board_page}?show=nominated"))
    if facts.total and not course.list_final_at and course.starts_on - today() <= SOON:
        text = (
            _("The list is not final yet")
            if course.starts_on <= today()
            else _("The class begins soon: make the list final")
        )
        found.append(Note(text, "warn", reverse("admin:courses_course_final", args=[course.pk])))
    return found


def _late(course: Course, facts: Facts) -> list[Note]:
    """What is due about the deadline for lists; each leads to the offices that are late."""
    deadline = course.registration_deadline
    if not deadline:
        if course.state != CourseState.DRAFT:
            return []
        return [Note(_("No deadline for lists"), "warn", reverse("admin:courses_course_change", args=[course.pk]))]
    page = reverse("admin:courses_course_board", args=[course.pk]) + "?show=late"
    late, silent, days = len(facts.late_offices()), len(facts.silent_offices()), (deadline - today()).days
    if days < 0 and silent:
        text = ngettext(
            "The deadline has passed and %(number)d office has not sent anybody",
            "The deadline has passed and %(number)d offices have not sent anybody",
            silent,
        )
        return [Note(text % {"number": silent}, "bad", page)]
    if not late or not 0 <= days <= 1:
        return []
    if days:
        text = ngettext(
            "The deadline is tomorrow and the list of %(number)d office is missing",
            "The deadline is tomorrow and the lists of %(number)d offices are missing",
            late,
        )
    else:
        text = ngettext(
            "The deadline is today and the list of %(number)d office is missing",
            "The deadline is today and the lists of %(number)d offices are missing",
            late,
        )
    return [Note(text % {"number": late}, "warn", page)]


def _days_without(course: Course, held: list[Session]) -> int:
    """Working days of the class on which nothing is held; a class over a weekend is not incomplete."""
    days = {session.date for session in held}
    length = (course.ends_on - course.starts_on).days + 1
    if length > 31:
        return 0
    all_days = (course.starts_on + dt.timedelta(days=n) for n in range(length))
    return sum(day not in days and day.weekday() < 5 for day in all_days)

"""What a person, or an office, is shown of the classes they are in: schedule, attendance, result, paper."""

from collections.abc import Iterable
from dataclasses import dataclass

from attendance.models import Certificate
from attendance.reports.verdicts import marks_of, verdicts_of
from attendance.rules.eligibility import Verdict, serves
from courses.constants.actors import Actor
from courses.constants.choices import CourseState, RegistrationKind, SessionState
from courses.models import Registration, Session, Trainee
from courses.reports.timetable import Day, days_of, with_details


@dataclass(frozen=True)
class Attendance:
    """One half-day that somebody is expected at, and what is known: "" for nothing."""

    session: Session
    state: str


@dataclass(frozen=True)
class InClass:
    """One registration with all that its person may see. `certificate` is the one in force, `asked` what was asked
    about its papers (`attendance.reports.corrections`)."""

    registration: Registration
    days: list[Day]
    attendance: list[Attendance]
    verdict: Verdict
    certificate: Certificate | None
    asked: tuple = ()

    @property
    def course(self):
        return self.registration.course

    @property
    def sessions(self) -> list[Session]:
        return [session for day in self.days for session in day.sessions]

    @property
    def is_over(self) -> bool:
        return self.course.state in (CourseState.CONCLUDED, CourseState.ARCHIVED)

    @property
    def is_stand_in(self) -> bool:
        """For named half-days only: there is nothing to earn."""
        return self.registration.kind == RegistrationKind.STAND_IN


def classes_of(trainee: Trainee, actor: Actor) -> list[InClass]:
    """The classes of a trainee that the actor may see, those under way first, then the latest."""
    registrations = Registration.objects.filter(trainee=trainee).active().visible_to(actor)
    found = in_class(registrations.order_by("-course__starts_on", "-pk"))
    return sorted(found, key=lambda item: item.is_over)


def in_class(registrations) -> list[InClass]:
    """Everything about these registrations, in their order, in a constant number of queries."""
    registrations = list(registrations.select_related("course", "office", "trainee").prefetch_related("blocks"))
    verdicts = verdicts_of(registrations)
    marks = marks_of(registrations)
    sessions = list(with_details(Session.objects.filter(course__in={r.course_id for r in registrations})))
    papers = {
        paper.registration_id: paper
        for paper in Certificate.objects.filter(registration__in=[r.pk for r in registrations])
        .in_force()
        .select_related("book")
        .order_by()
    }
    return [
        _one(registration, sessions, marks.get(registration.pk, {}), verdicts, papers) for registration in registrations
    ]


def _one(registration, sessions: Iterable[Session], states, verdicts, papers) -> InClass:
    owed = {block.pk for block in registration.blocks.all()}
    own = [
        session
        for session in sessions
        if session.course_id == registration.course_id and serves({block.pk for block in session.blocks.all()}, owed)
    ]
    return InClass(
        registration=registration,
        days=days_of(own),
        attendance=[Attendance(s, states.get(s.pk, "")) for s in own if s.state != SessionState.CANCELLED],
        verdict=verdicts[registration.pk],
        certificate=papers.get(registration.pk),
    )

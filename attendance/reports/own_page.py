"""What somebody finds on the own page behind the personal link."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from operator import attrgetter

from attendance.constants import LeaveState
from attendance.models import LeaveRequest
from attendance.reports.corrections import with_corrections
from attendance.reports.passes import Pass, passes_in_force
from attendance.reports.people import InClass, in_class
from attendance.reports.roll import expected_at, stand_ins_by_session
from attendance.reports.yearly import year_of
from attendance.rules.yearly import Year
from courses.constants.actors import Actor
from courses.constants.choices import ACTIVE_STATES, PUBLIC_STATES, SessionState
from courses.constants.clock import VIETNAM
from courses.models import Material, Place, Registration, Session, Trainee
from courses.reports.changes import Changed, changes_of
from courses.reports.timetable import Day, days_of, own_places, split_at


@dataclass(frozen=True)
class OwnHalfDay:
    """A half-day with the places at which this very person sits; more than one where nobody has said which."""

    session: Session
    places: list[Place]
    day: dt.date

    @property
    def days_ahead(self) -> int:
        """0 today, 1 tomorrow."""
        return (self.session.date - self.day).days


@dataclass
class OwnClass:
    """One class of the person. `of_pass`: None when it is over. `coming`: own half-days that have not ended; `can_ask`:
    those of them for which leave can still be asked; `absences`: what was asked, the latest first. `days_over` and
    `days_left` are the schedule."""

    item: InClass
    of_pass: Pass | None
    coming: list[Session] = field(default_factory=list)
    absences: list[LeaveRequest] = field(default_factory=list)
    materials: list[Material] = field(default_factory=list)
    days_over: list[Day] = field(default_factory=list)
    days_left: list[Day] = field(default_factory=list)

    @property
    def number_over(self) -> int:
        return sum(len(day.sessions) for day in self.days_over)

    @property
    def can_ask(self) -> list[Session]:
        asked = {
            session.pk
            for request in self.absences
            if request.state != LeaveState.REFUSED
            for session in request.sessions.all()
        }
        return [session for session in self.coming if session.pk not in asked]

    @property
    def is_public(self) -> bool:
        return self.item.course.state in PUBLIC_STATES


@dataclass(frozen=True)
class OwnPage:
    """`current`: classes that are not over, the nearest half-day first; `past`: the others, the latest first;
    `papers`: classes with a certificate, the latest first."""

    current: list[OwnClass]
    past: list[OwnClass]
    papers: list[InClass]
    next: OwnHalfDay | None
    changes: list[Changed]
    year: Year

    @property
    def pressing_changes(self) -> list[Changed]:
        """What must be read before the next half-day: it stands otherwise, or one was to be held, or is, before it."""
        return [change for change in self.changes if self._is_pressing(change)]

    @property
    def later_changes(self) -> list[Changed]:
        """The others: they can wait until the next half-day has been read."""
        return [change for change in self.changes if not self._is_pressing(change)]

    def _is_pressing(self, change: Changed) -> bool:
        return self.next is None or change.begins <= self.next.session.starts_at


def own_page(trainee: Trainee, actor: Actor, at: dt.datetime) -> OwnPage:
    """Everything of the page but the own data. (A constant number of queries, whatever the number of classes.)"""
    rows = Registration.objects.filter(trainee=trainee, state__in=ACTIVE_STATES).visible_to(actor)
    rows = rows.select_related("begins_with", "replaced_by__begins_with", "place", "course__host_office")
    items = with_corrections(in_class(rows.order_by("-course__starts_on", "-pk")))
    own = _own_half_days(items)
    items = [_narrowed(item, own[item.registration.pk]) for item in items]
    current = [item for item in items if not item.is_over]
    passes = passes_in_force(item.registration.pk for item in current)
    absences, materials = _absences(current), _materials(items)
    classes = [
        OwnClass(
            item,
            passes.get(item.registration.pk),
            [s for s in own[item.registration.pk] if s.ends_at > at and s.state != SessionState.CANCELLED],
            absences.get(item.registration.pk, []),
            materials.get(item.registration.course_id, []),
            *split_at(item.days, at),
        )
        for item in items
    ]
    under_way = [one for one in classes if not one.item.is_over]
    under_way.sort(key=lambda one: (not one.coming, one.coming[0].starts_at if one.coming else at))
    day = at.astimezone(VIETNAM).date()
    return OwnPage(
        current=under_way,
        past=[one for one in classes if one.item.is_over],
        papers=[item for item in items if item.certificate],
        next=_next(under_way, day),
        changes=changes_of(sorted(_all(own, current), key=attrgetter("starts_at")), at),
        year=year_of([trainee.pk], day.year)[trainee.pk],
    )


def _own_half_days(items: Iterable[InClass]) -> dict[int, list[Session]]:
    """By registration, those half-days of the class that are this person's, cancelled ones too. (1 query.)"""
    items = list(items)
    of_stand_ins = [session for item in items if item.is_stand_in for session in item.sessions]
    stand_ins = stand_ins_by_session(of_stand_ins)
    return {
        item.registration.pk: [
            session
            for session in item.sessions
            if expected_at([item.registration], session, stand_ins=stand_ins.get(session.pk, ()))
        ]
        for item in items
    }


def _narrowed(item: InClass, own: Collection[Session]) -> InClass:
    """A stand-in is shown the half-days stood in for, and nothing else of the class."""
    if not item.is_stand_in:
        return item
    ids = {session.pk for session in own}
    attendance = [line for line in item.attendance if line.session.pk in ids]
    return replace(item, days=days_of(own), attendance=attendance)


def _all(own: dict[int, list[Session]], items: Iterable[InClass]) -> list[Session]:
    found = {session.pk: session for item in items for session in own[item.registration.pk]}
    return list(found.values())


def _next(classes: Iterable[OwnClass], day: dt.date) -> OwnHalfDay | None:
    """Of all classes the half-day that is on or comes next."""
    coming = [(session, one.item.registration) for one in classes for session in one.coming]
    if not coming:
        return None
    session, registration = min(coming, key=lambda pair: (pair[0].starts_at, pair[0].pk))
    return OwnHalfDay(session, own_places(session, registration), day)


def _absences(items: Iterable[InClass]) -> dict[int, list[LeaveRequest]]:
    """By registration, the latest first. (2 queries.)"""
    asked = LeaveRequest.objects.filter(registration__in=[item.registration.pk for item in items])
    found: dict[int, list[LeaveRequest]] = {}
    for request in asked.prefetch_related("sessions").order_by("-asked_at", "-pk"):
        found.setdefault(request.registration_id, []).append(request)
    return found


def _materials(items: Iterable[InClass]) -> dict[int, list[Material]]:
    """By class. (1 query.)"""
    found: dict[int, list[Material]] = {}
    rows = Material.objects.filter(course__in={item.registration.course_id for item in items})
    for material in rows.order_by("course", "order", "pk"):
        found.setdefault(material.course_id, []).append(material)
    return found

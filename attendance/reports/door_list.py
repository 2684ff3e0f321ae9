"""What a phone at a door holds of its half-days: who is expected, what is known of each, and whose passes are refused.

No more personal data than the door shows: of who is expected name, what tells two of one name apart, office; of others
of the class the name alone. Of passes only hashes.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime

from attendance.constants import THERE, Claim, ScanRefusal
from attendance.models import Door, Event, Mark
from attendance.reports.board import told_apart
from attendance.reports.passes import Pass, ended_passes, hash_of_code, passes_in_force
from attendance.reports.roll import expected_at, people_on_roll, stand_ins_by_session
from attendance.rules.doors import why_not
from attendance.rules.ledger import late_after
from courses.constants.choices import CourseState, RegistrationState
from courses.constants.clock import VIETNAM
from courses.models import Course, Registration, Session


@dataclass(frozen=True)
class Known:
    """What is known of somebody at a half-day: the state, since when, and through which door ("" for another way)."""

    state: str
    since: datetime | None
    door: str


@dataclass(frozen=True)
class Guest:
    """Somebody whom the door knows. `codes` are hashes of the long and the short code; `expected` ids of half-days;
    `otherwise` why they are not let in at another."""

    id: int
    name: str
    apart: str
    office: str
    codes: list[str]
    expected: list[int]
    otherwise: str
    known: dict[int, Known]


@dataclass(frozen=True)
class Turned:
    """Passes that are not let in, and why. `where`: of another class, its name and hall by the half-day of the door."""

    codes: list[str]
    reason: str
    name: str = ""
    where: dict[int, str] = field(default_factory=dict)


def door_list(door: Door) -> dict:
    """The list as plain values, ready to be written as JSON. (18 queries, whatever the number of people.)"""
    sessions = list(door.sessions.held().prefetch_related("blocks").order_by("starts_at"))
    registrations = list(people_on_roll([door.course_id]).select_related("trainee", "office"))
    codes, expected = _codes_in(door.course_id), _expected(sessions, registrations)
    guests = [r for r in registrations if r.pk in expected]
    others = [*(r for r in registrations if r.pk not in expected), *_gone(door.course_id)]
    turned = [Turned(codes.get(r.pk, []), why_not(r), r.trainee.full_name) for r in others]
    turned += [*_renewed(door.course_id), *_of_other_classes(door, sessions)]
    return {
        "door": {"name": door.name, "until": door.until, "course": door.course.title},
        "half_days": [_half_day(session) for session in sessions],
        "people": [asdict(guest) for guest in _guests(sessions, guests, expected, codes)],
        "turned": [asdict(one) for one in turned],
    }


def _half_day(session: Session) -> dict:
    return {
        "id": session.pk,
        "label": str(session),
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "late_after": late_after(session.starts_at, session.grace_minutes),
    }


def _expected(sessions: list[Session], registrations: list[Registration]) -> dict[int, list[int]]:
    """The half-days at which each is expected who is at any. (1 query.)"""
    stand_ins = stand_ins_by_session(sessions)
    expected: dict[int, list[int]] = {}
    for session in sessions:
        for registration in expected_at(registrations, session, stand_ins=stand_ins.get(session.pk, ())):
            expected.setdefault(registration.pk, []).append(session.pk)
    return expected


def _guests(
    sessions: list[Session],
    registrations: list[Registration],
    expected: dict[int, list[int]],
    codes: dict[int, list[str]],
) -> list[Guest]:
    apart, known = told_apart(registrations), _known(sessions)
    return [
        Guest(
            id=r.pk,
            name=r.trainee.full_name,
            apart=apart.get(r.pk, ""),
            office=r.office_name,
            codes=codes.get(r.pk, []),
            expected=expected[r.pk],
            otherwise=why_not(r),
            known=known.get(r.pk, {}),
        )
        for r in registrations
    ]


def _known(sessions: list[Session]) -> dict[int, dict[int, Known]]:
    ids = [session.pk for session in sessions]
    seen = Event.objects.filter(
        session__in=ids, claim=Claim.SEEN, proposal=False, registration__isnull=False, undone_by__isnull=True
    )
    doors: dict[tuple[int | None, int], str] = {}
    columns = ("registration_id", "registration__merged_into_id", "session_id", "door__name")
    for own, into, session, door in seen.order_by("-happened_at").values_list(*columns):
        doors[into or own, session] = door or ""
    found: dict[int, dict[int, Known]] = {}
    marks = Mark.objects.filter(session__in=ids).order_by()
    for person, session, state, since in marks.values_list("registration_id", "session_id", "state", "since"):
        door = doors.get((person, session), "") if state in THERE else ""
        found.setdefault(person, {})[session] = Known(state, since, door)
    return found


def _hashes(of_person: Pass) -> list[str]:
    return [hash_of_code(code) for code in (of_person.code, of_person.short) if code]


def _codes_in(course_id: int) -> dict[int, list[str]]:
    """The hashes of the passes in force of a class by the registration that each counts for: the card of one that went
    into another is that one's, as in `read_passes`. (2 queries.)"""
    counts_for = dict(Registration.objects.filter(course=course_id).order_by("pk").values_list("pk", "merged_into_id"))
    found: dict[int, list[str]] = {}
    for pk, of_person in passes_in_force(counts_for).items():
        found.setdefault(counts_for[pk] or pk, []).extend(_hashes(of_person))
    return found


def _gone(course_id: int) -> list[Registration]:
    """Who is not in the class any more and is not expected at any half-day either."""
    gone = Registration.objects.filter(
        course=course_id, state__in=(RegistrationState.WITHDRAWN, RegistrationState.REPLACED)
    )
    return list(
        gone.exclude(pk__in=Registration.objects.filter(course=course_id).on_roll().values("pk"))
        .filter(merged_into__isnull=True)
        .select_related("trainee")
        .order_by("pk")
    )


def _renewed(course_id: int) -> list[Turned]:
    return [
        Turned([value for old in passes for value in _hashes(old)], ScanRefusal.OLD_PASS)
        for passes in ended_passes(course_id).values()
    ]


def _of_other_classes(door: Door, sessions: list[Session]) -> list[Turned]:
    """Passes of other classes, an entry a class, with where it is at each of these half-days: whoever went to the wrong
    hall is told which is right. (8 queries.)

    Of everybody in a class that is held on the same days, whoever holds it: many come to one house. And all other
    passes of those on the list of this class, of other years too: that is who comes with the wrong card. Those of
    everybody in years would be too much for a phone. Nobody is named, classes of another host neither; those that are
    not published are left out.
    """
    under_way = Session.objects.filter(course__state__in=(CourseState.PUBLISHED, CourseState.RUNNING)).held()
    same_days = under_way.filter(date__in={session.date for session in sessions}).order_by().values("course")
    others = Registration.objects.exclude(course=door.course_id).exclude(course__state=CourseState.DRAFT).order_by()
    here = Registration.objects.filter(course=door.course_id).on_roll().order_by().values("trainee")
    courses_of = dict(others.filter(course__in=same_days).on_roll().values_list("pk", "course_id"))
    courses_of |= dict(others.filter(trainee__in=here).values_list("pk", "course_id"))
    where = Whereabouts(set(courses_of.values()), host_id=door.course.host_office_id)
    codes: dict[int | None, list[str]] = {}
    for pk, of_person in passes_in_force(courses_of).items():
        codes.setdefault(where.told(courses_of[pk]), []).append(hash_of_code(of_person.code))
    return [
        Turned(of_course, ScanRefusal.OTHER_CLASS, where={s.pk: where.at(course, s.starts_at) for s in sessions})
        for course, of_course in codes.items()
    ]


class Whereabouts:
    """Where those of these classes that a host holds are held at any moment; of another host's a door tells nothing.
    (4 queries.)"""

    def __init__(self, course_ids: Iterable[int], *, host_id: int):
        self._courses = Course.objects.filter(pk__in=course_ids, host_office=host_id).in_bulk()
        halls = Session.objects.prefetch_related("places__venue")
        self._half_days = halls.held_by_course(self._courses)

    def told(self, course_id: int) -> int | None:
        """The class if it may be told, else None."""
        return course_id if course_id in self._courses else None

    def at(self, course_id: int | None, moment: datetime) -> str:
        """The class in a line, with its halls at the half-day nearest to the moment, or with its day when that is on
        another; "" for one that is not told."""
        if course_id not in self._courses:
            return ""
        half_days = self._half_days.get(course_id, [])
        nearest = min(half_days, key=lambda session: abs(session.starts_at - moment), default=None)
        where = ""
        if nearest and nearest.date == moment.astimezone(VIETNAM).date():
            where = ", ".join(str(place) for place in nearest.places.all())
        elif nearest:
            where = f"{nearest.date:%d/%m/%Y}"
        return " – ".join(filter(None, [self._courses[course_id].title, where]))

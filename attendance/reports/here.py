"""Who stands before the hall's screen: told by own link, or by name and one thing on file; and what is odd about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from attendance.constants import Claim, OddEntry, Way
from attendance.models import Event, Sheet
from attendance.reports.roll import expected_people
from attendance.reports.waiting import stands_for
from attendance.rules.hall import EARLY, WAY_BETWEEN_HALLS, half_day_of_code, is_near
from attendance.rules.scans import BEFORE, short_code
from courses.constants.choices import CourseState
from courses.constants.clock import now
from courses.models import Office, Place, Registration, Session, Trainee
from courses.rules.claims import has_phone_ending, is_called


@dataclass(frozen=True)
class Claimant:
    """What somebody says of themselves: the name, and the last digits of the telephone or year of birth and office."""

    name: str
    phone_end: str = ""
    birth_year: str = ""
    office_id: int | None = None


def half_day_of(typed: str) -> Session | None:
    """The half-day whose code this is at this moment. (1 query.)"""
    moment = now()
    near = Session.objects.held().filter(
        starts_at__lte=moment + BEFORE,
        ends_at__gte=moment - timedelta(days=1),
        course__state__in=(CourseState.PUBLISHED, CourseState.RUNNING),
    )
    return half_day_of_code(short_code(typed), near.select_related("course"), moment)


def is_shown(session: Session) -> bool:
    """Whether the screen of a half-day has a code to show now."""
    under_way = session.course.state in (CourseState.PUBLISHED, CourseState.RUNNING)
    return under_way and session in Session.objects.held().filter(pk=session.pk) and is_near(session, now())


def screen_version_of(session: Session) -> int:
    """Which of the addresses of the half-day's screen is good. (1 query.)"""
    return Sheet.objects.filter(session=session).values_list("screen_version", flat=True).first() or 1


def offices_at(session: Session) -> list[Office]:
    """The offices that somebody can choose as own: those of the people expected. (4 queries.)"""
    return list({person.office_id: person.office for person in expected_people(session)}.values())


def find_claimant(session: Session, claimant: Claimant) -> Registration | None:
    """The one person expected at the half-day of whom all this is true; None when there is none or more than one, and
    when nothing is on file by which the person could be told."""
    found = [
        person
        for person in expected_people(session)
        if is_called(person.trainee, claimant.name) and _is_on_file(person, claimant)
    ]
    return found[0] if len(found) == 1 else None


def own_registration(session: Session, trainee: Trainee) -> Registration | None:
    """The registration by which the owner of a personal link is expected at the half-day."""
    return next((person for person in expected_people(session) if person.trainee_id == trainee.pk), None)


def _is_on_file(person: Registration, claimant: Claimant) -> bool:
    if has_phone_ending(person.trainee, claimant.phone_end):
        return True
    year = str(person.trainee.birth_first.year) if person.trainee.birth_first else ""
    return bool(year) and claimant.birth_year == year and claimant.office_id == person.office_id


@dataclass(frozen=True)
class Odd:
    """An entry that the organiser should look at: nothing is proved by it, in either direction."""

    event: Event
    why: OddEntry
    others: tuple[Registration, ...] = ()


def odd_entries(session: Session) -> list[Odd]:
    """What is odd about the entries of a half-day that people made by the hall's screen, those aside that were taken
    back or about which somebody has decided since. (3 queries.)"""
    decided = Event.objects.filter(session=session, claim=Claim.DECISION, undone_by__isnull=True)
    events = list(
        Event.objects.filter(session=session, way=Way.SCREEN, claim=Claim.SEEN, undone_by__isnull=True)
        .exclude(registration__in=decided.order_by().values("registration"))
        .select_related("registration__trainee", "registration__office", "registration__place", "session", "door")
        .order_by("happened_at", "pk")
    )
    return [*_of_one_phone(events), *_out_of_time(events), *_in_two_halls(session, events)]


def _of_one_phone(events: Iterable[Event]) -> list[Odd]:
    by_phone: dict[str, list[Event]] = {}
    for event in events:
        if event.device:
            by_phone.setdefault(event.device, []).append(event)
    found = []
    for alike in by_phone.values():
        people = {stands_for(event): event.registration for event in alike}
        for event in alike if len(people) > 1 else ():
            others = tuple(person for pk, person in people.items() if person and pk != stands_for(event))
            found.append(Odd(event, OddEntry.ONE_PHONE, others))
    return found


def _out_of_time(events: Iterable[Event]) -> list[Odd]:
    return [
        Odd(event, OddEntry.OUT_OF_TIME)
        for event in events
        if not event.session.starts_at - EARLY <= event.happened_at <= event.session.ends_at
    ]


def _in_two_halls(session: Session, events: list[Event]) -> list[Odd]:
    """Also seen, by door or screen, in another hall in less time than the way takes.

    Where a hall is not known, the half-days of one class are taken to be in one hall, which is the rule, and those of
    two classes in two: who was at both within minutes is worth a look whichever halls they were.
    """
    trainees = {event.registration.trainee_id for event in events if event.registration}
    elsewhere = (
        Event.objects.filter(registration__trainee__in=trainees, claim=Claim.SEEN, undone_by__isnull=True)
        .filter(way__in=(Way.DOOR, Way.SCREEN))
        .exclude(session=session)
        .select_related("registration__place", "session", "door")
        .order_by("happened_at", "pk")
    )
    halls = _Halls([*events, *elsewhere])
    seen: dict[int, list[Event]] = {}
    for event in elsewhere:
        if event.registration:
            seen.setdefault(event.registration.trainee_id, []).append(event)
    return [
        Odd(event, OddEntry.TWO_HALLS)
        for event in events
        if event.registration
        and any(
            abs(other.happened_at - event.happened_at) < WAY_BETWEEN_HALLS and halls.differ(event, other)
            for other in seen.get(event.registration.trainee_id, ())
        )
    ]


class _Halls:
    """In which halls these entries can have been made. (1 query.)"""

    def __init__(self, events: Iterable[Event]):
        self.by_session: dict[int, set[int]] = {}
        places = Place.objects.filter(session__in={event.session_id for event in events}, venue__isnull=False)
        for session, venue in places.order_by().values_list("session", "venue"):
            self.by_session.setdefault(session, set()).add(venue)

    def differ(self, one: Event, other: Event) -> bool:
        here, there = self._of(one), self._of(other)
        if here and there:
            return not here & there
        return one.session.course_id != other.session.course_id

    def _of(self, event: Event) -> set[int]:
        if event.door and event.door.venue_id:
            return {event.door.venue_id}
        halls = self.by_session.get(event.session_id, set())
        own = event.registration.place if event.registration else None
        return {own.venue_id} if own and own.venue_id in halls else halls

"""The doors of a class for its organisers: what each phone was last heard of, and what doors refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from attendance.models import Door, DoorPhone, RefusedScan
from attendance.rules.doors import is_open
from attendance.rules.scans import AFTER, CLOCK_IS_WRONG
from courses.constants.actors import Actor
from courses.constants.clock import now
from courses.models import Course, Registration, Session, Venue

#: Entries that somebody has dealt with are shown so many, the latest.
SETTLED_SHOWN = 100


@dataclass(frozen=True)
class PhoneNow:
    phone: DoorPhone

    @property
    def minutes_off(self) -> int:
        """By how many minutes its clock is fast (slow: below 0); 0 while that matters to nobody."""
        off = self.phone.clock_off
        return round(off / 60) if abs(off) > CLOCK_IS_WRONG.total_seconds() else 0


@dataclass(frozen=True)
class DoorNow:
    """A door as it stands."""

    door: Door
    half_days: list[Session]
    phones: list[PhoneNow]
    is_open: bool

    @property
    def heard_at(self) -> datetime | None:
        """When one of its phones was last heard."""
        return max((one.phone.heard_at for one in self.phones), default=None)

    @property
    def holds_back(self) -> int:
        return sum(one.phone.holds_back for one in self.phones)

    @property
    def clock_off(self) -> str:
        """By how much the clock of the phone that is furthest off is fast or slow, in words; "" when all are right."""
        minutes = max((one.minutes_off for one in self.phones), key=abs, default=0)
        if not minutes:
            return ""
        hours, rest = divmod(abs(minutes), 60)
        if hours >= 48:
            by = _("%(days)s days") % {"days": round(hours / 24)}
        elif hours:
            by = _("%(hours)s hours %(minutes)s minutes") % {"hours": hours, "minutes": rest}
        else:
            by = _("%(minutes)s minutes") % {"minutes": rest}
        words = _("clock of a phone %(by)s fast") if minutes > 0 else _("clock of a phone %(by)s slow")
        return words % {"by": by}


def doors_of(course: Course, actor: Actor) -> list[DoorNow]:
    """All doors of a class, those made last first. (3 queries.)"""
    return _as_they_stand(Door.objects.visible_to(actor).filter(course=course).order_by("-pk"))


def doors_at(session: Session, actor: Actor) -> list[DoorNow]:
    """The doors of a half-day in the order in which they were made. (3 queries.)"""
    return _as_they_stand(Door.objects.visible_to(actor).filter(sessions=session).order_by("pk"))


def _as_they_stand(doors) -> list[DoorNow]:
    doors = doors.select_related("course", "venue").prefetch_related("phones", "sessions")
    return [
        DoorNow(
            door,
            sorted(door.sessions.all(), key=lambda session: session.starts_at),
            [PhoneNow(phone) for phone in door.phones.all()],
            is_open(door),
        )
        for door in doors
    ]


@dataclass(frozen=True)
class Proposed:
    """What the form for a new door begins with."""

    sessions: list[Session]
    venue: Venue | None
    name: str
    until: datetime | None


def half_days_ahead(course: Course) -> list[Session]:
    """The half-days of a class for which a door can still be made, with their halls. (3 queries.)"""
    ahead = Session.objects.filter(course=course, ends_at__gt=now() - AFTER).held()
    return list(ahead.prefetch_related("places__venue").order_by("starts_at", "pk"))


def proposed_door(half_days: list[Session], *, asked: int | None = None) -> Proposed:
    """For the half-day that is asked for, else all of the next day. `name` is that of the hall, "" without one."""
    chosen = [s for s in half_days if s.pk == asked] or [s for s in half_days if s.date == half_days[0].date]
    venue = next((place.venue for session in chosen for place in session.places.all() if place.venue), None)
    return Proposed(chosen, venue, venue.name if venue else "", until_of(chosen))


def until_of(half_days: Iterable[Session]) -> datetime | None:
    """Until when a door of these half-days is proposed to be open."""
    last = max((session.ends_at for session in half_days), default=None)
    return last + AFTER if last else None


@dataclass(frozen=True)
class Alike:
    """What doors refused of one person or one code for one reason at one half-day, in order. `person` only where the
    one who asks may see them."""

    rows: list[RefusedScan]
    person: Registration | None

    @property
    def first(self) -> RefusedScan:
        return self.rows[0]

    @property
    def last(self) -> RefusedScan:
        return self.rows[-1]

    @property
    def ids(self) -> str:
        return " ".join(str(row.pk) for row in self.rows)

    @property
    def doors(self) -> str:
        return ", ".join(dict.fromkeys(row.door.name for row in self.rows))


@dataclass(frozen=True)
class RefusedAt:
    """What waits to be dealt with at a half-day; None for what came when no half-day of its door was near."""

    session: Session | None
    entries: list[Alike]

    @property
    def ids(self) -> str:
        return " ".join(one.ids for one in self.entries)


def refused_in(course: Course, actor: Actor) -> tuple[list[RefusedAt], list[Alike]]:
    """What waits to be dealt with, by half-day, and what somebody has dealt with. (4 queries.)

    A person of another class is named only to who may see that class.
    """
    refused = RefusedScan.objects.visible_to(actor).filter(door__course=course).select_related("door", "session")
    waiting = list(refused.filter(settled_at__isnull=True).order_by("happened_at", "pk"))
    settled = list(
        refused.filter(settled_at__isnull=False)
        .select_related("settled_by")
        .order_by("-settled_at", "-pk")[:SETTLED_SHOWN]
    )
    asked = {row.registration_id for row in [*waiting, *settled] if row.registration_id}
    people = (
        Registration.objects.visible_to(actor).filter(pk__among=asked).select_related("trainee", "office", "course")
    )
    names = {person.pk: person for person in people.order_by()}
    by_session: dict[int | None, list[RefusedScan]] = {}
    for row in waiting:
        by_session.setdefault(row.session_id, []).append(row)
    groups = [RefusedAt(rows[0].session, _alike(rows, names)) for rows in by_session.values()]
    groups.sort(key=lambda group: (group.session is None, group.session and group.session.starts_at))
    return groups, _alike(settled, names)


def _alike(rows: Iterable[RefusedScan], people: dict[int, Registration]) -> list[Alike]:
    found: dict[tuple, list[RefusedScan]] = {}
    for row in rows:
        found.setdefault((row.reason, row.registration_id, row.subject_hash, row.words, row.settled_at), []).append(row)
    return [Alike(alike, people.get(alike[0].registration_id or 0)) for alike in found.values()]


def refused_at(session: Session, actor: Actor) -> int:
    """How many entries of the doors of a half-day were refused and wait for somebody. (1 query.)"""
    waiting = RefusedScan.objects.visible_to(actor).filter(door__course=session.course_id, settled_at__isnull=True)
    no_half_day = Q(session__isnull=True, door__in=Door.objects.filter(sessions=session).order_by().values("pk"))
    return waiting.filter(Q(session=session) | no_half_day).count()

"""The places of a class, and who sits where."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from courses.constants.choices import ACTIVE_STATES
from courses.models import Course, Office, Place, Registration


@dataclass
class PlaceOfClass:
    """A hall, site or link at which half-days of the class are held. `place` is its row in the first of them; `people`
    how many are seated there by name."""

    place: Place
    half_days: int = 0
    people: int = 0

    @property
    def capacity(self) -> int | None:
        return self.place.venue.capacity if self.place.venue else None

    @property
    def is_over(self) -> bool:
        return self.capacity is not None and self.people > self.capacity


@dataclass
class OfficeSeated:
    """The people of an office, each with the place named, in the order of the paper list."""

    office: Office
    people: list[tuple[Registration, PlaceOfClass | None]] = field(default_factory=list)

    @property
    def places(self) -> dict[str, int]:
        """How many sit where, by the name of the place; "" for who has none named."""
        found: dict[str, int] = {}
        for _registration, at in self.people:
            name = str(at.place) if at else ""
            found[name] = found.get(name, 0) + 1
        return found


@dataclass
class Seating:
    """`is_needed`: some half-day is held at several places at once."""

    places: list[PlaceOfClass]
    offices: list[OfficeSeated]
    is_needed: bool

    @property
    def unnamed(self) -> int:
        return sum(at is None for office in self.offices for _registration, at in office.people)


def places_of(course: Course) -> list[PlaceOfClass]:
    """The different places of the half-days, in the order in which they first occur. (1 query.)"""
    return list(_by_key(_rows(course)).values())


def seating_of(course: Course) -> Seating:
    """All who are on the list of the class and its stand-ins, by office, with where they sit. (2 queries.)"""
    rows = _rows(course)
    by_key = _by_key(rows)
    by_row = {place.pk: by_key[place.key] for place in rows}
    people = Registration.objects.filter(course=course, state__in=ACTIVE_STATES).select_related("trainee", "office")
    offices: dict[int, OfficeSeated] = {}
    for registration in people.by_office():
        at = by_row.get(registration.place_id) if registration.place_id else None
        if at:
            at.people += 1
        office = offices.setdefault(registration.office_id, OfficeSeated(registration.office))
        office.people.append((registration, at))
    half_days = [place.session_id for place in rows]
    return Seating(list(by_key.values()), list(offices.values()), is_needed=len(half_days) > len(set(half_days)))


def _rows(course: Course) -> list[Place]:
    places = Place.objects.filter(session__course=course).select_related("venue")
    return list(places.order_by("session__starts_at", "session", "order", "pk"))


def _by_key(rows: Iterable[Place]) -> dict[tuple, PlaceOfClass]:
    found: dict[tuple, PlaceOfClass] = {}
    for place in rows:
        found.setdefault(place.key, PlaceOfClass(place)).half_days += 1
    return found

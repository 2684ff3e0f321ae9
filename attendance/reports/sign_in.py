"""Who stands on the sign-in sheets of a half-day, under which number, and at which place."""

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.urls import reverse

from attendance.rendering.sign_in_sheet import SheetPerson, SignInSheet
from attendance.reports.roll import expected_at, numbers_on, people_on_roll, stand_ins_by_session
from courses.constants.choices import CourseKind
from courses.models import Course, Heading, Place, Registration, Session
from courses.rendering.class_names import KINDS


@dataclass(frozen=True)
class SheetOfPlace:
    """The people of one sheet by their number, in the order of the list. `place` None: the half-day names none."""

    session: Session
    place: Place | None
    people: dict[int, Registration]

    @property
    def fingerprint(self) -> str:
        """Of who stands under which number: what was typed from a sheet is saved only while this is the same."""
        said = ";".join(f"{number}:{registration.pk}" for number, registration in self.people.items())
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def sheets_of(sessions: list[Session]) -> list[SheetOfPlace]:
    """The sheets of half-days of one class, one a place, in the order of the half-days and their places. (7 queries.)

    Somebody is at the place that is named with the registration, or at that of the same venue; who has none is at the
    first. A place at which nobody is expected has a sheet too, with blank lines alone.
    """
    prefetch_related_objects(sessions, "blocks", "places__venue")
    roll = list(people_on_roll([sessions[0].course_id]).select_related("trainee", "office")) if sessions else []
    numbers, stand_ins = numbers_on(roll), stand_ins_by_session(sessions)
    theirs = Place.objects.filter(pk__in={r.place_id for r in roll if r.place_id}).order_by()
    named = {place.pk: place for place in theirs}
    sheets = []
    for session in sessions:
        people = expected_at(roll, session, stand_ins=stand_ins.get(session.pk, ()))
        people.sort(key=lambda registration: numbers[registration.pk])
        places = list(session.places.all())
        at = _place_of(people, places, named)
        for place in places or [None]:
            pk = place.pk if place else None
            sheets.append(SheetOfPlace(session, place, {numbers[r.pk]: r for r in people if at[r.pk] == pk}))
    return sheets


def at_place(sheets: list[SheetOfPlace], place: Place) -> list[SheetOfPlace]:
    """The sheets of this place, in other half-days those of the same hall, site or link."""
    return [sheet for sheet in sheets if sheet.place and sheet.place.key == place.key]


def _place_of(people: Iterable[Registration], places: list[Place], theirs: dict[int, Place]) -> dict[int, int | None]:
    """The id of the place at which each is in this half-day, None when it has no places."""
    first = places[0].pk if places else None
    own = {place.pk for place in places}
    same = {place.key: place.pk for place in reversed(places)}

    def at(registration: Registration) -> int | None:
        if registration.place_id in own:
            return registration.place_id
        elsewhere = theirs.get(registration.place_id or 0)
        return same.get(elsewhere.key, first) if elsewhere else first

    return {registration.pk: at(registration) for registration in people}


def papers_of(course: Course, sheets: Collection[SheetOfPlace], *, two_calls: bool = False) -> list[SignInSheet]:
    """What the sheets say on paper, under the host's heading of the day of each. (1 query.)"""
    headings = list(Heading.objects.filter(office=course.host_office).order_by("pk"))
    papers = []
    for sheet in sheets:
        day = sheet.session.date
        heading = _heading(headings, day)
        query = f"?place={sheet.place.pk}" if sheet.place else ""
        page = reverse("admin:attendance_attendancesheet_paper", args=[sheet.session.pk])
        papers.append(
            SignInSheet(
                superior=heading.superior if heading else "",
                body=heading.body if heading else course.host_office.name,
                course_code=course.code,
                course_title=course.title,
                course_kind=KINDS[CourseKind(course.kind)],
                half=sheet.session.half,
                date=day,
                place=str(sheet.place) if sheet.place else "",
                people=tuple(
                    SheetPerson(number, r.trainee.full_name, r.position, r.office_name)
                    for number, r in sheet.people.items()
                ),
                address=f"{settings.SITE_URL}{page}{query}",
                two_calls=two_calls,
            )
        )
    return papers


def _heading(headings: list[Heading], day: dt.date) -> Heading | None:
    """The last that is valid on the day; `valid_to` is the first day without it."""
    valid = [
        heading
        for heading in headings
        if (heading.valid_from or day) <= day and (heading.valid_to is None or day < heading.valid_to)
    ]
    return max(valid, key=lambda heading: (heading.valid_from or dt.date.min, heading.pk), default=None)

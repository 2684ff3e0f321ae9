"""Where and when else a half-day could be held, and what everybody is told when it is."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Case, IntegerField, Q, When
from django.utils import translation
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.choices import SessionState
from courses.constants.clock import VIETNAM, today
from courses.constants.defusing import without_links
from courses.models import Heading, Place, Session, SessionTopic, Venue
from courses.rendering.days import weekday_in_line
from courses.rendering.door_notice import DoorNotice, What
from courses.reports.changes import Changed

#: So many days are offered, among those of so many weeks ahead.
DAYS_OFFERED, WEEKS_AHEAD = 3, 4
SATURDAY = 5


@dataclass(frozen=True)
class Hall:
    """A hall that the half-day could be held in; `is_taken`: somebody else is in it at that time."""

    venue: Venue
    is_taken: bool


def halls_for(session: Session, actor: Actor) -> list[Hall]:
    """The halls that the actor may choose, free ones first, those of the host office before others; without those in
    which the half-day is held. (2 queries.)"""
    others = Session.objects.overlapping(session.starts_at, session.ends_at).exclude(pk=session.pk)
    taken = set(
        Place.objects.filter(session__in=others.order_by(), venue__isnull=False).values_list("venue", flat=True)
    )
    own = Case(When(office=session.course.host_office_id, then=0), default=1, output_field=IntegerField())
    known = Venue.objects.visible_to(actor).exclude(places__session=session).order_by(own, "name", "pk")
    halls = [Hall(venue, venue.pk in taken) for venue in known]
    return sorted(halls, key=lambda hall: hall.is_taken)


def free_days(session: Session) -> list[dt.date]:
    """The next working days on which the half-day could be held at the same hours: the class, its halls and its
    speakers are free. (3 queries.)"""
    begins, length = session.starts_at.astimezone(VIETNAM), session.ends_at - session.starts_at
    first = max(session.date, today()) + dt.timedelta(days=1)
    last = first + dt.timedelta(weeks=WEEKS_AHEAD)
    venues = Place.objects.filter(session=session, venue__isnull=False).order_by().values("venue")
    speakers = SessionTopic.objects.filter(session=session, speaker__isnull=False).order_by().values("speaker")
    busy = Session.objects.held().exclude(pk=session.pk).filter(date__range=(first, last))
    busy = busy.filter(Q(course=session.course_id) | Q(places__venue__in=venues) | Q(agenda__speaker__in=speakers))
    taken = list(busy.order_by().values_list("starts_at", "ends_at").distinct())
    found = []
    for day in (first + dt.timedelta(days=number) for number in range((last - first).days + 1)):
        starts_at = dt.datetime.combine(day, begins.time(), tzinfo=VIETNAM)
        free = all(end <= starts_at or start >= starts_at + length for start, end in taken)
        if day.weekday() < SATURDAY and free:
            found.append(day)
    return found[:DAYS_OFFERED]


def what_of(changed: Changed) -> What:
    """What a change comes to for whoever stands at the door."""
    if changed.is_cancelled:
        return What.OFF
    if changed.old["state"] == SessionState.CANCELLED:
        return What.HELD
    old, new = (_begins(told) for told in (changed.old, changed.new))
    if old.date() != new.date():
        return What.DAY
    if changed.old["places"] != changed.new["places"]:
        return What.HALL
    return What.HOUR


@translation.override(settings.LANGUAGE_CODE)
def text_for_group(changed: Changed) -> str:
    """The text to be sent into the group of the class: what, which class, which half-day, old → new, why, where to
    look. No personal link stands in it, and what others typed reads as no link. Vietnamese whatever the screen of the
    organiser says."""
    session = changed.session
    titles = {
        What.HALL: _("ANOTHER HALL"),
        What.HOUR: _("ANOTHER HOUR"),
        What.DAY: _("ANOTHER DAY"),
        What.OFF: _("HALF-DAY POSTPONED"),
        What.HELD: _("THE HALF-DAY IS HELD"),
    }
    lines = [
        titles[what_of(changed)],
        _("Class: %(title)s") % {"title": without_links(session.course.title)},
        _("Half-day: %(half)s, %(day)s, %(hours)s")
        % {"half": session.get_half_display(), "day": _long(session.date), "hours": _hours(session)},
    ]
    if changed.is_cancelled:
        lines.append(_("It is not held for now. The new day will be told."))
    else:
        parts = [f"{part.label}: {part.old} → {part.new}" if part.old else part.words for part in changed.parts]
        if changed.old["places"] == changed.new["places"] and changed.new["places"]:
            parts.append(_("Place: %(places)s") % {"places": "; ".join(changed.new["places"])})
        lines += map(without_links, parts)
        lines += _addresses(session.places.select_related("venue").order_by("order", "pk"), changed)
    if changed.why:
        lines.append(_("Why: %(why)s") % {"why": without_links(changed.why)})
    address = settings.SITE_URL + session.course.get_absolute_url()
    lines.append(_("Timetable: %(address)s") % {"address": address})
    return "\n".join(lines)


def door_notice_of(changed: Changed) -> DoorNotice:
    """What stands on the paper at the door. (2 queries.)"""
    session = changed.session
    headings = Heading.objects.filter(office=session.course.host_office_id).valid_on(today())
    heading = headings.order_by("-valid_from", "-pk").first()
    places = list(session.places.select_related("venue").order_by("order", "pk"))
    old, new = (_begins(told) for told in (changed.old, changed.new))
    return DoorNotice(
        what=what_of(changed),
        office=heading.body if heading else session.course.host_office.name,
        course_title=session.course.title,
        half=session.half,
        begins=new,
        ends=dt.datetime.fromisoformat(changed.new["ends_at"]).astimezone(VIETNAM),
        old_begins=old,
        places=tuple(changed.new["places"]),
        address=next((place.venue.address for place in places if place.venue and place.venue.address), ""),
        why=changed.why,
        on=today(),
    )


def _addresses(places: Iterable[Place], changed: Changed) -> list[str]:
    """How to find the halls that are new."""
    new = [place.venue for place in places if place.venue and place.venue.name not in changed.old["places"]]
    return [_("Address: %(address)s") % {"address": without_links(venue.address)} for venue in new if venue.address]


def _begins(told: dict) -> dt.datetime:
    return dt.datetime.fromisoformat(told["starts_at"]).astimezone(VIETNAM)


def _hours(session: Session) -> str:
    return "–".join(f"{at.astimezone(VIETNAM):%H:%M}" for at in (session.starts_at, session.ends_at))


def _long(day: dt.date) -> str:
    return f"{weekday_in_line(day)}, {day:%d/%m/%Y}"

"""Where and when else a half-day could be held, and what everybody is told when it is."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Case, IntegerField, Q, When, prefetch_related_objects

from courses.constants.actors import Actor
from courses.constants.choices import SessionState
from courses.constants.clock import VIETNAM, today
from courses.models import ActionLog, Course, Heading, Place, Registration, Session, SessionChange, SessionTopic, Venue
from courses.rendering.door_notice import DoorNotice, What
from courses.reports.changes import Changed
from courses.reports.telling import due_of_change, group_text, text_of_change, words_of

#: So many days are offered, among those of so many weeks ahead.
DAYS_OFFERED, WEEKS_AHEAD = 3, 4
SATURDAY = 5
#: The action of the log that says that a text was sent into the group of a class.
TO_GROUP = "text to group"


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


def text_for_group(change: Changed, people: Iterable[Registration], at: dt.datetime) -> str:
    """The text to be sent into the group of the class, which is the one that the pages of telling show: in the words
    of the host, of what these people, who are expected, do not know yet; when they know, of the change. No personal
    link stands in it, and what others typed reads as no link. Vietnamese whatever the screen says. (6 queries.)"""
    prefetch_related_objects([change.session], "places__venue")
    course = change.session.course
    words = words_of(course.host_office_id)
    address = settings.SITE_URL + course.get_absolute_url()
    dues = due_of_change(change.session, people, at)
    return group_text(course, dues, words, address) or text_of_change(change, words, address)


def handed_to_group(course: Course, change_ids: Iterable[int]) -> list[ActionLog]:
    """That the text of one of these changes was sent into the group of the class: by whom, when. (1 query, of what the
    log says of this class alone.)"""
    entries = ActionLog.objects.filter(action=TO_GROUP, subject=SessionChange._meta.label_lower, course_id=course.pk)
    return list(entries.filter(subject_id__in=list(change_ids)).select_related("user").order_by("at", "pk"))


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


def _begins(told: dict) -> dt.datetime:
    return dt.datetime.fromisoformat(told["starts_at"]).astimezone(VIETNAM)

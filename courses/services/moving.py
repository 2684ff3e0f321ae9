"""Putting a half-day elsewhere in a hurry, and putting it back: what is needed on the morning of a class.

Another hour, another day or none is `courses.services.schedule.reschedule_session`.
"""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min
from django.utils import translation
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.clock import VIETNAM
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.constants.names import clean_text
from courses.models import Course, Place, Session, SessionChange, Venue
from courses.reports.changes import stand_alike
from courses.reports.moving import TO_GROUP, handed_to_group
from courses.rules.permissions import may_organise
from courses.services.records import log_action
from courses.services.registrations import lock_course
from courses.services.schedule import Where, lock_open_course, set_session


@transaction.atomic
def relocate_session(session: Session, *, places: Iterable[Where], why: str, actor: Actor) -> Session:
    """Holds a half-day at other places, in their order, and says why; twice is harmless.

    A venue that is not saved yet is kept for the host office, or is the one that it keeps by that name. Refusal without
    a reason or a place, and as in `courses.services.schedule.planned`: also when a hall is taken.
    """
    why = in_the_clear(why)[:300]
    if not why:
        raise Refusal(_("Please write why the half-day is held elsewhere."))
    course = lock_open_course(session.course)
    session = Session.objects.select_related("course").get(pk=session.pk)
    wanted = [Where(_kept_venue(where.venue, course, actor), where.kind, where.link) for where in places]
    if not wanted:
        raise Refusal(_("Please choose where the half-day is held."))
    old = list(session.places.select_related("venue").order_by("order", "pk"))
    if [place.key for place in old] == [(w.kind, w.venue.pk if w.venue else None, w.link) for w in wanted]:
        return session
    session = set_session(session, actor=actor, places=wanted, why=why)
    new = [str(place) for place in Place.objects.filter(session=session).select_related("venue").order_by("order")]
    changes = {"places": [[str(place) for place in old], new], "why": [None, why]}
    log_action(actor, "relocate", session, course=course, changes=changes)
    return session


@transaction.atomic
def take_back_change(change: SessionChange, *, actor: Actor) -> Session:
    """Puts a half-day back as it stood before its latest change: when, where, whether it is held; twice is harmless.

    A class that was made longer for it is as long as before, unless half-days lie there by now. Calendars and pages are
    told of it as of any other change. Refusal when the half-day has been changed again since, when a hall of then is
    taken or not kept any more, and as in `courses.services.schedule.planned`.
    """
    course = lock_course(change.session.course)
    session = Session.objects.select_related("course").get(pk=change.session_id)
    latest = session.changes.order_by("-at", "-pk").first()
    if latest is None or latest.pk != change.pk:
        if latest and stand_alike(change.old, latest.new):
            return session
        raise Refusal(_("The half-day has been changed again since. Please look at it as it stands now."))
    old, kept = change.old, change.old["kept"]
    begins, ends = (dt.datetime.fromisoformat(old[name]).astimezone(VIETNAM) for name in ("starts_at", "ends_at"))
    with translation.override(settings.LANGUAGE_CODE):
        why = _("It stays as it was planned.")
    session = set_session(
        session,
        actor=actor,
        date=begins.date(),
        begins=begins.time(),
        ends=ends.time(),
        places=_places_of_then(kept["places"]),
        state=old["state"],
        required=kept["required"],
        why=why,
    )
    # It is where people first knew it to be: moved is what it was, and not what it is.
    Session.objects.filter(pk=session.pk).update(state=old["state"])
    session.refresh_from_db(fields=["state", "sequence"])
    _shorten(course, change)
    changes = {name: [change.new[name], old[name]] for name in ("state", "starts_at", "places")}
    log_action(actor, "take back change", session, course=course, changes=changes)
    return session


@transaction.atomic
def note_text_to_group(change: SessionChange, *, actor: Actor) -> bool:
    """That the text of the change was sent into the group of the class, for whoever tells people next; said twice it is
    noted once. Who of the group has read it nobody knows, so nobody counts as told. Refusal as when it is taken back.
    """
    course = lock_course(change.session.course)
    if not may_organise(actor, course):
        raise Refusal(_("Only the organisers of the class tell its people."))
    latest = change.session.changes.order_by("-at", "-pk").first()
    if latest is None or latest.pk != change.pk:
        raise Refusal(_("The half-day has been changed again since. Please look at it as it stands now."))
    if handed_to_group(course, [change.pk]):
        return False
    log_action(actor, TO_GROUP, change, course=course)
    return True


def _kept_venue(venue: Venue | None, course: Course, actor: Actor) -> Venue | None:
    """The venue; one that is not saved yet by its name among those of the host office, else newly kept there."""
    if venue is None or venue.pk:
        return venue
    name = in_the_clear(clean_text(venue.name))[:200]
    if not name:
        raise Refusal(_("Please choose where the half-day is held."))
    found = Venue.objects.filter(office=course.host_office_id, name__iexact=name).order_by("pk").first()
    if found is None:
        found = Venue.objects.create(office_id=course.host_office_id, name=name)
        log_action(actor, "add", found, course=course)
    return found


def _places_of_then(rows: list[list]) -> list[Where]:
    venues = Venue.objects.in_bulk([venue for _kind, venue, _link in rows if venue])
    if any(venue and venue not in venues for _kind, venue, _link in rows):
        raise Refusal(_("The hall of before is not kept any more. Please choose the hall again."))
    return [Where(venues.get(venue), kind, link) for kind, venue, link in rows]


def _shorten(course: Course, change: SessionChange) -> None:
    then, since = change.old["kept"]["days"], change.new["kept"]["days"]
    course.refresh_from_db(fields=["starts_on", "ends_on"])
    if then == since or [str(course.starts_on), str(course.ends_on)] != since:
        return
    held = course.sessions.aggregate(first=Min("date"), last=Max("date"))
    first, last = (dt.date.fromisoformat(day) for day in then)
    course.starts_on, course.ends_on = min(first, held["first"]), max(last, held["last"])
    course.save(update_fields=["starts_on", "ends_on", "updated_at"])

"""Who sits in which hall or at which remote site of a class (xếp chỗ)."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.choices import ACTIVE_STATES
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import Course, Place, Registration, Session
from courses.rules.permissions import may_organise
from courses.services.records import log_action
from courses.services.registrations import lock_list


@transaction.atomic
def assign_places(
    course: Course, place: Place | None, *, actor: Actor, people: Iterable[int] = (), offices: Iterable[int] = ()
) -> int:
    """Seats people, by the ids of their registrations or of their offices, at a place of the class; how many moved.

    `place` is that of any half-day: in the others they sit at the same hall, site or link. None: nothing is named, and
    they sit at the first place of each half-day. Stand-ins are chosen like everybody else. Who sits there already
    stays, so that twice is harmless. Refusal unless the actor organises the class, when it is concluded, when the place
    is none of the class, and when nobody is chosen or somebody has left the list.
    """
    course = lock_list(course)
    if not may_organise(actor, course):
        raise Refusal(_("Only the organisers of the class say where people sit."))
    if place is not None and not Place.objects.filter(pk=place.pk, session__course=course).exists():
        raise Refusal(_("This place is not one of the class any more. Please look again."))
    people, offices = set(people), set(offices)
    on_list = Registration.objects.filter(course=course, state__in=ACTIVE_STATES)
    if not people and not offices:
        raise Refusal(_("Please choose the people, or whole offices."))
    if on_list.filter(pk__among=people).count() != len(people):
        raise Refusal(_("Somebody who was chosen is not on the list of the class any more. Please look again."))
    chosen = on_list.filter(Q(pk__among=people) | Q(office__among=offices))
    if place is None:
        chosen = chosen.filter(place__isnull=False)
    else:
        there = Place.objects.filter(session__course=course, kind=place.kind, venue=place.venue_id, link=place.link)
        chosen = chosen.exclude(place__in=there.order_by().values("pk"))
    moved = sorted(chosen.order_by().values_list("pk", flat=True))
    if moved:
        Registration.objects.filter(pk__among=moved).update(place=place, updated_at=now())
        changes = {"place": [None, str(place) if place else None], "registrations": moved}
        log_action(actor, "assign places", course, course=course, changes=changes)
    return len(moved)


def seated_at(session: Session) -> dict[tuple, list[int]]:
    """The ids of the registrations that name a place of this half-day, by what the place is. (1 query.)"""
    rows = Registration.objects.filter(place__session=session.pk).order_by("pk")
    found: dict[tuple, list[int]] = {}
    for pk, *key in rows.values_list("pk", "place__kind", "place__venue", "place__link"):
        found.setdefault(tuple(key), []).append(pk)
    return found


def keep_seated(course: Course, seated: dict[tuple, list[int]]) -> None:
    """After a half-day was changed or taken out: who sat at a hall that its row does not name any more is seated by
    the row of another half-day that does, so that nobody moves elsewhere with one half-day. The class is locked."""
    for (kind, venue, link), people in seated.items():
        same = {"kind": kind, "venue": venue, "link": link}
        place = Place.objects.filter(session__course=course, **same).order_by("session__starts_at", "order", "pk")
        lost = Registration.objects.filter(pk__among=people).exclude(**{f"place__{name}": same[name] for name in same})
        if (first := place.first()) is not None:
            lost.update(place=first)

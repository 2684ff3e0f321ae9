"""Reads about one person: where the person worked through time, and who may be the same person."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.clock import today
from courses.constants.names import join_name
from courses.models import ActionLog, Office, Registration, Trainee

#: People who are looked at, and who are shown, as possibly the same person.
LOOKED_AT, SHOWN = 100, 10


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be the same person, and why."""

    trainee: Trainee
    why: str


def possible_duplicates(trainee: Trainee, actor: Actor) -> list[Candidate]:
    """People whom the actor sees with the same family and given name and one thing more in common: all of the name, the
    date of birth as far as both state it, the telephone or the e-mail. (1 query.)"""
    alike = Q(search_key=trainee.search_key)
    if trainee.birth_first:
        alike |= Q(birth_first__year=trainee.birth_first.year)
    for field in ("phone", "email"):
        if getattr(trainee, field):
            alike |= Q(**{field: getattr(trainee, field)})
    named = Trainee.objects.visible_to(actor).named(join_name(trainee.family_name, "", trainee.given_name))
    found = named.filter(alike).exclude(pk=trainee.pk).select_related("office").order_by("pk")[:LOOKED_AT]
    candidates = [Candidate(other, "; ".join(why)) for other in found if (why := _why(trainee, other))]
    return candidates[:SHOWN]


def _why(one: Trainee, other: Trainee) -> list[str]:
    why = []
    if one.search_key == other.search_key:
        why.append(_("the same name"))
    if one.birth and other.birth and one.birth.agrees(other.birth):
        why.append(_("the same date of birth"))
    if one.phone and one.phone == other.phone:
        why.append(_("the same telephone number"))
    if one.email and one.email == other.email:
        why.append(_("the same e-mail address"))
    return why


@dataclass(frozen=True)
class Stay:
    """An office, by its name of then, and the first day on which the person is known there (None: today alone).
    `ended`: the day from which on the office does not exist any more, once it has come."""

    since: dt.date | None
    office: str
    ended: dt.date | None = None


def offices_through_time(trainee: Trainee, registrations: list[Registration], entries: list[ActionLog]) -> list[Stay]:
    """The offices of a person, oldest first: of the classes that have begun (with `office`), of changes in the log
    (with `detail`), and of today.

    (1 query, where the log names offices.)
    """
    moves = [
        (localdate(entry.at), entry.detail.changes["office"][1])
        for entry in entries
        if "office" in getattr(getattr(entry, "detail", None), "changes", {})
    ]
    offices = {office.code: office for office in Office.objects.filter(code__in={code for _day, code in moves})}
    known = [(r.course.starts_on, r.office_name, r.office) for r in registrations if r.course.starts_on <= today()]
    known += [(day, offices[code].name, offices[code]) for day, code in moves if code in offices]
    stays: list[Stay] = []
    for day, name, office in sorted(known, key=lambda found: found[:2]):
        if not stays or stays[-1].office != name:
            stays.append(Stay(day, name, _ended(office)))
    if not stays or stays[-1].office != trainee.office.name:
        stays.append(Stay(None, trainee.office.name, _ended(trainee.office)))
    return stays


def _ended(office: Office) -> dt.date | None:
    return office.valid_to if office.has_ended_by(today()) else None

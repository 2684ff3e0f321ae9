"""Offices merge, split and are renamed on a day.

What was keeps its row, its code and its name: the old office ends on the day, the new one exists from it, a succession
says who took over. A new name is a new row too, so that lists of old classes, rosters read with the offices of a
class's day, and certificates go on saying what the office was called then.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.clock import today
from courses.constants.errors import Refusal
from courses.constants.names import clean_text, search_key
from courses.models import Course, Office, OfficeAlias, OfficeSuccession, Registration, Role
from courses.rules.permissions import may_reorganise
from courses.services.offices import refuse_rings, set_paths
from courses.services.records import log_action
from courses.services.transfers import carry_seats, lock_classes_to_come

ACTIONS = {"merge": "merge offices", "split": "split office", "rename": "rename office"}


@dataclass(frozen=True)
class NewOffice:
    """An office that is made by a reorganisation. Without a code it gets the official one, or for a new name the old
    office's, with the year."""

    name: str
    kind: str
    code: str = ""
    parent: Office | None = None
    official_code: str = ""


@dataclass(frozen=True)
class Plan:
    """Which offices become which on a day. An office that stands on both sides lives on.

    keep_spellings
        the names and spellings of those that end are understood as the one new office from the day on.
    carry_roles
        who holds a role at an office that ends holds it at the one new office from the day on.
    """

    kind: Literal["merge", "split", "rename"]
    old: tuple[Office, ...]
    new: tuple[Office | NewOffice, ...]
    on: dt.date
    keep_spellings: bool = False
    carry_roles: bool = False


def merge_offices(
    old: list[Office], into: Office | NewOffice, *, on: dt.date, actor: Actor, keep_spellings=False, carry_roles=False
) -> Office:
    """Several offices become one that is new or takes in the others. The old names are not understood afterwards
    unless asked for: who writes them later is to be told of the new office."""
    plan = Plan("merge", tuple(old), (into,), on, keep_spellings, carry_roles)
    return reorganise(plan, actor=actor)[0]


def split_office(old: Office, parts: list[Office | NewOffice], *, on: dt.date, actor: Actor) -> list[Office]:
    """One office becomes several; it lives on when it is one of them."""
    return reorganise(Plan("split", (old,), tuple(parts), on), actor=actor)


def rename_office(
    office: Office, name: str, *, on: dt.date, actor: Actor, code: str = "", keep_spellings=True, carry_roles=True
) -> Office:
    """The office under its new name: a row of its own that takes over kind, place, order, spellings and roles."""
    new = NewOffice(name, office.kind, code, office.parent, office.official_code)
    return reorganise(Plan("rename", (office,), (new,), on, keep_spellings, carry_roles), actor=actor)[0]


@transaction.atomic
def reorganise(plan: Plan, *, actor: Actor) -> list[Office]:
    """Does what the plan says and returns its new offices. Twice is harmless; after the day, offices below one that
    ended move too.

    Nobody is moved: that is a step of its own (`courses.services.transfers`). Refusal with a sentence when an office
    does not exist at the time, a code or name is taken, or an office would take over from itself.
    """
    if not may_reorganise(actor):
        raise Refusal(_("Offices are merged, split and renamed only by the person who manages the site."))
    courses = lock_classes_to_come(plan.on, actor)
    list(Office.objects.select_for_update().order_by("pk").values_list("pk"))
    # Read once they are locked: who did the same a moment ago has made an office that the lock did not see.
    known = {office.pk: office for office in Office.objects.order_by("pk")}
    old, new = [known[office.pk] for office in plan.old], _named(plan, known)
    ending = [office for office in old if office not in new]
    _check(plan, old, new, ending)
    made = [part if isinstance(part, Office) else _make(part, plan, old) for part in new]
    changed = _end(ending, made, plan.on)
    if len(made) == 1:
        _carry(plan, ending, made[0], actor)
        _seats_follow(courses, ending, made[0])
    refuse_rings()
    set_paths()
    if changed:
        for office in old:
            codes = [office.code, ", ".join(one.code for one in made)]
            log_action(actor, ACTIONS[plan.kind], office, changes={"office": codes, "day": plan.on.isoformat()})
    for office in made:
        office.refresh_from_db(fields=["path", "parent"])
    return made


def _named(plan: Plan, known: dict[int, Office]) -> list[Office | NewOffice]:
    """The new offices: those that exist, also because this was done before, and those still to be made."""
    by_code = {office.code: office for office in known.values()}
    named: list[Office | NewOffice] = []
    for part in plan.new:
        if isinstance(part, Office):
            named.append(known[part.pk])
            continue
        part = _tidied(part, plan)
        found = by_code.get(part.code)
        if found is None:
            named.append(part)
        elif (found.name, found.valid_from) == (part.name, plan.on):
            named.append(found)
        else:
            raise Refusal(
                _("The code %(code)s belongs to %(office)s already. Please choose another.")
                % {"code": part.code, "office": found.name}
            )
    return named


def _tidied(part: NewOffice, plan: Plan) -> NewOffice:
    name, code = clean_text(part.name), clean_text(part.code)
    if not name:
        raise Refusal(_("Please give the new office a name."))
    if not code:
        stem = part.official_code or (plan.old[0].code if plan.kind == "rename" else "")
        if not stem:
            raise Refusal(_("Please give the new office a code, for example that of the old one with the year."))
        code = f"{stem.removesuffix(f'-{plan.on.year}')}-{plan.on.year}"
    if len(code) > 40 or not all(sign.isascii() and (sign.isalnum() or sign == "-") for sign in code):
        raise Refusal(_("A code has letters without marks, digits and hyphens, 40 at most."))
    return NewOffice(name, part.kind, code, part.parent, clean_text(part.official_code))


def _check(plan: Plan, old: list[Office], new: list[Office | NewOffice], ending: list[Office]) -> None:
    if not 1990 <= plan.on.year <= 2100:
        raise Refusal(_("Please look at the day again."))
    if len(set(old)) != len(old) or len({one.code for one in new}) != len(new):
        raise Refusal(_("An office is named twice. Please look again."))
    _check_numbers(plan, old, new, ending)
    words = {"day": f"{plan.on:%d/%m/%Y}"}
    for office in old:
        begun = office.valid_from is None or office.valid_from < plan.on
        if not begun or office.valid_to not in (None, plan.on):
            raise Refusal(_("%(office)s does not exist up to %(day)s.") % {"office": office.name, **words})
    for one in new:
        if isinstance(one, Office):
            if not one.exists_on(plan.on):
                raise Refusal(_("%(office)s does not exist on %(day)s.") % {"office": one.name, **words})
            continue
        if one.parent and (one.parent in ending or not one.parent.exists_on(plan.on)):
            raise Refusal(_("%(office)s does not exist on %(day)s.") % {"office": one.parent.name, **words})
        _check_name(one, plan.on, ending)


def _check_numbers(plan: Plan, old: list, new: list, ending: list) -> None:
    """Whether that many become that many, as the kind of reorganisation says."""
    if plan.kind == "merge" and (len(new) != 1 or not ending):
        raise Refusal(_("Please choose the offices that are merged, and one that they become."))
    if plan.kind == "merge" and isinstance(new[0], NewOffice) and len(old) < 2:
        raise Refusal(_("One office alone is not merged: give it a new name, or choose the office that takes it in."))
    if plan.kind == "split" and (len(old) != 1 or len(new) < 2):
        raise Refusal(_("Please name at least two offices that it becomes."))
    if plan.kind == "rename":
        if len(old) != 1 or len(new) != 1 or new[0] in old:
            raise Refusal(_("Please choose one office and its new name."))
        if clean_text(new[0].name) == old[0].name:
            raise Refusal(_("This is its name already. Please give the new one."))


def _check_name(one: NewOffice, day: dt.date, ending: list[Office]) -> None:
    """No two offices of one name below the same one at the same time: lists could not tell them apart."""
    others = Office.objects.valid_on(day).filter(parent=one.parent).exclude(pk__in=[office.pk for office in ending])
    if any(search_key(name) == search_key(one.name) for name in others.order_by().values_list("name", flat=True)):
        raise Refusal(
            _("There is an office named %(office)s on that day already. Please choose it, or give another name.")
            % {"office": one.name}
        )


def _make(part: NewOffice, plan: Plan, old: list[Office]) -> Office:
    return Office.objects.create(
        code=part.code,
        name=part.name,
        kind=part.kind,
        parent=part.parent,
        official_code=part.official_code,
        code_system="GSO" if part.official_code else "",
        order=min(office.order for office in old),
        valid_from=plan.on,
    )


def _end(ending: list[Office], made: list[Office], day: dt.date) -> bool:
    """Ends what ends and writes who took over; whether anything was new."""
    changed = not ending
    for office in ending:
        if office.valid_to is None:
            office.valid_to, changed = day, True
            office.save(update_fields=["valid_to"])
        for one in made:
            _succession, fresh = OfficeSuccession.objects.get_or_create(old=office, new=one, defaults={"date": day})
            changed = changed or fresh
    return changed


def _carry(plan: Plan, ending: list[Office], new: Office, actor: Actor) -> None:
    """Spellings, roles and offices below go on with the one office that took over."""
    if plan.keep_spellings:
        others = _spellings_of_others(plan.on, [new, *ending])
        spelled = OfficeAlias.objects.filter(office__in=ending).order_by("pk").values_list("text", "taught_by")
        for text, host in (*((office.name, None) for office in ending), *spelled):
            if text != new.name and search_key(text) not in others:
                key = {"key": search_key(text)}
                OfficeAlias.objects.get_or_create(office=new, text=text, taught_by_id=host, defaults=key)
    if plan.carry_roles:
        for role in Role.objects.not_ended_on(plan.on).filter(office__in=ending).select_related("user").order_by("pk"):
            _role_goes_on(role, new, plan.on, actor)
    if plan.on <= today():  # parents have no dates: before the day they are still those of the old office
        below = Office.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=plan.on), parent__in=ending)
        below.exclude(pk__in=[new.pk, *(office.pk for office in ending)]).update(parent=new)


def _spellings_of_others(day: dt.date, own: list[Office]) -> set[str]:
    offices = Office.objects.valid_on(day).exclude(pk__in=[office.pk for office in own]).order_by()
    aliases = OfficeAlias.objects.filter(office__in=offices.values("pk")).order_by().values_list("key", flat=True)
    return {*aliases, *(search_key(name) for name in offices.values_list("name", flat=True))}


def _role_goes_on(role: Role, new: Office, day: dt.date, actor: Actor) -> None:
    if Role.objects.not_ended_on(day).filter(user=role.user, kind=role.kind, office=new).exists():
        return
    Role.objects.create(
        user=role.user, kind=role.kind, office=new, valid_from=max(role.valid_from, day), valid_to=role.valid_to
    )
    log_action(actor, "give role", role.user, changes={"role": [None, role.kind], "office": [None, new.code]})


def _seats_follow(courses: list[Course], ending: list[Office], new: Office) -> None:
    """Seats of an office that sent nobody yet go at once; those of people who are registered go with the people."""
    sent = set(
        Registration.objects.filter(course__in=courses, office__in=ending)
        .active()
        .order_by()
        .values_list("course_id", "office_id")
    )
    for office in ending:
        free = [course for course in courses if (course.pk, office.pk) not in sent]
        carry_seats(free, office, new, Counter())

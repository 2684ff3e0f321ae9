"""Moving people from one office to another in one reviewed step, and taking that back.

What goes with them: their registrations in classes still to come (the office then and its name), and as many seats.
Classes that have begun, and lists that are final, keep what they say. Locks are taken in one order: classes by id, the
move, people by id.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.constants.actors import Actor
from courses.constants.choices import ACTIVE_STATES, CourseState, RegistrationKind
from courses.constants.clock import now, today
from courses.constants.errors import Refusal
from courses.models import Course, Office, OfficeAnswer, Registration, Seats, Trainee, Transfer
from courses.rules.permissions import may_move_people
from courses.services.records import log_action, log_each

#: A class and one of its blocks, None for the class as a whole.
Part = tuple[int, int | None]


@transaction.atomic
def move_each(
    old: Office, where: Mapping[Office, Iterable[int]], *, effective_on: dt.date, actor: Actor
) -> list[Transfer]:
    """Moves people of an office that was split, ids by the office they go to; all or nobody."""
    where = {office: list(people) for office, people in where.items()}
    parts = sorted(where, key=lambda office: office.pk)
    lock_classes_to_come(effective_on, actor)
    # Everybody at once: part by part, ids would be locked in no order, against others who want the same people.
    everybody = {pk for office in parts for pk in where[office]}
    list(Trainee.objects.select_for_update().filter(pk__among=everybody).order_by("pk").values_list("pk"))
    return [move_people(old, new, where[new], effective_on=effective_on, actor=actor) for new in parts]


@transaction.atomic
def move_people(
    old: Office,
    new: Office,
    people: Iterable[int],
    *,
    effective_on: dt.date,
    actor: Actor,
    positions: Mapping[int, str] | None = None,
) -> Transfer:
    """Moves the people of these ids from `old` to `new` from a day on. Twice is harmless. `positions`: what some of
    them are there, by id; the others keep theirs.

    Registrations in classes that begin on that day or later, have not begun and whose list is not final get the new
    office, when the actor may change the class; seats go with them (see `carry_seats`). Refusal when the actor does
    not reach both offices, the day lies ahead, `new` does not exist then, or somebody is in neither office.
    """
    ids = sorted(set(people))
    _check(old, new, effective_on, actor)
    courses = lock_classes_to_come(effective_on, actor)
    found = Trainee.objects.select_for_update().filter(pk__among=ids, merged_into__isnull=True).order_by("pk")
    by_office: dict[int, list[Trainee]] = {}
    for trainee in found:
        by_office.setdefault(trainee.office_id, []).append(trainee)
    moving, moved = by_office.get(old.pk, []), by_office.get(new.pk, [])
    if elsewhere := len(ids) - len(moving) - len(moved):
        raise Refusal(
            ngettext(
                "%(number)d person is no longer of %(office)s. Please look at the list again.",
                "%(number)d people are no longer of %(office)s. Please look at the list again.",
                elsewhere,
            )
            % {"number": elsewhere, "office": old.name}
        )
    if not moving:
        return _done_before(old, new, ids)
    Trainee.objects.filter(pk__among=[trainee.pk for trainee in moving]).update(office=new, updated_at=now())
    followed = _registrations_follow(courses, moving, old, new, actor)
    changes: dict[Trainee, dict] = {trainee: {"office": [old.code, new.code]} for trainee in moving}
    if taken := _take_over(moving, positions or {}):
        followed["positions"] = [{"pk": one.pk, "old": was, "new": one.position} for one, was in taken.items()]
        for trainee, was in taken.items():
            changes[trainee]["position"] = [was, trainee.position]
    transfer = Transfer.objects.create(
        old=old, new=new, effective_on=effective_on, people=[trainee.pk for trainee in moving], followed=followed,
        done_at=now(), done_by_id=actor.user_id,
    )  # fmt: skip
    log_action(actor, "move people", transfer, changes={"office": [old.code, new.code], "people": transfer.people})
    log_each(actor, "move", changes, batch=uuid4())
    return transfer


@transaction.atomic
def undo_transfer(transfer: Transfer, *, actor: Actor) -> Transfer:
    """Puts people, registrations and seats back where they were, and positions where they still are what the move
    made them. Twice is harmless.

    Refusal when any of them has been changed since, or a class has begun: then nothing is put back.
    """
    registrations, seats = transfer.followed.get("registrations", []), transfer.followed.get("seats", [])
    courses = _lock(Q(pk__in=[row["course"] for row in (*registrations, *seats)]))
    transfer = Transfer.objects.select_for_update(of=("self",)).select_related("old", "new").get(pk=transfer.pk)
    if transfer.undone_at:
        return transfer
    old, new = transfer.old, transfer.new
    if not may_move_people(actor, old, new):
        raise Refusal(_("People are moved by the organisers of both offices."))
    moved = list(Trainee.objects.select_for_update().filter(pk__among=transfer.people).order_by("pk"))
    _check_unchanged(transfer, courses, moved)
    _seats_go_back(seats, old, new)
    for row in registrations:
        Registration.objects.filter(pk=row["pk"]).update(office=old, office_name=row["name"], updated_at=now())
    Trainee.objects.filter(pk__among=transfer.people).update(office=old, updated_at=now())
    given = {row["pk"]: row for row in transfer.followed.get("positions", [])}
    _take_over(moved, {one.pk: given[one.pk]["old"] for one in moved if _says(one, given.get(one.pk))})
    transfer.undone_at, transfer.undone_by_id = now(), actor.user_id
    transfer.save(update_fields=["undone_at", "undone_by"])
    log_action(actor, "undo move of people", transfer, changes={"office": [new.code, old.code]})
    log_each(actor, "move", {trainee: {"office": [new.code, old.code]} for trainee in moved}, batch=uuid4())
    return transfer


@transaction.atomic
def undo_transfers(ids: Collection[int], *, actor: Actor) -> int:
    """Takes several moves back, all or none (see `undo_transfer`); returns how many people went back."""
    open_ = list(
        Transfer.objects.filter(pk__in=ids, undone_at__isnull=True).select_related("old", "new").order_by("pk")
    )
    # Everybody and every class at once: move by move, they would be locked in no order.
    _lock(
        Q(
            pk__in=[
                row["course"]
                for one in open_
                for kind in ("registrations", "seats")
                for row in one.followed.get(kind, [])
            ]
        )
    )
    people = {pk for one in open_ for pk in one.people}
    list(Trainee.objects.select_for_update().filter(pk__in=people).order_by("pk").values_list("pk"))
    return sum(len(undo_transfer(one, actor=actor).people) for one in open_)


def lock_classes_to_come(day: dt.date, actor: Actor) -> list[Course]:
    """Classes of the actor that begin on `day` or later, have not begun and whose list is not final, locked by id."""
    to_come = Q(starts_on__gte=day, state__in=(CourseState.DRAFT, CourseState.PUBLISHED), list_final_at__isnull=True)
    return _lock(to_come if actor.sees_everything else to_come & Q(host_office_id__in=actor.organises_writable))


def carry_seats(courses: list[Course], old: Office, new: Office, moved: Counter[Part]) -> list[dict]:
    """Gives `new` the seats of `old` that go with people who have just been moved; what was changed, for an undo.

    `moved`: how many active registrations went, by class and block. As many seats go as people; when `old` does not
    exist on the first day and nobody of it is left in the class, all that it had. `new` is never left over its seats.
    """
    rows = {
        (seats.course_id, seats.block_id, seats.office_id): seats
        for seats in Seats.objects.filter(course__in=courses, office__in=[old, new]).order_by("pk")
    }
    active = _active(courses, [old, new])
    ended = {course.pk for course in courses if not old.exists_on(course.starts_on)}
    changed: list[dict[str, Any]] = []
    for course, block in sorted({key[:2] for key in rows}, key=lambda part: (part[0], part[1] or 0)):
        given, own = rows.get((course, block, old.pk)), rows.get((course, block, new.pk))
        left, there = active[course, block, old.pk], active[course, block, new.pk]
        carried = count = moved[course, block]
        if given:
            carried = given.number if course in ended and not left else min(given.number, count)
        has = own.number if own else there - count
        if not carried and there <= has:
            continue
        changed.append(
            {
                "course": course,
                "block": block,
                "old": [given.number, given.number - carried] if given else None,
                "new": [own.number if own else None, max(has + carried, there)],
            }
        )
    for row in changed:
        if row["old"]:
            _set_seats(row, old, row["old"][1])
        _set_seats(row, new, row["new"][1])
    return changed


def _check(old: Office, new: Office, day: dt.date, actor: Actor) -> None:
    if old.pk == new.pk:
        raise Refusal(_("People are moved to another office."))
    if not may_move_people(actor, old, new):
        raise Refusal(_("People are moved by the organisers of both offices."))
    if day > today():
        raise Refusal(_("%(day)s lies ahead. People are moved on that day or after it.") % {"day": f"{day:%d/%m/%Y}"})
    if not (new.exists_on(day) and new.exists_on(today())):
        raise Refusal(
            _("%(office)s does not exist on %(day)s. Please choose another office or day.")
            % {"office": new.name, "day": f"{(today() if new.exists_on(day) else day):%d/%m/%Y}"}
        )


def _done_before(old: Office, new: Office, ids: list[int]) -> Transfer:
    done = Transfer.objects.filter(old=old, new=new, undone_at__isnull=True).order_by("-pk")
    for transfer in done if ids else ():
        if set(ids) & set(transfer.people):
            return transfer
    raise Refusal(_("Nobody is chosen. Please tick who goes to the other office."))


def _take_over(people: list[Trainee], positions: Mapping[int, str]) -> dict[Trainee, str]:
    """Gives people the positions that are said by id; whose changed, with what it was before. (1 query.)"""
    changed = {one: one.position for one in people if positions.get(one.pk, one.position) != one.position}
    for trainee in changed:
        trainee.position = positions[trainee.pk]
    Trainee.objects.bulk_update(changed, ["position"])
    return changed


def _says(trainee: Trainee, row: dict | None) -> bool:
    return row is not None and trainee.position == row["new"]


def _lock(condition: Q) -> list[Course]:
    return list(Course.objects.select_for_update().filter(condition).order_by("pk"))


def _registrations_follow(
    courses: list[Course], people: list[Trainee], old: Office, new: Office, actor: Actor
) -> dict[str, list[dict]]:
    going = list(
        Registration.objects.select_for_update()
        .filter(course__in=courses, trainee__among=[p.pk for p in people], office=old, state__in=ACTIVE_STATES)
        .order_by("pk")
    )
    ids = [registration.pk for registration in going]
    counted = [registration for registration in going if registration.kind == RegistrationKind.CLASS]
    moved: Counter[Part] = Counter((registration.course_id, None) for registration in counted)
    owed = Registration.blocks.through.objects.filter(registration__among=[registration.pk for registration in counted])
    moved.update(owed.values_list("registration__course_id", "block_id"))
    Registration.objects.filter(pk__among=ids).update(office=new, office_name=new.name, updated_at=now())
    OfficeAnswer.objects.bulk_create(
        [OfficeAnswer(course_id=course, office=new) for course in sorted({r.course_id for r in going})],
        ignore_conflicts=True,
    )
    seats = carry_seats(courses, old, new, moved)
    for course in courses:
        here = [registration.pk for registration in going if registration.course_id == course.pk]
        if here:
            changes = {"office": [old.code, new.code], "registrations": here}
            log_action(actor, "move registrations", course, course=course, changes=changes)
    return {
        "registrations": [{"pk": r.pk, "course": r.course_id, "name": r.office_name} for r in going],
        "seats": seats,
    }


def _active(courses: list[Course], offices: list[Office]) -> Counter[tuple[int, int | None, int]]:
    """Active registrations by class, block (None: the class) and office. (2 queries.)"""
    active = Registration.objects.filter(course__in=courses, office__in=offices).active().order_by()
    found: Counter[tuple[int, int | None, int]] = Counter()
    found.update((course, None, office) for course, office in active.values_list("course_id", "office_id"))
    owed = Registration.blocks.through.objects.filter(registration__in=active.values("pk")).order_by()
    found.update(owed.values_list("registration__course_id", "block_id", "registration__office_id"))
    return found


def _set_seats(row: dict, office: Office, number: int | None) -> None:
    part = {"course_id": row["course"], "block_id": row["block"], "office": office}
    if number is None:
        Seats.objects.filter(**part).delete()
    else:
        Seats.objects.update_or_create(**part, defaults={"number": number})


def _check_unchanged(transfer: Transfer, courses: list[Course], moved: list[Trainee]) -> None:
    old, new = transfer.old, transfer.new
    begun = [
        course.code
        for course in courses
        if course.state not in (CourseState.DRAFT, CourseState.PUBLISHED) or course.list_final_at
    ]
    if begun:
        raise Refusal(
            _("The class %(code)s has begun or its list is final: this move can no longer be taken back.")
            % {"code": ", ".join(begun)}
        )
    changed = {trainee.pk for trainee in moved if trainee.office_id != new.pk or trainee.merged_into_id}
    changed |= set(transfer.people) - {trainee.pk for trainee in moved}
    went_along = {row["pk"] for row in transfer.followed.get("registrations", [])}
    still = Registration.objects.filter(pk__among=went_along, office=new, state__in=ACTIVE_STATES).order_by()
    others = Registration.objects.exclude(pk__among=went_along & set(still.values_list("pk", flat=True)))
    # What has come since, and what went along and is another office's or withdrawn now.
    since = Q(trainee__among=transfer.people, office=new, created_at__gt=transfer.done_at) | Q(pk__among=went_along)
    changed |= set(others.filter(since).order_by().values_list("trainee_id", flat=True))
    if changed:
        raise Refusal(
            ngettext(
                "%(number)d person has been changed since: this move can no longer be taken back.",
                "%(number)d people have been changed since: this move can no longer be taken back.",
                len(changed),
            )
            % {"number": len(changed)}
        )
    for row in transfer.followed.get("seats", []):
        for office, values in ((old, row["old"]), (new, row["new"])):
            if values and _seats_of(row, office) != values[1]:
                raise Refusal(_("Seats have been changed since: this move can no longer be taken back."))


def _seats_of(row: dict, office: Office) -> int | None:
    found = Seats.objects.filter(course_id=row["course"], block_id=row["block"], office=office).order_by().first()
    return found.number if found else None


def _seats_go_back(rows: list[dict], old: Office, new: Office) -> None:
    for row in rows:
        if row["old"]:
            _set_seats(row, old, row["old"][0])
        _set_seats(row, new, row["new"][0])

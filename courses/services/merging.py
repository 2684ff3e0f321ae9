"""Two rows of trainees that are one person: the plan's part of merging them, and of taking that back.

`attendance.services.merging` calls it, for what both earned must be judged again. Locks, in this order: the classes of
both by id, both people by id, their registrations by id.
"""

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from courses.constants import citizen_numbers
from courses.constants.actors import Actor
from courses.constants.choices import ACTIVE_STATES, RegistrationKind, RegistrationState
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import Block, Course, Registration, Trainee, TraineeMerge
from courses.reports.room import Room
from courses.rules.permissions import may_merge_trainees
from courses.services.records import log_action
from courses.services.registrations import blocks_of, log_blocks
from courses.services.serial_numbers import number_late_ones

#: What is chosen field by field → the columns that go with it.
CHOSEN = {
    "full_name": ("full_name", "family_name", "middle_name", "given_name", "sort_key", "search_key"),
    "gender": ("gender",),
    "birth": ("birth_first", "birth_precision"),
    "position": ("position",),
    "office": ("office_id",),
    "staff_category": ("staff_category",),
    "phone": ("phone",),
    "email": ("email",),
    "citizen_number": ("citizen_number_sealed", "citizen_number_fingerprint"),
}
_COLUMNS = [column for columns in CHOSEN.values() for column in columns]
_NUMBER = CHOSEN["citizen_number"]
_OF_REGISTRATION = ("state", "number", "office_id", "office_name", "position", "why", "merged_into_id")


@dataclass(frozen=True)
class Two:
    """Both people and all their registrations, locked until the transaction ends."""

    kept: Trainee
    gone: Trainee
    registrations: list[Registration]


def join_registrations(
    kept: Trainee, gone: Trainee, registrations: list[Registration], *, with_paper: Collection[int] = ()
) -> dict[int, int]:
    """Which registrations go into which, by id, where both people are in one class; nothing is written.

    The one with a paper in force remains, for the paper names it; else an active one, one with a serial number, a
    confirmed one, one of the person who is kept, the older one. Stand-ins for the same person become one stand-in.
    """
    by_course: dict[tuple[int, int | None], list[Registration]] = {}
    for registration in registrations:
        counts = registration.kind == RegistrationKind.CLASS or registration.state in ACTIVE_STATES
        if counts and registration.merged_into_id is None:
            by_course.setdefault((registration.course_id, registration.stand_in_for_id), []).append(registration)

    def rank(registration: Registration) -> tuple:
        return (
            registration.pk in with_paper,
            registration.state in ACTIVE_STATES,
            registration.number is not None,
            registration.state == RegistrationState.CONFIRMED,
            registration.trainee_id == kept.pk,
            -registration.pk,
        )

    joined: dict[int, int] = {}
    for found in by_course.values():
        first = max(found, key=rank)
        joined |= {r.pk: first.pk for r in found if r.trainee_id != first.trainee_id}
    return joined


def lock_two(kept: Trainee, gone: Trainee) -> Two:
    """Locks classes, people and registrations. Refusal when a class was added while it waited."""
    pair = sorted([kept.pk, gone.pk])
    registrations = Registration.objects.filter(trainee__in=pair)
    courses = set(registrations.order_by().values_list("course_id", flat=True))
    list(Course.objects.select_for_update().filter(pk__in=courses).order_by("pk"))
    people = {t.pk: t for t in Trainee.objects.select_for_update().filter(pk__in=pair).order_by("pk")}
    # Not so hard that an attendance entry about one of them must wait: whoever makes one holds its sheet.
    locked = registrations.select_for_update(of=("self",), no_key=True)
    found = list(locked.select_related("course").order_by("pk"))
    if {registration.course_id for registration in found} - courses:
        raise Refusal(_("Somebody has just registered one of the two in a class. Please look again."))
    return Two(people[kept.pk], people[gone.pk], found)


def check_two(two: Two, *, actor: Actor) -> None:
    """Refusal, by a sentence, when the two cannot be merged by this actor."""
    if two.kept.pk == two.gone.pk:
        raise Refusal(_("Please choose two different people."))
    if two.kept.merged_into_id or two.gone.merged_into_id:
        raise Refusal(_("One of the two has been merged with somebody already. Please look again."))
    if not may_merge_trainees(actor, two.kept, two.gone):
        raise Refusal(_("Only an organiser who may change both people can merge them."))
    of = {registration.pk: registration.trainee_id for registration in two.registrations}
    for registration in two.registrations:
        if of.get(registration.stand_in_for_id, registration.trainee_id) != registration.trainee_id:
            raise Refusal(
                _("One of the two stands in for the other in the class %(code)s: they cannot be one person.")
                % {"code": registration.course.code}
            )
    _check_stand_ins([r for r in two.registrations if r.state in ACTIVE_STATES])


def _check_stand_ins(active: list[Registration]) -> None:
    """Who is on the list sits for himself, and nobody sits for two at one half-day: nor does who two rows were."""
    stand_ins = [registration for registration in active if registration.kind == RegistrationKind.STAND_IN]
    if not stand_ins:
        return
    on_list = {(r.course_id, r.trainee_id) for r in active if r.kind == RegistrationKind.CLASS}
    half_days = _half_days(stand_ins)
    for one in stand_ins:
        if any(course == one.course_id and person != one.trainee_id for course, person in on_list):
            raise Refusal(
                _("One of the two is on the list of the class %(code)s, the other stands in there for somebody.")
                % {"code": one.course.code}
            )
        for other in stand_ins:
            if other.stand_in_for_id != one.stand_in_for_id and half_days[one.pk] & half_days[other.pk]:
                raise Refusal(
                    _("Both stand in for somebody at the same half-day of the class %(code)s: they are two people.")
                    % {"code": one.course.code}
                )


@transaction.atomic
def merge_two(
    two: Two, *, actor: Actor, from_gone: Collection[str], joined: dict[int, int], record: dict
) -> TraineeMerge:
    """Makes one person of two that are locked and checked.

    Who is in a class stays the same, so that a concluded one is no hindrance. Refusal when what both owe together
    goes over the seats of a block. `from_gone` names the fields (of CHOSEN) whose value is taken from the row that
    goes; fields of responsibility are united. `joined` is that of `join_registrations`. `record` is what the record
    needs to take it back; it is sealed with the rest. The row that goes stays in the table, keeps a citizen number if
    both had one, and leads to the other.
    """
    kept, gone = two.kept, two.gone
    before = {"kept": _values(kept), "gone": _values(gone)}
    holds = {person.pk: set(person.responsibilities.values_list("pk", flat=True)) for person in (kept, gone)}
    touched = [r for r in two.registrations if r.pk in joined or r.pk in joined.values()]
    was = {r.pk: _values_of(r) for r in touched}
    blocks = {r.pk: _blocks(r) for r in touched}
    half_days = _half_days(touched)
    _take_fields(kept, gone, from_gone)
    kept.responsibilities.add(*holds[gone.pk])
    led = list(Trainee.objects.filter(merged_into=gone).order_by("pk").values_list("pk", flat=True))
    Trainee.objects.filter(pk__among=led).update(merged_into=kept)
    moved = [r.pk for r in two.registrations if r.trainee_id == gone.pk]
    joined_before = _join(two, joined, blocks)
    Registration.objects.filter(pk__among=moved).update(trainee=kept, updated_at=now())
    sealed = {
        "before": before,
        "after": {"kept": _values(kept), "gone": _values(gone)},
        "responsibilities": sorted(holds[gone.pk] - holds[kept.pk]),
        "led": led,
        "moved": moved,
        "registrations": {str(pk): values for pk, values in was.items()},
        "after_registrations": {str(r.pk): _values_of(r) for r in touched},
        "blocks": {str(pk): sorted(ids) for pk, ids in blocks.items()},
        "half_days": {str(pk): sorted(ids) for pk, ids in half_days.items()},
        "after_half_days": {str(pk): sorted(ids) for pk, ids in _half_days(touched).items()},
        "joined": {str(pk): into for pk, into in joined.items()},
        "joined_before": joined_before,
        "concluded": sorted({r.course_id for r in touched if not r.course.is_open_to_change}),
        "record": record,
    }
    merge = TraineeMerge.objects.create(
        kept=kept,
        gone=gone,
        sealed=citizen_numbers.encrypt(json.dumps(sealed, ensure_ascii=False)),
        done_at=now(),
        done_by_id=actor.user_id,
    )
    _log(actor, "merge", two, merge, joined, moved)
    return merge


def lock_merge(merge: TraineeMerge, *, actor: Actor) -> tuple[TraineeMerge, Two, dict]:
    """The merge as it is now, both people locked, and what was sealed. Refusal for whoever may not take it back."""
    two = lock_two(merge.kept, merge.gone)
    merge = TraineeMerge.objects.select_for_update(of=("self",)).select_related("kept", "gone").get(pk=merge.pk)
    if not may_merge_trainees(actor, two.kept, two.gone):
        raise Refusal(_("Only an organiser who may change both people can merge them."))
    return merge, two, json.loads(citizen_numbers.decrypt(merge.sealed))


@transaction.atomic
def take_back(merge: TraineeMerge, two: Two, sealed: dict, *, actor: Actor) -> TraineeMerge:
    """Makes two of one again, exactly as they were; what was changed since and is not touched by it stays.

    A class that is concluded since keeps its list; one that was concluded already gets back what stood there. Whoever
    stands apart in a list that became final meanwhile gets a number. Refusal when something that the merging set was
    changed since, such a class was concluded, or a seat that it freed was given away.
    """
    kept, gone = two.kept, two.gone
    changed = {name for name in _COLUMNS if sealed["before"]["kept"][name] != sealed["after"]["kept"][name]}
    current = _values(kept)
    same = all(current[name] == sealed["after"]["kept"][name] for name in changed)
    if gone.merged_into_id != kept.pk or kept.merged_into_id or not same:
        raise Refusal(_("This person was changed, or merged again, after that. Please take that back first."))
    by_pk = {r.pk: r for r in two.registrations}
    touched = {by_pk[int(pk)].course_id: by_pk[int(pk)].course for pk in sealed["registrations"] if int(pk) in by_pk}
    for pk, course in sorted(touched.items()):
        if not course.is_open_to_change and pk not in sealed["concluded"]:
            raise Refusal(
                _("The class %(code)s was concluded after that: its list cannot be changed any more.")
                % {"code": course.code}
            )
    if any(pk not in by_pk or by_pk[pk].trainee_id != kept.pk for pk in sealed["moved"]):
        raise Refusal(_("This person was changed, or merged again, after that. Please take that back first."))
    # First, for nobody may hold two seats in a class, not even for a moment.
    Registration.objects.filter(pk__in=sealed["moved"]).update(trainee=gone, updated_at=now())
    _part(by_pk, sealed, actor)
    _set(kept, {name: sealed["before"]["kept"][name] for name in changed})
    _set(gone, sealed["before"]["gone"])
    gone.merged_into = None
    _save_both(kept, gone)
    kept.responsibilities.remove(*sealed["responsibilities"])
    Trainee.objects.filter(pk__in=sealed["led"], merged_into=kept).update(merged_into=gone)
    for _pk, course in sorted(touched.items()):
        if course.list_final_at and course.is_open_to_change:
            number_late_ones(course)
    merge.undone_at, merge.undone_by_id = now(), actor.user_id
    merge.save(update_fields=["undone_at", "undone_by"])
    _log(actor, "undo merge", two, merge, sealed["joined"], sealed["moved"])
    return merge


def _take_fields(kept: Trainee, gone: Trainee, from_gone: Collection[str]) -> None:
    unknown = set(from_gone) - set(CHOSEN)
    if unknown:
        raise TypeError(f"not fields of a trainee: {sorted(unknown)}")
    for name in from_gone:
        if name == "citizen_number":  # both stay findable: a list that names the other number finds this person too
            for column in _NUMBER:
                mine, other = getattr(kept, column), getattr(gone, column)
                setattr(kept, column, other)
                setattr(gone, column, mine)
        else:
            for column in CHOSEN[name]:
                setattr(kept, column, getattr(gone, column))
    gone.merged_into = kept
    _save_both(kept, gone)


def _save_both(kept: Trainee, gone: Trainee) -> None:
    """The numbers may change places, and no two rows may ever have one: so they are let go of first."""
    Trainee.objects.filter(pk__in=[kept.pk, gone.pk]).update(citizen_number_sealed="", citizen_number_fingerprint=None)
    kept.save()
    gone.save()


def _join(two: Two, joined: dict[int, int], blocks: dict[int, set[int]]) -> dict[str, int]:
    """Writes which registrations went into which; gives what had gone into them before."""
    by_pk = {r.pk: r for r in two.registrations}
    earlier = Registration.objects.filter(merged_into__in=list(joined)).order_by("pk")
    joined_before = {str(pk): into for pk, into in earlier.values_list("pk", "merged_into_id")}
    owed = dict(blocks)
    with override("vi"):
        why = _("The same person stood in the list twice.")
    for pk, into in joined.items():
        loser, first = by_pk[pk], by_pk[into]
        if loser.state in ACTIVE_STATES:
            # Nobody's block means all of them.
            united = owed[into] | owed[pk] if owed[into] and owed[pk] else set()
            had = [owed[into]] if first.state in ACTIVE_STATES else []
            if first.state not in ACTIVE_STATES:  # its paper keeps it; it takes over the seat
                first.state, first.office_id = loser.state, loser.office_id
                first.office_name, first.position = loser.office_name, loser.position
            if first.office_id == loser.office_id:
                had.append(owed[pk])
            loser.state, loser.why = RegistrationState.WITHDRAWN, why
            _save(loser)
            _refuse_over_seats(first, united, had)
            owed[into] = united
            first.blocks.set(united)
            first.sessions.add(*loser.sessions.order_by())
        if first.number is None and loser.number is not None:
            first.number, loser.number = loser.number, None
        loser.merged_into_id = first.pk
        _save(loser)
        _save(first)
        Registration.objects.filter(merged_into=loser).update(merged_into=first)
    return joined_before


def _refuse_over_seats(first: Registration, united: set[int], had: list[set[int]]) -> None:
    """Refusal when the office has no seat left in a block that comes to what the person owed; `had` are blocks in
    which the seat was the office's own already. No block means all of them."""
    if set() in had or united in had:
        return
    new = [block for block in _blocks_of(first, united) if not any(block.pk in held for held in had)]
    sentence = Room(first.course).refusal_in_blocks(first.office, new)
    if sentence:
        raise Refusal(
            _("Together they would owe more in the class %(code)s than their office has seats for. %(why)s")
            % {"code": first.course.code, "why": sentence}
        )


def _blocks_of(registration: Registration, ids: Collection[int]) -> list[Block]:
    blocks = list(registration.course.blocks.order_by("order", "pk"))
    return [block for block in blocks if block.pk in ids] or blocks


def _part(by_pk: dict[int, Registration], sealed: dict, actor: Actor) -> None:
    """Gives each registration of a class in which both stood its own state again."""
    regained = []
    half_days = sealed.get("half_days", {})  # merges of before stand-ins have none
    current = _half_days([by_pk[int(pk)] for pk in half_days])
    for pk, old in sealed["registrations"].items():
        registration, new = by_pk[int(pk)], sealed["after_registrations"][pk]
        changed = [name for name in _OF_REGISTRATION if old[name] != new[name]]
        moved = pk in half_days and sorted(current[int(pk)]) != sealed["after_half_days"][pk]
        if moved or any(getattr(registration, name) != new[name] for name in {*changed, "state", "merged_into_id"}):
            raise Refusal(
                _("The registration in the class %(code)s was changed after that.") % {"code": registration.course.code}
            )
        if old["state"] in ACTIVE_STATES and new["state"] not in ACTIVE_STATES:
            regained.append(registration)
        for name in changed:
            setattr(registration, name, old[name])
    lost = [r for r in map(by_pk.get, map(int, sealed["registrations"])) if r not in regained]
    for registration in lost:
        _save(registration, number=None)
    for pk, ids in sealed["blocks"].items():
        registration = by_pk[int(pk)]
        before = blocks_of(registration)
        registration.blocks.set(ids)
        log_blocks(registration, before, course=registration.course, actor=actor)
    for pk, ids in half_days.items():
        by_pk[int(pk)].sessions.set(ids)
    for registration in regained:
        blocks = _blocks_of(registration, sealed["blocks"][str(registration.pk)])
        has_seat = registration.kind == RegistrationKind.CLASS
        sentence = Room(registration.course).refusal(registration.office, blocks=blocks) if has_seat else ""
        if sentence:
            raise Refusal(
                _("The seat in the class %(code)s was given to somebody else meanwhile. %(why)s")
                % {"code": registration.course.code, "why": sentence}
            )
        _save(registration)
    for registration in lost:
        _save(registration)
    for pk, into in sealed["joined_before"].items():
        Registration.objects.filter(pk=int(pk)).update(merged_into=into)


def _save(registration: Registration, **instead) -> None:
    values = {name: getattr(registration, name) for name in _OF_REGISTRATION}
    Registration.objects.filter(pk=registration.pk).update(**values | instead, updated_at=now())


def _blocks(registration: Registration) -> set[int]:
    return set(registration.blocks.order_by().values_list("pk", flat=True))


def _half_days(registrations: Collection[Registration]) -> dict[int, set[int]]:
    """The half-days stood in for, by registration id. (1 query.)"""
    found: dict[int, set[int]] = {registration.pk: set() for registration in registrations}
    rows = Registration.sessions.through.objects.filter(registration__in=found)
    for registration, session in rows.values_list("registration_id", "session_id"):
        found[registration].add(session)
    return found


def _values(trainee: Trainee) -> dict:
    values = {name: getattr(trainee, name) for name in _COLUMNS}
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()}


def _values_of(registration: Registration) -> dict:
    return {name: getattr(registration, name) for name in _OF_REGISTRATION}


def _set(trainee: Trainee, values: dict) -> None:
    for name, value in values.items():
        setattr(trainee, name, dt.date.fromisoformat(value) if name == "birth_first" and value else value)


def _log(actor: Actor, action: str, two: Two, merge: TraineeMerge, joined, moved: list[int]) -> None:
    """One entry at each of the two, and one in each class in which both stood."""
    batch = uuid4()
    names = {"full_name": [merge.gone.full_name, merge.kept.full_name]}
    for person in (two.kept, two.gone):
        log_action(actor, action, person, changes={"registrations": moved}, personal=names, batch=batch)
    into = {r.pk: r for r in two.registrations}
    for pk in joined:
        registration = into[int(pk)]
        log_action(actor, action, registration, course=registration.course_id, batch=batch)

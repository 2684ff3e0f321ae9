"""Passes as they are read: whose a code is, and whether it is the one in force."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from attendance.models import PassCode
from attendance.rules.scans import SHORT_LENGTH, short_code
from courses.constants import links
from courses.constants.choices import ACTIVE_STATES, CourseState
from courses.models import Registration

#: Who has no pass of their own yet shows the first: it is derived, not kept.
FIRST_VERSION = 1


@dataclass(frozen=True)
class PassRead:
    """Whose pass it is. `renewed`: it was in force once, and another is now."""

    registration: Registration
    renewed: bool = False

    @property
    def is_active(self) -> bool:
        return self.registration.state in ACTIVE_STATES


@dataclass(frozen=True)
class Pass:
    """The pass in force: the long code that its QR holds, and the short one, "" where none was given yet."""

    code: str
    short: str


def passes_in_force(registration_ids: Iterable[int]) -> dict[int, Pass]:
    """The pass of each of these registrations. (1 query.)"""
    pks = list(registration_ids)
    rows = PassCode.objects.filter(registration__among=pks, ended_at__isnull=True).order_by()
    kept = {pk: (version, short) for pk, version, short in rows.values_list("registration_id", "version", "short")}
    found = {}
    for pk in pks:
        version, short = kept.get(pk, (FIRST_VERSION, ""))
        found[pk] = Pass(links.pass_code(pk, version), short)
    return found


def ended_passes(course_id: int) -> dict[int, list[Pass]]:
    """The passes of a class that were renewed, by the registration. (1 query.)"""
    rows = PassCode.objects.filter(course=course_id, ended_at__isnull=False).order_by()
    found: dict[int, list[Pass]] = {}
    for pk, version, short in rows.values_list("registration_id", "version", "short"):
        found.setdefault(pk, []).append(Pass(links.pass_code(pk, version), short))
    return found


def read_passes(codes: Iterable[str], *, course_id: int | None = None) -> dict[str, PassRead]:
    """Whose these codes are, by the code as it was given; what is no pass is left out. (3 queries at most.)

    Long codes are read of any class. Short ones, which are typed, only with `course_id`: they are unique in a class.

    The pass of a registration that went into another one of the same person still is that person's: a card that was
    printed before two rows were merged must not fail at the door.
    """
    codes = set(codes)
    claimed = {code: pk for code in codes if (pk := links.registration_id_of(code))}
    short = {code: short_code(code) for code in codes if course_id and len(short_code(code)) == SHORT_LENGTH}
    typed = {}
    if short:
        passes = PassCode.objects.filter(course=course_id, short__in=short.values()).order_by()
        typed = {kept: (pk, ended) for kept, pk, ended in passes.values_list("short", "registration_id", "ended_at")}
    pks = {*claimed.values(), *(pk for pk, _ended in typed.values())}
    people = Registration.objects.filter(pk__among=pks).select_related("merged_into__trainee", "trainee", "course")
    registrations = {registration.pk: registration for registration in people.order_by()}
    versions = _versions(registrations) if claimed else {}
    found = {}
    for code, pk in claimed.items():
        for version in range(versions.get(pk, 0), 0, -1):
            if links.is_pass_code(code, pk, version):
                found[code] = PassRead(_kept(registrations[pk]), renewed=version != versions[pk])
                break
    for code, kept in short.items():
        if code not in found and kept in typed:
            pk, ended = typed[kept]
            found[code] = PassRead(_kept(registrations[pk]), renewed=ended is not None)
    return found


def courses_without_passes() -> list[int]:
    """The ids of the classes under way in which somebody on the roll has no pass. (1 query.)"""
    have = PassCode.objects.filter(registration=OuterRef("pk")).order_by()
    under_way = Registration.objects.filter(course__state__in=(CourseState.PUBLISHED, CourseState.RUNNING)).on_roll()
    without = under_way.filter(~Exists(have)).order_by("course")
    return list(without.values_list("course", flat=True).distinct())


def registration_of_pass(code: str) -> PassRead | None:
    """Whose pass a long code is; None when it is none."""
    return read_passes([code]).get(code)


def hash_of_code(code: str) -> str:
    """What is kept of a code that was read: SHA-256, in hex. The phone at a door holds the same."""
    return hashlib.sha256(code.encode(errors="replace")).hexdigest()


def _versions(registration_ids: Iterable[int]) -> dict[int, int]:
    pks = list(registration_ids)
    rows = PassCode.objects.filter(registration__among=pks, ended_at__isnull=True).order_by()
    return dict.fromkeys(pks, FIRST_VERSION) | dict(rows.values_list("registration_id", "version"))


def _kept(registration: Registration) -> Registration:
    return registration.merged_into or registration

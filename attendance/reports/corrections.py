"""What was asked about papers, as the officer, the holder and the office read it."""

from dataclasses import dataclass, replace

from attendance.constants import CorrectionState
from attendance.models import Correction
from attendance.reports.people import InClass
from courses.constants.actors import Actor
from courses.constants.clock import today
from courses.models import ActionLog
from courses.rules.working_days import working_days_late


@dataclass(frozen=True)
class Asked:
    """A request with its clock. `late`: working days since it was due, 0 when it is answered or not due yet."""

    request: Correction
    late: int

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.request.state == CorrectionState.ASKED


def with_corrections(items: list[InClass]) -> list[InClass]:
    """The same registrations with what was asked about their papers, the latest first. (1 query.)"""
    rows = Correction.objects.filter(certificate__registration__in=[item.registration.pk for item in items])
    found: dict[int, list[Asked]] = {}
    for request in rows.select_related("certificate").order_by("-asked_at", "-pk"):
        found.setdefault(request.certificate.registration_id, []).append(clock_of(request))
    return [replace(item, asked=tuple(found.get(item.registration.pk, ()))) for item in items]


@dataclass(frozen=True)
class Life:
    """The entries of the log about one paper, each with its personal part (who received it, why it ended), and what was
    asked about it, the oldest first."""

    entries: list[ActionLog]
    corrections: list[Asked]


def life_of(certificate, actor: Actor) -> Life:
    """(2 queries and those of who may read what.)"""
    asked = [clock_of(one) for one in certificate.corrections.select_related("answered_by").order_by("asked_at", "pk")]
    entries = ActionLog.objects.readable_by(actor).filter(
        subject=certificate._meta.label_lower, subject_id=certificate.pk
    )
    return Life(list(entries.select_related("user", "detail").order_by("at", "pk")), asked)


def clock_of(request: Correction) -> Asked:
    """The request with how late it is; no query."""
    late = working_days_late(request.due_on, today()) if request.state == CorrectionState.ASKED else 0
    return Asked(request, late)

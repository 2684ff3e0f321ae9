"""Who has earned the paper of a class: the rule applied to what the ledger knows."""

from collections.abc import Iterable

from attendance.constants import SheetState
from attendance.models import Completion, CourseRule, Mark, Sheet
from attendance.rules.eligibility import Rule, SessionFacts, Verdict, judge
from courses.constants.choices import SessionState
from courses.constants.clock import now
from courses.models import Course, Registration, Session


def rule_of(course: Course) -> tuple[CourseRule | None, Rule]:
    """The row of the rule that a class is held under and the rule itself; without a row the default rule."""
    row = CourseRule.objects.filter(course=course).prefetch_related("must_attend").order_by("-version").first()
    if row is None:
        return None, Rule()
    return row, Rule(
        share=row.share,
        measure=row.measure,
        late_counts=row.late_counts,
        left_early_counts=row.left_early_counts,
        excused_counts=row.excused_counts,
        must_attend=frozenset(session.pk for session in row.must_attend.all()),
    )


def verdicts_of(course: Course, registrations: Iterable[Registration]) -> dict[int, Verdict]:
    """The verdict on each registration of one class, by its id.

    Registrations come with `blocks` prefetched. Eight queries whatever their number. The reason is in the active
    language.
    """
    registrations = list(registrations)
    _row, rule = rule_of(course)
    sessions = _sessions(course)
    marks: dict[int, dict[int, str]] = {}
    for registration, session, state in (
        Mark.objects.filter(registration__in=[r.pk for r in registrations])
        .order_by()
        .values_list("registration_id", "session_id", "state")
    ):
        marks.setdefault(registration, {})[session] = state
    overrides = {
        completion.registration_id: f"{completion.override_why} ({completion.override_document})"
        for completion in Completion.objects.filter(
            registration__in=[r.pk for r in registrations], override_by__isnull=False
        ).order_by()
    }
    moment = now()
    return {
        registration.pk: judge(
            rule,
            sessions,
            marks.get(registration.pk, {}),
            blocks_owed={block.pk for block in registration.blocks.all()},
            now=moment,
            override=overrides.get(registration.pk, ""),
        )
        for registration in registrations
    }


def verdict_of(registration: Registration) -> Verdict:
    """The verdict on one registration."""
    return verdicts_of(registration.course, [registration])[registration.pk]


def _sessions(course: Course) -> list[SessionFacts]:
    sheets = Sheet.objects.filter(session__course=course, state=SheetState.CLOSED).order_by()
    closed = set(sheets.values_list("session_id", flat=True))
    return [
        SessionFacts(
            id=session.pk,
            date=session.date,
            half=session.half,
            ends_at=session.ends_at,
            periods=session.periods,
            required=session.required,
            cancelled=session.state == SessionState.CANCELLED,
            closed=session.pk in closed,
            blocks=frozenset(block.pk for block in session.blocks.all()),
        )
        for session in Session.objects.filter(course=course).prefetch_related("blocks").order_by("starts_at", "pk")
    ]

"""Who has earned the paper of a class: the rule applied to what the ledger knows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from attendance.constants import SheetState
from attendance.models import Completion, CourseRule, Mark, Score, Sheet
from attendance.rules.eligibility import Rule, SessionFacts, Verdict, judge
from courses.constants.choices import CourseState, SessionState
from courses.constants.clock import now
from courses.models import Registration, Session

DEFAULT_RULE = Rule()
#: A class that is concluded takes no marks any more: who was not seen was absent, as on a closed sheet.
OVER = (CourseState.CONCLUDED, CourseState.ARCHIVED)


@dataclass(frozen=True)
class Held:
    """What the people of one class are judged by: its rule, with the row that holds it, and its half-days."""

    row: CourseRule | None
    rule: Rule
    sessions: list[SessionFacts]


def held_of(course_ids: Iterable[int]) -> dict[int, Held]:
    """By class id what its people are judged by. Five queries."""
    ids = set(course_ids)
    rules, sessions = rules_of(ids), _sessions(ids)
    return {pk: Held(*rules.get(pk, (None, DEFAULT_RULE)), sessions.get(pk, [])) for pk in ids}


def rules_of(course_ids: Iterable[int]) -> dict[int, tuple[CourseRule, Rule]]:
    """By class id, the row of the rule that a class is held under (its highest version) and the rule itself.

    A class without a row is held under `DEFAULT_RULE`.
    """
    found = {}
    rows = CourseRule.objects.filter(course__in=list(course_ids)).prefetch_related("must_attend").order_by("version")
    for row in rows:
        rule = Rule(
            share=row.share,
            measure=row.measure,
            late_counts=row.late_counts,
            left_early_counts=row.left_early_counts,
            excused_counts=row.excused_counts,
            must_attend=frozenset(session.pk for session in row.must_attend.all()),
            test=row.test,
            scale=row.scale,
            pass_mark=row.pass_mark,
            grades=tuple((Decimal(str(lowest)), words) for lowest, words in row.grades),
        )
        found[row.course_id] = (row, rule)
    return found


def verdicts_of(registrations: Iterable[Registration], held: Mapping[int, Held] | None = None) -> dict[int, Verdict]:
    """The verdict on each registration, of one class or many, by its id.

    Registrations come with `blocks` prefetched. Seven queries whatever their number, eight where a class has a test;
    two or three where the caller has asked already by what the classes are judged. The reason is in the active
    language.
    """
    registrations = list(registrations)
    held = held_of(registration.course_id for registration in registrations) if held is None else held
    marks = marks_of(registrations)
    overrides = special_cases_of([registration.pk for registration in registrations])
    tested = any(one.rule.needs_test for one in held.values())
    points = points_of([registration.pk for registration in registrations]) if tested else {}
    moment = now()
    return {
        registration.pk: judge(
            held[registration.course_id].rule,
            held[registration.course_id].sessions,
            marks.get(registration.pk, {}),
            blocks_owed={block.pk for block in registration.blocks.all()},
            now=moment,
            override=overrides.get(registration.pk, ""),
            before_joining=before_joining(registration, held[registration.course_id].sessions),
            points=points.get(registration.pk),
        )
        for registration in registrations
    }


def verdict_of(registration: Registration, held: Held | None = None) -> Verdict:
    """The verdict on one registration; `held` as the caller has read it for many of the class."""
    return verdicts_of([registration], {registration.course_id: held} if held else None)[registration.pk]


def before_joining(registration: Registration, sessions: list[SessionFacts]) -> set[int]:
    """Ids of the half-days that lie before the first one of somebody who came instead of another."""
    first = next((session for session in sessions if session.id == registration.begins_with_id), None)
    return {session.id for session in sessions if first and session.starts_at < first.starts_at}


def special_cases_of(registration_ids: Iterable[int]) -> dict[int, str]:
    """Why somebody was judged apart from the rule, by which document and by whom, as one text; that of a registration
    which went into another one holds for it where it has none of its own."""
    ids = list(registration_ids)
    found = Completion.objects.filter(
        Q(registration__in=ids) | Q(registration__merged_into__in=ids),
        override_by__isnull=False,
    ).order_by()
    own: dict[int, str] = {}
    taken_over: dict[int, str] = {}
    for pk, into, *said in found.values_list(
        "registration_id",
        "registration__merged_into_id",
        "override_why",
        "override_document",
        "override_decided_by",
        "override_by__full_name",
    ):
        where, key = (taken_over, into) if into else (own, pk)
        where[key] = _override_in_words(*said)
    return taken_over | own


def special_case_of(registration: Registration) -> Completion | None:
    """The decision apart from the rule that holds for a registration, its own before that of one that went into it."""
    rows = Completion.objects.filter(
        Q(registration=registration) | Q(registration__merged_into=registration), override_by__isnull=False
    ).select_related("override_by", "override_paper")
    return min(rows, key=lambda row: row.registration_id != registration.pk, default=None)


def _override_in_words(why: str, document: str, decided_by: str, entered_by: str) -> str:
    """Decisions of before who decided was asked for say only who entered them."""
    said = [document]
    if decided_by:
        said.append(_("decided by %(name)s") % {"name": decided_by})
    if entered_by:
        said.append(_("entered by %(name)s") % {"name": entered_by})
    return f"{why.rstrip('. ')} ({'; '.join(said)})"


def points_of(registration_ids: Iterable[int]) -> dict[int, Decimal]:
    """What was reached in the test, by registration id; that of a registration which went into another one holds for
    it where it has none of its own. Not entered is no entry."""
    ids = list(registration_ids)
    rows = Score.objects.filter(Q(registration__in=ids) | Q(registration__merged_into__in=ids)).order_by()
    own, taken_over = {}, {}
    for pk, into, points in rows.values_list("registration_id", "registration__merged_into_id", "points"):
        if into:
            taken_over[into] = points
        else:
            own[pk] = points
    return taken_over | own


def marks_of(registrations: Iterable[Registration]) -> dict[int, dict[int, str]]:
    """States by registration id and session id; nothing known is no entry."""
    marks: dict[int, dict[int, str]] = {}
    rows = Mark.objects.filter(registration__in=[registration.pk for registration in registrations]).order_by()
    for registration, session, state in rows.values_list("registration_id", "session_id", "state"):
        marks.setdefault(registration, {})[session] = state
    return marks


def _sessions(course_ids: set[int]) -> dict[int, list[SessionFacts]]:
    sheets = Sheet.objects.filter(session__course__in=course_ids, state=SheetState.CLOSED).order_by()
    closed = set(sheets.values_list("session_id", flat=True))
    found: dict[int, list[SessionFacts]] = {}
    rows = (
        Session.objects.filter(course__in=course_ids)
        .select_related("course")
        .prefetch_related("blocks")
        .order_by("starts_at", "pk")
    )
    for session in rows:
        found.setdefault(session.course_id, []).append(
            SessionFacts(
                id=session.pk,
                date=session.date,
                half=session.half,
                starts_at=session.starts_at,
                ends_at=session.ends_at,
                periods=session.periods,
                required=session.required,
                cancelled=session.state == SessionState.CANCELLED,
                closed=session.pk in closed or session.course.state in OVER,
                blocks=frozenset(block.pk for block in session.blocks.all()),
            )
        )
    return found

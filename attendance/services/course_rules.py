"""Writing the rule of a class: a new version each time, so that what was judged keeps the rule it was judged by."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from attendance.models import CourseRule, Score
from attendance.reports.papers import registrations_of
from attendance.reports.verdicts import verdicts_of
from attendance.rules.eligibility import marks_in_words
from attendance.rules.scores import wrong_grades
from courses.constants.actors import Actor
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.names import clean_text
from courses.models import Course, Session
from courses.rules.permissions import may_change_plan
from courses.services.records import log_action
from courses.services.registrations import lock_course

FIELDS = (
    "share",
    "measure",
    "late_counts",
    "left_early_counts",
    "excused_counts",
    "test",
    "scale",
    "pass_mark",
    "grades",
)


@transaction.atomic
def set_rule(course: Course, *, actor: Actor, must_attend: Collection[Session] = (), **fields) -> CourseRule:
    """Makes the next version of a class's rule; the same rule again gives the version that is there.

    `fields` are those of `FIELDS`; one that is left out stays as it is. `grades` are (lowest mark, words) from the
    highest down. Refusal for a concluded class, for another host's, for half-days of another, for grades that cannot
    be, and for a highest mark below points that somebody has.
    """
    course = lock_course(course)
    if not may_change_plan(actor, course):
        raise Refusal(_("The rule of this class cannot be changed any more: it is concluded, or another office's."))
    if any(session.course_id != course.pk for session in must_attend):
        raise Refusal(_("Please choose half-days of this class only."))
    latest = CourseRule.objects.filter(course=course).order_by("-version").first()
    before = latest or CourseRule()
    rule = CourseRule(
        course=course,
        version=latest.version + 1 if latest else 1,
        created_at=now(),
        created_by_id=actor.user_id,
        **{name: getattr(before, name) for name in FIELDS} | fields,
    )
    _check_test(rule)
    if latest and _same(latest, rule, must_attend):
        return latest
    rule.full_clean(exclude=["created_by"])
    rule.save()
    rule.must_attend.set(must_attend)
    log_action(actor, "set rule", rule, course=course, changes={"version": [rule.version - 1, rule.version]})
    return rule


@dataclass(frozen=True)
class Lost:
    """How many who are eligible would not be by another rule; of them, how many for want of points."""

    people: int
    without_points: int


def lost_by_rule(course: Course, *, actor: Actor, **said) -> Lost:
    """What `set_rule` would take away; the rule is set, looked at and taken back. Refusal as there."""
    people = list(registrations_of(course))
    before = verdicts_of(people)
    with transaction.atomic():
        set_rule(course, actor=actor, **said)
        after = verdicts_of(people)
        transaction.set_rollback(True)
    lost = [after[pk] for pk, verdict in before.items() if verdict.earned and not after[pk].earned]
    return Lost(len(lost), sum(verdict.needs_test and verdict.points is None for verdict in lost))


def _check_test(rule: CourseRule) -> None:
    """Refusal for a test that nobody could pass or be graded by; writes the grades as they are stored."""
    scale, pass_mark = Decimal(rule.scale), Decimal(rule.pass_mark)
    if not 0 <= pass_mark <= scale:
        raise Refusal(_("The mark to pass cannot lie above the highest mark."))
    grades = [(Decimal(str(lowest)), clean_text(words)) for lowest, words in rule.grades]
    if wrong := wrong_grades(grades, scale):
        raise Refusal(wrong)
    rule.grades = [[f"{lowest.normalize():f}", words] for lowest, words in grades]
    best = Score.objects.filter(registration__course=rule.course).aggregate(best=Max("points"))["best"]
    if best is not None and best > scale:
        raise Refusal(
            _("Somebody has %(points)s points already: the highest mark cannot lie below that.")
            % {"points": marks_in_words(best)}
        )


def _same(latest: CourseRule, rule: CourseRule, must_attend: Collection[Session]) -> bool:
    musts = {session.pk for session in must_attend}
    return all(getattr(latest, name) == getattr(rule, name) for name in FIELDS) and musts == set(
        latest.must_attend.values_list("pk", flat=True)
    )

"""Entering what people reached in the test or essay of a class, all of it or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from attendance.constants import IN_HANDS, Replacing
from attendance.models import Certificate, Score
from attendance.reports.papers import registrations_of
from attendance.reports.scores import entered_meanwhile
from attendance.reports.verdicts import DEFAULT_RULE, points_of, rules_of
from attendance.rules.eligibility import Rule
from attendance.rules.permissions import may_certify
from attendance.rules.scores import out_of_scale
from courses.constants.actors import Actor
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import Course, Registration
from courses.services.records import log_each
from courses.services.registrations import lock_course


@dataclass(frozen=True)
class ScorePlan:
    """What entering points would do, by registration id: what stands, what would change, what cannot be and why."""

    stands: dict[int, Decimal]
    changed: dict[int, Decimal | None]
    wrong: dict[int, str]
    people: dict[int, Registration]


class ScoresRefused(Refusal):
    """Points of which some cannot be entered; `sentences` says it by registration id."""

    def __init__(self, plan: ScorePlan):
        people = plan.people
        said = (f"{people[pk].trainee.full_name if pk in people else '?'}: {why}" for pk, why in plan.wrong.items())
        super().__init__(" ".join(said))
        self.sentences = plan.wrong


def plan_scores(
    course: Course,
    points: Mapping[int, Decimal | None],
    *,
    actor: Actor,
    shown: Mapping[int, Decimal | None] | None = None,
) -> ScorePlan:
    """What `enter_scores` would do now; nothing is written. Refusal as there, but for single people. (7 queries.)"""
    if not may_certify(actor, course):
        raise Refusal(_("Only a certificate officer of the host office can enter results of the test."))
    _row, rule = rules_of([course.pk]).get(course.pk, (None, DEFAULT_RULE))
    if not rule.needs_test:
        raise Refusal(_("This class has no test or essay. Its rule says so and can be changed first."))
    people = {registration.pk: registration for registration in registrations_of(course).filter(pk__in=points)}
    stands = points_of(points)
    changed = {pk: value for pk, value in points.items() if value != stands.get(pk)}
    wrong = _wrong(changed, people, rule)
    for pk in changed:
        if shown is not None and pk not in wrong and stands.get(pk) != shown.get(pk):
            wrong[pk] = entered_meanwhile(stands.get(pk))
    return ScorePlan(stands, changed, wrong, people)


@transaction.atomic
def enter_scores(
    course: Course,
    points: Mapping[int, Decimal | None],
    *,
    actor: Actor,
    shown: Mapping[int, Decimal | None] | None = None,
) -> dict[int, Decimal | None]:
    """Enters points by registration id, None to take them out; returns those that changed, none the second time.

    All or nothing: `ScoresRefused` with a sentence for each person of whom they cannot be entered (not on the list,
    outside the scale, a paper is issued, or since `shown`, what stood when they were looked at, somebody has entered
    others). Refusal for a class without a test and for those who do not certify it.
    Each change is logged, old → new. (A constant number of queries.)
    """
    course = lock_course(course)
    # Issuing locks the registration too: either it sees these points, or they see that the paper is issued.
    list(Registration.objects.filter(pk__in=points).select_for_update().order_by("pk").values_list("pk", flat=True))
    plan = plan_scores(course, points, actor=actor, shown=shown)
    if plan.wrong:
        raise ScoresRefused(plan)
    _write(plan.changed, actor)
    if plan.changed:
        said = {pk: [_text(plan.stands.get(pk)), _text(value)] for pk, value in plan.changed.items()}
        logged = {plan.people[pk]: {"points": change} for pk, change in said.items()}
        log_each(actor, "enter score", logged, course=course, batch=uuid4())
    return plan.changed


def _wrong(changed: Mapping[int, Decimal | None], people: Mapping[int, Registration], rule: Rule) -> dict[int, str]:
    papers = Certificate.objects.filter(registration__in=changed).in_force().select_related("replaces").order_by()
    issued = {
        paper.registration_id: paper.facts["number"]
        for paper in papers
        if paper.state in IN_HANDS
        or (paper.stands_for_issued and not _fits(paper, changed[paper.registration_id], rule))
    }
    wrong = {}
    for pk, value in changed.items():
        if pk not in people:
            wrong[pk] = _("This person is not on the list of the class any more.")
        elif pk in issued:
            wrong[pk] = _(
                "Certificate %(number)s is issued already, so the points stay. If they are wrong, revoke the "
                "certificate or issue it anew first."
            ) % {"number": issued[pk]}
        elif value is not None and (sentence := out_of_scale(value, rule.scale)):
            wrong[pk] = sentence
    return wrong


def _fits(paper: Certificate, points: Decimal | None, rule: Rule) -> bool:
    """Whether the points can change while a paper waits in the place of an issued one: what confirms a lost paper says
    the same as that, and nobody judges again whether the test was passed."""
    return paper.replacing != Replacing.LOST and points is not None and points >= rule.pass_mark


def _write(changed: Mapping[int, Decimal | None], actor: Actor) -> None:
    gone = [pk for pk, value in changed.items() if value is None]
    if gone:
        Score.objects.filter(Q(registration__in=gone) | Q(registration__merged_into__in=gone)).delete()
    rows = [
        Score(registration_id=pk, points=value, entered_at=now(), entered_by_id=actor.user_id)
        for pk, value in changed.items()
        if value is not None
    ]
    if rows:
        fields = ["points", "entered_at", "entered_by"]
        Score.objects.bulk_create(rows, update_conflicts=True, unique_fields=["registration"], update_fields=fields)


def _text(points: Decimal | None) -> str | None:
    return None if points is None else f"{points.normalize():f}"

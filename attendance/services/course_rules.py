"""Writing the rule of a class: a new version each time, so that what was judged keeps the rule it was judged by."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from attendance.models import CourseRule
from courses.constants.actors import Actor
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import Course, Session
from courses.rules.permissions import may_change_plan
from courses.services.records import log_action
from courses.services.registrations import lock_course

FIELDS = ("share", "measure", "late_counts", "left_early_counts", "excused_counts")


@transaction.atomic
def set_rule(course: Course, *, actor: Actor, must_attend: Collection[Session] = (), **fields) -> CourseRule:
    """Makes the next version of a class's rule; the same rule again gives the version that is there.

    `fields` are those of `FIELDS`. Refusal for a concluded class, for another host's, and for half-days of another.
    """
    course = lock_course(course)
    if not may_change_plan(actor, course):
        raise Refusal(_("The rule of this class cannot be changed any more: it is concluded, or another office's."))
    if any(session.course_id != course.pk for session in must_attend):
        raise Refusal(_("Please choose half-days of this class only."))
    latest = CourseRule.objects.filter(course=course).order_by("-version").first()
    if latest and _same(latest, fields, must_attend):
        return latest
    rule = CourseRule(
        course=course,
        version=latest.version + 1 if latest else 1,
        created_at=now(),
        created_by_id=actor.user_id,
        **fields,
    )
    rule.full_clean(exclude=["created_by"])
    rule.save()
    rule.must_attend.set(must_attend)
    log_action(actor, "set rule", rule, course=course, changes={"version": [rule.version - 1, rule.version]})
    return rule


def _same(rule: CourseRule, fields: dict, must_attend: Collection[Session]) -> bool:
    musts = {session.pk for session in must_attend}
    return all(getattr(rule, name) == value for name, value in fields.items()) and musts == set(
        rule.must_attend.values_list("pk", flat=True)
    )

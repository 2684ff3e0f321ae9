"""The class that comes of a line of the yearly plan."""

from django.db import transaction
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.errors import Refusal
from courses.models import Course, PlannedClass
from courses.rules.permissions import may_plan_for
from courses.services.records import log_action


@transaction.atomic
def link_class(planned: PlannedClass, course: Course, *, actor: Actor) -> PlannedClass:
    """The line has this class from now on; twice is harmless.

    Refusal when the line has another class already, the class stands in the plan already, its host is another, or the
    line is not the actor's to write.
    """
    kept = PlannedClass.objects.select_for_update().get(pk=planned.pk)
    if kept.course_id == course.pk:
        return kept
    if not may_plan_for(actor, kept.host_id):
        raise Refusal(_("You may plan classes only for your own offices."))
    if kept.course_id:
        raise Refusal(_("This line of the plan has its class already."))
    if kept.host_id != course.host_office_id:
        raise Refusal(_("The class has another host than the line of the plan."))
    if PlannedClass.objects.filter(course=course).exists():
        raise Refusal(_("This class stands in the plan already."))
    kept.course = course
    kept.save(update_fields=["course"])
    log_action(actor, "link class", kept, course=course, changes={"course": [None, course.pk]})
    return kept

"""Work on the papers of a class, as it is looked up afterwards."""

from django.db.models import Count, F, Q, QuerySet

from attendance.models import PaperBatch
from courses.constants.actors import Actor
from courses.models import Course


def works_of(course: Course, actor: Actor) -> QuerySet[PaperBatch]:
    """All work on the papers of the class, the latest first, with `failed`, `made` and `left`: how many went without a
    paper, got one, and were not tried."""
    works = PaperBatch.objects.visible_to(actor).filter(course=course).select_related("asked_by")
    works = works.annotate(failed=Count("rows", filter=~Q(rows__sentence="")))
    return works.annotate(made=F("done") - F("failed"), left=F("total") - F("done")).order_by("-pk")

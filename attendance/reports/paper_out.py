"""The frozen papers of a class as they leave the house: which, and in which order."""

from django.db.models import QuerySet

from attendance.models import Certificate
from courses.constants.actors import Actor
from courses.models import Course


def frozen_papers(course: Course, actor: Actor) -> QuerySet[Certificate]:
    """The papers in force of the people on the list, in register order."""
    papers = Certificate.objects.filter(registration__course=course, pdf__isnull=False)
    return papers.in_force().of_people_on_the_list().visible_to(actor).in_register_order()

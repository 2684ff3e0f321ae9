"""Reads about doors and what hangs on them."""

from django.db.models import QuerySet

from courses.constants.actors import Actor
from courses.querysets.plan import PartOfCourseQuerySet


class OfDoorQuerySet(PartOfCourseQuerySet):
    """For rows of a door: its host's organisers and officers see them."""

    course_path = "door__course"

    def visible_to(self, actor: Actor):
        return self.hosted_for(actor)


class DoorQuerySet(QuerySet):
    def visible_to(self, actor: Actor):
        """The host's organisers and officers; a door sees itself through its link."""
        if actor.sees_everything:
            return self
        return self.filter(course__host_office_id__in=actor.organises | actor.certifies)

    hosted_for = visible_to

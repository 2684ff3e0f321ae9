"""Reads of the log."""

from django.apps import apps
from django.db.models import QuerySet

from courses.constants.actors import Actor


class ActionLogQuerySet(QuerySet):
    def visible_to(self, actor: Actor):
        """Organisers and officers read what was done to their own classes."""
        if actor.sees_everything:
            return self
        if actor.kind != "user":
            return self.none()
        courses = apps.get_model("courses", "Course").objects.hosted_for(actor).order_by()
        return self.filter(course_id__in=courses.values("pk"))

"""Reads of the log."""

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet

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

    def readable_by(self, actor: Actor):
        """For the history of something that two hosts see: what was done for own classes, and what own people,
        superusers or the system did apart from classes. Who works for another host, and on what, is not shown."""
        if actor.sees_everything:
            return self
        offices = actor.organises | actor.certifies
        held = apps.get_model("courses", "Role").objects.order_by()
        roles = held.filter(office_id__in=offices, user=OuterRef("user"))
        own_people = Q(user__isnull=True) | Q(user=actor.user_id) | Q(user__is_superuser=True) | Exists(roles)
        courses = apps.get_model("courses", "Course").objects.hosted_for(actor).order_by()
        return self.filter(Q(course_id__in=courses.values("pk")) | (Q(course_id__isnull=True) & own_people))

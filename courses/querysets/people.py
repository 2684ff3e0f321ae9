"""Reads about people: users, their roles, trainees."""

from datetime import date

from django.apps import apps
from django.contrib.auth.models import UserManager
from django.db.models import Exists, OuterRef, Q, QuerySet

from courses.constants.actors import Actor
from courses.constants.names import search_key


class UserQuerySet(QuerySet):
    def visible_to(self, actor: Actor):
        """Oneself, and for organisers the coordinators of their offices."""
        if actor.sees_everything:
            return self
        coordinators = apps.get_model("courses", "Role").objects.filter(
            kind="coordinator", office_id__in=actor.organises, user=OuterRef("pk")
        )
        return self.filter(Q(pk=actor.user_id) | Exists(coordinators.order_by())) if actor.user_id else self.none()


class UserManagerWithActors(UserManager.from_queryset(UserQuerySet)):
    pass


class RoleQuerySet(QuerySet):
    def held_on(self, day: date):
        return self.not_ended_on(day).filter(valid_from__lte=day)

    def not_ended_on(self, day: date):
        """Held on the day or to be held later."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))

    def visible_to(self, actor: Actor):
        """Organisers see the coordinators of their offices, since they invite them; else one's own roles."""
        if actor.sees_everything:
            return self
        return self.filter(Q(user_id=actor.user_id) | Q(kind="coordinator", office_id__in=actor.organises))


class InvitationQuerySet(QuerySet):
    def visible_to(self, actor: Actor):
        if actor.sees_everything:
            return self
        return self.filter(role__kind="coordinator", role__office_id__in=actor.organises)

    def open_at(self, at):
        return self.filter(used_at__isnull=True, expires_at__gt=at)


class TraineeQuerySet(QuerySet):
    def visible_to(self, actor: Actor):
        """Roles that reach the person's office, and every host that has registered the person (DESIGN: two hosts)."""
        if actor.sees_everything:
            return self
        if actor.kind == "trainee":
            return self.filter(pk=actor.trainee_id)
        registrations = apps.get_model("courses", "Registration").objects.filter(trainee=OuterRef("pk"))
        if actor.kind == "office":
            registered = registrations.filter(course_id=actor.course_id, office_id=actor.office_id)
            return self.filter(Q(office_id__in=actor.coordinates) | Exists(registered.order_by()))
        if actor.kind != "user":
            return self.none()
        hosts = actor.organises | actor.certifies
        return self.filter(
            Q(office_id__in=hosts | actor.coordinates)
            | Exists(registrations.filter(course__host_office_id__in=hosts).order_by())
        )

    def named(self, words: str):
        """Trainees whose name contains each of the words, marks and case set aside."""
        found = self
        for word in search_key(words).split():
            found = found.filter(search_key__contains=word)
        return found

    def by_name(self):
        """By given name, family name, middle name in the order of the Vietnamese alphabet."""
        return self.order_by("sort_key", "pk")

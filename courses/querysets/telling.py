"""Reads about what people were told and what they ask for."""

from django.apps import apps
from django.db.models import Q, QuerySet

from courses.constants.actors import Actor
from courses.constants.choices import RequestKind, RequestState


class MessageQuerySet(QuerySet):
    def visible_to(self, actor: Actor):
        """Messages hold what personal pages hold: the host's organisers alone."""
        if actor.sees_everything:
            return self
        return self.filter(course__host_office_id__in=actor.organises)


class MessageLineQuerySet(QuerySet):
    def visible_to(self, actor: Actor):
        if actor.sees_everything:
            return self
        return self.filter(message__course__host_office_id__in=actor.organises)


class TraineeRequestQuerySet(QuerySet):
    def visible_to(self, actor: Actor):
        """Whoever is signed in and sees the person; an office's link does not, because it travels with a letter. The
        person sees what was asked about the own data."""
        if actor.sees_everything:
            return self
        if actor.kind == "trainee":
            own = Q(trainee=actor.trainee_id) | Q(trainee__merged_into=actor.trainee_id)
            return self.filter(own, kind=RequestKind.CORRECTION)
        if actor.kind != "user":
            return self.none()
        people = apps.get_model("courses", "Trainee").objects.visible_to(actor)
        seen = people.order_by().values("pk")
        return self.filter(Q(trainee__in=seen) | Q(trainee__merged_into__in=seen))

    def of_people(self):
        """With those who ask, and the rows into which theirs went since."""
        return self.select_related("trainee__office", "trainee__merged_into__office", "answered_by")

    def open(self):
        return self.filter(state=RequestState.ASKED)

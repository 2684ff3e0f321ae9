"""Reads of the ledger: events, marks, sheets."""

from django.db.models import Q, QuerySet

from courses.constants.actors import Actor
from courses.models import Registration, Session


class OfSessionQuerySet(QuerySet):
    """For rows that hang on a half-day and say nothing about one person: sheets."""

    def visible_to(self, actor: Actor):
        if actor.sees_everything:
            return self
        return self.filter(session__in=Session.objects.hosted_for(actor).order_by().values("pk"))


class OfRegistrationQuerySet(QuerySet):
    """For rows about one registration: visible to whoever sees the registration."""

    def visible_to(self, actor: Actor):
        if actor.sees_everything:
            return self
        return self.filter(registration__in=Registration.objects.visible_to(actor).order_by().values("pk"))


class EventQuerySet(QuerySet):
    def visible_to(self, actor: Actor):
        """Claims about people who are not registered belong to the host alone."""
        if actor.sees_everything:
            return self
        registrations = Registration.objects.visible_to(actor).order_by().values("pk")
        sessions = Session.objects.hosted_for(actor).order_by().values("pk")
        return self.filter(Q(registration__in=registrations) | Q(session__in=sessions))

    def about(self, registration_ids):
        """What was claimed of these registrations, and of those that went into them when two people were merged."""
        return self.filter(Q(registration__in=registration_ids) | Q(registration__merged_into__in=registration_ids))

    def may_wait(self):
        """What can wait for a decision: it came when the sheet was closed, or nobody on the list is meant."""
        return self.filter(Q(proposal=True) | Q(registration__isnull=True))

    def about_these_or_nobody(self, registration_ids):
        """With what was decided about somebody not on the list: the decision is about whoever it was."""
        nobody = Q(registration__isnull=True)
        decided = Q(names__isnull=False, names__registration__isnull=True)
        undecided = Q(undoes__names__isnull=False, undoes__names__registration__isnull=True)
        return self.filter(Q(registration__in=registration_ids) | nobody | decided | undecided)

"""Reads about offices."""

from datetime import date

from django.db.models import Q, QuerySet

from courses.constants.actors import Actor


class OfficeQuerySet(QuerySet):
    def visible_to(self, actor: Actor):
        """Names of offices are no secret among those who work here; a link sees its own office."""
        if actor.sees_everything or actor.kind == "user":
            return self
        if actor.kind == "office":
            return self.filter(pk=actor.office_id)
        return self.none()

    def valid_on(self, day: date):
        """Offices that existed on `day`; the closing day itself is no longer theirs."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gt=day)
        )

    def planned_by(self, actor: Actor):
        """Offices for which the actor may plan classes, and whose people the actor may edit (`may_plan_for`)."""
        return self if actor.sees_everything else self.filter(pk__in=actor.organises_writable)

    def below(self, office):
        """The office itself and every office under it."""
        return self.filter(path__startswith=office.path)

    def in_protocol_order(self):
        return self.order_by("order", "code")


class OwnedByOfficeQuerySet(QuerySet):
    """For rows that belong to one office: headings, signers, venues, speakers."""

    def visible_to(self, actor: Actor):
        if actor.sees_everything:
            return self
        return self.filter(office_id__in=actor.organises | actor.certifies)

    def valid_on(self, day: date):
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gt=day)
        )


class KeptByHostQuerySet(QuerySet):
    """For rows that a host keeps for itself."""

    def visible_to(self, actor: Actor):
        if actor.sees_everything:
            return self
        return self.filter(host_id__in=actor.organises)


class TransferQuerySet(QuerySet):
    def visible_to(self, actor: Actor):
        """Moves of people between offices that the actor's role reaches on either side."""
        if actor.sees_everything:
            return self
        return self.filter(Q(old_id__in=actor.organises) | Q(new_id__in=actor.organises))

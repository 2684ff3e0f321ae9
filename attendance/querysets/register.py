"""Reads of the register: books and certificates."""

from django.db.models import Q, QuerySet

from attendance.constants import IN_FORCE
from courses.constants.actors import Actor
from courses.constants.choices import ACTIVE_STATES
from courses.models import Registration


class OfIssuerQuerySet(QuerySet):
    """For rows of an issuing office: books. Certificate officers and organisers of the office see them."""

    def visible_to(self, actor: Actor):
        if actor.sees_everything:
            return self
        return self.filter(issuer_id__in=actor.certifies | actor.organises)


class CertificateQuerySet(QuerySet):
    def visible_to(self, actor: Actor):
        """Whoever sees the registration, and the officers of the book: its issuer's, those of its successors, and
        those of the office that answers for an issuer without one."""
        if actor.sees_everything:
            return self
        registrations = Registration.objects.visible_to(actor).order_by().values("pk")
        issuers = actor.certifies | actor.organises | actor.answers_for
        return self.filter(Q(registration__in=registrations) | Q(book__issuer_id__in=issuers))

    def in_force(self):
        return self.filter(state__in=IN_FORCE)

    def of_people_on_the_list(self):
        """Without the papers of people who have left the class since: nobody signs or prints them."""
        return self.filter(registration__state__in=ACTIVE_STATES)

    def in_register_order(self):
        return self.order_by("book__year", "book_id", "number")


class OfCertificateQuerySet(QuerySet):
    """For rows about one certificate: visible to whoever sees it."""

    def visible_to(self, actor: Actor):
        if actor.sees_everything:
            return self
        certificates = self.model._meta.get_field("certificate").related_model.objects
        return self.filter(certificate__in=certificates.visible_to(actor).order_by().values("pk"))


class OfHostOfficeQuerySet(QuerySet):
    """For what a host keeps and uses for all its classes: its organisers and its certificate officers see it."""

    def visible_to(self, actor: Actor):
        if actor.sees_everything:
            return self
        return self.filter(host_id__in=actor.certifies | actor.organises)


class OfHostQuerySet(QuerySet):
    """For rows of a class that its host alone sees: its papers, their signed copies, work on them."""

    def visible_to(self, actor: Actor):
        if actor.sees_everything:
            return self
        return self.filter(course__host_office_id__in=actor.certifies | actor.organises)

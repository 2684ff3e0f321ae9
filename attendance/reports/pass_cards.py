"""Passes as they are drawn: whose, of which class, with the code that the QR holds."""

from collections.abc import Sequence

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from attendance.rendering.passes import PassCard
from attendance.reports.passes import Pass, passes_in_force
from attendance.rules.scans import grouped_short
from courses.constants.choices import ACTIVE_STATES
from courses.models import Registration


def pass_holders(course_id: int) -> QuerySet[Registration]:
    """Those of a class who have passes, by office in protocol order: who holds a seat, and stand-ins."""
    people = Registration.objects.filter(course=course_id, state__in=ACTIVE_STATES)
    return people.select_related("trainee", "office", "course").by_office()


def cards_of(registrations: Sequence[Registration]) -> list[PassCard]:
    """In their order (person, office and class fetched). (1 query.)"""
    passes = passes_in_force(registration.pk for registration in registrations)
    return [
        PassCard(
            name=registration.trainee.full_name,
            office=registration.office_name,
            course=registration.course.title,
            short=grouped_short(passes[registration.pk].short),
            address=address_of(passes[registration.pk]),
        )
        for registration in registrations
    ]


def address_of(of_person: Pass) -> str:
    """What the QR of a pass holds."""
    return settings.SITE_URL + reverse("attendance:pass", args=[of_person.code])

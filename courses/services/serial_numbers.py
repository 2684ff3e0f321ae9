"""Serial numbers on the list of a class: given once, in order, never changed and never given to anybody else."""

from collections.abc import Sequence

from django.db.models import Max

from courses.constants.clock import now
from courses.models import Course, Registration


def number_late_ones(course: Course) -> list[Registration]:
    """Gives those who came after the list was made final the next numbers at its end; returns them.

    Only under the lock of the class (`lock_course`) and when its list is final; every service that lets somebody into
    the class calls it last. The order is that in which they came. A person who comes back keeps the number of before.
    (2 queries, 3 when somebody is given a number.)
    """
    late = Registration.objects.filter(course=course, number__isnull=True).active().order_by("pk")
    return give_numbers(course, list(late))


def give_numbers(course: Course, registrations: Sequence[Registration]) -> list[Registration]:
    """The next numbers of the class for registrations that have none, in their order; only under its lock.

    The number after the highest ever given, also to somebody who withdrew: a printed list stays true.
    """
    highest = Registration.objects.filter(course=course).aggregate(highest=Max("number"))["highest"] or 0
    fresh = [registration for registration in registrations if registration.number is None]
    for number, registration in enumerate(fresh, highest + 1):
        registration.number = number
        registration.updated_at = now()  # which bulk_update does not set by itself
    Registration.objects.bulk_update(fresh, ["number", "updated_at"])
    return fresh

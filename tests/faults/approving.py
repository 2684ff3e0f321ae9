"""What an organiser approves before a sender is killed. Run in the installation:

    python -m tests.faults.approving COURSE_ID …

A message by e-mail to everybody in each of the classes, handed over to the worker.
"""

import sys
from uuid import uuid4

import django

django.setup()

from attendance.reports.roll import people_on_roll  # noqa: E402
from courses.constants.actors import SYSTEM  # noqa: E402
from courses.constants.choices import Occasion  # noqa: E402
from courses.models import Course  # noqa: E402
from courses.reports.telling import Digest, Due  # noqa: E402
from courses.services.messages import approve_messages  # noqa: E402
from courses.tasks.sending import approved  # noqa: E402


def approve(course: Course) -> None:
    people = people_on_roll([course.pk]).select_related("trainee")
    digests = [
        Digest(one, (Due(one, Occasion.CONFIRMED),), f"nguoi{one.pk}@thu.example", "Lịch học", "Kính mời Ông/Bà.")
        for one in people
    ]
    approved(lambda: approve_messages(course, digests, act=uuid4(), actor=SYSTEM))


if __name__ == "__main__":
    for course in Course.objects.filter(pk__in=sys.argv[1:]).order_by("pk"):
        approve(course)

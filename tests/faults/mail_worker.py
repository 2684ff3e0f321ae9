"""Sending messages in a process that can be killed. Run in the installation, with EMAIL_URL:

    python -m tests.faults.mail_worker note COURSE_ID
    python -m tests.faults.mail_worker go ACT

The first approves a message to everybody in the class and prints the act; the second sends what waits of it, as the
task would.
"""

import sys
from uuid import UUID, uuid4

import django

django.setup()

from attendance.reports.roll import people_on_roll  # noqa: E402
from courses.constants.actors import SYSTEM  # noqa: E402
from courses.constants.choices import Occasion  # noqa: E402
from courses.models import Course  # noqa: E402
from courses.reports.telling import Digest, Due  # noqa: E402
from courses.services.messages import approve_messages  # noqa: E402
from courses.services.sending import send_messages  # noqa: E402


def note(course_id: str) -> UUID:
    course, act = Course.objects.get(pk=course_id), uuid4()
    people = people_on_roll([course.pk]).select_related("trainee")
    digests = [
        Digest(one, (Due(one, Occasion.CONFIRMED),), f"nguoi{one.pk}@thu.example", "Lịch học", "Kính mời Ông/Bà.")
        for one in people
    ]
    approve_messages(course, digests, act=act, actor=SYSTEM)
    return act


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["note", course_id]:
            print(note(course_id))
        case ["go", act]:
            send_messages(UUID(act), seconds=600)

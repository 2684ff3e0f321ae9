"""Work on the papers of a class in a process that can be killed. Run in the installation:

    python -m tests.faults.paper_worker note|queue USERNAME SIGNER_ID ISSUE_DATE COURSE_ID
    python -m tests.faults.paper_worker go BATCH_ID

The first presses the officer's button, with `queue` so that a long class goes to the queue, and prints the id of the
work; the second does
what is left of it, as the task would, after a line "ready", and at the end says how many MB it held at most.
"""

import datetime as dt
import re
import sys
from pathlib import Path

import django

django.setup()

from attendance.constants import BatchWork  # noqa: E402
from attendance.reports.papers import Order, registrations_of  # noqa: E402
from attendance.services.paper_work import go_on, start_work  # noqa: E402
from attendance.tasks.papers import work_now_or_later  # noqa: E402
from courses.constants.actors import SYSTEM  # noqa: E402
from courses.models import Course, Signer, User  # noqa: E402
from courses.rules.actors import actor_of  # noqa: E402


def start(username: str, signer_id: str, issue_date: str, course_id: str, *, queued: bool) -> int:
    course = Course.objects.get(pk=course_id)
    signer = Signer.objects.select_related("office").get(pk=signer_id)
    press = work_now_or_later if queued else start_work
    batch = press(
        course,
        BatchWork.PREPARE,
        actor=actor_of(User.objects.get(username=username)),
        registration_ids=[registration.pk for registration in registrations_of(course)],
        order=Order(issuer=signer.office, signer=signer, issue_date=dt.date.fromisoformat(issue_date)),
    )
    return batch.pk


def most_memory() -> int:
    """In MB; 0 where it cannot be known. What the system says of a process's life begins as a copy of its parent."""
    status = Path("/proc/self/status")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) // 1024 if status.exists() else 0


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["go", batch_id]:
            print("ready", flush=True)
            go_on(int(batch_id), actor=SYSTEM)
            print(most_memory())
        case [what, *rest]:
            print(start(*rest, queued=what == "queue"))

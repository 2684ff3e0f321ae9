"""One of several processes that prepare papers at once, some of which are made to fail. Run in the installation:

    python -m tests.faults.issuer SIGNER_ID ISSUE_DATE COURSE_ID

It says "ready", takes one line of JSON, [[registration id, fault or null], …], and answers each with a line: the number
that was taken, or the sentence. The faults are put in here, in this process alone; the product has no switch for them.
"""

import datetime as dt
import errno
import json
import os
import signal
import sys
from contextlib import contextmanager
from unittest import mock

import django

django.setup()

from attendance.reports import papers  # noqa: E402
from attendance.services import register  # noqa: E402
from courses.constants.actors import SYSTEM  # noqa: E402
from courses.models import Course, Signer  # noqa: E402


def _raise(error: BaseException):
    def fail(*args, **kwargs):
        raise error

    return fail


#: Each point lies later in the transaction, all of them after the number was taken.
POINTS = {
    "drawing": (papers, "draw_certificate", _raise(RuntimeError("the drawing broke"))),
    "disk": (register, "store_file", _raise(OSError(errno.ENOSPC, "No space left on device"))),
    # The row of a paper says when it was prepared; the database refuses one that does not.
    "constraint": (register, "now", lambda: None),
    "killed": (register, "_complete", lambda *args: os.kill(os.getpid(), signal.SIGKILL)),
    "cancelled": (register, "log_action", lambda *args, **kwargs: signal.raise_signal(signal.SIGINT)),
}


@contextmanager
def fault(name: str | None):
    if name is None:
        yield
    else:
        with mock.patch.object(*POINTS[name]):
            yield


def main(signer_id: str, issue_date: str, course_id: str) -> None:
    # Started in the background by a shell, a process does not hear Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signer = Signer.objects.select_related("office").get(pk=signer_id)
    order = papers.Order(issuer=signer.office, signer=signer, issue_date=dt.date.fromisoformat(issue_date))
    course = Course.objects.get(pk=course_id)
    print("ready", flush=True)
    for registration_id, name in json.loads(sys.stdin.readline()):
        answer = {"registration": registration_id, "fault": name, "number": None, "why": ""}
        try:
            with fault(name):
                [result] = register.prepare_papers(course, order, actor=SYSTEM, registration_ids=[registration_id])
            answer |= {"number": result.certificate and result.certificate.number, "why": result.sentence}
        except KeyboardInterrupt:
            answer["why"] = "cancelled"
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

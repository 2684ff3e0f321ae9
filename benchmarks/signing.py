"""The software's mark put on a certificate, and the signed papers of a class judged by an installed root: the CPU time
of one, beside what each may take where drawing a page takes 3 ms.

Files from outside are read in a child process; its start counts, shared by those of an upload.
"""

import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings

from attendance.constants import SignatureState
from attendance.readers.signatures import Asked, read_signatures
from attendance.rendering.certificate import draw_certificate
from attendance.rendering.signing import sign
from attendance.tests.signing import PASSWORD, authority
from benchmarks import Result, compared
from benchmarks._doors import FACTS, scaled
from courses.constants.clock import now

PAPERS, ROUNDS = 150, 5
SIGNING, JUDGING = 0.012, 0.010


def run() -> Iterator[Result]:
    key = Path(settings.DATA_DIR) / "bench.p12"
    key.write_bytes(authority().p12("Phần mềm Thử"))
    settings.SIGNING_P12, settings.SIGNING_PASSWORD = str(key), PASSWORD
    paper = draw_certificate(FACTS, verify_url="https://taphuan.example.vn/verify/")
    marked = sign(paper)

    def signing() -> None:
        for _paper in range(PAPERS):
            sign(paper)

    def judging() -> None:
        found = read_signatures([Asked(marked, now(), len(paper))] * PAPERS, [authority().pem])
        if {one.state for one in found} != {SignatureState.VALID}:
            raise RuntimeError(found[0])

    for name, act, goal in (("signed", signing, SIGNING), ("validated", judging, JUDGING)):
        pairs = [(_cpu(act) / PAPERS, scaled(goal)) for _round in range(ROUNDS)]
        yield compared(f"one certificate {name}, CPU", pairs, unit="s", goal=1.0, bound="at most")


def _cpu(act: Callable[[], object]) -> float:
    """That of this process and of its children."""

    def so_far() -> float:
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.process_time() + ended.ru_utime + ended.ru_stime

    before = so_far()
    act()
    return so_far() - before

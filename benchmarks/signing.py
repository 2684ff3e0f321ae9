"""The software's mark on a certificate, and what is asked of a signed one that comes back.

Each is the CPU time of one, beside what it may take where drawing a page takes 3 ms (`_reference`). A file is read by
`facts_of` here, in the process itself: the child that reads fifty at once is begun once for them. The goal of
validating is that of a file with one signature. With two, what the second one added to the file has to be compared with
the first as well; that may take four times as long.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.test.utils import override_settings

from attendance.readers import signature_facts
from attendance.rendering.certificate import draw_certificate
from attendance.rendering.signing import sign
from attendance.tests.signing import PASSWORD, authority, signed
from benchmarks import Result, compared
from benchmarks._papers import facts
from benchmarks._reference import scaled
from courses.constants.clock import now

PAPERS, ROUNDS = 25, 7
SIGNING, VALIDATING = 0.012, 0.010


def run() -> Iterator[Result]:
    papers = [draw_certificate(one, verify_url=url) for one, url in facts(PAPERS)]
    with TemporaryDirectory() as folder:
        key = Path(folder, "key.p12")
        key.write_bytes(authority().p12("Phần mềm Thử"))
        with override_settings(SIGNING_P12=str(key), SIGNING_PASSWORD=PASSWORD, SIGNING_TSA=""):
            sign(papers[0])
            pairs = _timed(lambda: [sign(pdf) for pdf in papers], SIGNING)
    yield compared("one certificate signed by the software, CPU", pairs, unit="s", goal=1.0, bound="at most")
    roots = [signature_facts._certificate(authority().pem)]
    official, office = authority().signer("Ngô Thử Ký"), authority().signer("Văn thư Thử")
    once = [signed(pdf, official) for pdf in papers]
    twice = [signed(pdf, office, field="Dấu") for pdf in once]

    def validated(files: list[bytes], signatures: int) -> None:
        for original, pdf in zip(papers, files, strict=True):
            said = signature_facts.facts_of(pdf, roots, original=len(original), at=now())
            if said["code"] or [one["trusted"] for one in said["signatures"]] != [True] * signatures:
                raise RuntimeError(said)

    for files, count, goal in ((once, 1, 1.0), (twice, 2, 4.0)):
        pairs = _timed(lambda files=files, count=count: validated(files, count), VALIDATING)
        words = "one signature" if count == 1 else "two signatures"
        yield compared(f"a certificate with {words} validated, CPU", pairs, unit="s", goal=goal, bound="at most")


def _timed(act: Callable[[], object], goal: float) -> list[tuple[float, float]]:
    pairs = []
    for _round in range(ROUNDS):
        started = time.process_time()
        act()
        pairs.append(((time.process_time() - started) / PAPERS, scaled(goal)))
    return pairs

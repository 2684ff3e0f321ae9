"""Signed files that begin with the very bytes of a paper and show something else: none is taken for the paper."""

import io
import re
from functools import cache

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from attendance.readers.paper_looks import answer_asked
from attendance.rendering.certificate import draw_certificate
from attendance.tests.readers.test_signatures import facts, facts_of_paper, paper
from attendance.tests.signing import signed
from courses.constants import codes


@cache
def other() -> bytes:
    """The same paper for somebody else."""
    said = facts_of_paper(full_name="Ngô Thử Gian")
    return draw_certificate(said, verify_url=f"http://127.0.0.1/verify/{codes.grouped(said.code)}/")


def shown(pdf: bytes) -> str:
    """As a common reader shows it."""
    return answer_asked(pdf, {"sizes": [len(pdf)], "picture": False})["rows"][0]["text"]


def without_past(pdf: bytes) -> bytes:
    """Behind the paper a whole other one, whose table of contents does not lead back to the paper's."""
    start = len(pdf) + 1
    moved = re.sub(rb"(?m)^(\d{10})( \d{5} n)", lambda found: b"%010d" % (int(found[1]) + start) + found[2], other())
    return pdf + b"\n" + re.sub(rb"startxref\n(\d+)", lambda found: b"startxref\n%d" % (int(found[1]) + start), moved)


def of_a_later_generation(pdf: bytes) -> bytes:
    """Behind the paper another text under the number of the page's own, as its next generation: readers look at the
    number alone."""
    page = PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Kids"][0]
    changed = PdfFileReader(io.BytesIO(other())).root["/Pages"]["/Kids"][0]["/Contents"].data
    number = page.raw_get("/Contents").idnum
    past = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    new = pdf + b"\n"
    at = len(new)
    new += b"%d 1 obj\n<</Length %d>>\nstream\n" % (number, len(changed)) + changed + b"\nendstream\nendobj\n"
    table = len(new)
    new += b"xref\n0 1\n0000000000 65535 f\r\n%d 1\n%010d 00001 n\r\n" % (number, at)
    trailer = re.findall(rb"trailer\n<<(.*?)>>\nstartxref", pdf, re.DOTALL)[-1]
    return new + b"trailer\n<<" + trailer + b"/Prev %d>>\nstartxref\n%d\n%%%%EOF" % (past, table)


@pytest.mark.parametrize("shadow", [without_past, of_a_later_generation])
def test_a_file_that_shows_another_paper_behind_the_bytes_of_ours_is_not_untouched(shadow):
    """Fails when nobody looks whether the later tables lead back to the paper's own, or at what they name in another
    generation."""
    forged = signed(shadow(paper()))
    assert forged.startswith(paper())
    assert shown(forged) != shown(paper())
    assert not facts(forged, original=paper())["untouched"]

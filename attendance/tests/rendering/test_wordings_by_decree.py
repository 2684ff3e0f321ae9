"""Each wording of the software, filled with the sample that its page shows, measured against the decree."""

import pypdfium2
import pytest

from attendance.constants import ClassPaperKind
from attendance.rendering.wordings import wording
from attendance.rules.paper_fields import sample_of
from attendance.services.word_templates import sample_paper
from attendance.tests.services.test_making_papers import DECREE
from courses.tests.rendering.decree import check
from courses.tests.rendering.test_official import _broken, _moved

MOVED = _moved(5, 5), ""
SAID_OF_MOVED = {"the right margin is 9.9 mm", "the text of page 1 begins 27.2 mm from the top"}


def complaints(kind: str, template: bytes) -> list[str]:
    return check(sample_paper(kind, template), kind=DECREE[kind], body=sample_of(kind)["co_quan"])


@pytest.mark.parametrize("kind", DECREE)
def test_a_wording_is_as_the_decree_wants_it_and_no_more_so_when_it_is_moved_by_5_mm(kind):
    assert complaints(kind, wording(kind)) == []
    assert set(complaints(kind, _broken(wording(kind), [MOVED]))) >= SAID_OF_MOVED


def test_the_sample_of_a_letter_has_the_number_of_a_letter():
    numbers = {kind: sample_of(kind)["so_ky_hieu"] for kind in (ClassPaperKind.SUMMONS, ClassPaperKind.DECISION)}
    assert list(numbers.values()) == ["12/UBND-NV", "12/QĐ-UBND"]


@pytest.mark.usefixtures("english")
def test_a_paper_is_called_in_vietnamese_whatever_the_screen_speaks():
    pdf = pypdfium2.PdfDocument(sample_paper(ClassPaperKind.CLASS_LIST, None))
    assert pdf.get_metadata_value("Title") == "Danh sách lớp"

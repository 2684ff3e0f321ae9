"""Templates of papers: each change is a version, and none ever changes."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from attendance.constants import PaperKind, Size
from attendance.models import PaperTemplate
from attendance.reports.looks import look_of, offered_templates
from attendance.services.templates import save_template, withdraw_template
from attendance.tests.records import Class, officer_of
from attendance.tests.rendering.test_look import png
from courses.constants.actors import SYSTEM
from courses.constants.errors import Refusal
from courses.models import ActionLog
from courses.tests.planning import make_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def lop():
    return Class()


def saved(lop, name="Mẫu thử", kind=PaperKind.ATTESTATION, actor=None, **fields):
    return save_template(issuer=lop.host, kind=kind, name=name, actor=actor or lop.officer, **fields)


def test_a_change_is_the_next_version_and_the_same_again_is_none(lop):
    first = saved(lop, size=Size.A5, closing="  Đạt   yêu cầu. ")
    assert (first.version, first.closing, first.made_by_id) == (1, "Đạt yêu cầu.", lop.officer.user_id)
    assert saved(lop, size=Size.A5, closing="Đạt yêu cầu.") == first
    second = saved(lop, size=Size.A4)
    assert (second.version, PaperTemplate.objects.count()) == (2, 2)
    # Going back to what an older version said is a version too: the latest holds.
    assert saved(lop, size=Size.A5, closing="Đạt yêu cầu.").version == 3
    logged = ActionLog.objects.filter(action="set template").order_by("pk")
    assert [entry.changes["version"] for entry in logged] == [[None, 1], [1, 2], [2, 3]]


def test_of_each_name_the_latest_version_is_offered_until_it_is_withdrawn(lop):
    saved(lop)
    second = saved(lop, two_signers=True)
    other = saved(lop, name="Mẫu khác", kind=PaperKind.CONFIRMATION)
    assert list(offered_templates(lop.host)) == [second, other]
    gone = withdraw_template(second, actor=lop.officer)
    assert (gone.version, gone.offered, gone.two_signers) == (3, False, True)
    assert withdraw_template(second, actor=lop.officer) == gone
    assert list(offered_templates(lop.host)) == [other]
    assert saved(lop, two_signers=True).version == 4
    assert offered_templates(lop.host).count() == 2


def test_only_the_officers_of_the_issuer_set_its_templates(lop):
    for actor in (lop.organiser, officer_of(make_office("KHAC"))):
        with pytest.raises(Refusal, match="Only a certificate officer of the issuing office"):
            saved(lop, actor=actor)
    template = saved(lop, actor=SYSTEM)
    with pytest.raises(Refusal, match="Only a certificate officer of the issuing office"):
        withdraw_template(template, actor=lop.organiser)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"offset_x": Decimal("1")}, "Only words on bought blanks are moved"),
        ({"on_blanks": True, "offset_x": Decimal("19.5")}, "at most 19 mm to the right or left and 13,5 mm up or down"),
        ({"on_blanks": True, "offset_y": Decimal("-14")}, "would leave the sheet"),
        ({"on_blanks": True, "size": Size.A5, "offset_x": Decimal("12")}, "at most 11 mm"),
    ],
)
def test_words_that_would_leave_the_sheet_are_refused(lop, fields, sentence):
    with pytest.raises(Refusal, match=sentence):
        saved(lop, **fields)


def test_a_distance_beyond_all_sheets_is_refused_by_the_row(lop):
    with pytest.raises(ValidationError):
        saved(lop, on_blanks=True, offset_x=Decimal("31"))


def test_an_emblem_is_kept_as_it_is_drawn(lop):
    template = saved(lop, new_emblem=png(500, 250).getvalue())
    assert (template.emblem.purpose, template.emblem.media_type) == ("emblem", "image/png")
    assert look_of(template).emblem == bytes(template.emblem.content)
    with pytest.raises(Refusal, match="is not a PNG or JPG picture"):
        saved(lop, new_emblem=b"<svg/>")

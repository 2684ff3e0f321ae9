"""Two offices sign a paper together: whoever reaches both says so in a template, and its officers choose the signer."""

import datetime as dt

import pytest

from attendance.constants import PaperKind
from attendance.forms.papers import offices_beside
from attendance.forms.results import OrderForm
from attendance.models import Certificate
from attendance.rendering.certificate import missing_facts
from attendance.reports.checking import answer_to, facts_of, known_papers
from attendance.reports.looks import look_of
from attendance.reports.papers import check_order, verify_url
from attendance.reports.samples import sample_of
from attendance.services.templates import save_template, withdraw_template
from attendance.tests.records import Class, officer_of, prepared
from courses.constants.actors import SYSTEM
from courses.constants.errors import Refusal
from courses.models import Office, Signer
from courses.services.records import read_file
from courses.tests.planning import make_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def lop():
    return Class()


@pytest.fixture
def beside():
    office = make_office("SNV")
    Office.objects.filter(pk=office.pk).update(name="Sở Thử nghiệm")
    office.refresh_from_db()
    Signer.objects.create(office=office, title="Giám đốc", full_name="Lê Thị Giả")
    return office


def templated(lop, office, actor, **fields):
    fields = {"two_signers": True, "second_office": office} | fields
    return save_template(issuer=lop.host, kind=PaperKind.ATTESTATION, name="Mẫu hai nơi", actor=actor, **fields)


def test_the_paper_names_the_second_office_after_the_title_of_its_signer(lop, beside):
    template = templated(lop, beside, SYSTEM)
    lop.attended(1)
    prepared(lop, template=template, second_signer=Signer.objects.get(office=beside))
    paper = Certificate.objects.select_related("template").get()
    assert paper.facts["second_lines"] == ["GIÁM ĐỐC SỞ THỬ NGHIỆM"]
    assert paper.facts["issuing_body"] == "ỦY BAN NHÂN DÂN THÀNH PHỐ THỬ"
    look, url = look_of(template), verify_url(paper.code)
    assert missing_facts(read_file(paper.pdf), facts_of(paper), verify_url=url, look=look) == []
    lines = answer_to(known_papers().get()).lines
    assert ("Signed by, too", "GIÁM ĐỐC SỞ THỬ NGHIỆM, Lê Thị Giả") in lines


def test_a_title_that_names_the_office_does_not_say_it_twice(lop, beside):
    Signer.objects.update(title="Giám đốc Sở Thử nghiệm")
    assert sample_of(templated(lop, beside, SYSTEM)).second_lines == ("GIÁM ĐỐC SỞ THỬ NGHIỆM",)


def test_the_preview_shows_somebody_of_the_other_office_though_it_has_no_signer(lop, beside):
    template = templated(lop, beside, SYSTEM)
    assert sample_of(template).second_signer == "Lê Thị Giả"
    Signer.objects.filter(office=beside).delete()
    assert sample_of(template).second_lines == ("GIÁM ĐỐC SỞ THỬ NGHIỆM",)


def test_only_who_sees_the_signers_of_an_office_can_name_it_and_then_its_officers_keep_it(lop, beside):
    """Fails when any officer can put the name of a foreign signer on a paper."""
    with pytest.raises(Refusal, match="You do not see the signers of Sở Thử nghiệm"):
        templated(lop, beside, lop.officer)
    assert templated(lop, beside, officer_of(lop.host, beside)).version == 1
    assert templated(lop, beside, lop.officer, title="Giấy khen").version == 2
    assert withdraw_template(templated(lop, beside, lop.officer), actor=lop.officer).second_office == beside
    templated(lop, None, lop.officer)
    with pytest.raises(Refusal, match="You do not see"):  # what was taken out comes back by who reaches both
        templated(lop, beside, lop.officer)


def test_another_office_is_only_the_second_of_two_signers(lop, beside):
    for fields in ({"two_signers": False}, {"second_office": lop.host}):
        with pytest.raises(Refusal, match="only as the second of two"):
            templated(lop, beside, SYSTEM, **fields)


def test_the_form_offers_signers_of_the_named_office_and_of_no_third(lop, beside):
    own = Signer.objects.create(office=lop.host, title="Trưởng phòng", full_name="Trần Thị Giả")
    Signer.objects.create(office=make_office("KHAC"), title="Giám đốc", full_name="Không Ai Giả")
    save_template(issuer=lop.host, kind=PaperKind.ATTESTATION, name="Mẫu một nơi", actor=lop.officer, two_signers=True)
    offered = OrderForm(course=lop.course).fields["second_signer"].queryset
    assert set(offered) == {lop.signer, own}
    templated(lop, beside, SYSTEM)
    form = OrderForm(course=lop.course)
    assert set(form.fields["second_signer"].queryset) == {lop.signer, own, Signer.objects.get(office=beside)}
    assert set(form.fields["signer"].queryset) == {lop.signer, own}


def test_the_second_signer_is_of_the_office_that_the_template_names_and_of_no_other(lop, beside):
    template, there = templated(lop, beside, SYSTEM), Signer.objects.get(office=beside)
    third = Signer.objects.create(office=make_office("KHAC"), title="Giám đốc", full_name="Không Ai Giả")
    own = Signer.objects.create(office=lop.host, title="Trưởng phòng", full_name="Trần Thị Giả")
    check_order(lop.ordered(template=template, second_signer=there), lop.course)
    one_office = templated(lop, None, lop.officer)
    for order in (
        lop.ordered(template=template, second_signer=third),
        lop.ordered(template=template, second_signer=own),
        lop.ordered(template=template, signer=there, second_signer=there),
        lop.ordered(template=one_office, second_signer=there),
    ):
        with pytest.raises(Refusal, match="does not sign for the office"):
            check_order(order, lop.course)


def test_an_office_that_has_ended_signs_nothing_any_more(lop, beside):
    template, there = templated(lop, beside, SYSTEM), Signer.objects.get(office=beside)
    Office.objects.filter(pk=beside.pk).update(valid_to=dt.date(2026, 6, 1))
    template.refresh_from_db()
    with pytest.raises(Refusal, match="did not exist on 10/06/2026 and cannot sign"):
        check_order(lop.ordered(template=template, second_signer=there), lop.course)


def test_the_form_of_a_template_offers_the_offices_that_one_reaches(lop, beside):
    assert list(offices_beside(lop.officer)) == [lop.host]
    assert set(offices_beside(officer_of(lop.host, beside))) == {lop.host, beside}
    assert beside in offices_beside(SYSTEM)

"""Papers of each kind, by an office's own template, for two signers: what an order may say and what is frozen."""

import datetime as dt

import pytest

from attendance.constants import PaperKind, Size
from attendance.forms.results import OrderForm
from attendance.models import Certificate, IssuerAuthority, PaperTemplate, PaperWords
from attendance.rendering.certificate import CertificateFacts, missing_facts, read_back
from attendance.reports.looks import kinds_of, look_of, words_of
from attendance.reports.papers import check_order, verify_url
from attendance.services.blanks import add_blanks
from attendance.services.register import open_book, prepare_papers
from attendance.services.templates import save_template
from attendance.services.words import authorise, set_words
from attendance.tests.records import ISSUED_ON, Class
from courses.constants.actors import SYSTEM
from courses.constants.errors import Refusal
from courses.models import ActionLog, Signer
from courses.services.records import read_file
from courses.tests.planning import make_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
WORDS = {
    "title": "Giấy xác nhận",
    "completed": "Đã dự đủ",
    "abbreviation": "XN",
    "needs_authority": False,
    "replaced_by": PaperKind.CONFIRMATION,
    "working_days": 7,
}


@pytest.fixture
def lop():
    return Class()


@pytest.fixture
def second(lop):
    return Signer.objects.create(
        office=lop.host, authority="TL. CHỦ TỊCH", title="Trưởng phòng", full_name="Lê Thị Giả"
    )


def templated(lop, kind=PaperKind.ATTESTATION, **fields):
    return save_template(issuer=lop.host, kind=kind, name="Mẫu thử", actor=lop.officer, **fields)


# Words


def test_each_kind_has_words_until_the_site_has_its_own():
    words = words_of()
    assert [(kind, words[kind].title, words[kind].abbreviation) for kind in PaperKind.values] == [
        ("attestation", "Giấy chứng nhận", "GCN"),
        ("certificate", "Chứng chỉ", "CC"),
        ("confirmation", "Giấy xác nhận hoàn thành khóa học", "GXN"),
    ]
    assert [words[kind].needs_authority for kind in PaperKind.values] == [False, True, False]
    set_words(PaperKind.CONFIRMATION, actor=SYSTEM, **WORDS)
    words = words_of()["confirmation"]
    assert (words.title, words.abbreviation, words.working_days, words.addressed) == (
        "Giấy xác nhận",
        "XN",
        7,
        "Xác nhận",
    )


def test_words_are_set_by_the_administrator_alone_and_once(lop):
    with pytest.raises(Refusal, match="Only the administrator"):
        set_words(PaperKind.CONFIRMATION, actor=lop.officer, **WORDS)
    first = set_words(PaperKind.CONFIRMATION, actor=SYSTEM, **WORDS)
    assert set_words(PaperKind.CONFIRMATION, actor=SYSTEM, **WORDS) == first
    set_words(PaperKind.CONFIRMATION, actor=SYSTEM, **WORDS | {"abbreviation": "GXN"})
    logged = ActionLog.objects.filter(action="set words").order_by("pk")
    assert [len(entry.changes) for entry in logged] == [6, 1]
    for wrong in ("", "{x}", "G/X", "-A", "G N"):
        with pytest.raises(Refusal, match="letters, digits, points and hyphens"):
            set_words(PaperKind.CONFIRMATION, actor=SYSTEM, **WORDS | {"abbreviation": wrong})


@pytest.mark.parametrize(("kind", "number"), [("attestation", "001/2026/GCN"), ("confirmation", "001/2026/GXN")])
def test_the_numbers_of_a_new_book_end_with_the_kind(lop, kind, number):
    lop.attended(1)
    prepare_papers(lop.course, lop.ordered(kind=kind), actor=lop.officer)
    paper = Certificate.objects.select_related("book").get()
    assert (str(paper), paper.facts["number"]) == (number, number)
    book = open_book(issuer=lop.host, kind=kind, year=2025, actor=lop.officer)
    assert book.printed(7) == number.replace("001/2026", "007/2025")


def test_a_confirmation_says_what_it_is(lop):
    lop.attended(1)
    prepare_papers(lop.course, lop.ordered(kind=PaperKind.CONFIRMATION), actor=lop.officer)
    text = read_back(read_file(Certificate.objects.get().pdf))
    assert "GIẤY XÁC NHẬN HOÀN THÀNH KHÓA HỌC" in text
    assert "Xác nhận ông (bà):" in text


# Powers


@pytest.mark.parametrize("taken", ["GCN", "gcn"])
def test_two_kinds_never_have_the_same_numbers(db, taken):
    """Fails when the abbreviation alone is looked at: 001/2026/GCN would be two papers of one office."""
    with pytest.raises(Refusal, match="already"):
        set_words(PaperKind.CONFIRMATION, actor=SYSTEM, **WORDS | {"abbreviation": taken})
    assert not PaperWords.objects.exists()


def test_a_certificate_proper_needs_a_power_on_the_date_of_issue(lop):
    order = lop.ordered(kind=PaperKind.CERTIFICATE)
    with pytest.raises(Refusal, match=f"has no power to issue a chứng chỉ on {ISSUED_ON:%d/%m/%Y}"):
        check_order(order, lop.course)
    assert [kind for kind, _title in kinds_of(lop.host)] == ["attestation", "confirmation"]
    power = authorise(lop.host, document="QĐ 1/QĐ-UBND", valid_from=ISSUED_ON, actor=SYSTEM)
    check_order(order, lop.course)
    assert [kind for kind, _title in kinds_of(lop.host)] == ["attestation", "certificate", "confirmation"]
    authorise(
        lop.host,
        document="QĐ 1/QĐ-UBND",
        valid_from=ISSUED_ON - dt.timedelta(days=9),
        valid_to=ISSUED_ON,
        actor=SYSTEM,
        power=power,
    )
    with pytest.raises(Refusal, match="has no power"):
        check_order(order, lop.course)


def test_a_power_is_entered_by_the_administrator_with_its_document(lop):
    with pytest.raises(Refusal, match="Only the administrator"):
        authorise(lop.host, document="QĐ 1", actor=lop.officer)
    with pytest.raises(Refusal, match="enter the document"):
        authorise(lop.host, document=" ", actor=SYSTEM)
    with pytest.raises(Refusal, match="would end before it begins"):
        authorise(lop.host, document="QĐ 1", valid_from=ISSUED_ON, valid_to=ISSUED_ON, actor=SYSTEM)
    assert IssuerAuthority.objects.count() == 0


# Templates, signers, blanks


def test_what_the_template_says_is_on_the_paper_and_frozen(lop, second):
    template = templated(
        lop, title="Giấy khen", completed="Đã dự đủ", closing="Đạt yêu cầu.", two_signers=True, size=Size.A5
    )
    lop.attended(1)
    order = lop.ordered(template=template, second_signer=second)
    prepare_papers(lop.course, order, actor=lop.officer)
    paper = Certificate.objects.select_related("template", "pdf").get()
    facts = CertificateFacts(**paper.facts)
    assert (facts.title, facts.closing, facts.second_signer) == ("Giấy khen", "Đạt yêu cầu.", "Lê Thị Giả")
    assert facts.second_lines == ("TL. CHỦ TỊCH", "TRƯỞNG PHÒNG")
    assert paper.template == template
    pdf = read_file(paper.pdf)
    assert missing_facts(pdf, facts, verify_url=verify_url(paper.code), look=look_of(template)) == []
    templated(lop, title="Khác", two_signers=True)
    paper.refresh_from_db()
    assert (paper.template.version, paper.facts["title"]) == (1, "Giấy khen")


def test_an_order_that_does_not_fit_its_template_is_refused(lop, second):
    one, two = templated(lop), templated(lop, two_signers=True)
    blank = templated(lop, on_blanks=True)
    foreign = PaperTemplate.objects.create(issuer=make_office("KHAC"), name="Mẫu", made_at=one.made_at)
    blanks = add_blanks(issuer=lop.host, kind=PaperKind.ATTESTATION, first=1, last=9, actor=lop.officer)
    for fields, sentence in (
        ({"template": two}, "has two signers: please choose the second"),
        ({"template": one, "second_signer": second}, "has one signer"),
        ({"second_signer": second}, "has one signer"),
        ({"template": two, "second_signer": lop.signer}, "same person as the first"),
        ({"template": blank}, "please choose the blanks"),
        ({"blanks": blanks}, "prints the whole paper"),
        ({"template": foreign}, "of this office and this kind"),
        ({"template": one, "kind": PaperKind.CONFIRMATION}, "of this office and this kind"),
    ):
        with pytest.raises(Refusal, match=sentence):
            check_order(lop.ordered(**fields), lop.course)
    check_order(lop.ordered(template=two, second_signer=second), lop.course)
    check_order(lop.ordered(template=blank, blanks=blanks), lop.course)


def test_a_second_signer_of_another_office_is_refused(lop):
    template = templated(lop, two_signers=True)
    other = Signer.objects.create(office=make_office("KHAC"), title="Trưởng phòng", full_name="Lê Thị Giả")
    with pytest.raises(Refusal, match="does not sign for the office on that date"):
        check_order(lop.ordered(template=template, second_signer=other), lop.course)


# The form


def typed(lop, **fields):
    return OrderForm({"signer": lop.signer.pk, "issue_date": f"{ISSUED_ON:%d/%m/%Y}", **fields}, course=lop.course)


def test_the_form_asks_only_for_what_the_office_has(lop, second):
    assert list(OrderForm(course=lop.course).fields) == [
        "kind",
        "signer",
        "issue_date",
        "decision_number",
        "decision_date",
    ]
    template = templated(lop, two_signers=True)
    form = OrderForm(course=lop.course)
    assert "second_signer" in form.fields
    assert "blanks" not in form.fields
    assert form.initial["template"] == template


def test_the_form_makes_an_order_of_what_was_chosen(lop, second):
    assert typed(lop).is_valid()
    template = templated(lop, two_signers=True)
    form = typed(lop, kind="attestation", template=template.pk, second_signer=second.pk)
    assert form.is_valid(), form.errors
    order = form.order()
    assert (order.kind, order.template, order.second_signer, order.blanks) == ("attestation", template, second, None)
    assert "kind" in typed(lop, kind="certificate").errors


def test_blanks_are_offered_with_what_is_left(lop):
    templated(lop, on_blanks=True)
    add_blanks(issuer=lop.host, kind=PaperKind.ATTESTATION, first=1, last=9, prefix="A", actor=lop.officer)
    labels = [label for _value, label in OrderForm(course=lop.course).fields["blanks"].choices]
    assert labels[1:] == ["Attestation: A 000001 – A 000009, 9 left"]

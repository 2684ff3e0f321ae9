"""A paper in the place of another keeps what the first one had: template, two signers, blanks."""

import datetime as dt

import pytest
from django.urls import reverse

from attendance.constants import CertificateState, PaperKind, Replacing, Size
from attendance.forms.ending import InPlaceForm
from attendance.models import Certificate, PaperWords
from attendance.rendering.certificate import missing_facts, read_back
from attendance.reports.checking import facts_of
from attendance.reports.looks import blanks_left, look_of
from attendance.reports.papers import verify_url
from attendance.services.blanks import add_blanks, spoil_blank
from attendance.services.ending import confirm_lost, issue_replacing, reissue_paper
from attendance.services.old_books import enter_old_book
from attendance.services.register import issue_papers, open_book
from attendance.services.templates import save_template, withdraw_template
from attendance.tests.records import Class, prepared
from attendance.tests.services.test_old_books import row
from courses.constants.choices import RoleKind
from courses.constants.clock import today
from courses.constants.errors import Refusal
from courses.models import Heading, Office, Signer
from courses.rules.actors import actor_of
from courses.services.records import read_file
from courses.tests.planning import make_office, make_organiser, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


class Whole(Class):
    """A class whose paper has everything: words of the office, A5, two signers, on bought blanks, moved."""

    def __init__(self):
        super().__init__()
        self.second = Signer.objects.create(office=self.host, title="Trưởng phòng", full_name="Lê Thị Giả")
        self.template = self.templated()
        self.blanks = self.bought(1, 9)
        self.order = self.ordered(template=self.template, second_signer=self.second, blanks=self.blanks)

    def templated(self, name="Mẫu thử", kind=PaperKind.ATTESTATION, **fields):
        whole = {
            "completed": "Đã dự đủ",
            "closing": "Đạt yêu cầu.",
            "size": Size.A5,
            "two_signers": True,
            "on_blanks": True,
            "offset_x": 2,
            "offset_y": -1,
        }
        return save_template(issuer=self.host, kind=kind, name=name, actor=self.officer, **whole | fields)

    def bought(self, first, last, kind=PaperKind.ATTESTATION):
        return add_blanks(issuer=self.host, kind=kind, first=first, last=last, prefix="A", actor=self.officer)

    def issued(self):
        self.attended(1)
        decision = {"decision_number": "12/QĐ-UBND", "decision_date": dt.date(2026, 6, 9)}
        prepared(self, template=self.template, second_signer=self.second, blanks=self.blanks, **decision)
        issue_papers(self.course, actor=self.officer)
        return Certificate.objects.select_related("template", "book__issuer").get()

    def form(self, paper, replacing=Replacing.ERROR, actor=None):
        return InPlaceForm(paper=paper, replacing=replacing, actor=actor or self.officer)

    def posted(self, paper, replacing=Replacing.ERROR, **said):
        """The form as it was proposed, sent with words; its order."""
        initial = self.form(paper, replacing).initial
        data = {name: getattr(value, "pk", value) for name, value in initial.items() if value is not None}
        data |= {name: f"{day:%d/%m/%Y}" for name, day in data.items() if isinstance(day, dt.date)}
        data |= {"why": "Sai họ tên"} | said
        form = InPlaceForm(data, paper=paper, replacing=replacing, actor=self.officer)
        assert form.is_valid(), form.errors
        return form.order()


@pytest.fixture
def lop():
    return Whole()


@pytest.fixture
def paper(lop):
    return lop.issued()


def says_all(paper):
    look = look_of(paper.template)
    return missing_facts(read_file(paper.pdf), facts_of(paper), verify_url=verify_url(paper.code), look=look) == []


def test_a_paper_issued_anew_as_proposed_has_the_look_both_signers_and_the_next_blank(lop, paper):
    made = reissue_paper(paper, lop.posted(paper), why="Sai", actor=lop.officer)
    assert (made.template, made.blanks, made.blank_number, paper.blank_number) == (lop.template, lop.blanks, 2, 1)
    for name in (
        "signer",
        "sign_lines",
        "second_signer",
        "second_lines",
        "completed",
        "closing",
        "title",
        "decision_number",
    ):
        assert made.facts[name] == paper.facts[name]
    assert (made.facts["serial"], made.facts["replaces"]) == ("A 000002", "001/2026/GCN")
    assert says_all(made)
    assert "A 000002" in read_back(read_file(made.pdf))
    assert issue_replacing(made, actor=lop.officer).state == CertificateState.ISSUED


def test_a_blank_that_was_spoiled_is_never_the_next(lop, paper):
    spoil_blank(lop.blanks, 2, why="Rách", actor=lop.officer)
    assert reissue_paper(paper, lop.posted(paper), why="Sai", actor=lop.officer).facts["serial"] == "A 000003"
    spoil_blank(lop.blanks, 1, why="In sai", actor=lop.officer)  # the paper on it is not in force any more


def test_a_failure_gives_the_blank_back_with_the_number(lop, paper):
    order = lop.posted(paper)
    paper.registration.trainee.full_name = "Ngô Thử ☃"
    paper.registration.trainee.save()
    with pytest.raises(Refusal, match="☃"):
        reissue_paper(paper, order, why="Sai", actor=lop.officer)
    paper.refresh_from_db()
    lop.blanks.refresh_from_db()
    assert (paper.state, lop.blanks.next_number, blanks_left(lop.blanks)) == (CertificateState.ISSUED, 2, 8)


def test_the_newest_version_is_proposed_and_that_of_the_paper_can_be_chosen(lop, paper):
    """The error may stand in the template: what was put right there comes onto the new paper."""
    newer = lop.templated(closing="Đạt yêu cầu của lớp.")
    form = lop.form(paper)
    assert form.initial["template"] == newer
    assert [label for _value, label in form.fields["template"].choices] == [
        "The look that the software brings along",
        "Attestation: Mẫu thử",
        "Attestation: Mẫu thử, as on the old paper",
    ]
    assert reissue_paper(paper, lop.posted(paper), why="Sai", actor=lop.officer).facts["closing"] == newer.closing


def test_of_a_withdrawn_template_the_version_of_the_paper_is_proposed(lop, paper):
    withdraw_template(lop.template, actor=lop.officer)
    form = lop.form(paper)
    assert form.initial["template"] == lop.template
    assert len(form.fields["template"].choices) == 2
    assert reissue_paper(paper, lop.posted(paper), why="Sai", actor=lop.officer).template == lop.template


def test_when_its_blanks_are_used_up_the_only_other_ones_are_proposed_and_without_any_it_is_said(lop, paper):
    lop.blanks.next_number = 10
    lop.blanks.save()
    form = lop.form(paper)
    assert form.initial["blanks"] is None
    fields = {"why": "Sai", "template": lop.template.pk, "signer": lop.signer.pk, "second_signer": lop.second.pk}
    fields["issue_date"] = "12/06/2026"
    form = InPlaceForm(fields, paper=paper, replacing=Replacing.ERROR, actor=lop.officer)
    assert "please choose the blanks" in str(form.errors)
    more = lop.bought(20, 29)
    assert lop.form(paper).initial["blanks"] == more
    assert reissue_paper(paper, lop.posted(paper), why="Sai", actor=lop.officer).facts["serial"] == "A 000020"


def test_a_plain_paper_stays_plain(lop):
    lop.attended(1)
    prepared(lop)
    paper = Certificate.objects.select_related("template", "book__issuer").get()
    assert lop.form(paper).initial["template"] is None
    made = reissue_paper(paper, lop.posted(paper), why="Sai", actor=lop.officer)
    assert (made.template, made.blanks, made.facts["second_signer"]) == (None, None, "")


def test_a_signer_who_signs_no_more_is_not_proposed(lop, paper):
    Signer.objects.filter(pk=lop.second.pk).update(valid_to=today())
    Signer.objects.create(office=lop.host, title="Phó Trưởng phòng", full_name="Người Ký Mới")
    assert lop.form(paper).initial["second_signer"].full_name == "Người Ký Mới"


# Lost


def test_where_the_same_kind_replaces_a_lost_paper_it_comes_out_alike(lop, paper):
    PaperWords.objects.create(
        kind=PaperKind.ATTESTATION, title="A", completed="B", abbreviation="C", replaced_by=PaperKind.ATTESTATION
    )
    made = confirm_lost(paper, lop.posted(paper, Replacing.LOST), actor=lop.officer)
    assert (made.template, made.facts["serial"], made.facts["second_signer"]) == (
        lop.template, "A 000002", "Lê Thị Giả",
    )  # fmt: skip
    assert says_all(made)


def test_a_confirmation_takes_the_template_of_the_same_name_and_the_blanks_of_its_own_kind(lop, paper):
    """A template's words are those of its kind: an attestation's would call the confirmation a certificate."""
    lop.templated(name="Khác", kind=PaperKind.CONFIRMATION, title="Khác")
    own = lop.templated(kind=PaperKind.CONFIRMATION, title="Giấy xác nhận")
    blanks = lop.bought(500, 509, PaperKind.CONFIRMATION)
    assert lop.template not in lop.form(paper, Replacing.LOST).fields["template"].queryset
    made = confirm_lost(paper, lop.posted(paper, Replacing.LOST), actor=lop.officer)
    assert (made.template, made.blanks, made.facts["title"]) == (own, blanks, "Giấy xác nhận")
    assert (made.facts["serial"], made.facts["second_signer"]) == ("A 000500", "Lê Thị Giả")
    assert made.facts["full_name"] == paper.facts["full_name"]
    assert says_all(made)


def test_without_a_template_of_its_kind_a_confirmation_asks_for_one_signer(lop, paper):
    form = lop.form(paper, Replacing.LOST)
    assert not {"template", "second_signer", "blanks"} & set(form.fields)
    assert confirm_lost(paper, lop.posted(paper, Replacing.LOST), actor=lop.officer).template is None


def test_a_lost_paper_of_the_old_book_is_confirmed_by_the_offices_own_template(lop):
    book = open_book(
        issuer=lop.host, kind=PaperKind.ATTESTATION, year=2026, actor=lop.officer, opening_number=37, reason="Sổ giấy"
    )
    enter_old_book(book, [row()], actor=lop.officer)
    lop.templated(kind=PaperKind.CONFIRMATION, title="Giấy xác nhận")
    lop.bought(500, 509, PaperKind.CONFIRMATION)
    old = Certificate.objects.select_related("template", "book__issuer").get()
    said = {"signer": lop.signer.pk, "second_signer": lop.second.pk}  # the old book does not know who signed
    made = confirm_lost(old, lop.posted(old, Replacing.LOST, **said), actor=lop.officer)
    old.refresh_from_db()
    assert (old.state, old.replaced_by, made.replaces) == (CertificateState.REPLACED, made, old)
    assert (made.facts["serial"], made.facts["second_signer"]) == ("A 000500", "Lê Thị Giả")
    assert (made.facts["completed"], made.facts["full_name"]) == ("Đã dự đủ", "Ngô Thử Năm")
    assert says_all(made)
    # A confirmation of ours can itself be wrong, or its blank torn: it says the same of the person on the next blank.
    again = reissue_paper(made, lop.posted(made), why="Phôi rách", actor=lop.officer)
    assert (again.replaces, again.facts["serial"], again.facts["full_name"]) == (made, "A 000501", "Ngô Thử Năm")
    assert issue_replacing(again, actor=lop.officer).state == CertificateState.ISSUED


# Who


def test_whoever_answers_for_an_ended_office_is_offered_its_own_templates_alone(lop, paper):
    heir = make_office("HEIR")
    Heading.objects.create(office=heir, body="CƠ QUAN THỬ MỚI", place="Vị Thanh")
    Signer.objects.create(office=heir, title="Chủ tịch", full_name="Người Ký Mới")
    Office.objects.filter(pk=lop.host.pk).update(valid_to=today() - dt.timedelta(days=1), closed_by=heir)
    paper = Certificate.objects.select_related("template", "book__issuer__closed_by").get()
    officer = actor_of(make_organiser(heir, RoleKind.OFFICER))
    assert "template" not in lop.form(paper, actor=officer).fields
    own = save_template(issuer=heir, kind=PaperKind.ATTESTATION, name="Mẫu thử", actor=officer)
    form = lop.form(paper, actor=officer)
    assert (form.initial["template"], list(form.fields["template"].queryset)) == (own, [own])


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_template_and_for_three(lop, paper, client, count, django_assert_num_queries):
    client.cookies["language"] = "en"
    signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))
    for number in range(count - 1):
        lop.templated(name=f"Mẫu {number}")
        lop.bought(100 + number * 10, 105 + number * 10)
        Signer.objects.create(office=lop.host, title="Phó", full_name=f"Người Thử {number}")
    page = reverse("admin:attendance_certificate_reissue", args=[paper.pk])
    client.get(page)
    with django_assert_num_queries(32):
        assert client.get(page).status_code == 200

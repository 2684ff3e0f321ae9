"""The page of one certificate, how it ends, what is asked about it, and the old register book in the admin."""

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from attendance.constants import CertificateState, CorrectionState
from attendance.models import Certificate, Correction
from attendance.services.corrections import ask_correction
from attendance.services.ending import reissue_paper
from attendance.services.handing_over import hand_over, void_paper
from attendance.services.register import issue_papers, open_book
from attendance.tests.records import Class, prepared
from courses.constants.actors import Actor
from courses.constants.choices import RoleKind
from courses.constants.clock import set_clock
from courses.models import ActionLog
from courses.services.trainees import fill_trainee
from courses.tests.planning import make_office, make_organiser, signed_in

pytestmark = pytest.mark.django_db
LIST_QUERIES, PAGE_QUERIES = 6, 8
ASKED = reverse("admin:attendance_correction_changelist")


@pytest.fixture
def lop():
    return Class()


@pytest.fixture
def papers(lop):
    lop.attended(2)
    prepared(lop)
    issue_papers(lop.course, actor=lop.officer)
    return list(Certificate.objects.order_by("number"))


@pytest.fixture
def officer(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))


def page_of(paper, name="change"):
    return reverse(f"admin:attendance_certificate_{name}", args=[paper.pk])


def asked(lop, paper, words="Sai tên", *, is_lost=False):
    return ask_correction(paper, words=words, is_lost=is_lost, actor=lop.officer)


def test_the_page_tells_the_life_of_a_paper_and_offers_its_ends(lop, papers, officer):
    asked(lop, papers[0])
    text = officer.get(page_of(papers[0])).content.decode()
    for words in ("Certificate prepared", "Certificate issued", "Sai tên", papers[0].facts["full_name"]):
        assert words in text
    for name in ("revoke", "reissue", "confirm"):
        assert page_of(papers[0], name) in text


def test_revoking_by_the_page(papers, officer):
    first = officer.get(page_of(papers[0], "revoke"))
    assert "1 paper is revoked" in first.content.decode()
    assert officer.post(page_of(papers[0], "revoke"), {"ground": "lent", "document": "1/QĐ"}).status_code == 200
    fields = {"ground": "lent", "document": "1/QĐ", "document_date": "11/06/2026", "why": ""}
    response = officer.post(page_of(papers[0], "revoke"), fields, follow=True)
    assert "001/2026/GCN is revoked" in response.content.decode()
    assert Certificate.objects.get(pk=papers[0].pk).state == CertificateState.REVOKED
    assert page_of(papers[0], "revoke") not in response.content.decode()


def test_issuing_anew_by_the_page_leads_to_the_new_paper_which_is_then_issued(lop, papers, officer):
    asked(lop, papers[0], "Sai ngày sinh")
    page = officer.get(page_of(papers[0], "reissue"))
    assert page.context["form"].initial["why"] == "Sai ngày sinh"
    fields = {"why": "Sai ngày sinh", "signer": lop.signer.pk, "issue_date": "12/06/2026"}
    response = officer.post(page_of(papers[0], "reissue"), fields)
    made = Certificate.objects.get(replaces=papers[0])
    assert (response.status_code, response["Location"]) == (302, page_of(made))
    assert Correction.objects.get().state == CorrectionState.MADE
    assert officer.post(page_of(papers[0], "reissue"), fields)["Location"] == page_of(papers[0])
    assert page_of(made, "issue") in officer.get(page_of(made)).content.decode()
    officer.post(page_of(made, "issue"))
    made.refresh_from_db()
    assert made.state == CertificateState.ISSUED
    assert page_of(made) in officer.get(page_of(papers[0])).content.decode()


def test_a_refusal_stands_in_the_form(lop, papers, officer):
    fields = {"why": "Sai", "signer": lop.signer.pk, "issue_date": "09/06/2026"}
    response = officer.post(page_of(papers[0], "reissue"), fields)
    assert "cannot be dated before" in response.content.decode()
    assert Certificate.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "where", "see", "act"),
    [
        (RoleKind.OFFICER, "host", 200, 200),
        (RoleKind.ORGANISER, "host", 200, 404),
        (RoleKind.OFFICER, "foreign", 404, 404),
        (RoleKind.COORDINATOR, "host", 302, 302),
    ],
)
def test_officers_act_organisers_read_and_nobody_else_sees(lop, papers, client, kind, where, see, act):
    signed_in(client, make_organiser(lop.host if where == "host" else make_office("ELSE"), kind))
    assert client.get(page_of(papers[0])).status_code == see
    for name in ("revoke", "reissue", "confirm"):
        assert client.get(page_of(papers[0], name)).status_code == act
    request = asked(lop, papers[0])
    page = reverse("admin:attendance_correction_change", args=[request.pk])
    assert client.get(page).status_code == see
    assert client.post(page, {"answer": "Không"}).status_code == (302 if act in (200, 302) else 404)


def test_what_is_overdue_stands_on_top_and_is_refused_with_words(lop, papers, officer):
    late = asked(lop, papers[0], "Sai trước")
    set_clock(dt.datetime(2026, 6, 22, 9))
    asked(lop, papers[1], "Sai sau")
    text = officer.get(ASKED).content.decode()
    assert text.index("Sai trước") < text.index("Sai sau")
    assert "1 working day late" in text
    page = reverse("admin:attendance_correction_change", args=[late.pk])
    assert "public holidays" in officer.get(page).content.decode()
    assert officer.post(page, {"answer": ""}).status_code == 200
    assert officer.post(page, {"answer": "Đúng như hồ sơ"})["Location"] == ASKED
    text = officer.get(ASKED).content.decode()
    assert text.index("Sai sau") < text.index("Sai trước")


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_for_one_and_for_three(lop, papers, officer, django_assert_num_queries, count):
    lop.attended(2)
    prepared(lop)
    issue_papers(lop.course, actor=lop.officer)
    for number, paper in enumerate(Certificate.objects.order_by("pk")[:count]):
        asked(lop, paper, f"Sai {number}")
    officer.get(ASKED)
    with django_assert_num_queries(LIST_QUERIES):
        officer.get(ASKED)
    Correction.objects.exclude(certificate=papers[0]).update(certificate=papers[0], state=CorrectionState.REFUSED)
    with django_assert_num_queries(PAGE_QUERIES):
        officer.get(page_of(papers[0]))


def excel(number):
    book = openpyxl.Workbook()
    book.active.append(["Số vào sổ", "Họ và tên", "Ngày sinh", "Tên lớp", "Ngày cấp"])
    book.active.append([number, "Ngô Thử Năm", "1975", "Lớp xưa", "01/03/2026"])
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("so.xlsx", out.getvalue())


def test_an_old_book_is_shown_before_it_is_entered(lop, officer):
    book = open_book(issuer=lop.host, kind="attestation", year=2026, actor=lop.officer, opening_number=37, reason="Sổ")
    page = reverse("admin:attendance_registerbook_old", args=[book.pk])
    assert page in officer.get(reverse("admin:attendance_registerbook_change", args=[book.pk])).content.decode()
    assert "signed" not in officer.post(page, {"file": excel(40)}).context
    shown = officer.post(page, {"file": excel(5)})
    assert "1 paper would be entered" in shown.content.decode()
    assert not Certificate.objects.exists()
    officer.post(page, {"rows": shown.context["signed"]})
    assert Certificate.objects.get().facts["number"] == "005/2026/GCN"
    officer.post(page, {"rows": shown.context["signed"][:-2] + "xx"})
    assert ActionLog.objects.filter(action="enter old book").count() == 1


def test_a_paper_whose_issuer_ended_and_for_which_nobody_answers_says_why_it_cannot_be_ended(lop, papers, officer):
    sentence = "No office is named that answers for it"
    assert sentence not in officer.get(page_of(papers[0])).content.decode()
    lop.host.valid_to = dt.date(2026, 6, 11)
    lop.host.save(update_fields=["valid_to"])
    text = officer.get(page_of(papers[0])).content.decode()
    assert f"{lop.host} has ended. {sentence}" in text
    assert page_of(papers[0], "revoke") not in text
    request = asked_by_holder(papers[0])
    assert sentence in officer.get(reverse("admin:attendance_correction_change", args=[request.pk])).content.decode()
    lop.host.closed_by = make_office("ABOVE")
    lop.host.save(update_fields=["closed_by"])
    assert sentence not in officer.get(page_of(papers[0])).content.decode()


def asked_by_holder(paper):
    holder = Actor("trainee", trainee_id=paper.registration.trainee_id)
    return ask_correction(paper, words="Sai tên", is_lost=False, actor=holder)


def test_the_life_of_a_paper_says_who_received_it_on_which_day_and_the_number_in_whose_place_it_stands(
    lop, papers, officer
):
    hand_over(lop.course, [papers[0].pk], actor=lop.officer, on=dt.date(2026, 6, 11), to="Bà Thử Nhận Thay")
    text = officer.get(page_of(papers[0])).content.decode()
    assert "handed over on: – → 11/06/2026; handed over to: – → Bà Thử Nhận Thay" in text
    made = reissue_paper(papers[1], lop.ordered(issue_date=dt.date(2026, 6, 12)), why="Sai tên", actor=lop.officer)
    assert "stands in place of: – → 002/2026/GCN" in officer.get(page_of(made)).content.decode()
    lop.attended(1)
    prepared(lop, issue_date=dt.date(2026, 6, 12))
    torn = Certificate.objects.order_by("number").last()
    void_paper(torn, actor=lop.officer, why="In hỏng")
    text = officer.get(page_of(torn)).content.decode()
    assert "state: Prepared, awaiting signature → Number void; why it ended: – → In hỏng" in text


def test_before_issuing_anew_the_officer_sees_what_would_be_printed_beside_what_the_paper_says(lop, papers, officer):
    request = asked(lop, papers[0])
    trainee = papers[0].registration.trainee
    pages = [page_of(papers[0], "reissue"), reverse("admin:attendance_correction_change", args=[request.pk])]
    for page in pages:
        assert not any(line.differs for line in officer.get(page).context["facts_beside"])
    old = papers[0].facts["full_name"]
    fill_trainee(trainee, full_name="Ngô Thử Đã Sửa").save()
    for page in pages:
        response = officer.get(page)
        found = [(line.label, line.before, line.now) for line in response.context["facts_beside"] if line.differs]
        assert found == [("Full name", old, "Ngô Thử Đã Sửa")]
        text = response.content.decode()
        assert reverse("admin:attendance_person_page", args=[trainee.pk]) in text
        assert "ask the officer in charge of the class" in text
    assert "facts_beside" not in officer.get(page_of(papers[0], "confirm")).context

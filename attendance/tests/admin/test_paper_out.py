"""The papers of a class, their lists and the register of a book as files."""

import datetime as dt
import io
import zipfile

import openpyxl
import pypdfium2
import pytest
from django.urls import reverse
from docx import Document

from attendance.forms.paper_out import DecisionForm
from attendance.models import Certificate, ClassPaper, RegisterBook
from attendance.rendering.certificate import read_back
from attendance.services.handing_over import void_paper
from attendance.services.register import issue_papers
from attendance.tests.admin.test_results import ASKED_AGAIN, long_ago, page_of
from attendance.tests.records import Class, prepared
from courses.constants.choices import RoleKind
from courses.models import ActionLog, Trainee
from courses.services.records import read_file
from courses.tests.planning import make_organiser, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    return Class()


@pytest.fixture
def officer(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))


def book_page(name):
    return reverse(f"admin:attendance_registerbook_{name}", args=[RegisterBook.objects.get().pk])


def exports():
    return ActionLog.objects.filter(action="export papers").count()


def test_the_zip_holds_the_frozen_papers_under_number_and_name(lop, officer):
    lop.attended(2)
    assert officer.post(page_of(lop, "papers_zip")).status_code == 404
    prepared(lop)
    response = officer.post(page_of(lop, "papers_zip"))
    packed = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    papers = Certificate.objects.select_related("pdf").order_by("number")
    expected = {f"00{p.number}-2026-GCN {p.facts['full_name']}.pdf": read_file(p.pdf) for p in papers}
    assert {name: packed.read(name) for name in packed.namelist()} == expected
    assert exports() == 1


def test_the_list_to_sign_names_number_and_office_of_everybody_with_a_paper(lop, officer):
    lop.attended(2)
    prepared(lop)
    response = officer.post(page_of(lop, "hand_over_list"))
    text = read_back(response.content)
    for paper in Certificate.objects.order_by("number"):
        assert paper.facts["full_name"] in text
        assert paper.facts["number"] in text
    assert "DANH SÁCH KÝ NHẬN GIẤY CHỨNG NHẬN" in text
    assert exports() == 1


def test_the_register_comes_as_excel_and_as_pdf_with_void_entries_and_no_formulas(lop, officer):
    lop.attended(3)
    Trainee.objects.filter(pk=lop.attended(1)[0].trainee_id).update(position="=1+1")
    papers = [result.certificate for result in prepared(lop)]
    void_paper(papers[1], actor=lop.officer, why="=SUM(A1:A9)")
    issue_papers(lop.course, actor=lop.officer)
    assert officer.get(reverse("admin:attendance_registerbook_change", args=[RegisterBook.objects.get().pk]))
    response = officer.post(book_page("xlsx"))
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    rows = [row for row in sheet.iter_rows(min_row=7, values_only=True) if row[1]]
    assert [row[1] for row in rows] == [f"00{number}/2026/GCN" for number in (1, 2, 3, 4)]
    assert rows[1][-1] == "Hủy số: =SUM(A1:A9)"
    assert not [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert sheet["C8"].font.strike
    text = read_back(officer.post(book_page("pdf")).content)
    for paper in Certificate.objects.order_by("number"):
        assert paper.facts["full_name"].split()[0] in text
    assert "Hủy số" in text
    assert "SỔ CẤP GIẤY CHỨNG NHẬN" in text
    assert exports() == 2


def said(lop, **fields):
    decided = {"signer": lop.signer.pk, "deciding": "Chủ tịch Ủy ban nhân dân thành phố Thử"}
    return decided | {"bases": "Căn cứ a\nCăn cứ b;", "number": "", "date": "", **fields}


def test_the_decision_is_a_draft_then_kept_and_its_number_proposed(lop, officer):
    address = page_of(lop, "decision")
    assert officer.get(address).status_code == 200
    assert "the list would be empty" in officer.post(address, said(lop, draft="1")).content.decode()
    people = lop.attended(2)
    text = read_back(officer.post(address, said(lop, draft="1")).content)
    for expected in ("QUYẾT ĐỊNH", "Căn cứ a;", "Căn cứ b.", "02 học viên", people[0].trainee.full_name, "Ngô Thử Ký"):
        assert expected in text
    word = officer.post(address, said(lop, word="1"))
    assert people[0].trainee.full_name in "".join(
        part.text for part in Document(io.BytesIO(word.content)).tables[-1]._cells
    )
    assert not ClassPaper.objects.exists()
    assert "errorlist" in officer.post(address, said(lop, keep="1")).content.decode()
    for _again in (1, 2):
        officer.post(address, said(lop, keep="1", number="12/QĐ-UBND", date="09/06/2026"))
    paper = ClassPaper.objects.get()
    assert "12/QĐ-UBND" in officer.get(address).content.decode()
    response = officer.get(reverse("admin:attendance_courseresult_class_paper", args=[lop.course.pk, paper.pk]))
    assert "Vị Thanh, ngày 09 tháng 6 năm 2026" in read_back(response.content)
    text = officer.get(page_of(lop, "prepare")).content.decode()
    assert 'value="12/QĐ-UBND"' in text
    assert 'value="09/06/2026"' in text


def test_the_page_of_the_decision_says_who_is_left_out_and_offers_to_name_who_still_can(lop, officer):
    address = page_of(lop, "decision")
    lop.attended(1)
    assert 'name="reachable"' not in officer.get(address).content.decode()
    lop.people(1)
    prepared(lop)
    page = officer.get(address).content.decode()
    assert "1 person has a number but is not eligible yet: not named in the decision." in page
    assert 'name="reachable"' in page
    assert "01 học viên" in read_back(officer.post(address, said(lop, draft="1")).content)
    assert "02 học viên" in read_back(officer.post(address, said(lop, draft="1", reachable="on")).content)


@pytest.mark.parametrize(
    ("day", "decree"), [("2016-05-04", None), ("2022-06-24", "101/2017/NĐ-CP"), ("2026-06-05", "171/2025/NĐ-CP")]
)
def test_the_decree_on_training_of_the_day_of_the_class_is_proposed(lop, day, decree):
    lop.course.ends_on = dt.date.fromisoformat(day)
    bases = DecisionForm(course=lop.course).initial["bases"]
    named = [number for number in ("101/2017/NĐ-CP", "171/2025/NĐ-CP") if number in bases]
    assert named == ([decree] if decree else [])
    assert "Theo đề nghị của Ban Tổ chức lớp." in bases


def test_who_takes_papers_out(lop, officer):
    lop.attended(1)
    prepared(lop)
    names = ("papers_zip", "hand_over_list", "decision")
    addresses = [*(page_of(lop, name) for name in names), book_page("xlsx"), book_page("pdf")]
    long_ago(officer)
    for address in addresses:
        assert officer.post(address, said(lop, draft="1"))["Location"].startswith(ASKED_AGAIN)
    for address in (*addresses[:2], *addresses[3:]):
        assert officer.get(address).status_code == 405
    signed_in(officer, make_organiser(lop.host))
    assert [officer.post(address, said(lop, draft="1")).status_code for address in addresses] == [
        404, 200, 404, 200, 200,
    ]  # fmt: skip
    signed_in(officer, make_organiser(Class(code="LOP-2").host, RoleKind.OFFICER))
    assert {officer.post(address, said(lop, draft="1")).status_code for address in addresses} == {404}


def test_all_papers_as_one_file_come_in_register_order(lop, officer):
    lop.attended(3)
    prepared(lop)
    whole = pypdfium2.PdfDocument(io.BytesIO(b"".join(officer.post(page_of(lop, "papers")).streaming_content)))
    pages = [page.get_textpage().get_text_range() for page in whole]
    assert [f"00{number}/2026/GCN" in page for number, page in enumerate(pages, 1)] == [True] * 3

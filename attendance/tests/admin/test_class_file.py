"""The page of the class file, its forms, what it hands out, and the whole as a ZIP."""

import datetime as dt
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import escape
from docx import Document

from attendance.constants import MADE_KINDS, ClassPaperKind
from attendance.models import ClassPaper
from attendance.services.class_papers import Entry, attach_signed, file_paper
from attendance.services.register import issue_papers
from attendance.services.sheets import file_signed_sheet
from attendance.tests.admin.test_results import ASKED_AGAIN, long_ago
from attendance.tests.records import Class, prepared
from courses.constants.choices import CourseState, RoleKind
from courses.models import ActionLog, Course
from courses.tests.planning import make_organiser, signed_in

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 thu"
DAY = dt.date(2026, 5, 20)


@pytest.fixture
def lop():
    return Class()


@pytest.fixture
def organiser(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host))


def page(lop, name="change", *args):
    return reverse(f"admin:attendance_classfile_{name}", args=[lop.course.pk, *args])


def filed(lop, number="45/KH-UBND", kind=ClassPaperKind.PLAN, **said):
    return file_paper(lop.course, Entry(kind, number, DAY, "Mở lớp"), actor=lop.organiser, **said)


def test_the_page_names_every_paper_that_a_class_needs_also_of_a_draft(lop, organiser):
    Course.objects.filter(pk=lop.course.pk).update(state=CourseState.DRAFT)
    body = organiser.get(page(lop)).content.decode()
    assert all(str(escape(kind.label)) in body for kind in MADE_KINDS)
    assert "Nothing is filed yet" in body


def test_a_paper_is_entered_with_its_file_put_right_signed_and_taken_out(lop, organiser):
    said = {"kind": "plan", "number": "45/KH-UBND", "date": "20/05/2026", "summary": "Mở lớp"}
    upload = SimpleUploadedFile("ke-hoach.pdf", PDF)
    assert organiser.post(page(lop, "add_paper"), said | {"file": upload}).status_code == 302
    paper = ClassPaper.objects.get()
    assert (paper.kind, paper.number, paper.date, paper.file_name) == ("plan", "45/KH-UBND", DAY, "ke-hoach.pdf")
    organiser.post(page(lop, "paper", paper.pk), {"number": "46/KH-UBND", "date": "20/05/2026", "summary": "Mở lớp"})
    organiser.post(page(lop, "signed", paper.pk), {"signed": SimpleUploadedFile("scan.pdf", PDF + b"2")})
    paper.refresh_from_db()
    assert (paper.number, paper.signed_name) == ("46/KH-UBND", "scan.pdf")
    for which, content in (("made", PDF), ("signed", PDF + b"2")):
        answer = organiser.get(page(lop, "bytes", paper.pk, which))
        assert (answer.content, "no-store" in answer["Cache-Control"]) == (content, True)
        assert answer["Content-Disposition"].startswith("attachment")
    organiser.post(page(lop, "take_out", paper.pk), {"why": "nhầm"})
    assert organiser.get(page(lop, "paper", paper.pk)).status_code == 404
    assert "46/KH-UBND" not in organiser.get(page(lop)).content.decode()


def test_a_list_goes_into_the_file_by_its_day_alone_since_no_register_numbers_it(lop, organiser):
    make = page(lop, "make", "class_list")
    assert "please enter its date" in organiser.post(make, {"keep": 1}).content.decode()
    assert organiser.post(make, {"keep": 1, "date": "20/05/2026"}).status_code == 302
    paper = ClassPaper.objects.get()
    assert (paper.kind, paper.number, paper.date) == ("class_list", "", DAY)


def test_the_page_leads_to_the_lists_of_a_class_that_is_no_draft(lop, organiser):
    lists = reverse("admin:attendance_courseresult_lists", args=[lop.course.pk])
    assert lists in organiser.get(page(lop)).content.decode()
    Course.objects.update(state=CourseState.DRAFT)
    assert lists not in organiser.get(page(lop)).content.decode()


def test_what_cannot_be_is_said_in_the_form_and_keeps_what_was_typed(lop, organiser):
    paper = filed(lop)
    bad = organiser.post(page(lop, "add_paper"), {"kind": "plan", "number": "7/KH", "date": "20/05/2036"})
    assert (bad.status_code, "cannot lie in the future" in bad.content.decode()) == (200, True)
    assert 'value="7/KH"' in bad.content.decode()
    for name, said in (
        ("signed", {"signed": SimpleUploadedFile("a.exe", b"MZ")}),
        ("signed", {}),
        ("take_out", {"why": ""}),
        ("paper", {"number": "", "summary": ""}),
    ):
        answer = organiser.post(page(lop, name, paper.pk), said)
        assert (answer.status_code, "errorlist" in answer.content.decode()) == (200, True), name


def test_papers_of_another_class_or_host_are_not_there(lop, organiser, client):
    other = Class(code="LOP-2")
    foreign = filed(other)
    for name, args in (("change", ()), ("add_paper", ()), ("paper", (foreign.pk,)), ("bytes", (foreign.pk, "made"))):
        assert organiser.get(page(other, name, *args)).status_code == 404
    assert organiser.get(page(lop, "paper", foreign.pk)).status_code == 404
    assert organiser.get(page(lop, "bytes", filed(lop).pk, "made")).status_code == 404, "it has no file"
    for name, args in (("signed", (foreign.pk,)), ("take_out", (foreign.pk,)), ("zip", ())):
        assert organiser.post(page(other, name, *args)).status_code == 404


def test_the_whole_file_is_a_zip_with_folders_and_an_index(lop, organiser):
    lop.attended(2)
    prepared(lop)
    issue_papers(lop.course, actor=lop.officer)
    filed(lop, content=PDF)
    attach_signed(filed(lop, "12/UBND-NV", ClassPaperKind.SUMMONS), PDF + b"signed", name="a.pdf", actor=lop.organiser)
    file_signed_sheet(lop.general, PDF + b"sheet", name="to.pdf", actor=lop.organiser)
    answer = organiser.post(page(lop, "zip"))
    packed = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    names = packed.namelist()
    assert packed.testzip() is None
    assert [name for name in names if not name.startswith(("5 ", "Mục"))] == [
        "1 Văn bản của lớp/01 Kế hoạch mở lớp 45-KH-UBND.pdf",
        "1 Văn bản của lớp/02 Công văn cử tham dự 12-UBND-NV.pdf",
        f"3 Danh sách ký tên/01 {lop.general.date:%Y-%m-%d} buổi sáng.pdf",
    ]
    assert packed.read(names[2]) == PDF + b"signed", "the signed copy, where there is one"
    assert len([name for name in names if name.startswith("5 Giấy chứng nhận/")]) == 2
    tables = Document(io.BytesIO(packed.read("Mục lục hồ sơ.docx"))).tables
    rows = [[cell.text.strip() for cell in row.cells] for row in tables[-2].rows]
    assert [
        "1",
        "45/KH-UBND",
        "20/05/2026",
        "Kế hoạch mở lớp. Mở lớp",
        "ỦY BAN NHÂN DÂN THÀNH PHỐ THỬ",
        "Chưa có bản đã ký",
    ] in rows
    assert rows[-1][1:4] == ["001/2026/GCN đến 002/2026/GCN", "", "Giấy chứng nhận đã cấp (02 bản)"]
    assert ActionLog.objects.filter(action="export class file").count() == 1


def test_the_zip_is_asked_for_again_with_the_password(lop, organiser):
    long_ago(organiser)
    assert ASKED_AGAIN in organiser.post(page(lop, "zip")).headers["Location"]


def test_an_officer_of_the_host_reads_and_files_and_an_officer_elsewhere_does_not(lop, client):
    client.cookies["language"] = "en"
    signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))
    assert "Put another paper" in client.get(page(lop)).content.decode()
    signed_in(client, make_organiser(Class(code="LOP-3").host, RoleKind.OFFICER))
    assert client.get(page(lop)).status_code == 404


def test_the_page_asks_as_often_for_three_papers_as_for_one(lop, organiser, django_assert_num_queries):
    filed(lop)
    organiser.get(page(lop))
    with django_assert_num_queries(15) as first:
        organiser.get(page(lop))
    filed(lop, "46/KH-UBND")
    attach_signed(filed(lop, "47/KH-UBND"), PDF, name="a.pdf", actor=lop.organiser)
    with django_assert_num_queries(len(first)):
        organiser.get(page(lop))

"""The file of a class: papers with number and signed copy, and what points to them."""

import datetime as dt
import io

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction

from attendance.constants import ClassPaperKind, MarkState, Revocation
from attendance.models import Certificate, ClassPaper, Completion
from attendance.reports.class_file import paper_named_in, paper_with_number, papers_in_file, pointing_to
from attendance.services.class_papers import (
    Entry,
    attach_signed,
    change_paper,
    file_paper,
    keep_decision,
    take_out_paper,
)
from attendance.services.ending import revoke_paper
from attendance.services.overrides import set_special_case, take_back_special_case
from attendance.services.register import issue_papers
from attendance.tests.records import ISSUED_ON, Class, officer_of, prepared
from courses.constants.errors import Refusal
from courses.models import ActionLog, File
from courses.services.records import read_file
from courses.tests.planning import make_office

pytestmark = pytest.mark.usefixtures("english")
PDF = b"%PDF-1.7 thu"
PLAN = Entry(ClassPaperKind.PLAN, "45/KH-UBND", dt.date(2026, 5, 20), "Mở lớp tập huấn")


@pytest.fixture
def lop(db):
    return Class()


def filed(lop, entry=PLAN, **said):
    return file_paper(lop.course, entry, actor=lop.organiser, **said)


def test_a_paper_is_kept_once_with_number_date_summary_and_its_bytes(lop):
    paper = filed(lop, content=PDF, name="ke-hoach.pdf")
    again = filed(lop, content=PDF, name="ke-hoach.pdf")
    assert (again.pk, ClassPaper.objects.count(), ActionLog.objects.filter(action="number paper").count()) == (
        paper.pk,
        1,
        1,
    )
    assert (paper.number, paper.date, paper.summary) == ("45/KH-UBND", dt.date(2026, 5, 20), "Mở lớp tập huấn")
    assert read_file(paper.file) == PDF
    assert PDF not in bytes(File.objects.get(pk=paper.file_id).content), "kept encrypted"


def test_an_excel_file_is_kept_and_a_program_is_not(lop):
    book = io.BytesIO()
    openpyxl.Workbook().save(book)
    paper = filed(lop, content=book.getvalue(), name="a.xlsx")
    assert paper.file.media_type.endswith("spreadsheetml.sheet")
    for content in (b"MZ\x90 program", b"PK\x03\x04 no archive", b"<html></html>"):
        with pytest.raises(Refusal):
            filed(lop, content=content)


@pytest.mark.parametrize(
    "entry",
    [
        Entry(ClassPaperKind.PLAN),
        Entry("letter of love", "1"),
        Entry(ClassPaperKind.OTHER, "1" * 61),
        Entry(ClassPaperKind.OTHER, "1", dt.date(2036, 1, 1)),
    ],
)
def test_a_paper_has_a_kind_and_something_to_know_it_by_and_no_day_to_come(lop, entry):
    with pytest.raises(Refusal):
        filed(lop, entry)


def test_only_those_who_organise_or_certify_the_class_change_its_file(lop):
    stranger = officer_of(make_office("KHAC"))
    for actor in (stranger, lop.organiser):
        decision = Entry(ClassPaperKind.DECISION, "1/QĐ-UBND", dt.date(2026, 5, 20))
        with pytest.raises(Refusal):
            file_paper(lop.course, decision, actor=actor)
    with pytest.raises(Refusal):
        file_paper(lop.course, PLAN, actor=stranger)
    paper = filed(lop)
    for act in (
        lambda: change_paper(paper, PLAN, actor=stranger),
        lambda: attach_signed(paper, PDF, name="a.pdf", actor=stranger),
        lambda: take_out_paper(paper, why="không", actor=stranger),
    ):
        with pytest.raises(Refusal):
            act()


def test_another_signed_copy_takes_the_place_of_the_first_and_both_stay_known(lop):
    paper = filed(lop)
    first = attach_signed(paper, PDF, name="scan.pdf", actor=lop.organiser).signed_id
    attach_signed(paper, PDF, name="scan.pdf", actor=lop.organiser)
    second = attach_signed(paper, PDF + b"2", name="scan 2.pdf", actor=lop.organiser)
    said = [entry.changes["signed"] for entry in ActionLog.objects.filter(action="attach signed").order_by("pk")]
    assert said == [[None, first], [first, second.signed_id]]
    assert second.signed_name == "scan 2.pdf"


def test_what_was_taken_out_is_kept_with_its_reason_and_stands_no_more_in_the_file(lop):
    paper = filed(lop)
    with pytest.raises(Refusal):
        take_out_paper(paper, why=" ", actor=lop.organiser)
    take_out_paper(paper, why="Nhập nhầm lớp", actor=lop.organiser)
    take_out_paper(paper, why="lần nữa", actor=lop.organiser)
    paper.refresh_from_db()
    assert (paper.removed_why, papers_in_file(lop.course)) == ("Nhập nhầm lớp", [])
    assert ActionLog.objects.filter(action="take out paper").count() == 1
    with pytest.raises(Refusal):
        change_paper(paper, PLAN, actor=lop.organiser)
    assert filed(lop).pk != paper.pk, "entered again it is another paper"


@pytest.mark.django_db(transaction=True)
def test_a_paper_is_never_deleted_nor_taken_out_without_a_reason():
    """The guard and the constraint: without either, the row goes or the reason is missing."""
    paper = filed(Class())
    with pytest.raises(Exception, match="guarded"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM attendance_classpaper")
    with pytest.raises(IntegrityError), transaction.atomic():
        ClassPaper.objects.filter(pk=paper.pk).update(removed_at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC))


# What points to a paper


def test_papers_issued_by_a_decision_point_to_it_whichever_came_first(lop):
    lop.attended(1)
    decision = keep_decision(lop.course, PDF, actor=lop.officer, number="214/QĐ-UBND", date=ISSUED_ON, summary="Cấp")
    paper = prepared(lop, decision_number="214/QĐ-UBND", decision_date=ISSUED_ON)[0].certificate
    assert paper.decision_id == decision.pk
    other = change_paper(decision, Entry(decision.kind, "215/QĐ-UBND", ISSUED_ON, "Cấp"), actor=lop.officer)
    paper.refresh_from_db()
    assert (other.pk, paper.decision_id) == (decision.pk, None), "the paper says another number"
    later = keep_decision(lop.course, PDF + b"2", actor=lop.officer, number="214/QĐ-UBND", date=ISSUED_ON)
    paper.refresh_from_db()
    assert (paper.decision_id, pointing_to(lop.course)) == (later.pk, {later.pk: {"issued": 1}})


def test_a_decision_of_the_same_number_and_another_day_is_another_paper(lop):
    lop.attended(1)
    paper = prepared(lop, decision_number="214/QĐ-UBND", decision_date=ISSUED_ON)[0].certificate
    day_before = ISSUED_ON - dt.timedelta(days=1)
    keep_decision(lop.course, PDF, actor=lop.officer, number="214/QĐ-UBND", date=day_before)
    paper.refresh_from_db()
    assert paper.decision_id is None
    theirs = keep_decision(lop.course, PDF, actor=lop.officer, number="214/QĐ-UBND", date=ISSUED_ON)
    paper.refresh_from_db()
    assert paper.decision_id == theirs.pk


def test_papers_that_name_no_day_point_to_the_decision_of_their_number(lop):
    lop.attended(1)
    paper = prepared(lop, decision_number="214/QĐ-UBND")[0].certificate
    decision = keep_decision(lop.course, PDF, actor=lop.officer, number="214/QĐ-UBND", date=ISSUED_ON)
    paper.refresh_from_db()
    assert paper.decision_id == decision.pk


def test_a_revocation_points_to_its_decision_whichever_came_first(lop):
    lop.attended(2)
    prepared(lop)
    issue_papers(lop.course, actor=lop.officer)
    first, second = Certificate.objects.order_by("number")
    said = {"ground": Revocation.FRAUD, "document": "45/QĐ-UBND", "document_date": dt.date(2026, 6, 11)}
    before = revoke_paper(first, actor=lop.officer, **said)
    assert before.ended_paper_id is None
    entry = Entry(ClassPaperKind.OTHER, "45/QĐ-UBND", dt.date(2026, 6, 11), "Thu hồi")
    paper = filed(lop, entry)
    after = revoke_paper(second, actor=lop.officer, **said)
    first.refresh_from_db()
    assert [first.ended_paper_id, after.ended_paper_id] == [paper.pk] * 2
    take_out_paper(paper, why="nhầm", actor=lop.organiser)
    first.refresh_from_db()
    assert first.ended_paper_id is None


def test_a_special_case_points_to_the_paper_that_its_words_name(lop):
    [person] = lop.people(1)
    lop.mark(lop.general, MarkState.ABSENT, person)
    filed(lop, Entry(ClassPaperKind.OTHER, "2/QĐ-UBND", summary="khác"))
    paper = filed(lop, Entry(ClassPaperKind.OTHER, "12/QĐ-UBND", summary="Xét đặc biệt"))
    said = {"why": "ốm", "document": "12/QĐ-UBND ngày 08/06/2026", "decided_by": "Ngô Thử Lệnh"}
    row = set_special_case(person, **said, actor=lop.officer)
    assert row.override_paper_id == paper.pk
    take_out_paper(paper, why="nhầm", actor=lop.organiser)
    assert Completion.objects.get().override_paper_id is None
    anew = filed(lop, Entry(ClassPaperKind.OTHER, "12/QĐ-UBND", summary="Xét đặc biệt"))
    assert Completion.objects.get().override_paper_id == anew.pk
    take_back_special_case(person, why="sai", actor=lop.officer)
    assert Completion.objects.get().override_paper_id is None


def test_a_number_is_found_by_itself_never_within_another(lop):
    short = filed(lop, Entry(ClassPaperKind.OTHER, "2/QĐ-UBND", dt.date(2026, 5, 2), "a"))
    assert paper_named_in(lop.course, "12/QĐ-UBND") is None
    assert paper_named_in(lop.course, "Quyết định số 2/QĐ-UBND, ngày 2/5") == short
    assert paper_with_number(lop.course, "2/QĐ-UBND", dt.date(2026, 5, 3)) is None
    assert paper_with_number(lop.course, " 2/QĐ-UBND ", dt.date(2026, 5, 2)) == short
    assert paper_with_number(None, "2/QĐ-UBND") is None

"""The office's old register book: read, shown, entered, known."""

import datetime as dt
import io

import openpyxl
import pytest

from attendance.constants import CertificateState, PaperKind
from attendance.models import Certificate
from attendance.readers.old_book import OldRow, read_old_book
from attendance.reports.checking import paper_of_old_book
from attendance.reports.old_papers import old_papers_of
from attendance.services.ending import confirm_lost, reissue_paper, revoke_paper
from attendance.services.old_books import enter_old_book, plan_old_book
from attendance.services.register import open_book
from attendance.tests.records import Class, numbers, prepared
from courses.constants import codes
from courses.constants.errors import Refusal
from courses.constants.names import search_key
from courses.constants.partial_dates import PartialDate
from courses.models import ActionLog, File
from courses.readers.limited import NotRead
from courses.tests.planning import make_trainee

pytestmark = pytest.mark.usefixtures("english")
TITLES = [
    "STT",
    "Số vào sổ",
    "Họ và tên",
    "Ngày sinh",
    "Đơn vị",
    "Tên lớp",
    "Ngày cấp",
    "Xếp loại",
    "Số hiệu",
    "Ghi chú",
]
LINES = [
    [1, "001/2026/CN", "NGÔ THỬ CŨ", dt.date(1975, 6, 5), "Phường Thử", "Lớp thử xưa", dt.date(2026, 3, 1), "Khá",
     "A 1", ""],
    [2, 2, "Ngô Thử Xưa", "1980", "Phường Thử", "Lớp thử xưa", "02/03/2026", "", "", "Lưu bản sao"],
]  # fmt: skip


def excel(*lines, titles=TITLES):
    book = openpyxl.Workbook()
    for line in (["SỔ CẤP GIẤY CHỨNG NHẬN"], [], titles, *lines):
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def lop(db):
    return Class()


@pytest.fixture
def book(lop):
    return open_book(
        issuer=lop.host, kind=PaperKind.ATTESTATION, year=2026, actor=lop.officer, opening_number=37, reason="Sổ giấy"
    )


def row(**fields):
    given = {"row": 4, "number": "5", "name": "Ngô Thử Năm", "birth": "05/06/1975", "title": "Lớp xưa"}
    return OldRow(**{**given, "issued": "2026-03-01", **fields})


# Reading


def test_columns_are_found_by_their_titles_and_dates_are_read_as_written():
    read = read_old_book(excel(*LINES, ["", "", "Tổng cộng: 2 người"]))
    assert [(one.row, one.number, one.name, one.birth, one.issued) for one in read.rows] == [
        (4, "001/2026/CN", "NGÔ THỬ CŨ", "1975-06-05", "2026-03-01"),
        (5, "2", "Ngô Thử Xưa", "1980", "02/03/2026"),
    ]
    assert (read.rows[0].grade, read.rows[0].serial, read.rows[1].note, read.lacking) == (
        "Khá",
        "A 1",
        "Lưu bản sao",
        (),
    )


@pytest.mark.parametrize(
    ("line", "is_read"),
    [
        ([3, "003/2026/CN"], True),
        ([3, "3"], True),
        (["", "003/2026/CN", "", "", "", "", "02/03/2026"], True),
        (["", "", "", "", "", "Lớp thử xưa", "02/03/2026"], True),
        (["", "", "Ngô Thử Thiếu", "1980", "Phường Thử"], True),
        ([3, "", "Ngô Thử Một Mình"], True),
        (["", "", "Ngô Thử Hai", "", "", "", "02/03/2026"], True),
        (["", 3, 4, "", "Phường Thử"], True),
        (["", "Lớp bồi dưỡng năm 2026"], False),
        (["", "", "", "", "", "Lớp bồi dưỡng năm 2026"], False),
        (["", "Tổng cộng: 2 người"], False),
        (["", "", "Tổng cộng", "", "", "", 2], False),
        (["(1)", "(2)", "(3)", "(4)", "(5)"], False),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], False),
        (TITLES, False),
        ([], False),
    ],
)
def test_no_row_of_the_book_vanishes_and_what_is_no_paper_is_none(line, is_read):
    """A number without a name was left out, and "all rows or none" was untrue."""
    read = read_old_book(excel(LINES[0], line, LINES[1]))
    assert [one.row for one in read.rows] == ([4, 5, 6] if is_read else [4, 6])


def test_who_signs_below_the_book_is_no_paper():
    below = (
        ["", "", "", "", "", "", "Vị Thanh, ngày 2 tháng 3 năm 2026"],
        ["", "", "TRƯỞNG PHÒNG"],
        ["", "", "Ngô Ký"],
    )
    assert [one.row for one in read_old_book(excel(*LINES, *below)).rows] == [4, 5]


def test_a_column_that_is_lacking_is_named_and_a_file_without_a_list_is_refused():
    assert read_old_book(excel([1, "5", "Ngô Thử"], titles=["STT", "Số vào sổ", "Họ tên"])).lacking == (
        "title", "issued",
    )  # fmt: skip
    with pytest.raises(NotRead):
        read_old_book(excel(["x"], titles=["Một", "Hai"]))


# Entering


def test_the_old_papers_stand_below_the_opening_number_with_what_the_book_says(lop, book):
    enter_old_book(book, read_old_book(excel(*LINES)).rows, actor=lop.officer)
    first, second = Certificate.objects.order_by("number")
    assert (first.number, first.registration, first.pdf, first.state, first.issue_date) == (
        1, None, None, CertificateState.ISSUED, dt.date(2026, 3, 1),
    )  # fmt: skip
    assert codes.is_well_formed(first.code)
    said = {
        key: first.facts[key] for key in ("number", "full_name", "birth", "office", "course_title", "grade", "serial")
    }
    assert said == {
        "number": "001/2026/CN", "full_name": "Ngô Thử Cũ", "birth": "1975-06-05", "office": "Phường Thử",
        "course_title": "Lớp thử xưa", "grade": "Khá", "serial": "A 1",
    }  # fmt: skip
    assert (second.facts["number"], second.facts["birth"], second.facts["note"]) == (
        "002/2026/GCN",
        "1980",
        "Lưu bản sao",
    )
    assert first.facts["issuing_body"] == "ỦY BAN NHÂN DÂN THÀNH PHỐ THỬ"
    assert ActionLog.objects.get(action="enter old book").changes == {"count": [None, 2]}
    assert not File.objects.exists()


def test_the_same_file_again_adds_nothing(lop, book):
    rows = read_old_book(excel(*LINES)).rows
    enter_old_book(book, rows, actor=lop.officer)
    again = enter_old_book(book, rows, actor=lop.officer)
    assert (len(again.new), len(again.same)) == (0, 2)
    assert Certificate.objects.count() == 2
    assert ActionLog.objects.filter(action="enter old book").count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"number": ""}, "number is missing"),
        ({"number": "37"}, "not below 37"),
        ({"number": "0"}, "number is missing"),
        ({"name": ""}, "There is a register number, but the name of the person is missing."),
        ({"name": "123"}, "There is a register number, but the name of the person is missing."),
        ({"name": "", "number": ""}, "The name of the person is missing."),
        ({"title": ""}, "The name of the class is missing."),
        ({"issued": ""}, "no whole date"),
        ({"issued": "2026"}, "no whole date"),
        ({"issued": "2025-03-01"}, "and this book of 2026"),
        ({"issued": "2026-06-13"}, "after 12/06/2026"),
        ({"birth": "hôm qua"}, "birth date cannot be read"),
        ({"grade": "?"}, "formula"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_and_nothing_is_entered(lop, book, fields, said):
    rows = [row(number="4"), row(**fields)]
    [(number, sentence)] = plan_old_book(book, rows).problems
    assert (number, said in sentence) == (4, True)
    with pytest.raises(Refusal, match="Nothing was entered"):
        enter_old_book(book, rows, actor=lop.officer)
    assert not Certificate.objects.exists()


def test_one_number_twice_and_a_number_that_says_something_else_are_problems(lop, book):
    assert "stands in row 4 already" in plan_old_book(book, [row(), row(row=5)]).problems[0][1]
    enter_old_book(book, [row()], actor=lop.officer)
    assert "something else" in plan_old_book(book, [row(name="Ngô Thử Khác")]).problems[0][1]


def test_no_old_paper_is_later_than_the_first_with_a_new_number(lop, book):
    lop.attended(1)
    prepared(lop)
    assert "after 10/06/2026" in plan_old_book(book, [row(issued="11/06/2026")]).problems[0][1]
    enter_old_book(book, [row(issued="10/06/2026")], actor=lop.officer)
    assert numbers() == [5, 37]
    lop.attended(1)
    prepared(lop)
    assert numbers() == [5, 37, 38]


def test_officers_of_the_issuer_enter_it_and_a_book_from_1_has_no_room(lop, book):
    with pytest.raises(Refusal, match="Only a certificate officer"):
        enter_old_book(book, [row()], actor=lop.organiser)
    other = open_book(issuer=lop.host, kind=PaperKind.ATTESTATION, year=2025, actor=lop.officer)
    with pytest.raises(Refusal, match="no number left"):
        enter_old_book(other, [row()], actor=lop.officer)


def test_the_number_of_queries_does_not_depend_on_the_rows(lop, book, django_assert_num_queries):
    for count in (1, 3):
        with django_assert_num_queries(3):
            plan_old_book(book, [row(number=str(n + 1)) for n in range(count)])


# Known


def test_number_name_and_birth_must_all_agree_with_one_entry(lop, book):
    enter_old_book(book, [row(number="005/2026/CN"), row(number="6", name="Ngô Thử Sáu")], actor=lop.officer)
    born = PartialDate.parse("05/06/1975")

    def asked(number="5/2026/cn", name="ngô thử năm", birth=born):
        found = paper_of_old_book(number=number, full_name=name, birth=birth)
        return found and found.number

    assert asked() == 5
    assert asked("006/2026/GCN", "Ngô Thử Sáu") == 6
    assert asked(number="6") is None
    assert asked(name="Ngô Thử") is None
    assert asked(name="Ngo Thu Nam") is None
    assert asked(birth=PartialDate.parse("1975")) is None
    assert asked(birth=PartialDate.parse("06/06/1975")) is None


def test_an_entry_with_a_number_of_today_is_not_found_by_its_facts(lop):
    lop.attended(1, birth=PartialDate.parse("1975"))
    prepared(lop)
    paper = Certificate.objects.get()
    assert paper_of_old_book(
        number=paper.facts["number"], full_name=paper.facts["full_name"], birth=PartialDate.parse("1975")
    ) is None  # fmt: skip


def test_an_old_paper_is_confirmed_when_lost_and_revoked_and_not_issued_anew(lop, book):
    enter_old_book(book, [row(), row(number="6", name="Ngô Thử Sáu")], actor=lop.officer)
    first, second = Certificate.objects.order_by("number")
    with pytest.raises(Refusal, match="can be confirmed"):
        reissue_paper(first, lop.order, why="Sai", actor=lop.officer)
    made = confirm_lost(first, lop.order, actor=lop.officer)
    assert (made.facts["full_name"], made.facts["replaces"]) == ("Ngô Thử Năm", "005/2026/GCN")
    assert made.pdf is not None
    revoke_paper(second, ground="lent", document="1/QĐ", document_date=dt.date(2026, 6, 1), actor=lop.officer)
    assert Certificate.objects.get(pk=second.pk).state == CertificateState.REVOKED


def test_has_attended_before_knows_the_old_book(lop, book, django_assert_num_queries):
    enter_old_book(book, [row(title=lop.course.title)], actor=lop.officer)
    own = make_trainee(lop.ward, "Ngô Thử Năm", birth=PartialDate.parse("1975"))
    namesake = make_trainee(lop.ward, "Ngô Thử Năm", birth=PartialDate.parse("06/06/1975"))
    unknown = make_trainee(lop.ward, "Ngô Thử Năm")
    titles = {search_key(lop.course.title)}
    with django_assert_num_queries(1):
        assert old_papers_of([own, namesake, unknown], titles) == {own.pk: dt.date(2026, 3, 1)}
    assert old_papers_of([own], {"lop khac"}) == {}
    paper = Certificate.objects.get()
    confirm_lost(paper, lop.order, actor=lop.officer)
    assert old_papers_of([own], titles) == {own.pk: dt.date(2026, 3, 1)}
    Certificate.objects.filter(pk=paper.pk).update(state=CertificateState.VOID)
    assert old_papers_of([own], titles) == {}

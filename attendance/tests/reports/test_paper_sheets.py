"""The register of a book, the list to sign and the decision say what was frozen and what became of it."""

import datetime as dt

import pytest

from attendance.constants import CertificateState, ClassPaperKind, PaperKind, Replacing, Revocation
from attendance.models import Certificate, RegisterBook
from attendance.rendering.certificate import read_back
from attendance.reports.class_papers.fields import fields_of
from attendance.reports.handing_over import in_hands_of
from attendance.reports.paper_sheets import (
    hand_over_list_of,
    named_people,
    proposed_decision,
    register_of,
)
from attendance.services.class_papers import keep_decision
from attendance.services.ending import reissue_paper, revoke_paper
from attendance.services.handing_over import hand_over, void_paper
from attendance.services.making_papers import made_paper
from attendance.services.register import issue_papers
from attendance.tests.records import AFTERWARDS, Class, officer_of, prepared
from courses.constants import codes
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import ActionLog, Heading, Trainee

pytestmark = pytest.mark.django_db
TODAY = AFTERWARDS.date()


@pytest.fixture
def lop():
    return Class()


def remarks(lop):
    return [(entry.cells[0], entry.cells[-1], entry.struck) for entry in register_of(book(lop), day=TODAY).entries]


def book(lop):
    return RegisterBook.objects.select_related("issuer").get(issuer=lop.host)


def test_the_register_has_every_number_and_says_what_became_of_each(lop):
    lop.attended(6)
    papers = [result.certificate for result in prepared(lop)]
    void_paper(papers[1], actor=lop.officer, why="Sai họ tên")
    issue_papers(lop.course, actor=lop.officer, certificate_ids=[paper.pk for paper in papers[2:]])
    hand_over(lop.course, [papers[2].pk], actor=lop.officer, on=TODAY, to="Ngô Thử Nhận Thay")
    Certificate.objects.filter(pk=papers[3].pk).update(
        state=CertificateState.REVOKED, ground=Revocation.LENT, ended_document="7/QĐ", ended_document_date=TODAY
    )
    Certificate.objects.filter(pk=papers[4].pk).update(state=CertificateState.REPLACED)
    Certificate.objects.create(
        book=papers[4].book, number=7, code=codes.new_code(), state=CertificateState.ISSUED, prepared_at=now(),
        registration=papers[4].registration, facts=papers[4].facts | {"number": "007/2026/GCN"},
        issue_date=TODAY, replaces=papers[4], replacing=Replacing.ERROR,
    )  # fmt: skip
    assert [(number, struck) for number, _remark, struck in remarks(lop)] == [
        ("001/2026/GCN", False), ("002/2026/GCN", True), ("003/2026/GCN", False), ("004/2026/GCN", True),
        ("005/2026/GCN", True), ("006/2026/GCN", False), ("007/2026/GCN", False),
    ]  # fmt: skip
    said = [remark for _number, remark, _struck in remarks(lop)]
    assert said[:3] == ["Chờ ký", "Hủy số: Sai họ tên", ""]
    assert said[3].startswith("Thu hồi theo 7/QĐ ngày 12/06/2026: ")
    assert said[4:] == ["Đã được thay bằng số 007/2026/GCN", "", "Cấp lại do sai sót, thay số 005/2026/GCN"]
    paper = register_of(book(lop), day=TODAY)
    assert paper.totals == (
        "Sổ có 07 số, từ số 001/2026/GCN đến số 007/2026/GCN.", "Trong đó hủy 01 số, thu hồi 01 số, thay 01 số.",
    )  # fmt: skip
    assert paper.entries[2].cells[-2] == "Ngô Thử Nhận Thay, 12/06/2026"
    assert (paper.superior, paper.place) == ("UBND TỈNH THỬ", "Vị Thanh")


def test_an_entry_of_an_old_book_with_few_facts_has_its_line(lop):
    old = RegisterBook.objects.create(issuer=lop.host, kind=PaperKind.ATTESTATION, year=1999)
    Certificate.objects.create(
        book=old, number=1, code=codes.new_code(), state=CertificateState.ISSUED, prepared_at=now(),
        facts={"number": "01/GCN", "full_name": "Người Thử Cũ"}, issue_date=dt.date(1999, 6, 1),
    )  # fmt: skip
    [entry] = register_of(old, day=TODAY).entries
    assert (entry.cells[0], entry.cells[1], entry.cells[9]) == ("01/GCN", "Người Thử Cũ", "01/06/1999")


def test_an_office_that_has_ended_keeps_the_heading_that_it_had(lop):
    lop.attended(1)
    prepared(lop)
    Heading.objects.update(valid_to=TODAY)
    assert register_of(book(lop), day=TODAY).superior == "UBND TỈNH THỬ"
    assert hand_over_list_of(lop.course, in_hands_of(lop.course), day=TODAY).superior == "UBND TỈNH THỬ"
    assert decided(lop)["co_quan_chu_quan"] == "UBND TỈNH THỬ"


def test_names_on_the_register_are_those_that_were_frozen(lop):
    lop.attended(1)
    prepared(lop)
    frozen = Certificate.objects.get().facts["full_name"]
    Trainee.objects.update(full_name="Ngô Thử Đổi")
    assert register_of(book(lop), day=TODAY).entries[0].cells[1] == frozen
    assert hand_over_list_of(lop.course, in_hands_of(lop.course), day=TODAY).people[0].name == frozen


def test_the_register_costs_the_same_for_one_entry_and_for_three(lop, django_assert_num_queries):
    for count in (1, 2):
        lop.attended(count)
        prepared(lop)
        entered = book(lop)
        with django_assert_num_queries(2):
            register_of(entered, day=TODAY)


def decided(lop, **fields):
    said = {"signer": lop.signer, "deciding": "Chủ tịch", "bases": ["Căn cứ x"]} | fields
    return fields_of(lop.course, ClassPaperKind.DECISION, at=now(), **said)


def text_of(lop, **fields):
    said = {"signer": lop.signer, "bases": ["Căn cứ x"]} | fields
    return read_back(made_paper(lop.course, ClassPaperKind.DECISION, at=now(), **said)[1])


def test_the_decision_names_who_has_earned_one_with_the_number_where_it_was_taken(lop):
    first, second = lop.attended(2)
    lop.people(1)
    assert [(person["ho_ten"], person["so_vao_so"]) for person in decided(lop)["hoc_vien"]] == [
        (first.trainee.full_name, ""), (second.trainee.full_name, ""),
    ]  # fmt: skip
    prepared(lop)
    assert [person["so_vao_so"] for person in decided(lop)["hoc_vien"]] == [f"00{number}/2026/GCN" for number in (1, 2)]


def test_who_has_a_number_and_is_not_eligible_is_named_by_choice_alone(lop):
    """Fails where a prepared paper is enough: the decision would say of everybody that they completed the class."""
    lop.attended(1)
    lop.people(2)
    prepared(lop)
    named = named_people(lop.course)
    assert (len(named.certain), named.reachable, named.left_out) == (1, 2, 2)
    assert (len(decided(lop)["hoc_vien"]), decided(lop)["hoan_thanh"]) == (1, "đã hoàn thành")
    chosen = decided(lop, reachable=True)
    assert (len(chosen["hoc_vien"]), chosen["hoan_thanh"]) == (3, "hoàn thành")
    text = text_of(lop, reachable=True)
    assert "cho 03 học viên hoàn thành lớp" in text
    assert "đã hoàn thành" not in text


def test_whose_paper_was_revoked_is_not_named_and_whose_was_replaced_is_by_the_new_one(lop):
    lop.attended(3)
    prepared(lop)
    issue_papers(lop.course, actor=lop.officer)
    first, second, third = Certificate.objects.order_by("number")
    said = {"ground": Revocation.FRAUD, "document": "1/QĐ", "document_date": TODAY, "why": "Gian lận"}
    revoke_paper(first, actor=lop.officer, **said)
    reissue_paper(second, lop.ordered(), why="Sai tên", actor=lop.officer)
    assert [person["so_vao_so"] for person in decided(lop)["hoc_vien"]] == ["004/2026/GCN", third.facts["number"]]


@pytest.mark.parametrize(
    ("deciding", "lines"),
    [
        ("Chủ tịch Ủy ban nhân dân thành phố Thử", ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")),
        ("Ủy ban nhân dân thành phố Thử", ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")),
    ],
)
def test_who_decides_is_who_is_signed_for_and_whose_decision_the_list_names(lop, deciding, lines):
    """NĐ 30/2020, annex I: on behalf (TM.) is of a body that decides together, not of its chairman."""
    lop.attended(1)
    assert decided(lop, deciding=deciding)["nguoi_ky"]["quyen_han"] == "\n".join(lines)
    text = text_of(lop, deciding=deciding)
    assert f"của {deciding})" in text
    assert "/QĐ-UBND" in text


def test_the_abbreviation_of_the_heading_stands_in_the_number(lop):
    lop.attended(1)
    Heading.objects.filter(office=lop.host).update(abbreviation="SNV-CCHC")
    assert decided(lop)["so_ky_hieu"] == "……/QĐ-SNV"
    Heading.objects.filter(office=lop.host).update(abbreviation="", body="Sở Nội vụ")
    assert decided(lop)["so_ky_hieu"] == "……/QĐ-……"


def test_a_decision_is_kept_once_and_the_latest_is_proposed(lop):
    assert proposed_decision(lop.course) is None
    for _again in (1, 2):
        paper = keep_decision(lop.course, b"%PDF-1", actor=lop.officer, number=" 12/QĐ-UBND ", date=TODAY)
    assert (proposed_decision(lop.course), paper.number) == (paper, "12/QĐ-UBND")
    assert ActionLog.objects.filter(action="number paper").count() == 1
    later = keep_decision(lop.course, b"%PDF-2", actor=lop.officer, number="13/QĐ-UBND", date=TODAY)
    assert proposed_decision(lop.course) == later


def test_a_decision_without_a_number_of_tomorrow_or_by_another_is_refused(lop):
    good = {"actor": lop.officer, "number": "12", "date": TODAY}
    for wrong in ({"number": " "}, {"date": TODAY + dt.timedelta(days=1)}, {"actor": lop.organiser},
                  {"actor": officer_of(lop.ward)}):  # fmt: skip
        with pytest.raises(Refusal):
            keep_decision(lop.course, b"%PDF-1", **good | wrong)
    assert proposed_decision(lop.course) is None

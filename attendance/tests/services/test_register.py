import datetime as dt
import json
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from attendance.constants import CertificateState, MarkState, PaperKind, Revocation
from attendance.models import Certificate, Completion, RegisterBook
from attendance.rendering.certificate import CertificateFacts, draw_certificate, missing_facts
from attendance.reports import papers
from attendance.reports.papers import candidates, verify_url
from attendance.services.handing_over import void_paper
from attendance.services.register import (
    issue_paper,
    issue_papers,
    open_book,
    prepare_paper,
    prepare_papers,
    take_number,
)
from attendance.tests.records import ISSUED_ON, Class, numbers, officer_of, prepared
from courses.constants.actors import NOBODY, SYSTEM
from courses.constants.choices import CourseState
from courses.constants.clock import VIETNAM, now, set_clock, today
from courses.constants.errors import Refusal
from courses.models import ActionLog, Heading, Office, Signer, Trainee
from courses.services.records import read_file
from courses.services.registrations import set_blocks, withdraw
from courses.services.trainees import save_trainee
from courses.tests.planning import make_office

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def lop(db):
    return Class()


# Preparing


def test_a_paper_that_was_drawn_otherwise_than_its_facts_is_not_kept(lop, monkeypatch):
    """Fails when what was drawn is kept without being read back: a fault of a template would be found by the holder."""
    monkeypatch.setattr(
        papers, "draw_certificate", lambda facts, **options: draw_certificate(replace(facts, office=""), **options)
    )
    [person] = lop.attended(1)
    [result] = prepared(lop)
    assert result.certificate is None
    assert result.sentence == f"The drawn paper lacks: Đơn vị: {person.office_name}."
    assert [Certificate.objects.count(), RegisterBook.objects.count()] == [0, 0]


def test_preparing_takes_numbers_in_register_order_and_freezes_the_paper(lop):
    late = lop.attended(1, office=lop.other_ward)
    early = lop.attended(2, office=lop.ward)
    results = prepared(lop)
    assert [result.registration for result in results] == [*early, *late]
    assert [result.certificate.number for result in results] == [1, 2, 3]
    paper = results[0].certificate
    assert (paper.state, paper.issue_date, paper.prepared_at, paper.prepared_by_id) == (
        CertificateState.PREPARED, ISSUED_ON, now(), lop.officer.user_id,
    )  # fmt: skip
    assert paper.facts["number"] == str(paper) == "001/2026/GCN"
    pdf, facts = read_file(paper.pdf), CertificateFacts.from_json(json.dumps(paper.facts))
    assert pdf.startswith(b"%PDF-")
    assert missing_facts(pdf, facts, verify_url=verify_url(paper.code)) == []
    book = RegisterBook.objects.get()
    assert (book.issuer, book.kind, book.year, book.opening_number, book.last_number) == (
        lop.host, PaperKind.ATTESTATION, 2026, 1, 3,
    )  # fmt: skip
    completion = Completion.objects.get(registration=early[0])
    assert completion.earned
    assert completion.reason.startswith("Đủ điều kiện")
    assert ActionLog.objects.filter(action="prepare", course_id=lop.course.pk).count() == 3


def test_preparing_again_adds_nothing(lop):
    lop.attended(3)
    first, again = prepared(lop), prepared(lop)
    assert [r.certificate.pk for r in first] == [r.certificate.pk for r in again]
    assert numbers() == [1, 2, 3]
    assert ActionLog.objects.filter(action="prepare").count() == 3


def test_who_can_still_earn_one_is_prepared_and_who_cannot_is_named_with_the_reason(lop):
    [earned] = lop.attended(1)
    still, lost = lop.people(2)
    lop.mark(lop.general, MarkState.ABSENT, lost)
    results = {result.registration: result for result in prepared(lop)}
    assert results[earned].certificate.number == 1
    assert results[still].certificate.number == 2
    assert results[lost].certificate is None
    assert "vắng không phép buổi sáng 05/06/2026" in results[lost].sentence  # kept, so in Vietnamese for everybody
    assert not Completion.objects.get(registration=still).earned


def test_one_person_alone_can_be_prepared(lop):
    one, two = lop.attended(2)
    results = prepare_papers(lop.course, lop.order, actor=lop.officer, registration_ids=[two.pk])
    assert [result.registration for result in results] == [two]
    assert list(Certificate.objects.values_list("registration", flat=True)) == [two.pk]
    assert one.pk != two.pk


def test_a_withdrawn_person_gets_none(lop):
    [person] = lop.attended(1)
    withdraw(person, actor=lop.organiser)
    assert prepared(lop) == []
    with pytest.raises(Refusal, match="not on the list of the class any more"):
        prepare_paper(person, lop.order, actor=lop.officer)
    assert not RegisterBook.objects.exists()


@pytest.mark.parametrize("who", ["organiser", "foreign", "ward", "nobody"])
def test_only_the_hosts_officers_prepare_issue_and_open_books(lop, who):
    [person] = lop.attended(1)
    [paper] = [result.certificate for result in prepared(lop)]
    actor = {
        "organiser": lop.organiser,
        "foreign": officer_of(make_office("X")),
        "ward": officer_of(lop.ward),
        "nobody": NOBODY,
    }[who]
    for act in (
        lambda: prepare_papers(lop.course, lop.order, actor=actor),
        lambda: prepare_paper(person, lop.order, actor=actor),
        lambda: issue_papers(lop.course, actor=actor),
        lambda: issue_paper(paper, actor=actor),
        lambda: open_book(issuer=lop.host, kind=PaperKind.ATTESTATION, year=2030, actor=actor),
    ):
        with pytest.raises(Refusal, match="certificate officer"):
            act()
    assert Certificate.objects.get().state == CertificateState.PREPARED


def test_a_draft_class_has_no_papers(lop):
    lop.attended(1)
    lop.course.state = CourseState.DRAFT
    lop.course.save()
    with pytest.raises(Refusal, match="certificate officer"):
        prepared(lop)


# The order


def refused_order(lop, sentence, **fields):
    lop.attended(1)
    with pytest.raises(Refusal, match=sentence):
        prepared(lop, **fields)
    assert numbers() == []
    assert not RegisterBook.objects.exists()


def test_a_date_in_the_future_is_refused(lop):
    refused_order(lop, "cannot lie in the future", issue_date=today() + dt.timedelta(days=1))


def test_an_issuer_that_does_not_exist_on_the_date_is_refused(lop):
    lop.host.valid_from, lop.host.valid_to = dt.date(2020, 1, 1), ISSUED_ON
    lop.host.save()
    refused_order(lop, "did not exist on 10/06/2026")
    results = prepared(lop, issue_date=ISSUED_ON - dt.timedelta(days=1))
    assert [result.certificate.number for result in results] == [1]


def test_a_signer_of_another_office_or_time_is_refused(lop):
    other = Signer.objects.create(office=lop.ward, title="Chủ tịch", full_name="Ngô Thử Khác")
    refused_order(lop, "signer does not sign", signer=other)
    Signer.objects.filter(pk=lop.signer.pk).update(valid_to=ISSUED_ON)
    refused_order(lop, "signer does not sign")


def test_an_office_without_a_heading_is_told_to_enter_one(lop):
    Heading.objects.update(valid_from=ISSUED_ON + dt.timedelta(days=1))
    refused_order(lop, "has no heading")


def test_a_date_before_the_latest_of_the_book_is_refused_and_takes_no_number(lop):
    lop.attended(1)
    prepared(lop)
    lop.attended(1)
    [_known, result] = prepared(lop, issue_date=ISSUED_ON - dt.timedelta(days=1))
    assert result.certificate is None
    assert "already has a paper of 10/06/2026" in result.sentence
    assert RegisterBook.objects.get().last_number == 1
    assert [r.certificate.number for r in prepared(lop)] == [1, 2]


def test_the_date_decides_the_years_book(lop):
    lop.attended(1)
    set_clock(dt.datetime(2027, 1, 5, 9))
    [result] = prepared(lop, issue_date=dt.date(2027, 1, 4))
    assert str(result.certificate) == "001/2027/GCN"


# Books


def test_a_book_goes_on_after_the_last_number_of_the_paper_book(lop):
    book = open_book(
        issuer=lop.host, kind=PaperKind.ATTESTATION, year=2026, actor=lop.officer, opening_number=15, reason="Sổ giấy"
    )
    lop.attended(2)
    assert [str(result.certificate) for result in prepared(lop)] == ["015/2026/GCN", "016/2026/GCN"]
    book.refresh_from_db()
    assert (book.opening_number, book.last_number, book.opening_reason) == (15, 16, "Sổ giấy")
    entry = ActionLog.objects.get(action="open")
    assert entry.changes == {"opening_number": [None, 15], "reason": [None, "Sổ giấy"]}


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_book_that_does_not_begin_at_one_needs_a_reason(lop, reason):
    with pytest.raises(Refusal, match="why the book does not begin at 1"):
        open_book(
            issuer=lop.host, kind=PaperKind.ATTESTATION, year=2026, actor=lop.officer, opening_number=15, reason=reason
        )


def test_a_book_is_opened_once(lop):
    same = {"issuer": lop.host, "kind": PaperKind.ATTESTATION, "year": 2026, "actor": lop.officer}
    book = open_book(**same, opening_number=15, reason="Sổ giấy")
    assert open_book(**same, opening_number=15, reason="Sổ giấy") == book
    with pytest.raises(Refusal, match="opened at number 15 already"):
        open_book(**same, opening_number=20, reason="Sổ khác")
    with pytest.raises(Refusal, match="opened at number 15 already"):
        open_book(**same)


def test_a_book_has_its_own_form_of_number_once(lop):
    same = {"issuer": lop.host, "kind": PaperKind.ATTESTATION, "year": 2026, "actor": lop.officer}
    same |= {"opening_number": 7, "reason": "Sổ giấy"}
    for wrong in ("GCN", "08/2026", "7/07", "{number}7", "7%s{year}", "7<b>"):
        with pytest.raises(Refusal, match="write the number 7 as it will be printed"):
            open_book(**same, first_printed=wrong)
    book = open_book(**same, first_printed=" Số 07/26.PNV-GCN ")
    assert open_book(**same, first_printed="Số 07/26.PNV-GCN") == open_book(**same) == book
    with pytest.raises(Refusal, match=r"printed as Số 07/26\.PNV-GCN already"):
        open_book(**same, first_printed="007/2026/GCN")
    lop.attended(2)
    assert [result.certificate.facts["number"] for result in prepared(lop)] == ["Số 07/26.PNV-GCN", "Số 08/26.PNV-GCN"]
    assert ActionLog.objects.get(action="open").changes["number_format"] == [None, "Số {number:02d}/26.PNV-GCN"]


@pytest.mark.parametrize(
    ("before", "printed"),
    [
        ("Số {number:02d}/26.PNV-GCN", "Số 01/27.PNV-GCN"),
        ("{number:04d}/{year}/PNV", "0001/2027/PNV"),
        ("{number:03d}/2026/PNV", "001/2027/PNV"),
        ("{number:03d}/PNV", "001/2027/GCN"),  # carried over, it would print the numbers of 2026 once more
        ("{number:03d}/26-26/PNV", "001/2027/GCN"),
    ],
)
def test_a_book_that_opens_by_itself_prints_its_numbers_as_the_one_before(lop, before, printed):
    """Of the same issuer and kind; with the year's own digits. Fails when the form of the kind is taken, or the digits
    stay."""
    same = {"issuer": lop.host, "kind": PaperKind.ATTESTATION}
    RegisterBook.objects.create(**same, year=2025, number_format="{number}/{year}/CU")
    RegisterBook.objects.create(**same, year=2026, number_format=before)
    RegisterBook.objects.create(
        issuer=lop.ward, kind=PaperKind.ATTESTATION, year=2026, number_format="{number}/{year}/X"
    )
    RegisterBook.objects.create(
        issuer=lop.host, kind=PaperKind.CONFIRMATION, year=2026, number_format="{number}/{year}/Y"
    )
    set_clock(dt.datetime(2027, 1, 4, 8, tzinfo=VIETNAM))
    order = replace(lop.order, issue_date=dt.date(2027, 1, 4))
    with transaction.atomic():
        taken = [take_number(order) for _turn in (1, 2)]
    assert [book.printed(number) for book, number in taken] == [printed, printed.replace("1", "2", 1)]
    assert RegisterBook.objects.get(**same, year=2027).number_format == taken[0][0].number_format


# Issuing


def test_only_what_is_earned_is_issued_and_issuing_again_changes_nothing(lop):
    [earned] = lop.attended(1)
    [still] = lop.people(1)
    prepared(lop)
    first = {result.registration: result for result in issue_papers(lop.course, actor=lop.officer)}
    assert first[earned].certificate.state == CertificateState.ISSUED
    assert first[earned].certificate.issued_by_id == lop.officer.user_id
    assert first[still].certificate is None
    assert first[still].sentence.startswith("Chưa đủ điều kiện")
    moment = Certificate.objects.get(registration=earned).issued_at
    set_clock(now() + dt.timedelta(days=1))
    assert [r.registration for r in issue_papers(lop.course, actor=lop.officer)] == [still]
    issue_paper(first[earned].certificate, actor=lop.officer)
    assert Certificate.objects.get(registration=earned).issued_at == moment
    assert ActionLog.objects.filter(action="issue").count() == 1
    for session in lop.sessions:
        lop.mark(session, MarkState.PRESENT, still)
    [result] = issue_papers(lop.course, actor=lop.officer)
    assert (result.registration, result.certificate.state) == (still, CertificateState.ISSUED)
    assert numbers() == [1, 2]


def test_what_was_earned_when_preparing_and_not_any_more_is_not_issued(lop):
    [person] = lop.attended(1)
    prepared(lop)
    lop.mark(lop.general, MarkState.ABSENT, person, shown=MarkState.PRESENT)
    [result] = issue_papers(lop.course, actor=lop.officer)
    assert result.certificate is None
    assert Certificate.objects.get().state == CertificateState.PREPARED


def _other_block(lop, person):
    set_blocks(person, [lop.b], actor=lop.organiser)
    lop.mark(lop.second, MarkState.PRESENT, person)


def _fewer_periods(lop, person):
    lop.first.periods -= 1
    lop.first.save()


def _later_end(lop, person):
    lop.course.ends_on += dt.timedelta(days=1)
    lop.course.save()


@pytest.mark.parametrize("change", [_other_block, _fewer_periods, _later_end])
def test_a_paper_that_says_another_course_than_was_completed_is_not_issued(lop, change):
    """Fails when only the grade is held against what is earned now: somebody who was moved to block B and attended that
    would get a valid paper about block A."""
    [person] = lop.attended(1, blocks=[lop.a])
    prepared(lop)
    change(lop, person)
    [result] = issue_papers(lop.course, actor=lop.officer)
    assert "says other blocks, periods or days" in result.sentence
    paper = Certificate.objects.get()
    assert paper.state == CertificateState.PREPARED
    void_paper(paper, actor=lop.officer, why="Ghi sai khối")
    prepared(lop, issue_date=today())
    assert issue_papers(lop.course, actor=lop.officer)[0].certificate.state == CertificateState.ISSUED


def test_the_paper_of_somebody_who_withdrew_is_not_issued(lop):
    [person] = lop.attended(1)
    prepared(lop)
    withdraw(person, actor=lop.organiser)
    [result] = issue_papers(lop.course, actor=lop.officer)
    assert "not on the list" in result.sentence


@pytest.mark.parametrize("state", [CertificateState.VOID, CertificateState.REVOKED, CertificateState.REPLACED])
def test_what_is_not_in_force_is_not_issued_and_a_new_one_takes_the_next_number(lop, state):
    lop.attended(1)
    [result] = prepared(lop)
    document = {"ground": Revocation.ISSUERS_ERROR, "ended_document": "9/QĐ", "ended_document_date": ISSUED_ON}
    Certificate.objects.update(state=state, **document if state == CertificateState.REVOKED else {})
    with pytest.raises(Refusal, match="001/2026/GCN is not in force any more"):
        issue_paper(result.certificate, actor=lop.officer)
    assert [r.certificate.number for r in prepared(lop)] == [2]


def test_an_own_officer_of_an_office_that_has_ended_finishes_a_class_under_way(lop):
    lop.attended(1)
    actor = officer_of(lop.host)
    ended = type(actor)("user", user_id=actor.user_id, certifies=actor.certifies)
    prepare_papers(lop.course, lop.order, actor=ended)
    for state in (CourseState.CONCLUDED, CourseState.ARCHIVED):
        lop.course.state = state
        lop.course.save()
        if state == CourseState.ARCHIVED:
            with pytest.raises(Refusal, match="certificate officer"):
                issue_papers(lop.course, actor=ended)
        else:  # papers are often made after the last day
            assert [result.certificate.state for result in issue_papers(lop.course, actor=ended)] == ["issued"]


# What stands on the paper


def facts_of(lop, registration):
    return next(r.certificate.facts for r in prepared(lop) if r.registration == registration)


def test_blocks_are_listed_only_where_they_are_not_all_and_only_their_periods_count(lop):
    [both] = lop.attended(1)
    [one] = lop.attended(1, blocks=[lop.b])
    assert (facts_of(lop, both)["blocks"], facts_of(lop, both)["periods"]) == ([], 11)
    assert (facts_of(lop, one)["blocks"], facts_of(lop, one)["periods"]) == (["Khối B"], 7)


def test_a_birth_date_keeps_its_precision(lop):
    [person] = lop.attended(1)
    Trainee.objects.filter(pk=person.trainee_id).update(birth_first=dt.date(1972, 1, 1), birth_precision="year")
    assert facts_of(lop, person)["birth"] == "1972"


def test_office_and_position_are_those_of_then_and_stay_on_the_paper(lop):
    [person] = lop.attended(1)
    then = lop.ward.name
    Office.objects.filter(pk=lop.ward.pk).update(name="Phường Thử Mới")
    save_trainee(Trainee.objects.get(pk=person.trainee_id), actor=SYSTEM, position="Chủ tịch", office=lop.other_ward)
    facts = facts_of(lop, person)
    assert (facts["office"], facts["position"]) == (then, "Chuyên viên")
    Trainee.objects.filter(pk=person.trainee_id).update(full_name="Ngô Thử Đổi")
    assert Certificate.objects.get().facts == facts


def test_the_paper_says_the_order_and_by_which_power_it_is_signed(lop):
    lop.attended(1)
    [result] = prepared(lop, decision_number="12/QĐ-UBND", decision_date=dt.date(2026, 6, 9))
    facts = result.certificate.facts
    assert facts["sign_lines"] == ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]
    assert (facts["signer"], facts["decision_number"], facts["decision_date"]) == (
        "Ngô Thử Ký", "12/QĐ-UBND", "2026-06-09",
    )  # fmt: skip
    assert (facts["issuing_body"], facts["superior_body"], facts["place"]) == (
        "ỦY BAN NHÂN DÂN THÀNH PHỐ THỬ", "UBND TỈNH THỬ", "Vị Thanh",
    )  # fmt: skip


def test_the_heading_valid_on_the_date_is_taken(lop):
    Heading.objects.update(valid_to=ISSUED_ON)
    Heading.objects.create(
        office=lop.host, superior="UBND THÀNH PHỐ THỬ", body="ỦY BAN MỚI", place="Thử", valid_from=ISSUED_ON
    )
    lop.attended(1)
    [result] = prepared(lop)
    assert result.certificate.facts["issuing_body"] == "ỦY BAN MỚI"


# The preview


def test_the_preview_names_what_cannot_be_drawn_and_the_batch_leaves_it_out(lop):
    good, bad = lop.attended(2)
    Trainee.objects.filter(pk=bad.trainee_id).update(full_name="Ngô Thử ☃")
    preview = {person.registration: person for person in candidates(lop.course, lop.order)}
    assert preview[good].is_due
    assert not preview[bad].is_due
    assert "☃" in preview[bad].hindrance
    assert numbers() == []
    results = {result.registration: result for result in prepared(lop)}
    assert results[good].certificate.number == RegisterBook.objects.get().last_number == 1
    assert "☃" in results[bad].sentence


def test_the_preview_costs_the_same_for_one_and_for_three(lop, django_assert_num_queries):
    lop.attended(1)
    for more in (0, 2):
        if more:
            lop.attended(more)
        with django_assert_num_queries(9):
            candidates(lop.course)


# The database's own word


@pytest.mark.parametrize("changed", [{"number": 2}, {"registration": None}])
def test_a_second_paper_in_force_and_a_second_same_number_are_refused_by_the_database(lop, changed):
    lop.attended(1)
    [result] = prepared(lop)
    copy = Certificate.objects.get(pk=result.certificate.pk)
    copy.pk, copy.code = None, "X" * 20
    for name, value in changed.items():
        setattr(copy, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


def test_a_book_never_falls_below_its_opening(lop):
    book = open_book(issuer=lop.host, kind=PaperKind.ATTESTATION, year=2026, actor=lop.officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        RegisterBook.objects.filter(pk=book.pk).update(opening_number=5)


def test_a_number_is_taken_in_one_statement_and_given_back_with_its_transaction(lop):
    for _try in range(3):
        with transaction.atomic():
            assert take_number(lop.order)[1] == 1
            transaction.set_rollback(True)

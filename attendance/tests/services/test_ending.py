"""How papers end: revoked, issued anew, confirmed when lost."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from attendance.constants import CertificateState, PaperKind, Replacing, Revocation
from attendance.models import Certificate, Completion, PaperWords
from attendance.rendering.certificate import missing_facts
from attendance.reports.checking import facts_of
from attendance.reports.ended import who_answers
from attendance.reports.papers import verify_url
from attendance.services.ending import confirm_lost, issue_replacing, reissue_paper, revoke_paper
from attendance.services.register import issue_papers, prepare_papers
from attendance.tests.records import ISSUED_ON, Class, officer_of, prepared
from courses.constants.clock import now, today
from courses.constants.errors import Refusal
from courses.models import ActionLog, Heading, Office, OfficeSuccession, Signer, Trainee, User
from courses.rules.actors import actor_of
from courses.services.records import read_file
from courses.tests.parallel import at_once
from courses.tests.planning import make_office, make_organiser

pytestmark = pytest.mark.usefixtures("english")
DECISION = {"ground": Revocation.FRAUD, "document": "45/QĐ-UBND", "document_date": dt.date(2026, 6, 11)}


def issued(lop, count=1):
    lop.attended(count)
    prepared(lop)
    issue_papers(lop.course, actor=lop.officer)
    return list(Certificate.objects.order_by("number"))


@pytest.fixture
def lop(db):
    return Class()


@pytest.fixture
def paper(lop):
    return issued(lop)[0]


# Revoking


def test_a_revoked_paper_says_ground_and_decision_and_keeps_its_number_and_what_was_earned(lop, paper):
    revoked = revoke_paper(paper, actor=lop.officer, why="Khai gian", **DECISION)
    revoked.refresh_from_db()
    assert (revoked.state, revoked.ground, revoked.ended_document, revoked.ended_document_date) == (
        CertificateState.REVOKED, Revocation.FRAUD, "45/QĐ-UBND", dt.date(2026, 6, 11),
    )  # fmt: skip
    assert (revoked.ended_at, revoked.ended_by_id, revoked.ended_why) == (now(), lop.officer.user_id, "Khai gian")
    assert (revoked.number, revoked.facts) == (paper.number, paper.facts)
    assert Completion.objects.get().earned
    assert ActionLog.objects.get(action="revoke").changes["state"] == ["issued", "revoked"]


def test_revoking_twice_changes_nothing(lop, paper):
    first = revoke_paper(paper, actor=lop.officer, **DECISION)
    again = revoke_paper(paper, actor=lop.officer, **{**DECISION, "ground": Revocation.LENT, "document": "9/QĐ"})
    assert (again.pk, again.ground, again.ended_document) == (first.pk, Revocation.FRAUD, "45/QĐ-UBND")
    assert ActionLog.objects.filter(action="revoke").count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ground", ""),
        ("ground", "anger"),
        ("document", " "),
        ("document_date", dt.date(2026, 6, 13)),
        ("document_date", ISSUED_ON - dt.timedelta(days=1)),
    ],
)
def test_revoking_wants_a_legal_ground_and_a_decision_of_a_possible_date(lop, paper, field, value):
    with pytest.raises(Refusal):
        revoke_paper(paper, actor=lop.officer, **{**DECISION, field: value})
    assert Certificate.objects.get().state == CertificateState.ISSUED


def test_what_was_never_issued_is_not_revoked(lop):
    lop.attended(1)
    prepared(lop)
    with pytest.raises(Refusal, match="made void"):
        revoke_paper(Certificate.objects.get(), actor=lop.officer, **DECISION)


def test_the_database_wants_ground_and_decision_of_a_revoked_paper(paper):
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.update(state=CertificateState.REVOKED)


def test_who_has_a_revoked_paper_gets_no_other_with_the_next_class_list(lop):
    """Fails when preparing looks only for a paper in force."""
    first, second = issued(lop, 2)
    revoke_paper(first, actor=lop.officer, **DECISION)
    revoke_paper(second, actor=lop.officer, **{**DECISION, "ground": Revocation.ISSUERS_ERROR})
    results = {result.registration.pk: result for result in prepared(lop)}
    assert "001/2026/GCN was revoked" in results[first.registration_id].sentence
    assert results[second.registration_id].certificate.number == 3


# Who may


def test_officers_of_the_issuer_alone_end_its_papers(lop, paper):
    for actor in (lop.organiser, officer_of(lop.ward), officer_of(make_office("ELSE"))):
        with pytest.raises(Refusal, match="Only a certificate officer"):
            revoke_paper(paper, actor=actor, **DECISION)
        with pytest.raises(Refusal, match="Only a certificate officer"):
            reissue_paper(paper, lop.order, why="Sai tên", actor=actor)
        with pytest.raises(Refusal, match="Only a certificate officer"):
            confirm_lost(paper, lop.order, actor=actor)
    assert Certificate.objects.count() == 1


def ended(office, *, closed_by=None, successor=None):
    day = today() - dt.timedelta(days=1)
    Office.objects.filter(pk=office.pk).update(valid_to=day, closed_by=closed_by)
    if successor:
        OfficeSuccession.objects.create(old=office, new=successor, date=day)
    office.refresh_from_db()


def officer_at(office):
    return actor_of(make_organiser(office, "officer"))


def test_the_successors_officers_revoke_and_its_own_cannot_any_more(lop, paper):
    heir = make_office("HEIR")
    own = officer_at(lop.host)
    ended(lop.host, successor=heir)
    with pytest.raises(Refusal):
        revoke_paper(paper, actor=actor_of_again(own), **DECISION)
    assert Certificate.objects.visible_to(officer_at(heir)).count() == 1
    assert revoke_paper(paper, actor=officer_at(heir), **DECISION).state == CertificateState.REVOKED


def actor_of_again(actor):
    return actor_of(User.objects.get(pk=actor.user_id))


def test_the_office_named_in_closed_by_sees_and_revokes_and_nobody_else_does(lop, paper):
    above, stranger = make_office("ABOVE"), make_office("STRANGER")
    assert officer_at(above).answers_for == frozenset()  # while the issuer exists
    Office.objects.filter(pk=lop.host.pk).update(closed_by=above)
    assert officer_at(above).answers_for == frozenset()
    ended(lop.host, closed_by=above)
    assert officer_at(above).answers_for == {lop.host.pk}
    assert Certificate.objects.visible_to(officer_at(above)).count() == 1
    assert Certificate.objects.visible_to(officer_at(stranger)).count() == 0
    with pytest.raises(Refusal):
        revoke_paper(paper, actor=officer_at(stranger), **DECISION)
    assert revoke_paper(paper, actor=officer_at(above), **DECISION).state == CertificateState.REVOKED


def test_an_office_whose_work_went_on_is_answered_for_by_its_heir_not_by_closed_by(lop, paper):
    above, heir = make_office("ABOVE"), make_office("HEIR")
    ended(lop.host, closed_by=above, successor=heir)
    assert officer_at(above).answers_for == frozenset()
    assert [office.code for office in who_answers(lop.host)] == ["HEIR"]


def test_who_answers_is_followed_through_heirs_and_closed_by(lop, django_assert_num_queries):
    heir, above = make_office("HEIR"), make_office("ABOVE")
    with django_assert_num_queries(0):
        assert who_answers(lop.host) == [lop.host]
    ended(lop.host, successor=heir)
    ended(heir, closed_by=above)
    host = Office.objects.select_related("closed_by").get(pk=lop.host.pk)
    with django_assert_num_queries(1):
        assert who_answers(host) == [above]
    assert officer_at(above).answers_for == {lop.host.pk, heir.pk}
    ended(above)
    assert who_answers(Office.objects.get(pk=lop.host.pk)) == []


# Issuing anew


def test_an_error_is_put_right_by_a_new_paper_with_a_new_number_and_both_are_linked(lop, paper):
    Trainee.objects.update(full_name="Ngô Thử Sửa Đúng")
    made = reissue_paper(paper, lop.order, why="Sai họ tên", actor=lop.officer)
    old = Certificate.objects.get(pk=paper.pk)
    assert (old.state, old.ended_why, old.replaced_by) == (CertificateState.REPLACED, "Sai họ tên", made)
    assert (made.state, made.number, made.replaces, made.replacing) == (
        CertificateState.PREPARED, 2, old, Replacing.ERROR,
    )  # fmt: skip
    assert made.code != old.code
    assert (made.facts["full_name"], made.facts["replaces"]) == ("Ngô Thử Sửa Đúng", "001/2026/GCN")
    facts = facts_of(made)
    assert missing_facts(read_file(made.pdf), facts, verify_url=verify_url(made.code)) == []
    assert old.facts == paper.facts
    log = ActionLog.objects.get(action="reissue")
    assert (log.subject_id, log.changes["number"]) == (old.pk, ["001/2026/GCN", "002/2026/GCN"])


def test_issuing_anew_twice_gives_the_paper_that_is_there(lop, paper):
    first = reissue_paper(paper, lop.order, why="Sai tên", actor=lop.officer)
    assert reissue_paper(paper, lop.order, why="Sai tên", actor=lop.officer) == first
    assert Certificate.objects.count() == 2
    assert ActionLog.objects.filter(action="reissue").count() == 1


def test_the_new_paper_of_an_issued_one_is_issued_without_judging_again(lop, paper):
    made = reissue_paper(paper, lop.order, why="Sai tên", actor=lop.officer)
    lop.mark(lop.general, "absent", paper.registration, shown="present")
    for _ in range(2):
        assert issue_replacing(made, actor=lop.officer).state == CertificateState.ISSUED
    assert ActionLog.objects.filter(action="issue").count() == 2
    with pytest.raises(Refusal, match="does not wait"):
        issue_replacing(paper, actor=lop.officer)


def test_the_new_paper_of_one_that_was_only_prepared_is_issued_when_it_is_earned(lop):
    lop.people(1)
    prepared(lop)
    made = reissue_paper(Certificate.objects.get(), lop.order, why="Sai tên", actor=lop.officer)
    with pytest.raises(Refusal, match="Chưa đủ điều kiện"):
        issue_replacing(made, actor=lop.officer)


def test_issuing_anew_wants_words_and_an_order_that_can_be(lop, paper):
    other = Signer.objects.create(office=make_office("ELSE"), title="Chủ tịch", full_name="Ai Thử")
    for order, why in (
        (lop.order, " "),
        (lop.ordered(issue_date=ISSUED_ON - dt.timedelta(days=1)), "Sai"),
        (lop.ordered(issue_date=today() + dt.timedelta(days=1)), "Sai"),
        (lop.ordered(signer=other), "Sai"),
        (lop.ordered(signer=other, issuer=other.office), "Sai"),
    ):
        with pytest.raises(Refusal):
            reissue_paper(paper, order, why=why, actor=lop.officer)
    assert Certificate.objects.get().state == CertificateState.ISSUED


def test_a_revoked_paper_is_not_replaced_and_a_replaced_one_not_revoked(lop):
    first, second = issued(lop, 2)
    revoke_paper(first, actor=lop.officer, **DECISION)
    with pytest.raises(Refusal, match="not in force"):
        reissue_paper(first, lop.order, why="Sai", actor=lop.officer)
    reissue_paper(second, lop.order, why="Sai", actor=lop.officer)
    with pytest.raises(Refusal, match="was replaced by 003/2026/GCN"):
        revoke_paper(second, actor=lop.officer, **DECISION)


def test_a_failure_while_drawing_leaves_the_old_paper_in_force_and_takes_no_number(lop, paper):
    """Fails when ending the old one and preparing the new one are two transactions."""
    Trainee.objects.update(full_name="Ngô Thử ☃")
    with pytest.raises(Refusal):
        reissue_paper(paper, lop.order, why="Sai", actor=lop.officer)
    paper.refresh_from_db()
    assert paper.state == CertificateState.ISSUED
    assert paper.book.last_number == 1


# Lost


def test_a_lost_paper_is_confirmed_in_the_words_of_then_in_a_book_of_its_own(lop, paper):
    Trainee.objects.update(full_name="Tên Sau Này")
    made = confirm_lost(paper, lop.order, actor=lop.officer)
    assert (made.book.kind, made.number, made.replacing) == (PaperKind.CONFIRMATION, 1, Replacing.LOST)
    assert made.facts["full_name"] == paper.facts["full_name"]
    assert made.facts["title"] == "Giấy xác nhận hoàn thành khóa học"
    assert made.facts["replaces"] == paper.facts["number"]
    assert confirm_lost(paper, lop.order, actor=lop.officer) == made
    assert issue_replacing(made, actor=lop.officer).state == CertificateState.ISSUED
    paper.refresh_from_db()
    assert paper.state == CertificateState.REPLACED
    assert ActionLog.objects.filter(action="confirm").count() == 1


def test_the_site_says_what_replaces_a_lost_paper(lop, paper):
    PaperWords.objects.create(
        kind=PaperKind.ATTESTATION, title="A", completed="B", abbreviation="C", replaced_by=PaperKind.ATTESTATION
    )
    assert confirm_lost(paper, lop.order, actor=lop.officer).book.kind == PaperKind.ATTESTATION


def test_what_nobody_had_yet_cannot_be_lost(lop):
    lop.attended(1)
    prepared(lop)
    with pytest.raises(Refusal, match="not in force"):
        confirm_lost(Certificate.objects.get(), lop.order, actor=lop.officer)


def test_the_paper_of_an_office_that_ended_is_confirmed_by_the_one_that_answers_for_it(lop, paper):
    above = make_office("ABOVE")
    Heading.objects.create(office=above, body="CƠ QUAN THỬ TRÊN", place="Vị Thanh")
    signer = Signer.objects.create(office=above, title="Chủ tịch", full_name="Người Ký Trên")
    ended(lop.host, closed_by=above)
    order = lop.ordered(issuer=above, signer=signer, issue_date=today())
    made = confirm_lost(paper, order, actor=officer_at(above))
    assert (made.book.issuer, made.facts["issuing_body"]) == (above, "CƠ QUAN THỬ TRÊN")
    with pytest.raises(Refusal, match="did not exist"):
        confirm_lost(issued_again(lop), lop.ordered(issue_date=today()), actor=lop.officer)


def issued_again(lop):
    lop.attended(1)
    prepare_papers(lop.course, lop.order, actor=lop.officer)
    issue_papers(lop.course, actor=lop.officer)
    return Certificate.objects.order_by("-pk").first()


# At once


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_leave_one_paper_in_force():
    """One issues anew, one confirms, one revokes, four times each. Fails when the paper is read without its lock."""
    lop = Class()
    [paper] = issued(lop)
    other = officer_of(lop.host)

    def acts():
        for actor in (lop.officer, other) * 2:
            yield lambda actor=actor: reissue_paper(paper, lop.order, why="Sai", actor=actor)
            yield lambda actor=actor: confirm_lost(paper, lop.order, actor=actor)

    results = at_once(*acts())
    assert not [result for result in results if isinstance(result, Exception)]
    assert len({result.pk for result in results}) == 1
    assert Certificate.objects.count() == 2
    assert Certificate.objects.in_force().count() == 1
    results = at_once(
        *[
            lambda: revoke_paper(results[0], actor=lop.officer, **DECISION),
            lambda: issue_replacing(results[0], actor=other),
        ]
    )
    assert Certificate.objects.get(pk=paper.pk).state == CertificateState.REPLACED
    assert ActionLog.objects.filter(action__in=("reissue", "confirm")).count() == 1

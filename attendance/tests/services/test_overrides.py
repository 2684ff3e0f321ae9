"""Special cases: who, why, by which document; and what was earned outlives its paper."""

import pytest

from attendance.constants import CertificateState, MarkState, Revocation
from attendance.models import Certificate, Completion
from attendance.reports.verdicts import verdict_of
from attendance.services.ending import confirm_lost, reissue_paper, revoke_paper
from attendance.services.handing_over import void_paper
from attendance.services.overrides import set_special_case, take_back_special_case
from attendance.services.register import issue_paper, issue_papers
from attendance.tests.records import ISSUED_ON, Class, officer_of, prepared
from courses.constants.actors import NOBODY
from courses.constants.errors import Refusal
from courses.models import ActionLog, Registration, User
from courses.services.registrations import withdraw

pytestmark = pytest.mark.usefixtures("english")
WHY, PAPER = "nằm viện", "12/QĐ-UBND ngày 08/06/2026"
CHIEF = "Ngô Thử Lệnh, Phó Chủ tịch UBND thành phố Thử"


@pytest.fixture
def lop(db):
    return Class()


@pytest.fixture
def absent(lop):
    [person] = lop.people(1)
    lop.mark(lop.general, MarkState.ABSENT, person)
    return person


def decided(lop, person, *, why=WHY, document=PAPER, decided_by=CHIEF, actor=None):
    said = {"why": why, "document": document, "decided_by": decided_by}
    return set_special_case(person, **said, actor=actor or lop.officer)


def entries():
    return ActionLog.objects.filter(action="override").count()


def test_a_special_case_earns_the_paper_and_says_who_why_and_by_which_document(lop, absent):
    User.objects.filter(pk=lop.officer.user_id).update(full_name="Ngô Thử Quyết")
    assert not verdict_of(absent).can_still
    row = decided(lop, absent)
    verdict = verdict_of(absent)
    assert (verdict.earned, verdict.special) == (True, True)
    assert verdict.reason == f"Special case: {WHY} ({PAPER}; decided by {CHIEF}; entered by Ngô Thử Quyết)."
    assert (row.earned, row.override_by_id) == (True, lop.officer.user_id)
    assert prepared(lop)[0].certificate.number == 1
    assert Completion.objects.get().override_why == WHY


def test_a_reason_that_ends_with_a_full_stop_makes_one_sentence(lop, absent):
    decided(lop, absent, why="Được điều động.")
    assert verdict_of(absent).reason.startswith(f"Special case: Được điều động ({PAPER};")


def test_a_decision_of_before_who_decided_was_asked_for_says_who_entered_it(lop, absent):
    User.objects.filter(pk=lop.officer.user_id).update(full_name="Ngô Thử Quyết")
    decided(lop, absent)
    Completion.objects.update(override_decided_by="")
    assert verdict_of(absent).reason == f"Special case: {WHY} ({PAPER}; entered by Ngô Thử Quyết)."


def test_the_same_decision_twice_is_logged_once_and_its_reason_can_be_erased(lop, absent):
    decided(lop, absent)
    decided(lop, absent)
    entry = ActionLog.objects.get(action="override")
    assert entry.changes == {"override_document": [None, PAPER], "override_decided_by": [None, CHIEF]}
    assert entry.detail.changes == {"override_why": [None, WHY]}
    decided(lop, absent, why="con ốm")
    assert entries() == 2
    assert verdict_of(absent).reason.startswith("Special case: con ốm")


def test_it_is_taken_back_with_a_reason_and_the_rule_decides_again(lop, absent):
    decided(lop, absent)
    with pytest.raises(Refusal, match="why the decision is taken back"):
        take_back_special_case(absent, why=" ", actor=lop.officer)
    for _twice in range(2):
        take_back_special_case(absent, why="nhầm người", actor=lop.officer)
    row = Completion.objects.get()
    assert (row.earned, row.override_by, row.override_why, row.override_document) == (False, None, "", "")
    assert "vắng không phép" in row.reason
    assert not verdict_of(absent).can_still
    assert entries() == 2


def test_it_is_not_taken_back_under_an_issued_paper(lop, absent):
    """Fails without the look for the paper: a paper in force would rest on nothing."""
    decided(lop, absent)
    prepared(lop)
    issue_papers(lop.course, actor=lop.officer)
    with pytest.raises(Refusal, match="revoke the certificate first"):
        take_back_special_case(absent, why="nhầm người", actor=lop.officer)
    assert verdict_of(absent).special


def test_a_prepared_paper_is_not_issued_once_the_decision_is_taken_back(lop, absent):
    decided(lop, absent)
    prepared(lop)
    take_back_special_case(absent, why="nhầm người", actor=lop.officer)
    assert issue_papers(lop.course, actor=lop.officer)[0].certificate is None
    assert Certificate.objects.get().state == CertificateState.PREPARED


@pytest.mark.parametrize(
    "said",
    [
        *({"why": ""}, {"document": " "}, {"decided_by": " "}),
        *({"why": "x" * 301}, {"document": "x" * 201}, {"decided_by": "x" * 151}),
    ],
)
def test_without_a_reason_a_document_or_who_decided_there_is_none(lop, absent, said):
    with pytest.raises(Refusal):
        decided(lop, absent, **said)
    assert not Completion.objects.exists()


@pytest.mark.parametrize("who", ["organiser", "foreign", "nobody"])
def test_only_the_hosts_officers_decide(lop, absent, who):
    actor = {"organiser": lop.organiser, "foreign": officer_of(lop.ward), "nobody": NOBODY}[who]
    with pytest.raises(Refusal, match="Only a certificate officer"):
        decided(lop, absent, actor=actor)
    decided(lop, absent)
    with pytest.raises(Refusal, match="Only a certificate officer"):
        take_back_special_case(absent, why="x", actor=actor)


def test_of_somebody_who_has_left_the_class_nothing_is_decided(lop, absent):
    withdraw(absent, actor=lop.organiser)
    with pytest.raises(Refusal, match="not on the list"):
        decided(lop, absent)


def test_a_decision_on_a_registration_that_went_into_another_is_taken_back_there(lop, absent):
    [kept] = lop.people(1)
    decided(lop, absent)
    Registration.objects.filter(pk=absent.pk).update(merged_into=kept, state="withdrawn")
    assert verdict_of(kept).special
    take_back_special_case(kept, why="nhầm người", actor=lop.officer)
    assert not verdict_of(kept).special


def void(paper, lop):
    void_paper(paper, actor=lop.officer, why="Sai mẫu")


def revoked(paper, lop):
    issue_paper(paper, actor=lop.officer)
    revoke_paper(paper, ground=Revocation.LENT, document="1/QĐ", document_date=ISSUED_ON, actor=lop.officer)


def issued_anew(paper, lop):
    issue_paper(paper, actor=lop.officer)
    reissue_paper(paper, lop.order, why="Sai tên", actor=lop.officer)


def confirmed(paper, lop):
    issue_paper(paper, actor=lop.officer)
    confirm_lost(paper, lop.order, actor=lop.officer)


@pytest.mark.parametrize("end", [void, revoked, issued_anew, confirmed])
def test_what_was_earned_outlives_its_paper(lop, end):
    """A completion is of the person, not of the paper. Fails when an act that ends a paper takes it away."""
    [person] = lop.attended(1)
    paper = prepared(lop)[0].certificate
    end(paper, lop)
    paper.refresh_from_db()
    assert paper.state in (CertificateState.VOID, CertificateState.REVOKED, CertificateState.REPLACED)
    row = Completion.objects.get(registration=person)
    assert (row.earned, row.reason) == (True, "Đủ điều kiện: đã dự 3/3 buổi bắt buộc.")
    assert verdict_of(person).earned

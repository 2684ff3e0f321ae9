"""Who had a paper that was revoked: no other with the class, one by a decision of its own."""

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.urls import reverse

from attendance.constants import CertificateState, MarkState, Replacing, Revocation
from attendance.models import Certificate
from attendance.rendering.certificate import read_back
from attendance.reports.checking import answer_to, known_papers
from attendance.reports.paper_preview import preview_of
from attendance.reports.papers import candidates
from attendance.services.ending import issue_after_revoking, issue_replacing, reissue_paper, revoke_paper
from attendance.services.handing_over import void_paper
from attendance.services.merging import merge_trainees
from attendance.services.register import issue_paper, issue_papers, prepare_paper
from attendance.tests.admin.test_results import ordered
from attendance.tests.records import Class, numbers, officer_of, prepared
from courses.constants.choices import RoleKind
from courses.constants.clock import today
from courses.constants.errors import Refusal
from courses.models import ActionLog, Registration
from courses.services.records import read_file
from courses.tests.planning import make_office, make_organiser, organiser_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
DECISION = {"ground": Revocation.FRAUD, "document": "45/QĐ-UBND", "document_date": dt.date(2026, 6, 11)}
ANOTHER = {"decision_number": "50/QĐ-UBND", "decision_date": dt.date(2026, 6, 12)}


@pytest.fixture
def lop():
    return Class()


def revoked(lop, **fields):
    lop.attended(1)
    prepared(lop)
    issue_papers(lop.course, actor=lop.officer)
    paper = Certificate.objects.order_by("-pk").first()
    return revoke_paper(paper, actor=lop.officer, **DECISION | fields)


def ordered_anew(lop, **fields):
    return lop.ordered(issue_date=today(), **ANOTHER | fields)


def anew(lop, paper, **fields):
    actor = fields.pop("actor", lop.officer)
    return issue_after_revoking(paper, ordered_anew(lop, **fields), why="Đã học lại", actor=actor)


# With the class


def test_the_preview_has_a_group_of_its_own_for_them_and_never_counts_them(lop):
    """Fails when the preview looks only for a paper in force."""
    paper = revoked(lop)
    [due] = lop.attended(1)
    preview = preview_of(lop.course, lop.order)
    assert [person.registration for person in preview.due] == [due]
    [person] = preview.revoked
    assert (person.revoked, person.certificate, person.is_due) == (paper, None, False)
    assert person.why_not == (
        "The certificate with number 001/2026/GCN was revoked on 11/06/2026 (Fraud in enrolment or study). Another is "
        "issued only by an act of its own, from the page of that certificate."
    )
    assert sum(len(people) for _name, people in preview.groups) == len(preview.everybody) == 2


def test_the_list_says_the_same_as_preparing_and_as_the_command(lop):
    paper = revoked(lop)
    [person] = candidates(lop.course)
    [result] = prepared(lop)
    assert (result.certificate, result.sentence) == (None, person.why_not)
    out = io.StringIO()
    call_command("issue_certificates", lop.course.code, "--dry-run", "--date", "2026-06-10", stdout=out)
    assert paper.facts["number"] in out.getvalue()


def test_what_was_the_issuers_error_is_prepared_again_and_only_the_latest_revocation_counts(lop):
    revoked(lop, ground=Revocation.ISSUERS_ERROR)
    [person] = candidates(lop.course)
    assert (person.revoked, person.is_due) == (None, True)
    [result] = prepared(lop)
    assert result.certificate.number == 2
    issue_papers(lop.course, actor=lop.officer)
    revoke_paper(result.certificate, actor=lop.officer, **DECISION)
    [person] = candidates(lop.course)
    assert (person.revoked, person.is_due) == (result.certificate, False)
    assert "002/2026/GCN was revoked" in person.why_not


def test_the_page_before_preparing_leads_to_the_revoked_paper(lop, client):
    client.cookies["language"] = "en"
    officer = signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))
    paper = revoked(lop)
    text = officer.post(
        reverse("admin:attendance_courseresult_prepare", args=[lop.course.pk]), ordered(lop)
    ).content.decode()
    assert "Revoked, without another" in text
    assert reverse("admin:attendance_certificate_change", args=[paper.pk]) in text
    assert "would be prepared" not in text


# By a decision of its own


def test_another_is_issued_by_a_decision_and_the_revoked_one_stays_revoked(lop):
    paper = revoked(lop)
    made = anew(lop, paper)
    paper.refresh_from_db()
    assert (paper.state, paper.ended_document, paper.replaced_by) == (CertificateState.REVOKED, "45/QĐ-UBND", made)
    assert (made.state, made.number, made.replaces, made.replacing) == (
        CertificateState.PREPARED, 2, paper, Replacing.ANEW,
    )  # fmt: skip
    assert made.facts["decision_number"] == "50/QĐ-UBND"
    assert paper.facts["number"] not in read_back(read_file(made.pdf))  # nobody reads on the paper that there was one
    assert anew(lop, paper) == made
    assert issue_replacing(made, actor=lop.officer).state == CertificateState.ISSUED
    assert ActionLog.objects.get(action="reissue").changes["number"] == ["001/2026/GCN", "002/2026/GCN"]
    assert numbers() == [1, 2]


def test_the_check_pages_of_both_name_each_other(lop):
    paper = revoked(lop)
    made = issue_replacing(anew(lop, paper), actor=lop.officer)
    old, new = (answer_to(known_papers().get(pk=one.pk)) for one in (paper, made))
    assert ("Replaced by number", "002/2026/GCN of 12/06/2026 (Issued)") in old.standing
    assert (old.state, new.state) == ("revoked", "issued")
    assert new.as_json()["replaces"] == {
        "number": "001/2026/GCN", "issued_on": "2026-06-10", "state": "revoked", "why": "anew",
    }  # fmt: skip


def test_it_wants_words_a_decision_a_revoked_paper_and_a_person_without_another(lop):
    paper = revoked(lop)
    for order, why, sentence in (
        (ordered_anew(lop), " ", "why the person gets a paper again"),
        (ordered_anew(lop, decision_number=""), "Học lại", "only by a decision"),
        (ordered_anew(lop, decision_date=None), "Học lại", "only by a decision"),
        (lop.ordered(issue_date=dt.date(2026, 6, 10), **ANOTHER), "Học lại", "decision to revoke, 11/06/2026"),
    ):
        with pytest.raises(Refusal, match=sentence):
            issue_after_revoking(paper, order, why=why, actor=lop.officer)
    with pytest.raises(Refusal, match="not in force"):
        reissue_paper(paper, ordered_anew(lop), why="Sai", actor=lop.officer)
    lop.attended(1)
    prepared(lop)
    with pytest.raises(Refusal, match="no paper of a class that was revoked"):
        anew(lop, Certificate.objects.order_by("-pk").first())
    assert Certificate.objects.filter(replaces__isnull=False).count() == 0


def test_whoever_has_another_by_now_gets_no_third(lop):
    paper = revoked(lop, ground=Revocation.ISSUERS_ERROR)
    prepared(lop)
    with pytest.raises(Refusal, match="002/2026/GCN by now"):
        anew(lop, paper)


def test_it_must_be_earned_as_it_stands_today_when_it_is_prepared_and_when_it_is_issued(lop):
    """Fails when the paper is issued like one after an error, which was earned once and is not judged again."""
    paper = revoked(lop)
    lop.mark(lop.general, MarkState.ABSENT, paper.registration, shown="present")
    with pytest.raises(Refusal, match="Chưa đủ điều kiện"):
        anew(lop, paper)
    lop.mark(lop.general, MarkState.PRESENT, paper.registration, shown="absent")
    made = anew(lop, paper)
    lop.mark(lop.general, MarkState.ABSENT, paper.registration, shown="present")
    with pytest.raises(Refusal, match="Chưa đủ điều kiện"):
        issue_replacing(made, actor=lop.officer)
    after_an_error = reissue_paper(made, ordered_anew(lop), why="Sai", actor=lop.officer)
    with pytest.raises(Refusal, match="Chưa đủ điều kiện"):
        issue_replacing(after_an_error, actor=lop.officer)


def test_who_has_left_the_class_gets_none(lop):
    paper = revoked(lop)
    Registration.objects.filter(pk=paper.registration_id).update(state="withdrawn")
    with pytest.raises(Refusal, match="not on the list"):
        anew(lop, paper)


def test_a_number_that_was_made_void_is_followed_by_the_next(lop):
    paper = revoked(lop)
    made = anew(lop, paper)
    void_paper(made, actor=lop.officer, why="Rách")
    again = anew(lop, made)
    made.refresh_from_db()
    assert (made.state, again.replaces, again.number) == (CertificateState.VOID, made, 3)


def test_officers_of_the_issuer_alone_do_it(lop):
    paper = revoked(lop)
    for actor in (lop.organiser, officer_of(make_office("ELSE"))):
        with pytest.raises(Refusal, match="Only a certificate officer"):
            anew(lop, paper, actor=actor)


def test_by_the_page_of_the_revoked_paper(lop, client):
    client.cookies["language"] = "en"
    officer = signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))
    paper = revoked(lop)
    pages = {n: reverse(f"admin:attendance_certificate_{n}", args=[paper.pk]) for n in ("change", "reissue")}
    assert "Issue another by a decision" in officer.get(pages["change"]).content.decode()
    assert "stays as it is" in officer.get(pages["reissue"]).content.decode()
    fields = {"why": "Đã học lại", "signer": lop.signer.pk, "issue_date": "12/06/2026"}
    assert officer.post(pages["reissue"], fields).context["form"].errors.keys() == {"decision_number", "decision_date"}
    officer.post(pages["reissue"], fields | {"decision_number": "50/QĐ-UBND", "decision_date": "12/06/2026"})
    assert Certificate.objects.get(replaces=paper).facts["decision_number"] == "50/QĐ-UBND"
    assert "Issue another by a decision" not in officer.get(pages["change"]).content.decode()


def test_it_stays_revoked_when_the_person_was_in_the_list_twice(lop):
    """Fails when only the papers of the registration that remains are looked at."""
    first, second = lop.attended(2)
    paper = prepare_paper(second, lop.order, actor=lop.officer)
    issue_paper(paper, actor=lop.officer)
    revoke_paper(paper, actor=lop.officer, **DECISION)
    merge_trainees(first.trainee, second.trainee, actor=organiser_of(lop.host, lop.ward, lop.other_ward))
    with pytest.raises(Refusal, match="was revoked"):
        prepare_paper(first, lop.order, actor=lop.officer)

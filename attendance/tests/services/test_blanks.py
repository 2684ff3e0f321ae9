"""Bought blanks: a number is used once, or spoiled, or still to come."""

import threading

import pytest
from django.db import connection, transaction

from attendance.constants import CertificateState, PaperKind
from attendance.models import BlankRange, Certificate
from attendance.reports.looks import blanks_left
from attendance.reports.papers import candidates
from attendance.services.blanks import add_blanks, spoil_blank, take_blank
from attendance.services.register import prepare_papers
from attendance.services.templates import save_template
from attendance.tests.records import Class, officer_of
from courses.constants.errors import Refusal
from courses.models import ActionLog, Trainee
from courses.tests.planning import make_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def lop():
    return Class()


def entered(lop, first=1, last=9, kind=PaperKind.ATTESTATION, actor=None, **fields):
    return add_blanks(issuer=lop.host, kind=kind, first=first, last=last, actor=actor or lop.officer, **fields)


def ordered(lop, blanks, **fields):
    template = save_template(
        issuer=lop.host, kind=PaperKind.ATTESTATION, name="Phôi", actor=lop.officer, on_blanks=True
    )
    return lop.ordered(template=template, blanks=blanks, **fields)


def used():
    return list(Certificate.objects.order_by("number").values_list("number", "blank_number"))


# Entering


def test_the_same_blanks_are_entered_once(lop):
    blanks = entered(lop, prefix=" A ")
    assert (str(blanks), blanks.next_number, blanks.made_by_id) == ("A 000001 – A 000009", 1, lop.officer.user_id)
    assert entered(lop, prefix="A") == blanks
    assert ActionLog.objects.filter(action="add blanks").count() == 1


@pytest.mark.parametrize(("first", "last"), [(9, 20), (0, 1), (3, 4), (0, 100)])
def test_no_number_stands_in_two_ranges_of_an_office_and_kind(lop, first, last):
    entered(lop, prefix="A")
    with pytest.raises(Refusal, match="A 000001 – A 000009 are entered already"):
        entered(lop, first=first, last=last, prefix="a")
    assert entered(lop, first=first, last=last, prefix="B").prefix == "B"
    assert entered(lop, first=first, last=last, prefix="A", kind=PaperKind.CONFIRMATION)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"first": 9, "last": 1}, "first number is higher than the last one"),
        ({"last": 1000, "digits": 3}, "more digits than are printed"),
    ],
)
def test_blanks_that_cannot_be_are_refused(lop, fields, sentence):
    with pytest.raises(Refusal, match=sentence):
        entered(lop, **fields)


def test_only_officers_of_the_issuer_enter_and_spoil_its_blanks(lop):
    blanks = entered(lop)
    for actor in (lop.organiser, officer_of(make_office("KHAC"))):
        with pytest.raises(Refusal, match="Only a certificate officer"):
            entered(lop, first=20, last=30, actor=actor)
        with pytest.raises(Refusal, match="Only a certificate officer"):
            spoil_blank(blanks, 1, why="Rách", actor=actor)


# Using


def test_papers_take_the_next_blanks_and_pass_over_those_spoiled(lop):
    blanks = entered(lop, first=5, last=20)
    for number in (5, 7, 8):
        spoil_blank(blanks, number, why="Rách", actor=lop.officer)
    lop.attended(3)
    prepare_papers(lop.course, ordered(lop, blanks), actor=lop.officer)
    assert used() == [(1, 6), (2, 9), (3, 10)]
    blanks.refresh_from_db()
    assert (blanks.next_number, blanks_left(blanks)) == (11, 10)
    paper = Certificate.objects.order_by("number").first()
    assert (paper.facts["serial"], paper.blanks, paper.template.name) == ("000006", blanks, "Phôi")


def test_a_paper_that_fails_gives_its_blank_back(lop):
    blanks = entered(lop)
    [broken, _good] = lop.attended(2)
    Trainee.objects.filter(pk=broken.trainee_id).update(full_name="Ngô ☃ Thử")
    results = prepare_papers(lop.course, ordered(lop, blanks), actor=lop.officer)
    assert ["☃" in result.sentence for result in results] == [True, False]
    assert used() == [(1, 1)]
    Trainee.objects.filter(pk=broken.trainee_id).update(full_name="Ngô Thử")
    prepare_papers(lop.course, ordered(lop, blanks), actor=lop.officer)
    assert used() == [(1, 1), (2, 2)]


def test_the_preview_says_for_whom_no_blank_is_left(lop):
    blanks = entered(lop, last=3)
    spoil_blank(blanks, 3, why="Mất", actor=lop.officer)
    lop.attended(4)
    order = ordered(lop, blanks)
    assert [person.hindrance for person in candidates(lop.course, order)] == ["", ""] + [
        "No blank is left for this paper: please enter more blanks first."
    ] * 2
    results = prepare_papers(lop.course, order, actor=lop.officer)
    assert [result.sentence for result in results[2:]] == [
        "The blanks 000001 – 000003 are used up: please enter more blanks first."
    ] * 2
    # No number of the register is lost either.
    assert used() == [(1, 1), (2, 2)]


@pytest.mark.django_db(transaction=True)
def test_two_who_take_blanks_at_once_get_two(lop):
    """Without the lock of the range each number is taken up to four times on PostgreSQL."""
    blanks = entered(lop, last=40)
    taken = []

    def take():
        try:
            for _ in range(8):
                with transaction.atomic():
                    taken.append(take_blank(blanks))
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 33))
    assert BlankRange.objects.get().next_number == 33


# Spoiling


def test_a_blank_is_spoiled_once_with_its_reason(lop):
    blanks = entered(lop)
    spoiled = spoil_blank(blanks, 4, why=" Rách ", actor=lop.officer)
    assert (spoiled.why, str(spoiled)) == ("Rách", "000004")
    assert spoil_blank(blanks, 4, why="Khác", actor=lop.officer) == spoiled
    assert ActionLog.objects.filter(action="spoil blank").count() == 1
    with pytest.raises(Refusal, match="Please say what happened"):
        spoil_blank(blanks, 5, why=" ", actor=lop.officer)
    with pytest.raises(Refusal, match="Number 10 is not among these blanks"):
        spoil_blank(blanks, 10, why="Rách", actor=lop.officer)


def test_the_blank_of_a_paper_in_force_is_told_what_to_do_first(lop):
    blanks = entered(lop)
    lop.attended(1)
    prepare_papers(lop.course, ordered(lop, blanks), actor=lop.officer)
    with pytest.raises(Refusal, match="Paper 001/2026/GCN stands on blank 000001"):
        spoil_blank(blanks, 1, why="Kẹt giấy", actor=lop.officer)
    Certificate.objects.update(state=CertificateState.VOID)
    assert spoil_blank(blanks, 1, why="Kẹt giấy", actor=lop.officer).number == 1
    blanks.refresh_from_db()
    assert blanks_left(blanks) == 8

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from attendance.constants import CorrectionState
from attendance.models import Certificate, Correction, PaperWords
from attendance.services.corrections import ask_correction, refuse_correction
from attendance.services.ending import confirm_lost, reissue_paper
from attendance.services.register import issue_papers
from attendance.tests.records import Class, prepared
from courses.constants.actors import NOBODY, Actor
from courses.constants.clock import set_clock
from courses.constants.errors import Refusal
from courses.models import ActionDetail, ActionLog
from courses.tests.parallel import at_once

pytestmark = pytest.mark.usefixtures("english")


def issued_in(lop):
    lop.attended(2)
    prepared(lop)
    issue_papers(lop.course, actor=lop.officer)
    return Certificate.objects.select_related("registration").order_by("number").first()


@pytest.fixture
def lop(db):
    return Class()


@pytest.fixture
def paper(lop):
    return issued_in(lop)


def holder(paper):
    return Actor("trainee", trainee_id=paper.registration.trainee_id)


def office_of(lop, office):
    return Actor("office", course_id=lop.course.pk, office_id=office.pk, coordinates=frozenset({office.pk}))


def ask(paper, actor, words="Sai ngày sinh", *, is_lost=False):
    return ask_correction(paper, words=words, is_lost=is_lost, actor=actor)


def test_a_request_has_its_words_and_a_clock_of_working_days(lop, paper):
    request = ask(paper, holder(paper))
    # Asked on Friday 12 June 2026: five working days later is Friday 19 June.
    assert (request.state, request.asked_as, request.due_on) == (CorrectionState.ASKED, "trainee", dt.date(2026, 6, 19))
    log = ActionLog.objects.get(action="ask correction")
    assert (log.actor_kind, log.course_id, log.changes["due_on"]) == ("trainee", lop.course.pk, [None, "2026-06-19"])
    assert ActionDetail.objects.get(entry=log).changes == {"words": [None, "Sai ngày sinh"]}


def test_the_kind_says_in_how_many_working_days(lop, paper):
    PaperWords.objects.create(kind="attestation", title="A", completed="B", abbreviation="C", working_days=1)
    assert ask(paper, holder(paper), is_lost=True).due_on == dt.date(2026, 6, 15)


def test_holder_office_and_officer_ask_and_nobody_else_does(lop, paper):
    other = Certificate.objects.exclude(pk=paper.pk).get()
    for actor in (holder(other), office_of(lop, lop.other_ward), lop.organiser, NOBODY):
        with pytest.raises(Refusal, match="Only the holder"):
            ask(paper, actor)
    for actor in (holder(paper), office_of(lop, lop.ward), lop.officer):
        assert ask(paper, actor).certificate == paper
        Correction.objects.all().delete()


def test_one_question_at_a_time_and_the_same_one_again_is_the_same(lop, paper):
    first = ask(paper, holder(paper))
    assert ask(paper, holder(paper)) == first
    with pytest.raises(Refusal, match="asked about this paper on 12/06/2026"):
        ask(paper, office_of(lop, lop.ward), "Sai tên")
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.create(
            certificate=paper, words="x", asked_as="user", asked_at=first.asked_at, due_on=first.due_on
        )
    assert ActionLog.objects.filter(action="ask correction").count() == 1


def test_words_are_wanted_unless_it_is_lost_and_long_numbers_are_masked(lop, paper):
    with pytest.raises(Refusal, match="what is wrong"):
        ask(paper, holder(paper), "  ")
    assert "001099000001" not in ask(paper, holder(paper), "CCCD 001099000001").words


def test_what_is_not_in_the_holders_hands_is_not_asked_about(lop, paper):
    Certificate.objects.filter(pk=paper.pk).update(state="prepared")
    with pytest.raises(Refusal, match="nothing can be asked"):
        ask(paper, holder(paper))


def test_refusing_takes_words_and_is_said_once(lop, paper):
    request = ask(paper, holder(paper))
    with pytest.raises(Refusal, match="write why"):
        refuse_correction(request, answer=" ", actor=lop.officer)
    with pytest.raises(Refusal, match="Only a certificate officer"):
        refuse_correction(request, answer="Không", actor=lop.organiser)
    for _ in range(2):
        answered = refuse_correction(request, answer="Đúng như hồ sơ", actor=lop.officer)
    assert (answered.state, answered.answer) == (CorrectionState.REFUSED, "Đúng như hồ sơ")
    with pytest.raises(Refusal, match="answered already"):
        refuse_correction(request, answer="Khác", actor=lop.officer)
    assert ActionLog.objects.filter(action="answer correction").count() == 1
    assert ask(paper, holder(paper), "Vẫn sai").pk != request.pk


@pytest.mark.parametrize("act", [lambda *a, **k: reissue_paper(*a, why="Sai", **k), confirm_lost])
def test_the_new_paper_answers_the_request(lop, paper, act):
    request = ask(paper, holder(paper))
    made = act(paper, lop.order, actor=lop.officer)
    request.refresh_from_db()
    assert (request.state, request.answered_by_id) == (CorrectionState.MADE, lop.officer.user_id)
    assert made.facts["number"] in request.answer


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_leave_one_open_request():
    """Fails when the paper is not locked: the second gets an error of the database instead of a sentence."""
    lop = Class()
    paper = issued_in(lop)
    actors = (holder(paper), office_of(lop, lop.ward), lop.officer)
    results = at_once(*[lambda n=n, a=a: ask(paper, a, f"Sai {n}") for n, a in enumerate(actors)])
    assert sorted(isinstance(result, Refusal) for result in results) == [False, True, True]
    assert Correction.objects.count() == 1


def test_the_day_of_an_open_request_is_that_of_vietnam(lop, paper):
    """Fails when the day is taken of the clock of Greenwich, which is a day behind in the early morning."""
    set_clock(dt.datetime(2026, 6, 13, 0, 30))
    ask(paper, holder(paper))
    with pytest.raises(Refusal, match="13/06/2026"):
        ask(paper, holder(paper), "Sai tên")

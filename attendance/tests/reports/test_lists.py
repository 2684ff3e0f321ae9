"""The lines of lists: what they cost, and what is said about them."""

import datetime as dt
from dataclasses import replace

import pytest

from attendance.constants import MarkState
from attendance.forms.lists import usual_choice
from attendance.models import Mark
from attendance.reports.lists import people_list
from attendance.reports.money_lists import money_list, speakers_list
from attendance.rules.lists import Col, Column, Only
from attendance.tests.records import Class
from courses.constants.choices import SessionState
from courses.models import Session, SessionTopic
from courses.tests.planning import make_speaker

pytestmark = pytest.mark.django_db
EVERYTHING = replace(usual_choice("people"), columns=tuple(Column(key) for key in Col.values))
MONEY = replace(usual_choice("money"), rate=100_000)
SPEAKERS = replace(usual_choice("speakers"), rate=100_000)


@pytest.fixture
def lop():
    return Class()


@pytest.mark.parametrize(
    ("make", "choice", "queries"),
    [(people_list, EVERYTHING, 14), (money_list, MONEY, 9), (speakers_list, SPEAKERS, 4)],
)
def test_lists_cost_the_same_for_one_and_for_three(lop, make, choice, queries, django_assert_num_queries):
    for count in (1, 2):
        lop.attended(count)
        speaker = make_speaker(lop.host, f"Người Nói {count}")
        SessionTopic.objects.create(
            session=lop.sessions[count], topic=(lop.a if count == 1 else lop.b).topics.get(), speaker=speaker
        )
        with django_assert_num_queries(queries):
            made = make(lop.course, choice, Only())
    assert made.people == (2 if make is speakers_list else 3)


def test_a_disputed_mark_is_paid_and_is_said(lop, english):
    person = lop.attended(1)[0]
    Mark.objects.filter(registration=person, session=lop.first).update(state=MarkState.DISPUTED)
    made = money_list(lop.course, MONEY, Only())
    assert made.paper.lines[0].cells[3] == 3
    assert [note.split(".")[0] for note in made.notes] == ["1 mark is disputed and counts as present here"]


def test_a_half_day_that_was_cancelled_is_paid_to_nobody(lop):
    lop.attended(1)
    Session.objects.filter(pk=lop.second.pk).update(state=SessionState.CANCELLED, required=False)
    assert money_list(lop.course, MONEY, Only()).paper.lines[0].cells[3] == 2
    topic = lop.b.topics.get()
    SessionTopic.objects.create(session=lop.second, topic=topic, speaker=make_speaker(lop.host))
    assert speakers_list(lop.course, SPEAKERS, Only()).people == 0


def test_the_paper_has_the_heading_of_the_host_and_its_day(lop):
    lop.people(1)
    paper = people_list(lop.course, EVERYTHING, Only()).paper
    assert (paper.superior, paper.body) == ("UBND TỈNH THỬ", "ỦY BAN NHÂN DÂN THÀNH PHỐ THỬ")
    assert paper.place_and_date == "Vị Thanh, ngày 12 tháng 6 năm 2026"
    assert (paper.subtitle, paper.day) == (f"Lớp thử {lop.course.code}", dt.date(2026, 6, 12))

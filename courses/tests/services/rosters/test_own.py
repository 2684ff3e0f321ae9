"""A list that an office sends by its own page."""

import datetime as dt

import pytest

from courses.constants.actors import SYSTEM
from courses.constants.choices import BatchState, CourseState
from courses.constants.clock import set_clock
from courses.constants.errors import Refusal
from courses.models import ActionLog, ColumnMeaning, Course, File, ImportBatch, OfficeAnswer
from courses.readers.limited import NotRead
from courses.services.rosters import own, reading
from courses.services.rosters.own import explain_own_columns, read_own_roster
from courses.services.rosters.reading import read_roster
from courses.services.rosters.rows import open_rows
from courses.services.rosters.taking import keep_unread, unknown_titles
from courses.tests.listing import csv_of, line
from courses.tests.planning import make_trainee
from courses.tests.services.rosters.test_taking import ODD, SAID
from courses.tests.services.test_nominations import World


@pytest.fixture
def world(db):
    set_clock(dt.datetime(2026, 5, 20, 9))
    return World()


def lines(number: int) -> bytes:
    return csv_of(*(line(f"Ngô Thử {'ABCD'[n]}", "1980", office="") for n in range(number)))


def test_a_list_is_the_offices_own_from_the_first_moment(world):
    batch = read_own_roster(world.answer, lines(2), "a.csv", actor=world.link)
    assert (batch.by_link, batch.office, batch.course) == (True, world.ward, world.course)
    assert ImportBatch.objects.visible_to(world.link).get().rows.count() == 2


@pytest.mark.parametrize("known", [True, False])
def test_a_list_too_long_to_wait_for_is_refused_with_a_sentence_and_names_nobody(world, monkeypatch, known):
    """Take `by_link` out of `read_roster`, or out of `taking._judge`, and one of the two lists is kept."""
    monkeypatch.setattr(reading, "MOST_BY_LINK", 3)
    if known:
        with pytest.raises(Refusal) as refused:
            read_own_roster(world.answer, lines(4), "a.csv", actor=world.link)
        sentence = str(refused.value.sentence)
        assert not File.objects.exists()
    else:
        batch = read_own_roster(world.answer, ODD, "a.csv", actor=world.link)
        sentence = explain_own_columns(batch, actor=world.link, meanings=SAID).refusal
    assert "3" in sentence
    assert not ImportBatch.objects.exclude(state=BatchState.REFUSED).exists()
    if known:
        assert read_own_roster(world.answer, lines(3), "a.csv", actor=world.link).total == 3


# Column titles that nobody here knows


def test_an_office_says_what_its_columns_hold_and_its_list_is_read_now_and_later(world):
    batch = read_own_roster(world.answer, ODD, "a.csv", actor=world.link)
    assert (batch.state, batch.header_unknown, batch.by_link) == (BatchState.REFUSED, True, True)
    assert [title["title"] for title in unknown_titles(batch)] == list(SAID)
    batch = explain_own_columns(batch, actor=world.link, meanings=SAID)
    assert (batch.state, batch.header_unknown, batch.total) == (BatchState.READ, False, 4)
    first = open_rows(batch)[0].read
    assert (first.full_name, first.birth.iso(), first.citizen_id) == ("Ngô Thử An", "1980-06-05", "093080000123")
    assert ActionLog.objects.filter(action="explain columns", actor_kind="office").count() == 1
    # Said again it is harmless, and the next list is read by itself.
    assert explain_own_columns(batch, actor=world.link, meanings=SAID).total == 4
    assert read_own_roster(world.answer, ODD, "b.csv", actor=world.link).state == BatchState.READ


def test_what_an_office_says_holds_for_its_own_lists_alone(world):
    """Remember it without the office and every list of the host is read by it; without the host, those of others."""
    batch = read_own_roster(world.answer, ODD, "a.csv", actor=world.link)
    explain_own_columns(batch, actor=world.link, meanings=SAID)
    assert set(ColumnMeaning.objects.values_list("host", "office")) == {(world.course.host_office_id, world.ward.pk)}
    for office in (None, world.other):
        with pytest.raises(NotRead):
            read_roster(world.course, ODD, "b.csv", actor=SYSTEM, office=office)


def test_a_list_that_an_organiser_took_in_is_explained_by_organisers_alone(world):
    """Without asking for `by_link`, an office would say of a list without an office what holds for every office."""
    with pytest.raises(NotRead) as refused:
        read_roster(world.course, ODD, "b.csv", actor=SYSTEM)
    taken = keep_unread(world.course, ODD, "b.csv", actor=SYSTEM, office=None, refused=refused.value)
    with pytest.raises(Refusal):
        explain_own_columns(taken, actor=world.link, meanings=SAID)
    assert not ColumnMeaning.objects.exists()


def test_after_the_deadline_and_without_names_nothing_is_remembered(world):
    batch = read_own_roster(world.answer, ODD, "a.csv", actor=world.link)
    with pytest.raises(Refusal):
        explain_own_columns(batch, actor=world.link, meanings=SAID | {"Danh tính": ""})
    Course.objects.update(state=CourseState.CONCLUDED)
    with pytest.raises(Refusal):
        explain_own_columns(batch, actor=world.link, meanings=SAID)
    assert not ColumnMeaning.objects.exists()


def test_a_link_keeps_only_so_many_unread_lists_and_teaches_only_so_many_titles(world, monkeypatch):
    """Whoever has the link could fill the site with files, and each reading with titles."""
    monkeypatch.setattr(own, "MOST_UNREAD", 1)
    monkeypatch.setattr(own, "MOST_MEANINGS", 3)
    batch = read_own_roster(world.answer, ODD, "a.csv", actor=world.link)
    with pytest.raises(Refusal) as refused:
        read_own_roster(world.answer, ODD + b"5,Ng\xc3\xb4 Th\xe1\xbb\xad Em,,,\n", "b.csv", actor=world.link)
    assert not isinstance(refused.value, NotRead)
    assert "Họ và tên" in str(refused.value.sentence)
    assert ImportBatch.objects.count() == 1
    with pytest.raises(Refusal):
        explain_own_columns(batch, actor=world.link, meanings=SAID)
    assert not ColumnMeaning.objects.exists()
    assert OfficeAnswer.objects.count() == 1


def test_a_list_that_is_read_anew_knows_the_people_of_the_offices_that_went_into_this_one(world):
    """As it is when it is read at once; take `coordinates` out of `taking._actor_of` and they are strangers."""
    batch = read_own_roster(world.answer, ODD, "a.csv", actor=world.link)
    known = make_trainee(world.ward, "Ngô Thử An")
    explain_own_columns(batch, actor=world.link, meanings=SAID | {"Chốn làm": ""})
    anew = [row.candidates for row in open_rows(batch)]
    at_once = read_own_roster(world.answer, ODD + b"\n", "b.csv", actor=world.link)
    assert [row.candidates for row in open_rows(at_once)] == anew
    assert anew[0] == [known.pk]

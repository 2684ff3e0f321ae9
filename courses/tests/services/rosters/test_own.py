"""A list that an office sends by its own page."""

import datetime as dt

import pytest

from courses.constants.clock import set_clock
from courses.constants.errors import Refusal
from courses.models import File, ImportBatch
from courses.readers.limited import NotRead
from courses.services.rosters import own
from courses.services.rosters.own import read_own_roster
from courses.tests.listing import csv_of, line
from courses.tests.services.rosters.test_taking import ODD
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


def test_a_list_too_long_to_wait_for_is_refused_with_a_sentence_and_nothing_is_kept(world, monkeypatch):
    """Take `most` out of `read_own_roster` and the list is kept."""
    monkeypatch.setattr(own, "MOST_PEOPLE", 3)
    with pytest.raises(Refusal) as refused:
        read_own_roster(world.answer, lines(4), "a.csv", actor=world.link)
    assert "3" in str(refused.value.sentence)
    assert not ImportBatch.objects.exists()
    assert not File.objects.exists()
    assert read_own_roster(world.answer, lines(3), "a.csv", actor=world.link).total == 3


def test_an_office_is_not_sent_to_a_page_for_organisers_when_its_titles_are_unknown(world):
    with pytest.raises(Refusal) as refused:
        read_own_roster(world.answer, ODD, "a.csv", actor=world.link)
    assert not isinstance(refused.value, NotRead)
    assert "Họ và tên" in str(refused.value.sentence)

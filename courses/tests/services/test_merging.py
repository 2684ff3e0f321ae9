"""Readers of people after two rows were merged: lists that come in later, links on old cards, who asks for changes."""

import pytest

from courses.constants import links
from courses.constants.actors import SYSTEM
from courses.constants.choices import RowDecision
from courses.constants.partial_dates import PartialDate
from courses.models import Trainee
from courses.rules.actors import trainee_of_link
from courses.services.links import renew_trainee_link
from courses.services.merging import join_registrations, lock_two, merge_two
from courses.services.registrations import register
from courses.services.rosters.reading import read_roster
from courses.tests.listing import NUMBER, World, csv_of, line
from courses.tests.planning import make_trainee, organiser_of

BORN = PartialDate.from_iso("1980-06-05")


@pytest.fixture
def world(db):
    world = World()
    world.kept = make_trainee(world.one, "Ngô Thử An", birth=BORN, citizen_number=NUMBER.format(1))
    world.gone = make_trainee(world.two, "Ngô Thị Thử Ân", birth=BORN, citizen_number=NUMBER.format(2))
    return world


def merge(kept: Trainee, gone: Trainee):
    from django.db import transaction

    with transaction.atomic():
        two = lock_two(kept, gone)
        joined = join_registrations(two.kept, two.gone, two.registrations)
        return merge_two(two, actor=SYSTEM, from_gone=(), joined=joined, record={})


def matched(world, *lines, actor=SYSTEM):
    batch = read_roster(world.course, csv_of(*lines), "danh sach.csv", actor=actor)
    return [(row.decision, row.trainee_id) for row in batch.rows.order_by("pk")]


def test_a_row_with_the_number_or_the_name_of_the_row_that_went_finds_the_person_who_was_kept(world):
    """Without following `merged_into` the next list would make the duplicate anew."""
    rows = [
        line("Ngô Thị Thử Ân", "05/06/1980", number=NUMBER.format(2)),
        line("Ngô Thị Thử Ân", "1980", office="Phường Thử Một"),
        line("Ngô Thử An", "05/06/1980", number=NUMBER.format(1)),
    ]
    for row in rows:
        merged = matched(world, row)
        assert merged[0][0] in (RowDecision.KNOWN, RowDecision.ASK, RowDecision.NEW)
    merge(world.kept, world.gone)
    for row in rows:
        assert matched(world, row) == [(RowDecision.KNOWN, world.kept.pk)]
    assert matched(world, rows[0], actor=organiser_of(world.host, world.one, world.two)) == [
        (RowDecision.KNOWN, world.kept.pk)
    ]


def test_a_number_with_a_name_that_the_person_never_had_is_still_a_problem(world):
    merge(world.kept, world.gone)
    assert matched(world, line("Lê Thử Khác", "05/06/1980", number=NUMBER.format(2))) == [(RowDecision.ASK, None)]


def test_both_links_lead_to_the_person_who_was_kept_and_renewing_stops_both(world):
    register(world.course, world.gone, actor=SYSTEM)
    tokens = [links.trainee_token(person.pk, 1) for person in (world.kept, world.gone)]
    merge(world.kept, world.gone)
    assert [trainee_of_link(token)[1] for token in tokens] == [world.kept, world.kept]
    assert {trainee_of_link(token)[0].trainee_id for token in tokens} == {world.kept.pk}
    renew_trainee_link(world.kept, course=world.course, actor=SYSTEM)
    assert [trainee_of_link(token) for token in tokens] == [None, None]

"""How a mark came about."""

from datetime import timedelta
from uuid import uuid4

import pytest

from attendance.constants import Claim, MarkState, Way
from attendance.models import Event
from attendance.reports.history import histories
from attendance.services.doors import make_door
from attendance.services.ledger import undo_last_act
from attendance.services.scans import Scan, take_scans
from attendance.services.sheets import close_sheet
from attendance.tests.records import Class
from attendance.tests.reports.test_board import on_paper
from courses.constants.clock import now, set_clock

PRESENT, LATE, ABSENT, DISPUTED = MarkState.PRESENT, MarkState.LATE, MarkState.ABSENT, MarkState.DISPUTED


@pytest.fixture
def lop(db):
    return Class()


def of(lop, person):
    entries = histories(lop.general, [person.pk])[person.pk]
    return [(entry.event.claim, entry.before, entry.after, entry.undone, entry.waits) for entry in entries]


def test_every_entry_says_from_what_to_what_and_one_taken_back_stays_to_be_seen(lop):
    [person] = lop.people(1)
    lop.mark(lop.general, PRESENT, person)
    on_paper(lop, Claim.NOT_SEEN, person)
    lop.mark(lop.general, LATE, person, shown=DISPUTED)
    undo_last_act(lop.general, actor=lop.organiser, act=uuid4())
    assert of(lop, person) == [
        (Claim.SEEN, "", PRESENT, False, False),
        (Claim.NOT_SEEN, PRESENT, DISPUTED, False, False),
        (Claim.DECISION, DISPUTED, LATE, True, False),
        (Claim.UNDO, LATE, DISPUTED, False, False),
    ]


def test_what_came_after_closing_waits_and_changed_nothing(lop):
    [person] = lop.people(1)
    close_sheet(lop.general, actor=lop.organiser, expected_version=0)
    lop.mark(lop.general, PRESENT, person)
    assert of(lop, person) == [(Claim.SEEN, "", "", False, True)]


def test_when_it_happened_is_said_where_it_is_another_minute(lop):
    [person] = lop.people(1)
    lop.mark(lop.general, PRESENT, person)
    Event.objects.create(
        session=lop.general, registration=person, claim=Claim.SEEN, way=Way.DOOR, client_id=uuid4(),
        happened_at=now() - timedelta(minutes=7), arrived_at=now(),
    )  # fmt: skip
    assert [entry.happened_elsewhen for entry in histories(lop.general, [person.pk])[person.pk]] == [False, True]


def test_many_cells_with_many_entries_take_one_query(lop, django_assert_num_queries):
    for count in (1, 3):
        people = lop.people(count)
        lop.mark(lop.general, PRESENT, *people)
        lop.mark(lop.general, ABSENT, *people, shown=PRESENT)
        with django_assert_num_queries(1):
            found = histories(lop.general, [person.pk for person in people])
            assert [len(entries) for entries in found.values()] == [2] * count
            assert {entry.event.by.pk for entries in found.values() for entry in entries} == {lop.organiser.user_id}


def test_what_a_door_read_says_which_door_and_whether_the_phones_clock_was_off(lop, django_assert_num_queries):
    """Fails when the door is fetched entry by entry."""
    one, two = lop.people(2)
    set_clock(lop.general.starts_at)
    door = make_door(lop.course, [lop.general], name="Cửa A", until=lop.general.ends_at, actor=lop.organiser)
    for person, off in ((one, timedelta(hours=2)), (two, timedelta(seconds=20))):
        scan = Scan(uuid4(), now() + off, registration_id=person.pk)
        take_scans(door, [scan], device=uuid4(), sent=now() + off)
    with django_assert_num_queries(1):
        found = histories(lop.general, [one.pk, two.pk])
        entries = [entry for of_cell in found.values() for entry in of_cell]
        assert [(entry.event.door.name, entry.clock_was_off) for entry in entries] == [
            ("Cửa A", True),
            ("Cửa A", False),
        ]

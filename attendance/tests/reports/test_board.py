"""The numbers of a half-day, the names behind them, and what is due."""

from uuid import uuid4

import pytest

from attendance.constants import Claim, MarkState, SheetState, Way
from attendance.models import Event, EventWords
from attendance.reports.board import board_of, half_days_of
from attendance.services.ledger import Said, lock_sheet, write
from attendance.services.sheets import close_sheet
from attendance.tests.records import Class
from courses.constants.clock import now
from courses.models import Trainee
from courses.services.trainees import fill_trainee

PRESENT, LATE, EARLY, EXCUSED, ABSENT = (
    MarkState.PRESENT,
    MarkState.LATE,
    MarkState.LEFT_EARLY,
    MarkState.EXCUSED,
    MarkState.ABSENT,
)


@pytest.fixture
def lop(db):
    return Class()


def on_paper(lop, claim, *people):
    """What the signed paper says about these people."""
    said = [Said(person.pk, claim, claim) for person in people]
    write(lock_sheet(lop.general), lop.general, said, actor=lop.organiser, way=Way.PAPER, act=uuid4())


def walk_in(lop, words="Ông Thử Lạ"):
    event = Event.objects.create(
        session=lop.general, claim=Claim.SEEN, way=Way.HAND, client_id=uuid4(), happened_at=now(), arrived_at=now()
    )
    EventWords.objects.create(event=event, text=words)
    return event


def pks(people):
    return [person.registration.pk for person in people]


def test_each_number_has_the_names_behind_it(lop):
    one, two, three, four, five, six = lop.people(6)
    for state, person in ((PRESENT, one), (LATE, two), (EARLY, three), (EXCUSED, four), (ABSENT, five)):
        lop.mark(lop.general, state, person)
    board = board_of(lop.general)
    assert pks(board.people) == [p.pk for p in (one, two, three, four, five, six)]
    assert pks(board.there) == [one.pk, two.pk, three.pk]
    assert (pks(board.late), pks(board.left_early), pks(board.excused)) == ([two.pk], [three.pk], [four.pk])
    assert (pks(board.missing), pks(board.unmarked)) == ([five.pk, six.pk], [six.pk])
    assert (board.disputed, board.waiting) == ([], [])


def test_missing_people_stand_by_office_and_an_office_without_any_is_left_out(lop):
    [one] = lop.people(1)
    two, three = lop.people(2, office=lop.other_ward)
    lop.mark(lop.general, PRESENT, one, two)
    [office] = board_of(lop.general).missing_by_office
    assert (office.office, office.there, office.expected, pks(office.missing)) == (lop.other_ward, 1, 2, [three.pk])


def test_a_dispute_counts_as_there_and_late_entries_and_strangers_wait(lop):
    one, two = lop.people(2)
    lop.mark(lop.general, PRESENT, one)
    on_paper(lop, Claim.NOT_SEEN, one)
    stranger = walk_in(lop)
    close_sheet(lop.general, actor=lop.organiser, expected_version=0, unsettled=True)
    lop.mark(lop.general, PRESENT, two)
    board = board_of(lop.general)
    assert (pks(board.disputed), pks(board.there), pks(board.missing)) == ([one.pk], [one.pk], [two.pk])
    assert [waiting.registration.pk for waiting in board.proposals] == [two.pk]
    assert [(waiting.event, waiting.words) for waiting in board.not_on_list] == [(stranger, "Ông Thử Lạ")]


def test_people_of_one_name_are_told_apart_by_year_else_by_position_and_others_by_nothing(lop):
    people = lop.people(5)
    for person, name, birth, position in zip(
        people,
        ["Ngô Thử Trùng"] * 2 + ["Bùi Thử Trùng"] * 2 + ["Lê Thử Riêng"],
        ["1970", "1981", "1975", "1975", "1975"],
        ["A", "B", "Văn thư", "Kế toán", "C"],
        strict=True,
    ):
        Trainee.objects.filter(pk=person.trainee_id).update(birth_first=f"{birth}-01-01", birth_precision="year")
        trainee = fill_trainee(Trainee.objects.get(pk=person.trainee_id), full_name=name)
        trainee.save()
        person.__class__.objects.filter(pk=person.pk).update(position=position)
    assert {p.registration.pk: p.apart for p in board_of(lop.general).people} == dict(
        zip([p.pk for p in people], ["1970", "1981", "Văn thư", "Kế toán", ""], strict=True)
    )


def test_half_days_say_the_state_of_their_sheet_and_whether_it_is_due(lop):
    close_sheet(lop.first, actor=lop.organiser, expected_version=0)
    lock_sheet(lop.second)
    assert [(day.session, day.sheet, day.due) for day in half_days_of(lop.course.pk)] == [
        (lop.general, SheetState.NOT_OPENED, True),
        (lop.first, SheetState.CLOSED, False),
        (lop.second, SheetState.OPEN, True),
    ]


@pytest.mark.parametrize("count", [5, 500])
def test_the_board_of_five_and_of_five_hundred_takes_six_queries(lop, django_assert_num_queries, count):
    people = lop.people(count)
    lop.mark(lop.general, PRESENT, *people[:-2])
    on_paper(lop, Claim.NOT_SEEN, *people[:2])
    walk_in(lop)
    with django_assert_num_queries(6):
        board = board_of(lop.general)
        half_days_of(lop.course.pk)  # whose sheets are not closed
    assert (len(board.people), len(board.disputed), len(board.waiting)) == (count, 2, 1)


def test_the_half_days_of_a_class_take_one_query(lop, django_assert_num_queries):
    with django_assert_num_queries(1):
        half_days_of(lop.course.pk)

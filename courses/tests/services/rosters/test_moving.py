"""A directory that lists people at another office than the one where they are kept: asked, never done in silence."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, RowDecision
from courses.constants.clock import today
from courses.constants.errors import Refusal
from courses.constants.partial_dates import PartialDate
from courses.models import ActionDetail, ActionLog, Trainee, Transfer
from courses.services.registrations import register
from courses.services.rosters.applying import apply_batch
from courses.services.rosters.deciding import decide_moves, decide_rows
from courses.services.rosters.directory import read_directory
from courses.services.rosters.rows import Fate, Outcome, moving_from, open_rows
from courses.services.rosters.undoing import Undone, undo_batch
from courses.services.trainees import save_trainee
from courses.services.transfers import move_people, undo_transfer
from courses.tests.listing import NUMBER, csv_of, line, running
from courses.tests.planning import make_trainee, organiser_of

TWO = "Phường Thử Hai"


@pytest.fixture
def organiser(world):
    return organiser_of(world.host, world.one, world.two)


def known(world, office=None, number=1, **fields):
    names = ("An", "Bình", "Châu", "Dung")
    return make_trainee(
        office or world.one, f"Ngô Thử {names[number - 1]}", citizen_number=NUMBER.format(number), **fields
    )


def listed(person, office=TWO, **fields):
    return line(person.full_name, "1980", office=office, number=person.citizen_number, **fields)


def take_in(world, *lines, actor):
    return read_directory(world.host, csv_of(*lines), "danh ba.csv", actor=actor)


def decided(world, person, choice, *, actor):
    batch = take_in(world, listed(person), actor=actor)
    decide_rows(batch, {batch.rows.get().pk: choice}, actor=actor)
    return batch


def office_of(person):
    return Trainee.objects.select_related("office").get(pk=person.pk).office


def test_who_stands_at_another_office_is_asked_and_nothing_happens_unanswered(world, organiser):
    """Take `_judge_for_directory` out of `match_people` and the row is in order: the difference is never said."""
    person = known(world)
    batch = take_in(world, listed(person, position="Chuyên viên"), actor=organiser)
    (row,) = open_rows(batch)
    assert (row.kept.decision, row.asks, row.ready) == (RowDecision.MOVES, True, False)
    assert row.answers == {"skip", str(person.pk), f"{person.pk}:{world.one.pk}"}
    assert {kind for kind, count in batch.rows.counted().items() if count} == {"read", "moves", "look"}
    assert apply_batch(batch, actor=organiser) == Outcome(waiting=1)
    assert (office_of(person), Trainee.objects.get().position) == (world.one, "")


def test_moved_the_person_is_completed_logged_and_at_the_new_office(world, organiser):
    person = known(world)
    batch = take_in(world, listed(person, position="Chuyên viên"), actor=organiser)
    decide_rows(batch, {batch.rows.get().pk: moving_from(person.pk, world.one.pk)}, actor=organiser)
    assert batch.rows.counted()["ready"] == 1
    assert apply_batch(batch, actor=organiser) == Outcome(moved=1)
    assert (office_of(person), Trainee.objects.get().position) == (world.two, "Chuyên viên")
    row, transfer = batch.rows.get(), Transfer.objects.get()
    assert (row.fate, row.transfer, row.filled) == (Fate.MOVED, transfer, ["birth", "position"])
    assert (transfer.old, transfer.new, transfer.people, transfer.effective_on) == (
        world.one, world.two, [person.pk], today(),
    )  # fmt: skip
    assert ActionLog.objects.filter(action="move people", user_id=organiser.user_id).count() == 1
    assert ActionDetail.objects.filter(entry__action="move").count() == 1
    assert apply_batch(batch, actor=organiser) == Outcome(moved=1)
    assert Transfer.objects.count() == 1


def test_the_position_goes_along_with_a_move_alone_and_comes_back_with_it(world, organiser):
    """Leave `positions` out of `_move` and a clerk of the new office is still called what the old one had."""
    people = [known(world, number=number, position="Phó Chủ tịch") for number in (1, 2)]
    batch = take_in(world, *(listed(person, position="Chuyên viên") for person in people), actor=organiser)
    decide_rows(batch, {batch.rows.get(trainee=people[0]).pk: people[0].pk}, actor=organiser)
    decide_moves(batch, move=True, actor=organiser)
    apply_batch(batch, actor=organiser)
    assert [Trainee.objects.get(pk=person.pk).position for person in people] == ["Phó Chủ tịch", "Chuyên viên"]
    undo_batch(batch, actor=organiser)
    assert [Trainee.objects.get(pk=person.pk).position for person in people] == ["Phó Chủ tịch", "Phó Chủ tịch"]


def test_a_position_that_was_put_right_since_stays_when_the_move_is_taken_back(world, organiser):
    person = known(world, position="Phó Chủ tịch")
    batch = take_in(world, listed(person, position="Chuyên viên"), actor=organiser)
    decide_moves(batch, move=True, actor=organiser)
    apply_batch(batch, actor=organiser)
    save_trainee(Trainee.objects.get(), actor=SYSTEM, position="Trưởng phòng")
    undo_batch(batch, actor=organiser)
    assert (office_of(person), Trainee.objects.get().position) == (world.one, "Trưởng phòng")


def test_kept_as_is_the_person_is_completed_and_stays(world, organiser):
    person = known(world)
    batch = decided(world, person, person.pk, actor=organiser)
    assert apply_batch(batch, actor=organiser) == Outcome(completed=1)
    assert (office_of(person), Transfer.objects.count()) == (world.one, 0)


def test_the_same_directory_again_changes_nothing_and_says_so(world, organiser):
    person = known(world)
    batch = decided(world, person, moving_from(person.pk, world.one.pk), actor=organiser)
    apply_batch(batch, actor=organiser)
    again = take_in(world, listed(person), actor=organiser)
    assert (again.rows.get().decision, len(again.notes)) == (RowDecision.KNOWN, 1)
    assert apply_batch(again, actor=organiser) == Outcome(known=1)
    assert Transfer.objects.count() == 1


def test_a_candidate_is_joined_with_or_without_a_move(world, organiser):
    born = PartialDate.from_iso("1980-03-02")
    for name, move, expected in (("Lê Thử An", True, world.two), ("Lê Thử Ba", False, world.one)):
        person = make_trainee(world.one, name, birth=born)
        batch = take_in(world, line(name, "02/03/1980", office=TWO), actor=organiser)
        (row,) = open_rows(batch)
        assert row.kept.decision == RowDecision.ASK
        choice = moving_from(person.pk, world.one.pk) if move else person.pk
        assert decide_rows(batch, {row.kept.pk: choice}, actor=organiser) == 1
        assert apply_batch(batch, actor=organiser) == (Outcome(moved=1) if move else Outcome(known=1))
        assert office_of(person) == expected
    assert Trainee.objects.count() == 2


def test_all_rows_that_ask_are_answered_at_once_and_single_answers_stay(world, organiser):
    people = [known(world, number=number) for number in (1, 2, 3)]
    batch = take_in(world, *(listed(person) for person in people), actor=organiser)
    stays = batch.rows.get(trainee=people[1])
    decide_rows(batch, {stays.pk: people[1].pk}, actor=organiser)
    assert decide_moves(batch, move=True, actor=organiser) == 2
    assert decide_moves(batch, move=False, actor=organiser) == 0
    assert apply_batch(batch, actor=organiser) == Outcome(moved=2, completed=1)
    assert [office_of(person).code for person in people] == ["a-2", "a-1", "a-2"]
    with pytest.raises(Refusal):
        decide_moves(batch, move=True, actor=organiser)


def test_all_may_stay_where_they_are_at_once(world, organiser):
    person = known(world)
    batch = take_in(world, listed(person), actor=organiser)
    assert decide_moves(batch, move=False, actor=organiser) == 1
    assert apply_batch(batch, actor=organiser) == Outcome(completed=1)
    assert office_of(person) == world.one


def test_a_person_of_another_host_is_joined_and_never_moved(world, organiser):
    """Take `may_move_people` out of `_judge_for_directory` and the row offers to move the person; take the check of
    `decide` out as well and `move_people` refuses the whole list."""
    person = known(world, world.far)
    batch = take_in(world, listed(person), actor=organiser)
    (row,) = open_rows(batch)
    assert (row.kept.decision, row.moves, row.elsewhere) == (RowDecision.KNOWN, {}, True)
    answer = moving_from(person.pk, world.far.pk)
    assert decide_rows(batch, {row.kept.pk: answer}, actor=organiser) == 0
    assert apply_batch(batch, actor=organiser, decisions={row.kept.pk: answer}) == Outcome(waiting=1)
    assert (office_of(person), Trainee.objects.count(), Transfer.objects.count()) == (world.far, 1, 0)


def test_a_person_of_another_host_whom_the_own_class_knows_is_joined_and_never_moved(world, organiser):
    person = known(world, world.far)
    register(world.course, person, actor=SYSTEM)
    batch = take_in(world, listed(person), actor=organiser)
    assert [(row.kept.decision, row.moves) for row in open_rows(batch)] == [(RowDecision.KNOWN, {})]
    assert apply_batch(batch, actor=organiser) == Outcome(known=1)
    assert office_of(person) == world.far


def test_who_applies_must_reach_both_offices(world, organiser):
    """The answer of a colleague who reaches the old office does not move the person for somebody who does not."""
    person = known(world)
    batch = decided(world, person, moving_from(person.pk, world.one.pk), actor=organiser)
    assert apply_batch(batch, actor=organiser_of(world.host, world.two)) == Outcome(waiting=1)
    assert (office_of(person), bool(batch.rows.get().why)) == (world.one, True)


def test_moved_by_somebody_else_meanwhile_it_is_asked_again(world, organiser):
    """Forget in the answer from which office and a person whom a colleague has just moved is moved on."""
    third = world.far
    person = known(world)
    batch = decided(world, person, moving_from(person.pk, world.one.pk), actor=organiser)
    move_people(world.one, third, [person.pk], effective_on=today(), actor=SYSTEM)
    assert apply_batch(batch, actor=SYSTEM) == Outcome(waiting=1)
    assert (office_of(person), bool(batch.rows.get().why)) == (third, True)


def test_moved_there_meanwhile_nothing_is_left_to_move(world, organiser):
    person = known(world)
    batch = decided(world, person, moving_from(person.pk, world.one.pk), actor=organiser)
    move_people(world.one, world.two, [person.pk], effective_on=today(), actor=SYSTEM)
    assert apply_batch(batch, actor=organiser) == Outcome(completed=1)
    assert Transfer.objects.count() == 1


def test_one_person_picked_for_two_offices_moves_to_the_first_alone(world, organiser):
    person = make_trainee(world.host, "Lê Thử An", birth=PartialDate.from_iso("1980-03-02"))
    lines = [
        line("Lê Thử An", birth, office=office) for birth, office in (("02/03/1980", "Phường Thử Một"), ("1980", TWO))
    ]
    batch = take_in(world, *lines, actor=organiser)
    rows = open_rows(batch)
    answer = moving_from(person.pk, world.host.pk)
    assert decide_rows(batch, {row.kept.pk: answer for row in rows}, actor=organiser) == 2
    assert apply_batch(batch, actor=organiser) == Outcome(moved=1, waiting=1)
    assert office_of(person) == world.one


def test_registrations_of_classes_that_have_begun_keep_their_office_and_those_to_come_follow(world, organiser):
    person = known(world)
    soon = today() + dt.timedelta(days=9)
    coming = running(world.host, "LOP-2", starts_on=soon, ends_on=soon, state=CourseState.PUBLISHED)
    past, next_ = (register(course, person, actor=SYSTEM) for course in (world.course, coming))
    apply_batch(decided(world, person, moving_from(person.pk, world.one.pk), actor=organiser), actor=organiser)
    for registration in (past, next_):
        registration.refresh_from_db()
    assert (past.office, past.office_name) == (world.one, "Phường Thử Một")
    assert (next_.office, next_.office_name) == (world.two, TWO)


def test_taken_back_everybody_is_at_the_office_where_they_were(world, organiser):
    """Leave `undo_transfers` out of `undo_batch` and they stay at the new office."""
    people = [known(world, number=number) for number in (1, 2)]
    batch = take_in(world, *(listed(person) for person in people), actor=organiser)
    decide_moves(batch, move=True, actor=organiser)
    apply_batch(batch, actor=organiser)
    assert undo_batch(batch, actor=organiser) == Undone(emptied=2, returned=2)
    assert {office_of(person) for person in people} == {world.one}
    assert undo_batch(batch, actor=organiser) == Undone()


def test_a_move_taken_back_by_itself_before_is_no_hindrance(world, organiser):
    person = known(world)
    batch = decided(world, person, moving_from(person.pk, world.one.pk), actor=organiser)
    apply_batch(batch, actor=organiser)
    undo_transfer(Transfer.objects.get(), actor=organiser)
    assert undo_batch(batch, actor=organiser).returned == 0
    assert office_of(person) == world.one


def test_nothing_is_taken_back_once_somebody_was_registered_from_the_new_office(world, organiser):
    person = known(world)
    batch = decided(world, person, moving_from(person.pk, world.one.pk), actor=organiser)
    apply_batch(batch, actor=organiser)
    person.refresh_from_db()
    register(world.course, person, actor=SYSTEM)
    with pytest.raises(Refusal):
        undo_batch(batch, actor=organiser)
    person.refresh_from_db()
    assert (office_of(person), person.birth.iso()) == (world.two, "1980")


def test_it_takes_as_many_queries_for_three_who_move_as_for_one(world, organiser):
    taken = []
    for number in (1, 3):
        people = [known(world, number=place) for place in range(1, number + 1)]
        batch = take_in(world, *(listed(person) for person in people), actor=organiser)
        steps = []
        for step in (
            lambda: decide_moves(batch, move=True, actor=organiser),
            lambda: apply_batch(batch, actor=organiser),
            lambda: undo_batch(batch, actor=organiser),
        ):
            with CaptureQueriesContext(connection) as queries:
                step()
            steps.append(len(queries))
        taken.append(steps)
        Trainee.objects.all().delete()
    assert taken[0] == taken[1]
